# Consent the whole way: t/browser/consent.mjs in Chromium, over nginx and Redis.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Browser;
use Smartmsg::Rule;

my $redis = redis;
my $nginx = nginx(redis => $redis,
    upstream => upstream('*' => page('<!doctype html><html lang="en"><head>'
        . '<title>x</title><link rel="icon" href="data:,"></head><body><p>x</body></html>')),
    rules => {
        open => rule(on => 'load', title => 'For everybody', if => { 'page.path' => '/open' }),
        thanks => rule(on => 'load', title => 'Thank you', priority => 1,
            if => { 'page.path' => '/open', 'session.views' => 1, consent => 'granted' }),
        again => rule(on => 'load', title => 'Welcome back', if => { 'session.views' => 2 }),
    },
    server => 'smartmsg_consent $arg_said;',
    locations => 'location /fetch/ { smartmsg_mode fetch; proxy_pass http://%UPSTREAM%; }');

$ENV{SMARTMSG_URL} = 'http://127.0.0.1:' . $nginx->port . '/';
$ENV{SMARTMSG_REDIS_SOCKET} = $redis->socket_path;

browser_tests('consent.mjs');
$nginx->stop_ok;
done_testing;
