# Several tabs at once in Chromium, over nginx with two workers and Redis:
# t/browser/claims.mjs.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;

my $redis = redis;
my $nginx = nginx(redis => $redis, workers => 2,
    upstream => upstream('*' => page('<!doctype html><html lang="en"><head>'
        . '<title>x</title><link rel="icon" href="data:,"></head><body><p>x</body></html>')),
    rules => {
        once => rule(on => 'load', if => { 'page.path' => '/once' }),
        thrice => rule(on => 'load', if => { 'page.path' => '/thrice' },
            cap => { total => 3 }),
    });

my $browser = root . '/t/browser';
-d "$browser/node_modules" or die "npm --prefix t/browser ci has not been run\n";

$ENV{SMARTMSG_URL} = 'http://127.0.0.1:' . $nginx->port . '/';

open my $node, '-|', 'node', "--test-reporter=$browser/lib/tap_reporter.mjs",
    "$browser/claims.mjs" or die "node: $!";
my @results = <$node>;
close $node;
my $status = $?;

for (@results) {
    ok($1 eq 'ok', $2) if /^(ok|not ok) \d+ - (.*)/;
    diag($_) if /^\s+(?:error|expected|actual|message):/;
}

is($status, 0, 'node is content');
$nginx->stop_ok;
done_testing;
