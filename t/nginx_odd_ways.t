# Rare ways in which a page comes and goes: each time it is the page that nginx
# sends where the module is off, with or without a message in it.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;

use IO::Compress::Gzip ();

my $snippet = snippet;

my $head = '<!doctype html><html lang="en"><body><p>x';
my $tail = "</body></html>\n";
my $body = "$head$tail";

my %kind = (
    plain => '',
    old => 'proxy_http_version 1.0;',
    unbuffered => 'proxy_buffering off;',
    trailer => 'add_trailer X-Trailer $status;',
    unchunked => 'chunked_transfer_encoding off;',
    stale => 'proxy_cache c; proxy_cache_valid 200 1s; add_header X-Cache $upstream_cache_status;'
        . ' proxy_cache_use_stale error invalid_header http_502;'
        . ' proxy_ignore_headers Cache-Control Set-Cookie;',
    store => 'proxy_store %DIR%/store$uri; proxy_store_access user:rw;',
    upgraded => 'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade;'
        . ' proxy_set_header Connection upgrade;',
);

my $up = upstream;
my $redis = redis;
my $nginx = nginx(redis => $redis, upstream => $up,
    rules => { hello => rule(cap => { session => 100_000 }) },
    http => 'smartmsg_timeout 10s; proxy_cache_path %DIR%/cache keys_zone=c:1m;',
    locations => join "\n", map { ;
        "location /$_/ { $kind{$_} proxy_pass http://%UPSTREAM%; }",
        "location /off/$_/ { smartmsg off; $kind{$_} proxy_pass http://%UPSTREAM%/$_/; }",
    } sort keys %kind);

my $visitor = $nginx->visitor;
$up->reply('/' => page($body));
$visitor->page('/');

my @document = (Accept => 'text/html', 'Sec-Fetch-Dest' => 'document',
    Cookie => 'smartmsg=' . $visitor->cookie('smartmsg'));

# compare(NAME, URI [, OPTIONS of page]): the response with the module, when it
# is the one without it but for a message.
sub compare {
    my ($name, $uri, $reply, %opt) = @_;

    $up->reply($uri => $reply) if $reply;
    my $want = $visitor->page("/off$uri", %opt);
    my $got = $visitor->page($uri, %opt);

    is($got->status, $want->status, "$name: status");
    is($got->complete, $want->complete, "$name: complete");
    my $ours = $got->content;
    my $message = $ours =~ s/$snippet//;
    ok($ours eq $want->content, "$name: body");

    return ($got, $message, $want);
}

sub with_message {
    my ($name, @more) = @_;

    my ($got, $message, $want) = compare($name, @more);
    ok($message, "$name: a message");

    return ($got, $want);
}

sub without {
    my ($name, @more) = @_;

    my ($got, $message, $want) = compare($name, @more);
    ok(!$message, "$name: no message");

    return ($got, $want);
}


subtest 'HTTP/1.0' => sub {
    my $old = "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n";

    with_message('without a length', '/old/a', ["$old\r\n", $body, close_connection]);
    with_message('no header but the type', '/plain/a', ["$old\r\n", $body, close_connection]);
    with_message('an early end', '/old/b',
        ["${old}Content-Length: 5000\r\n\r\n", $body, close_connection]);

    # those few bytes wait for the next ones, which do not come
    $up->reply('/old/c' => ["${old}Content-Length: 5000\r\n\r\n", "$head</bo", close_connection]);
    my $res = $visitor->page('/old/c');
    ok(!$res->complete, 'an early end inside </body>: the visitor is told so');
    is($res->content, $head, 'what there was');

    for my $reply (page($body), page($body, framing => 'chunked')) {
        $up->reply('/plain/client' => $reply);
        my $http = $nginx->http;
        my $res = $http->request('GET', '/plain/client', version => '1.0', headers => \@document);
        like($res->content, qr/\A\Q$head\E$snippet\Q$tail\E\z/, 'a client of HTTP/1.0');
        is($res->header('Transfer-Encoding'), undef, 'is not sent chunks');
    }

    with_message('no chunks wanted', '/unchunked/a', page($body));
};


