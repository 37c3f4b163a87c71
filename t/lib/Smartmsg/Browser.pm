package Smartmsg::Browser;

# Programs of t/browser: the tests among them tell their results as TAP.

use strict;
use warnings;

use Cwd qw(abs_path);
use Exporter qw(import);
use File::Basename qw(dirname);
use Test::More ();

our @EXPORT = qw(run_node browser_tests);

my $BROWSER = abs_path(dirname(__FILE__) . '/../../browser');


# run_node(PROGRAM, ARGUMENT, ...): its wait status and what it printed.
sub run_node {
    my ($program, @arguments) = @_;

    return run("$BROWSER/$program", @arguments);
}


sub run {
    my (@command) = @_;

    -d "$BROWSER/node_modules"
        or die "npm --prefix t/browser ci has not been run\n";

    open my $node, '-|', 'node', @command or die "node: $!";
    my $output = do { local $/; <$node> } // '';
    close $node;

    return ($?, $output);
}


# browser_tests(PROGRAM): each of its tests is one of ours.
sub browser_tests {
    my ($program) = @_;

    my ($status, $output) = run(
        "--test-reporter=$BROWSER/lib/tap_reporter.mjs", "$BROWSER/$program");

    for (split /\n/, $output) {
        Test::More::ok($1 eq 'ok', $2) if /^(ok|not ok) \d+ - (.*)/;
    }

    return Test::More::is($status, 0, 'node is content');
}


1;
