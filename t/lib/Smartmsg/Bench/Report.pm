package Smartmsg::Bench::Report;

# What was found, in words and tables: for the terminal and for
# docs/performance.md.

use strict;
use warnings;

use Exporter qw(import);

use Smartmsg::Bench::Measure qw(median);
use Smartmsg::Bench::Site qw(%TITLE);

our @EXPORT_OK = qw(summary table targets);


# summary(FOUND): medians of the rounds, and of the ratios to plain within them.
sub summary {
    my ($found, @names) = @_;

    my %summary;

    for my $kind (keys %$found) {
        for my $size (keys %{ $found->{$kind} }) {
            my $cells = $found->{$kind}{$size};

            for my $name (@names) {
                my @rounds = @{ $cells->{$name} };
                my %beside = map { my $other = $cells->{$_};
                    ($_ => median(map { $rounds[$_]{cpu} / $other->[$_]{cpu} } 0 .. $#rounds))
                } @names;
                $summary{$kind}{$size}{$name} = {
                    (map { my $key = $_; ($key => median(map { $_->{$key} } @rounds)) }
                        qw(cpu redis_cpu rps p50 p99 bytes)),
                    beside => \%beside, ratio => $beside{plain},
                };
            }
        }
    }

    return \%summary;
}


my %KIND = ('proxied' => 'proxied', 'cached' => 'proxy_cache HIT',
    'proxied-gzip' => 'proxied, gzip 6', 'cached-gzip' => 'proxy_cache HIT, gzip 6');

sub size { return $_[0] < 1024 ? "$_[0] KB" : $_[0] / 1024 . ' MB' }


# table(SUMMARY, KINDS, SIZES, NAMES): Markdown.
sub table {
    my ($summary, $kinds, $sizes, @names) = @_;

    my @other = grep { $_ ne 'plain' } @names;
    my $head = '| page | plain, µs | ' . join(' | ', map { $TITLE{$_} } @other) . " |\n| --- |"
        . ' ---: |' x (@other + 1) . "\n";

    return join "\n", map {
        my $kind = $_;
        "$KIND{$kind}:\n\n$head" . join '', map {
            my $cells = $summary->{$kind}{$_};
            '| ' . size($_) . sprintf(' | %.1f | ', $cells->{plain}{cpu})
                . join(' | ', map { sprintf '%.2f', $cells->{$_}{ratio} } @other) . " |\n"
        } @$sizes
    } @$kinds;
}


# targets(SUMMARY, EXTRA): [WHAT, AT MOST, FOUND], ...; nothing is told of what
# was not measured.
sub targets {
    my ($summary, $extra) = @_;

    my $ratio = sub {
        my ($kind, $size, $name) = @_;
        return $summary->{$kind}{$size}{$name}{ratio};
    };
    my $proxied = $summary->{proxied} || {};
    my @sizes = sort { $a <=> $b } keys %$proxied;
    my @rows;

    push @rows, map { ['off, ' . size($_), 1.02, $ratio->('proxied', $_, 'off')] } @sizes;
    push @rows, map { ['nothing to say, ' . size($_), 1.12, $ratio->('proxied', $_, 'none')] } @sizes;
    push @rows, map { ['injecting, ' . size($_), $_ < 32 ? 1.35 : 1.25,
        $ratio->('proxied', $_, 'on')] } @sizes;

    if (my $cells = $proxied->{128}) {
        push @rows, ['injecting, 128 KB, beside sub_filter', 0.45,
            $cells->{on}{beside}{sub_filter}];
        push @rows, ['10,000 rules, 128 KB, beside 20', 1.05, $cells->{many}{beside}{on}];
    }

    push @rows, ['proxy_cache HIT, 128 KB', 1.5, $ratio->('cached', 128, 'on')];

    if ($extra) {
        my $latency = $extra->{latency};
        push @rows,
            (map { ["Redis, processor time per page view, µs, $_ connections",
                1.5 * $extra->{redis}{reference}, $extra->{redis}{$_}] } 16, 64),
            ['added p99 at half load, ms', 0.3, $latency->{on}{added_p99} / 1000],
            ['Redis, bytes per visitor after 5 page views', 600, $extra->{visitor}{bytes}],
            ['worker, MB more with 1,000 rules', 8,
                ($extra->{memory}{1000} - $extra->{memory}{20}) / 1024];
    }

    return grep { defined $_->[2] } @rows;
}


1;
