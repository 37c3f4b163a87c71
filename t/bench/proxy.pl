#!/usr/bin/perl

# What the module costs beside what a shop would use instead: processor time of
# the proxy per page, in rounds that visit each candidate, so that a noisy
# machine is noisy for all.  Virtual machines change their speed by a third from
# one second to the next: so rounds are short, and many.  A second plain nginx
# tells what is left of the noise.
#
# Environment:
#     QUICK=1            some minutes instead of a quarter of an hour
#     BENCH_ROUNDS       25 at most
#     BENCH_SECONDS      of one measurement, 0.1
#     BENCH_ONLY         names of candidates, separated by commas
#     BENCH_KINDS, BENCH_SIZES
#                        proxied,proxied-gzip,cached,cached-gzip and kilobytes
#     BENCH_DOCS=1       puts what was found into docs/performance.md

use lib 't/lib';
use JSON::PP ();
use List::Util qw(max min shuffle);
use Smartmsg::Test;
use Smartmsg::Bench::Chart qw(chart);
use Smartmsg::Bench::Extra qw(latency redis_cost scanner visitor_memory worker_memory);
use Smartmsg::Bench::Machine qw(machine own_machine);
use Smartmsg::Bench::Measure qw(load);
use Smartmsg::Bench::Page qw(shop_page);
use Smartmsg::Bench::Report qw(summary table targets);
use Smartmsg::Bench::Site qw(start_candidate lua_is_there @CANDIDATES %TITLE);
use Smartmsg::Bench::Upstream;

$| = 1;
alarm 0;
own_machine();

my $quick = $ENV{QUICK};
my $rounds = $ENV{BENCH_ROUNDS} || ($quick ? 9 : 25);
my $seconds = $ENV{BENCH_SECONDS} || 0.1;
my @sizes = split /,/, $ENV{BENCH_SIZES} || ($quick ? '4,32,128' : '4,32,128,1024');
my @kinds = split /,/, $ENV{BENCH_KINDS}
    || ($quick ? 'proxied,cached' : 'proxied,cached,proxied-gzip,cached-gzip');
my @names = $ENV{BENCH_ONLY} ? split /,/, $ENV{BENCH_ONLY} : @CANDIDATES;

if (!lua_is_there()) {
    print "without Lua: libnginx-mod-http-lua or lua-nginx-redis is not installed\n";
    @names = grep { $_ ne 'lua' } @names;
}

my $redis = redis();
my $shop = Smartmsg::Bench::Upstream->start({
    map { ("$_.html" => shop_page($_ * 1024)) } 4, 32, @sizes });
my $address = $shop->address;
my %nginx = map { ($_ => start_candidate($_, $address, $redis)) } @names;

# visitors who have been here before, with what else a browser remembers
my $cookies = tempdir() . '/cookies';
spew($cookies, join '', map {
    sprintf "_ga=GA1.1.%d.1700000000; frontend=%032x; smartmsg=%s; consent=1\n",
        $_ * 7919, $_, sprintf('%021dA', $_)
} 1 .. 200);


sub cell {
    my ($name, $kind, $size, %opt) = @_;

    return load(nginx => $nginx{$name}, uri => "/$kind/$size.html", cookies => $cookies,
        redis => $redis, %opt);
}

# a file of the cache is remembered when it is some seconds old
sub warm_up {
    for my $kind (@kinds) {
        for my $size (@sizes) {
            cell($_, $kind, $size, requests => 20) for @names;
        }
    }

    sleep 4;

    return;
}


sub measure {
    my ($kind, $size) = @_;

    my (%requests, %found, $seconds_of_round);

    for my $name (@names) {
        my $rps = cell($name, $kind, $size, requests => $size < 1024 ? 200 : 32)->{rps};
        $requests{$name} = max(32, int($rps * $seconds));
        $seconds_of_round += (32 + $requests{$name}) / $rps;
    }

    # nobody always follows the same neighbour
    for (1 .. min($rounds, max(9, int(30 / $seconds_of_round)))) {
        push @{ $found{$_} }, cell($_, $kind, $size, requests => $requests{$_}) for shuffle @names;
    }

    return \%found;
}


sub show {
    my ($kind, $size, $cells) = @_;

    print "\n$kind, $size KB\n";
    printf "  %-15s %9s %7s %9s %8s %8s %9s\n", '', 'CPU us', 'plain', 'pages/s', 'p50 us', 'p99 us',
        'redis us';
    printf "  %-15s %9.1f %7.2f %9.0f %8.0f %8.0f %9.1f\n", $TITLE{$_},
        @{ $cells->{$_} }{qw(cpu ratio rps p50 p99 redis_cpu)} for @names;

    return;
}