subtest 'interim responses' => sub {
    my $final = join '', @{ page($body) };

    for my $interim ('100 Continue', '102 Processing', '103 Early Hints') {
        for my $kind (qw(plain old upgraded)) {
            compare("$interim, $kind", "/$kind/interim", ["HTTP/1.1 $interim\r\n"
                . "Link: </a.css>; rel=preload\r\n\r\n$final", close_connection]);
        }
    }

    $up->reply('/plain/expect' => page($body));
    my $http = $nginx->http;
    $http->send_request('POST', '/plain/expect', body => '', headers =>
        [@document, Expect => '100-continue', 'Content-Length' => 3]);
    ok($http->read_until(qr/\AHTTP\/1\.1 100 Continue\r\n\r\n/), '100 Continue');
    $http->send('a=b');
    like($http->read_response->content, qr/\A\Q$head\E$snippet\Q$tail\E\z/, 'then the page');
};


subtest 'an upgrade' => sub {
    $up->reply('/upgraded/ws' => ["HTTP/1.1 101 Switching Protocols\r\n"
        . "Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n", 'hello </body>']);
    my $http = $nginx->http;
    $http->send_request('GET', '/upgraded/ws', headers => [@document,
        Upgrade => 'websocket', Connection => 'Upgrade']);
    ok($http->read_until(qr/\AHTTP\/1\.1 101 .*\r\n\r\nhello <\/body>\z/s), 'is a tunnel');
};


subtest 'trailers' => sub {
    my $chunked = page($body, framing => 'chunked');
    $chunked->[-1] = "0\r\nX-Checksum: 1\r\n\r\n";

    with_message('of the shop', '/plain/trailer', $chunked);
    with_message('of the shop, unbuffered', '/unbuffered/trailer', $chunked);

    $up->reply('/trailer/a' => page($body));
    for my $uri (qw(/trailer/a /off/trailer/a)) {
        my $http = $nginx->http;
        $http->send_request('GET', $uri, headers => [@document, TE => 'trailers',
            Connection => 'close, TE']);
        $http->closed;
        like($http->buffered, qr/\r\n0\r\nX-Trailer: 200\r\n\r\n\z/, "of nginx, $uri");
    }
};


subtest 'a stream of events that claims to be HTML' => sub {
    for my $events (["data: 1\n\n", "data: 2\n\n", "data: 3\n\n"],
        ["data: <", "b>x</b", ">\n\n"], ["<p", ">1</p>", "<p>2</p>"])
    {
        my ($first) = $events->[0] =~ /(\w+)/;
        my @step = map { ({ gate => "$first$_" }, sprintf "%x\r\n%s\r\n",
            length $events->[$_], $events->[$_]) } 0 .. $#$events;
        $up->reply('/unbuffered/events' => [@{ page('', framing => 'chunked') }[0], @step]);

        $up->close_gate("$first$_") for 0 .. $#$events;
        my $http = $nginx->http;
        $http->send_request('GET', '/unbuffered/events', headers => \@document);

        my $so_far = '';
        for my $i (0 .. $#$events) {
            $up->open_gate("$first$i");
            $so_far .= $events->[$i];
            my $held = $i < $#$events && $so_far =~ /(<[^>]*)\z/ ? $1 : '';
            my $sent = substr $so_far, 0, length($so_far) - length $held;
            my $pattern = join '(?:\r\n[0-9a-f]+\r\n)?', map { quotemeta } split //, $sent;
            ok($http->read_until(qr/\r\n\r\n[0-9a-f]+\r\n$pattern/), "event $i is not kept");
        }
    }
};


# Kilobytes that the worker has for itself.
sub memory {
    my ($pid) = $nginx->worker_pids;
    my ($anon) = slurp("/proc/$pid/status") =~ /^RssAnon:\s+(\d+)/m;

    return $anon;
}

my ($pid) = $nginx->worker_pids;
my $instrumented = slurp("/proc/$pid/maps") =~ /libasan/;

# What the worker has more at the end of that than before.
sub grows {
    my ($name, $limit, $code) = @_;

    my $before = memory();
    my $most = $before;
    $code->(sub { my $now = memory(); $most = $now if $now > $most });

    SKIP: {
        skip 'AddressSanitizer keeps what was freed', 1 if $instrumented;
        cmp_ok($most - $before, '<', $limit, "$name: kilobytes");
    }
}


