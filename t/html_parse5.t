# The HTML scanner against parse5, the parser of the HTML standard in
# JavaScript, on generated documents.  SMARTMSG_HTML_DOCUMENTS and
# SMARTMSG_HTML_SEED choose how many of each kind, and which.

use strict;
use warnings;

use File::Basename qw(dirname);
use Test::More;

my $root = dirname(__FILE__) . '/..';
my $driver = ($ENV{SMARTMSG_DRIVERS} || "$root/build/drivers") . '/html_tokens';
my $parse5 = "$root/t/browser/node_modules/parse5";

for my $needed ([$driver, 'make drivers'], [$parse5, 'npm ci in t/browser']) {
    my ($path, $how) = @$needed;

    if (!-e $path) {
        plan(tests => 1);
        fail("$path is missing: $how");
        exit 1;
    }
}

$| = 1;
exec 'node', "$root/t/browser/html_parse5.mjs", $driver,
    $ENV{SMARTMSG_HTML_DOCUMENTS} || 1000, $ENV{SMARTMSG_HTML_SEED} || 1
    or die "node: $!";
