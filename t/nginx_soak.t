# A short run of t/bench/soak.pl: "make soak" has the long one.

use strict;
use warnings;

$ENV{SOAK_SECONDS} ||= 8;

do './t/bench/soak.pl' or die $@ || $!;