subtest 'endless pages' => sub {
    my $piece = '<p>word</p>' x 5000;
    my $chunk = sprintf "%x\r\n%s\r\n", length $piece, $piece;
    my $start = page('', framing => 'chunked')->[0];
    my $times = 600;

    for my $first ($head, "$head</body>") {
        for my $kind (qw(plain unbuffered)) {
            $up->reply("/$kind/endless" => [$start, sprintf("%x\r\n%s\r\n", length $first,
                $first), ($chunk) x $times, close_connection]);

            grows("$kind, " . length $first, 4096, sub {
                my ($look) = @_;

                my $http = $nginx->http;
                $http->send_request('GET', "/$kind/endless", headers => \@document);
                my $got = 0;
                while ($http->fill(10)) {
                    $got += length $http->{in};
                    $http->{in} = '';
                    $look->() if rand() < 0.05;
                }
                cmp_ok($got, '>', $times * length $piece, 'all of it came');
            });
        }
    }
};


# Much comes out of little, and there is nowhere to put it.
subtest 'a page that inflates while the decision is out' => sub {
    my $plain = "$head</body>" . (' ' x 60_000_000);
    my $small;
    IO::Compress::Gzip::gzip(\$plain, \$small, Minimal => 1) or die;

    for my $kind (qw(plain unbuffered)) {
        $up->reply("/$kind/bomb" => ["HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
            . "Content-Encoding: gzip\r\nContent-Length: " . length($small) . "\r\n\r\n", $small]);

        grows($kind, 4096, sub {
            my ($look) = @_;

            $redis->freeze;
            my $http = $nginx->http;
            $http->send_request('GET', "/$kind/bomb", headers => \@document);
            ok($http->read_until(qr/\Q$head\E/), 'the head came');

            # meanwhile others are served
            is($nginx->get('/smartmsg/none')->status, 404, 'one request') for 1 .. 3;
            $look->();
            $redis->thaw;

            my $got = '';
            while ($http->fill(10)) {
                $got .= $http->{in} if length $got < 4000;
                $http->{total} += length $http->{in};
                $look->() if rand() < 0.02;
                last if $http->{in} =~ /0\r\n\r\n\z/;
                $http->{in} = '';
            }
            like($got, qr/\Q$head\E|<template/, 'the page');
            cmp_ok($http->{total}, '>', 60_000_000, 'all of it came');
        });
    }
};


subtest 'stale pages of the cache' => sub {
    $up->reply('/stale/a' => page($body));
    my $visit = sub { $visitor->page('/stale/a') };

    is($visit->()->header('X-Cache'), 'MISS', 'MISS');
    $up->reply('/stale/a' => [close_connection]);

    my $res;
    ok((wait_until { ($res = $visit->())->header('X-Cache') eq 'STALE' }), 'STALE');
    like($res->content, qr/\A\Q$head\E$snippet\Q$tail\E\z/, 'the page with a message');
};


subtest 'proxy_store' => sub {
    $up->reply('/store/a' => page($body));
    like($visitor->page('/store/a')->content, qr/\A\Q$head\E$snippet\Q$tail\E\z/, 'a message');
    ok((wait_until { -e $nginx->dir . '/store/store/a' }), 'the page is stored');
    is($nginx->file('store/store/a'), $body, 'as the shop sent it');
};


