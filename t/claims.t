# Several tabs at once in Chromium, over nginx with two workers and Redis:
# t/browser/claims.mjs.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Browser;
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

$ENV{SMARTMSG_URL} = 'http://127.0.0.1:' . $nginx->port . '/';

browser_tests('claims.mjs');
$nginx->stop_ok;
done_testing;