my (%found, %extra, %summary);

warm_up();

for my $kind (@kinds) {
    for my $size (@sizes) {
        my $found = measure($kind, $size);
        $found{$kind}{$size} = $found;
        $summary{$kind}{$size} = summary({ $kind => { $size => $found } }, @names)->{$kind}{$size};
        show($kind, $size, $summary{$kind}{$size});
    }
}

my %has = map { $_ => 1 } @names;

if ($has{plain} && $has{on}) {
    my @compared = grep { $has{$_} } qw(plain again sub_filter lua none on);

    %extra = (
        latency => latency(\%nginx, 2 * $rounds, $cookies, @compared),
        visitor => visitor_memory($nginx{on}, $redis),
        redis   => redis_cost($nginx{on}, $redis, $rounds, $cookies),
        memory  => worker_memory($address, $redis, $cookies),
        scanner => scanner(shop_page(128 * 1024)),
    );

    my $latency = $extra{latency};
    print "\nat $latency->{rate} pages/s of 32 KB, half of what the slowest can do\n";
    printf "  %-15s p50 %5.0f us (%+.0f), p99 %6.0f us (%+.0f)\n", $TITLE{$_},
        @{ $latency->{$_} }{qw(p50 added_p50 p99 added_p99)} for @compared;
    printf "\nscanner, GB/s: %s\n", join ', ',
        map { "$_ $extra{scanner}{$_}" } sort keys %{ $extra{scanner} };
    printf "worker, KB: %s\n", join ', ',
        map { ($_ eq 'off' ? 'off' : "$_ rules") . " $extra{memory}{$_}" } sort keys %{ $extra{memory} };
    printf "Redis: %.1f us for four pipelined commands, %.0f bytes in %.0f keys per visitor\n",
        $extra{redis}{reference}, @{ $extra{visitor} }{qw(bytes keys)};

    my @targets = targets(\%summary, \%extra);
    print "\ntargets\n";
    printf "  %-48s %8.2f %8.2f %s\n", @$_, $_->[2] <= $_->[1] ? '' : 'missed' for @targets;

    write_results(@targets);
}

$_->stop for values %nginx;


# build/bench.json and build/bench.svg; BENCH_DOCS=1 puts table and chart into
# docs/.
sub write_results {
    my (@targets) = @_;

    my $root = root();
    my $json = JSON::PP->new->utf8->canonical->pretty;
    my @bars = grep { !/^(?:plain|again)$/ && $has{$_} } @CANDIDATES;
    my $svg = chart('Processor time of a page, beside plain nginx', \@bars, \%TITLE, map {
        my $kind = $_;
        map { my $cells = $summary{$kind}{$_};
            ["$kind, $_ KB", { map { ($_ => $cells->{$_}{ratio}) } @bars }] } @sizes
    } grep { !/gzip/ } @kinds);

    spew("$root/build/bench.json", $json->encode({ machine => machine(), rounds => $rounds,
        seconds => $seconds, summary => \%summary, extra => \%extra,
        targets => [ map { { what => $_->[0], at_most => $_->[1], found => $_->[2] } } @targets ] }));
    spew("$root/build/bench.svg", $svg);
    print "\nbuild/bench.json, build/bench.svg\n";

    return unless $ENV{BENCH_DOCS};

    my $text = 'Measured on ' . machine() . ", $rounds rounds of $seconds s; fewer where they take"
        . " more than half a minute.\n\n"
        . table(\%summary, \@kinds, \@sizes, @names)
        . "\n| target | at most | found | |\n| --- | ---: | ---: | --- |\n"
        . join('', map { sprintf "| %s | %.2f | %.2f | %s |\n", @$_,
            $_->[2] <= $_->[1] ? 'reached' : 'missed' } @targets)
        . sprintf("\nThe scanner reads %s GB/s of such a page; memchr() for a byte that is not there %s,"
            . " memmem() for \`</body>\` %s.\n", @{ $extra{scanner} }{qw(scanner memchr memmem)});
    my $page = slurp("$root/docs/performance.md");
    $page =~ s/(<!-- bench -->\n).*(?=<!-- end of bench -->)/$1\n$text\n/s or die 'no place for it';
    utf8::encode($page) if utf8::is_utf8($page);
    spew("$root/docs/performance.md", $page);
    spew("$root/docs/images/performance.svg", $svg);

    return;
}