subtest 'charsets' => sub {
    my $wide = sub { join '', map { "$_\0" } split //, $_[0] };
    my $html = sub { page($_[0], type => $_[1] // 'text/html') };

    without('UTF-16 that nobody tells of', '/plain/a', $html->("\xff\xfe" . $wide->($body)));
    without('UTF-16, big-endian', '/plain/a', $html->("\xfe\xff\0" . $wide->($body)));
    with_message('a UTF-8 mark', '/plain/a', $html->("\xef\xbb\xbf$body"));

    for my $charset (qw(shift_jis gb18030 gbk big5 euc-kr euc-jp koi8-r windows-1251
        windows-1252 iso-8859-15 x-user-defined))
    {
        my $text = "$head " . join('', map { chr } 0x80 .. 0xff) . $tail;
        my ($got) = with_message($charset, '/plain/a', $html->($text, "text/html; charset=$charset"));
        unlike(($got->content =~ /($snippet)/)[0], qr/[^\x20-\x7e]/, "$charset: in ASCII");
    }

    for my $charset (qw(iso-2022-jp ISO-2022-KR hz-gb-2312 utf-7 UTF-16LE utf-32)) {
        without("$charset, in the header", '/plain/a', $html->($body, "text/html; charset=$charset"));
    }
    without('ISO-2022-JP, in the page', '/plain/a', $html->('<!doctype html><html><head>'
        . "<meta charset=iso-2022-jp></head><body>x$tail"));
    with_message('what browsers take for UTF-8', '/plain/a', $html->('<!doctype html>'
        . "<html><head><meta charset=utf-16></head><body>x$tail"));
};


subtest 'nothing, and much' => sub {
    without('no bytes, chunked', '/plain/a', page('', framing => 'chunked'));
    without('no bytes, to the end', '/plain/a', page('', framing => 'close'));
    without('no bytes, gzip', '/plain/a', page('', gzip => 1));
    without('white space', '/plain/a', page(" \n\t\n"));

    my $long = '<!doctype html><body>' . ('<p title="</body>">word<!-- x --></p>' x 280_000);
    cmp_ok(length $long, '>', 10_000_000, '10 MB');
    for my $opt ([framing => 'length'], [framing => 'chunked'], [framing => 'close'], [gzip => 1]) {
        with_message("@$opt", '/plain/a', page("$long$tail", @$opt));
    }
};


subtest 'pipelining' => sub {
    my @uris = map { ("/plain/one$_", "/off/plain/one$_", '/smartmsg/none') } 1 .. 4;
    $up->reply($_ => page($body, framing => /2/ ? 'chunked' : 'length', gzip => /3/ ? 1 : 0))
        for map { "/plain/one$_" } 1 .. 4;

    my $http = $nginx->http;
    my $headers = join '', map { $_ % 2 ? "$document[$_]\r\n" : "$document[$_]: " } 0 .. $#document;
    $http->send(join '', map { "GET $_ HTTP/1.1\r\nHost: x\r\n$headers\r\n" } @uris);

    for my $uri (@uris) {
        my $res = $http->read_response;
        ok($res->complete, "$uri: complete");
        $uri =~ /none/ ? is($res->status, 404, $uri)
            : $uri =~ /off/ ? is($res->content, $body, $uri)
            : like($res->content, qr/\A\Q$head\E$snippet\Q$tail\E\z/, $uri);
    }
};


$nginx->stop_ok;


SKIP: {
    my ($major, $minor, $patch) = `@{[Smartmsg::Nginx::binary()]} -v 2>&1` =~ /(\d+)\.(\d+)\.(\d+)/;
    skip 'this nginx has no early_hints and no HTTP/2 to the shop', 1
        if $major * 1e6 + $minor * 1e3 + $patch < 1_029_004;

    subtest 'ways of newer versions' => sub {
        my $new = nginx(redis => $redis, upstream => $up, http => 'server {'
            . ' listen 127.0.0.1:%PORT2%; http2 on; smartmsg off; default_type text/html;'
            . " location / { return 200 '$head</body></html>'; } }",
            rules => { hello => rule(cap => { session => 1000 }) }, locations => <<'END');
        location /hints/ { early_hints $http_accept; proxy_pass http://%UPSTREAM%; }
        location /two/ { proxy_http_version 2; proxy_pass http://127.0.0.1:%PORT2%; }
        location /two/unbuffered/ {
            proxy_http_version 2;
            proxy_buffering off;
            proxy_pass http://127.0.0.1:%PORT2%;
        }
END
        $up->reply('/hints/a' => ["HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"
            . join '', @{ page($body) }]);

        for my $uri (qw(/hints/a /two/a /two/unbuffered/a)) {
            like($new->visitor->page($uri)->content, qr/\A\Q$head\E$snippet<\/body><\/html>\s*\z/, $uri);
        }

        my $http = $new->http;
        $http->send_request('GET', '/hints/a', headers => [Accept => 'text/html', Connection => 'close']);
        $http->closed;
        like($http->buffered, qr/\AHTTP\/1\.1 103 .*\r\n\r\nHTTP\/1\.1 200 /s, 'the hints come first');
        $new->stop_ok;
    };
}

done_testing;
