# Shops whose pages are apps (React, Vue, Turbo, htmx): t/browser/apps.mjs in
# Chromium, over nginx in both modes, in front of a server that renders them.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Browser;
use Smartmsg::Rule;

my $apps = shop(program => 't/browser/apps/server.mjs');
my $redis = redis;
my $nginx = nginx(redis => $redis, upstream => $apps,
    rules => {
        first => rule(title => 'First', if => { 'page.path' => { '$regex' => '/first$' } }),
        second => rule(title => 'Second', on => 'load', cap => { session => 1000 },
            if => { 'page.path' => { '$regex' => '/second$' } }),
    },
    http => <<'END');
    server {
        listen 127.0.0.1:%PORT2%;
        smartmsg_mode fetch;
        location /smartmsg/ { smartmsg_endpoint; }
        location / { proxy_pass http://%UPSTREAM%; }
    }
END

$ENV{SMARTMSG_URL} = 'http://127.0.0.1:' . $nginx->port . '/';
$ENV{SMARTMSG_FETCH_URL} = 'http://127.0.0.1:' . $nginx->port2 . '/';
$ENV{SMARTMSG_APPS_URL} = 'http://' . $apps->address . '/';
$ENV{SMARTMSG_REDIS_SOCKET} = $redis->socket_path;

browser_tests('apps.mjs');
$nginx->stop_ok;
done_testing;
