# Random conditions, features and experiments: core/ in C and the GrowthBook
# SDK for JavaScript must agree.  ORACLE_CASES and ORACLE_SEED choose others.

use strict;
use warnings;

use File::Basename qw(dirname);

my $root = dirname(__FILE__) . '/..';
my $driver = $ENV{SMARTMSG_DRIVERS} || "$root/build/drivers";

exec 'node', "$root/t/browser/growthbook_oracle.mjs", "$driver/growthbook",
    $ENV{ORACLE_CASES} || 6000, $ENV{ORACLE_SEED} || 1
    or die "node: $!";
