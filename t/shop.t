#!/usr/bin/perl

# Runs the demo shop's own tests and passes their TAP on.

use strict;
use warnings;

use FindBin;

exec 'node', "--test-reporter=$FindBin::Bin/browser/lib/tap_reporter.mjs", "$FindBin::Bin/shop/shop_test.mjs" or die "node: $!";
