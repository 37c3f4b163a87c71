package Smartmsg::Bench::Chart;

# An SVG bar chart: groups of bars, each bar a ratio to plain nginx.

use strict;
use warnings;

use Exporter qw(import);

our @EXPORT_OK = qw(chart);

my %COLOR = (sub_filter => '#c8a24a', lua => '#b5623f', off => '#b9c4c9', none => '#6fa3a8',
    on => '#1f6f78', many => '#0d3b40');

my ($WIDTH, $BAR, $GAP, $LEFT, $RIGHT) = (760, 13, 16, 150, 60);


sub escape {
    my ($text) = @_;

    my %char = ('&' => '&amp;', '<' => '&lt;', '>' => '&gt;');

    return $text =~ s/([&<>])/$char{$1}/gr;
}


# chart(TITLE, NAMES, {NAME => WORDS}, [GROUP, {NAME => RATIO}], ...)
sub chart {
    my ($title, $names, $words, @groups) = @_;

    my ($max) = sort { $b <=> $a } map { values %{ $_->[1] } } @groups;
    my $scale = ($WIDTH - $LEFT - $RIGHT) / $max;
    my $x = sub { sprintf '%.1f', $LEFT + $_[0] * $scale };
    my ($y, @out) = (64);

    for my $i (0 .. $#$names) {
        my $at = $LEFT + $i * 100;
        push @out, qq(<rect x="$at" y="34" width="10" height="10" fill="$COLOR{$names->[$i]}"/>),
            qq(<text x="@{[ $at + 14 ]}" y="43">@{[ escape($words->{$names->[$i]}) ]}</text>);
    }

    for my $group (@groups) {
        my ($name, $ratio) = @$group;
        my @bars = grep { defined $ratio->{$_} } @$names;
        my $middle = $y + @bars * $BAR / 2 + 4;

        push @out, qq(<text x="@{[ $LEFT - 10 ]}" y="$middle" text-anchor="end">)
            . escape($name) . '</text>';

        for my $bar (@bars) {
            my $value = sprintf '%.2f', $ratio->{$bar};
            push @out, qq(<rect x="$LEFT" y="$y" width="@{[ sprintf '%.1f', $value * $scale ]}" height=")
                . ($BAR - 2) . qq(" fill="$COLOR{$bar}"/>),
                qq(<text x="@{[ $x->($value) + 4 ]}" y="@{[ $y + $BAR - 4 ]}">$value</text>);
            $y += $BAR;
        }
        $y += $GAP;
    }

    my $one = $x->(1);
    my $height = $y + 14;

    return join "\n", qq(<svg xmlns="http://www.w3.org/2000/svg" width="$WIDTH" height="$height")
        . qq( viewBox="0 0 $WIDTH $height" font-family="sans-serif" font-size="11" fill="#222">),
        qq(<rect width="$WIDTH" height="$height" fill="#fff"/>),
        qq(<text x="10" y="20" font-size="14">@{[ escape($title) ]}</text>), @out,
        qq(<line x1="$one" y1="56" x2="$one" y2="@{[ $y - 6 ]}" stroke="#222" stroke-dasharray="3 3"/>),
        qq(<text x="$one" y="@{[ $y + 8 ]}" text-anchor="middle">1 = plain</text>), "</svg>\n";
}


1;
