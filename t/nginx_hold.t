# The decision comes late: only what follows the place is held, only for so
# long, and the page is always whole.

use lib 't/lib';
use Smartmsg::Test;

my $rule = '{"defaultValue": null, "rules": [{"force": {
    "when": [{"on": "exit"}], "cap": {"session": 1000},
    "show": {"as": "dialog", "title": "Can we help?"}}}]}';

my $head = '<!doctype html><html lang="en"><body><p>x';
my $tail = "</body></html>\n";
my $body = "$head$tail";

my $snippet = qr{<template\ data-smartmsg="[^<]*">.*?</template>
    <script\ async\ src="/smartmsg/rt\.[0-9a-f]{16}\.js"\ data-smartmsg="1"></script>}xs;
my $page = qr{\A\Q$head\E$snippet\Q$tail\E\z};

my $up = upstream;
my $redis = redis;
my $nginx = nginx(redis => $redis, upstream => $up, rules => { help => $rule },
    http => 'smartmsg_timeout 30s;',
    server => 'listen 127.0.0.1:%PORT2% http2;', locations => <<'END');
        location /short/ {
            smartmsg_timeout 20ms;
            proxy_pass http://%UPSTREAM%;
        }
        location /none/ {
            smartmsg_timeout 0;
            proxy_pass http://%UPSTREAM%;
        }
        location /impatient/ {
            send_timeout 300ms;
            proxy_pass http://%UPSTREAM%;
        }
        location /unbuffered/ {
            proxy_buffering off;
            proxy_buffer_size 1k;
            proxy_pass http://%UPSTREAM%;
        }
        location /gzipped/ {
            gzip on;
            gzip_min_length 0;
            proxy_pass http://%UPSTREAM%;
        }
END

my $visitor = $nginx->visitor;
$up->reply('/' => page($body));
$visitor->page('/');

my @document = ('Accept' => 'text/html',
    'Cookie' => 'smartmsg=' . $visitor->cookie('smartmsg'));


# Asks while Redis is frozen; ask(URI, HEADERS): the connection.
sub ask {
    my ($uri, @more) = @_;

    my $http = $nginx->http;
    $http->send_request('GET', $uri, headers => [@document, @more]);

    return $http;
}


subtest 'held until the decision comes' => sub {
    my $long = $tail . ('<!-- after the end -->' x 20_000);

    my %page = (
        plain => [$tail, page($body)],
        chunked => [$tail, page($body, framing => 'chunked')],
        gzip => [$tail, page($body, gzip => 1)],
        open => ['', page($head)],
        long => [$long, page("$head$long", framing => 'chunked',
            split => [map { $_ * 7000 } 1 .. 40])],
        'long gzip' => [$long, page("$head$long", gzip => 1)],
    );

    for my $name (sort keys %page) {
        for my $prefix ('', '/unbuffered', '/gzipped') {
            my ($end, $reply) = @{ $page{$name} };
            $up->reply("$prefix/held" => $reply);

            $redis->freeze;
            my $http = ask("$prefix/held");
            ok($http->read_until(qr/\Q$head\E/), "$prefix/$name: the head came");
            unlike($http->buffered, qr/template|script/, 'no message yet');
            $redis->thaw;

            my $res = $http->read_response;
            ok($res->complete, "$prefix/$name: complete");
            ok($res->content =~ /\A\Q$head\E$snippet\Q$end\E\z/,
                "$prefix/$name: the message, and the rest of the page");
        }
    }
};


subtest 'the decision comes between place and end' => sub {
    for my $prefix ('', '/unbuffered') {
        $up->reply("$prefix/gate" => page($body, framing => 'chunked',
            split => [length($head) + 8], between => gate("end" . length $prefix)));

        $redis->freeze;
        my $http = ask("$prefix/gate");
        ok((wait_until { $up->reached("end" . length $prefix) }), 'the upstream waits');
        ok($http->read_until(qr/\Q$head\E/), 'the head came');
        $redis->thaw;
        ok($http->read_until(qr/<\/script><\/body>/),
            'the message is there although the upstream still waits');
        $up->open_gate("end" . length $prefix);
        like($http->read_response->content, $page, 'the whole page');
    }
};


subtest 'no decision in time' => sub {
    for my $reply (page($body), page($body, framing => 'chunked'),
        page($body, gzip => 1))
    {
        $up->reply($_ => $reply) for '/short/late', '/none/late';

        $redis->freeze;
        for my $uri ('/short/late', '/none/late') {
            my $res = ask($uri)->read_response;
            ok($res->complete, "$uri: complete");
            is($res->content, $body, 'the page of the shop');
        }
        $redis->thaw;
    }

    ok($nginx->logged(qr{GET /short/late late -}), 'status late');
};


subtest 'never longer than nginx waits for a client' => sub {
    $up->reply('/impatient/a' => page($body));

    $redis->freeze;
    my $res = ask('/impatient/a')->read_response;
    ok($res->complete, 'complete');
    is($res->content, $body, 'the page of the shop');
    $redis->thaw;
};


subtest 'a page view counts although the decision was late' => sub {
    my $key = 'smartmsg:{' . $visitor->cookie('smartmsg') . '}:s';
    my $views = $redis->cmd(HGET => $key, 'views');

    $up->reply('/short/count' => page($body));
    $redis->freeze;
    is(ask('/short/count')->read_response->content, $body, 'late');
    ok($nginx->logged(qr{GET /short/count late}), 'and logged');
    $redis->thaw;

    ok((wait_until { $redis->cmd(HGET => $key, 'views') == $views + 1 }),
        'counted');
    is($redis->hgetall($key)->{entry}, '/', 'where it began stays');
};


subtest 'the next request on the connection' => sub {
    $up->reply('/short/next' => page($body));
    my $http = $nginx->http;

    $redis->freeze;
    my $late = $http->request('GET', '/short/next', headers => \@document);
    is($late->content, $body, 'late');
    $redis->thaw;

    wait_until {
        $http->request('GET', '/short/next', headers => \@document)->content
            =~ $page;
    } or fail('the connection goes on, and gets its message again');
    pass('the connection goes on');
};


subtest 'the visitor leaves while the page is held' => sub {
    for my $prefix ('', '/unbuffered', '/gzipped') {
        $up->reply("$prefix/left" => page($body, framing => 'chunked'));

        $redis->freeze;
        for my $how (qw(close abort)) {
            my $http = ask("$prefix/left");
            ok($http->read_until(qr/\Q$head\E/), 'the head came') if !$prefix;
            $http->$how;
        }
        ok($nginx->logged(qr{GET \Q$prefix\E/left }), "$prefix: gone")
            if $prefix ne '/gzipped';
        $redis->thaw;
        like(ask("$prefix/left")->read_response->content, $page, 'all is well');
    }
};


subtest 'the upstream breaks off while the page is held' => sub {
    my $reply = page($body, framing => 'chunked',
        split => [length($head) + 10], between => gate('broken'));
    $up->reply('/broken' => [@$reply[0 .. 2], close_connection]);

    $redis->freeze;
    my $http = ask('/broken');
    ok((wait_until { $up->reached('broken') }), 'the upstream waits');
    ok($http->read_until(qr/\Q$head\E/), 'the head came');
    $up->open_gate('broken');
    ok($nginx->error_logged(qr/prematurely closed/), 'it broke off');
    $redis->thaw;

    my $res = $http->read_response;
    ok(!$res->complete, 'the visitor is told so');
    like($res->content, qr/\A\Q$head\E$snippet<\/body><\/h\z/, 'what there was');
};


$nginx->stop_ok;
done_testing;
