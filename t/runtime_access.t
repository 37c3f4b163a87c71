#!/usr/bin/perl

# Runs browser/NAME.mjs for NAME.t and passes its TAP on.

use strict;
use warnings;

use FindBin;

my ($name) = $FindBin::Script =~ /^(\w+)\.t$/ or die "odd name: $FindBin::Script";
my $browser = "$FindBin::Bin/browser";

-d "$browser/node_modules" or die "npm --prefix t/browser ci has not been run\n";
exec 'node', "--test-reporter=$browser/lib/tap_reporter.mjs", "$browser/$name.mjs" or die "node: $!";
