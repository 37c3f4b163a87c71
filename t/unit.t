# Runs every C unit test (t/unit/*.c, built by "make unit").  Each is a cmocka
# program that prints TAP; its tests are the subtests here.

use strict;
use warnings;

use File::Basename qw(basename dirname);
use Test::More;

my $root = dirname(__FILE__) . '/..';
my $built = $ENV{SMARTMSG_UNIT} || "$root/build/unit";

$ENV{CMOCKA_MESSAGE_OUTPUT} = 'TAP';

my @names = map { basename($_, '.c') } sort glob "$root/t/unit/*.c";

for my $name (@names) {
    subtest $name => sub {
        open my $out, '-|', "$built/$name 2>&1" or die "$name: $!";

        my @said;

        while (my $line = <$out>) {
            if ($line =~ /^(?:not )?ok \d+ # SKIP (.*)$/) {
                Test::More->builder->skip('', $1);
            } elsif ($line =~ /^(not )?ok \d+(?: - (.*))?$/) {
                ok(!$1, $2 // '');
            } elsif ($line !~ /^(?:1\.\.\d+|TAP version.*|# (?:not )?ok .*)$/) {
                push @said, $line =~ s/^# ?//r =~ s/\n//r;
            }
        }

        close $out;
        is($?, 0, 'exit status') || diag(join "\n", @said);
    };
}

done_testing;
