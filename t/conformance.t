# Runs a table of cases in the layout of the GrowthBook SDKs' cases.json
# against core/: the one given as CASES=file.json, else our own.

use strict;
use warnings;

use File::Basename qw(dirname);
use Test::More;

my $root = dirname(__FILE__) . '/..';
my $driver = $ENV{SMARTMSG_DRIVERS} || "$root/build/drivers";
my $cases = $ENV{CASES} || "$root/t/conformance/cases.json";

open my $run, '-|', 'node', "$root/t/conformance/run.mjs",
    "$driver/growthbook", $cases or die "node: $!";

my @details;

while (my $line = <$run>) {
    chomp $line;

    if ($line =~ /^(\S+): (\d+) passed, (\d+) failed$/) {
        is($3, 0, $1) || diag(join "\n", @details);
        diag($line) if $ENV{CASES};
        @details = ();

    } elsif ($line =~ /^#/) {
        push @details, $line =~ s/^# ?//r;

    } else {
        $ENV{CASES} ? diag($line) : note($line);
    }
}

close $run;
is($?, 0, 'exit status');

done_testing;
