# A message gets into the page at the right place: wherever the upstream splits
# it, wherever it pauses, in every framing, once, and with nothing else changed.

use lib 't/lib';
use Smartmsg::Test;

my $rule = '{"defaultValue": null, "rules": [{"force": {
    "when": [{"on": "exit"}], "cap": {"session": 1000},
    "show": {"as": "dialog", "title": {"en": "Can we help?", "de": "Hilfe?"}}}}]}';

my $head = '<!doctype html><html lang="de"><head><title></body></title></head>'
    . '<body><!-- </body> --><p>x <b</p>';
my $tail = "</BODY ></html>\n";
my $body = "$head$tail";

my $snippet = qr{<template\ data-smartmsg="\{&quot;rule&quot;:&quot;help&quot;
    [^<]*">.*?Hilfe\?.*?</template><script\ async\ src="/smartmsg/
    rt\.[0-9a-f]{16}\.js"\ data-smartmsg="1"></script>}xs;
my $page = qr{\A\Q$head\E$snippet\Q$tail\E\z};

my $up = upstream;
my $redis = redis;
my $nginx = nginx(redis => $redis, upstream => $up, rules => { help => $rule },
    locations => <<'END');
        location /unbuffered/ {
            proxy_buffering off;
            proxy_buffer_size 1k;
            proxy_pass http://%UPSTREAM%;
        }
        location /small/ {
            proxy_buffers 4 1k;
            proxy_buffer_size 1k;
            proxy_busy_buffers_size 1k;
            proxy_max_temp_file_size 0;
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


sub ok_page {
    my ($res, $name) = @_;

    ok($res->complete, "$name: complete");
    like($res->content, $page, "$name: the message, and nothing else changed");
}


subtest 'framings' => sub {
    for my $framing (qw(length chunked close)) {
        for my $gzip (0, 1) {
            $up->reply('/framing' => page($body, framing => $framing,
                gzip => $gzip));
            ok_page($visitor->page('/framing'), "$framing, gzip $gzip");
        }
    }
};


subtest 'every split' => sub {
    for my $prefix ('', '/unbuffered', '/small', '/gzipped') {
        my @bad = grep {
            $up->reply("$prefix/split" => page($body, framing => 'chunked',
                split => [$_]));
            my $res = $visitor->page("$prefix/split");
            !$res->complete || $res->content !~ $page;
        } 1 .. length($body) - 1;
        is("@bad", '', ($prefix || '/') . ': offsets at which it went wrong');
    }

    $up->reply('/bytes' => page($body, split => [1 .. length($body) - 1]));
    ok_page($visitor->page('/bytes'), 'every byte on its own');
};


subtest 'every split of a compressed page' => sub {
    my $size = length page($body, gzip => 1)->[1];
    my @bad = grep {
        $up->reply('/split' => page($body, gzip => 1, split => [$_],
            between => pause(0.002)));
        my $res = $visitor->page('/split');
        !$res->complete || $res->content !~ $page;
    } 1 .. $size - 1;
    is("@bad", '', 'offsets at which it went wrong');

    for my $accept ('gzip', 'gzip, deflate, br, zstd', 'br', 'identity') {
        $up->reply('/gz' => page($body, gzip => 1));
        ok_page($visitor->page('/gz', headers => ['Accept-Encoding' => $accept]),
            "Accept-Encoding: $accept");
        $up->reply('/gzipped/' => page($body, gzip => 1));
        ok_page($visitor->page('/gzipped/', headers => [
            'Accept-Encoding' => $accept]), "the same, compressed again");
    }

    my $res = $visitor->page('/gzipped/',
        headers => ['Accept-Encoding' => 'gzip']);
    is($res->header('content-encoding'), 'gzip', 'compressed by nginx');
};


subtest 'the upstream pauses' => sub {
    my $place = length $head;

    for my $at (10, $place - 1, $place, $place + 1, $place + 6, $place + 7,
        $place + 8, length $body)
    {
        for my $framing (qw(length chunked)) {
            for my $prefix ('', '/unbuffered') {
                my $name = "$prefix $framing at $at";
                my $gate = "g$at$framing" . ($prefix ? 'u' : '');

                # at the very end only the closing chunk is left to come
                next if $at == length $body && $framing eq 'length';

                $up->reply("$prefix/pause" => page($body, framing => $framing,
                    split => [$at], between => gate($gate)));

                my $http = $nginx->http;
                $http->send_request('GET', "$prefix/pause", headers => [
                    'Accept' => 'text/html',
                    'Cookie' => 'smartmsg=' . $visitor->cookie('smartmsg')]);

                ok(wait_until { $up->reached($gate) }, "$name: it waits");

                # with a length nginx itself waits for a full buffer
                if ($framing eq 'chunked' || $prefix) {
                    my $before = substr $body, 0, $at < $place ? $at : $place;
                    ok($http->read_until(qr/\Q$before\E/),
                        "$name: what came before is there already");
                }

                $up->open_gate($gate);
                ok_page($http->read_response, $name);
            }
        }
    }
};


subtest 'large pages' => sub {
    for my $size (4000, 4096, 40_000, 300_000) {
        my $text = join ' ', map { "<b>word $_</b>" } 1 .. $size / 14;
        my $start = "<!doctype html><html lang=de><body>$text";

        for my $prefix ('', '/unbuffered', '/small', '/gzipped') {
            for my $gzip (0, 1) {
                $up->reply("$prefix/large" => page("$start$tail",
                    framing => 'chunked', gzip => $gzip,
                    split => $gzip ? [100] : [map { $_ * 3000 } 1 .. $size / 4000]));
                my $res = $visitor->page("$prefix/large");
                ok($res->complete, "$prefix $size: complete");
                ok($res->content =~ /\A\Q$start\E$snippet\Q$tail\E\z/,
                    "$prefix $size, gzip $gzip: page");
            }
        }
    }
};


subtest 'documents without </body>' => sub {
    for my $html ('<!doctype html><p>x', '<html lang=de><body>x',
        '<!doctype html><p>x</html>')
    {
        $up->reply('/open' => page($html));
        my $res = $visitor->page('/open', headers => [
            'Accept-Language' => 'de-AT,de;q=0.9']);
        ok($res->complete, 'complete');
        like($res->content, qr/\A\Q$html\E$snippet\z/, "at the end of $html");

        $up->reply('/open' => page($html, framing => 'chunked', gzip => 1));
        like($visitor->page('/open', headers => ['Accept-Language' => 'de'])
            ->content, qr/\A\Q$html\E$snippet\z/, "$html compressed");
    }
};


subtest 'what is asked of the upstream' => sub {
    $up->reply('/asked' => page($body));
    $up->forget_requests;
    $visitor->page('/asked', headers => ['If-None-Match' => '"a"',
        'If-Modified-Since' => 'Thu, 01 Jan 2026 00:00:00 GMT',
        'Accept-Encoding' => 'gzip, deflate, br, zstd', 'X-Other' => 'stays']);
    $visitor->page('/asked', headers => ['Accept-Encoding' => 'br']);
    $visitor->page('/asked', headers => ['Accept-Encoding' => 'gzip;q=0, br']);
    $visitor->page('/asked', headers => ['Accept-Encoding' => 'gzip;q=0.1']);
    $visitor->page('/asked');
    $visitor->page('/asked', headers => ['ACCEPT-ENCODING' => 'br', 'accept-Encoding' => 'zstd']);

    my @asked = map { $_->{headers} } $up->requests;
    is($asked[0]{'if-none-match'}, undef, 'no If-None-Match');
    is($asked[0]{'if-modified-since'}, undef, 'no If-Modified-Since');
    is($asked[0]{'accept-encoding'}, 'gzip', 'only what can be read');
    is($asked[0]{'x-other'}, 'stays', 'everything else');
    like($asked[0]{cookie}, qr/smartmsg=/, 'the cookie as well');
    is($asked[1]{'accept-encoding'}, 'identity', 'a client without gzip');
    is($asked[2]{'accept-encoding'}, 'identity', 'one that refuses gzip');
    is($asked[3]{'accept-encoding'}, 'gzip', 'one that hardly likes it');
    is($asked[4]{'accept-encoding'}, undef, 'nothing is added');
    unlike($asked[5]{'accept-encoding'}, qr/br|zstd/, 'asked for twice, in any case');

    $nginx->get('/asked', headers => ['If-None-Match' => '"a"',
        'Accept-Encoding' => 'br']);
    my $other = ($up->requests)[-1]{headers};
    is($other->{'if-none-match'}, '"a"', 'requests for no document');
    is($other->{'accept-encoding'}, 'br', 'are not touched');
};


subtest 'headers of a page with a message' => sub {
    $up->reply('/headers' => page($body, headers => ['ETag' => '"1"',
        'Last-Modified' => 'Thu, 01 Jan 2026 00:00:00 GMT',
        'Accept-Ranges' => 'bytes', 'Cache-Control' => 'public, max-age=60',
        'Content-Digest' => 'sha-256=:AA==:', 'Content-MD5' => 'AA==',
        'Set-Cookie' => 'a=1', 'Set-Cookie' => 'b=2', 'X-Shop' => 'yes']));
    my $res = $visitor->page('/headers');

    is($res->header($_), undef, "no $_")
        for qw(ETag Last-Modified Accept-Ranges Content-Digest Content-MD5);
    ok_page($res, 'of another length');
    is($res->header('Cache-Control'), 'max-age=60, private', 'private');
    is(join('|', $res->headers('Set-Cookie')), 'a=1|b=2', 'cookies of the shop');
    is($res->header('X-Shop'), 'yes', 'headers of the shop');
};


# A page that comes at once has its new length in the header; no header waits for
# the place or the decision.
subtest 'Content-Length' => sub {
    my $long = '<!doctype html><html lang="de"><body>' . ('<p>word</p>' x 1000);
    my $length = sub {
        my ($uri, @headers) = @_;
        my $res = $visitor->page($uri, headers => \@headers);
        ok($res->complete && $res->content =~ $snippet, "$uri: a message");
        return $res->header('Content-Length');
    };

    $up->reply($_ => page($body)) for qw(/whole /gzipped/whole /unbuffered/whole);
    $up->reply('/chunked' => page($body, framing => 'chunked'));
    $up->reply('/long' => page("$long</body>", split => [8000], between => gate('long')));
    $up->reply('/tail' => page("$body$long", split => [8000], between => pause(0.2)));

    # on a busy machine the decision may come later than the page
    my $soon = sub { my ($uri) = @_; return wait_until { $length->($uri) } };

    my $more = $soon->('/whole') - length $body;
    is($more, length(($visitor->page('/whole')->content =~ /($snippet)/)[0]), 'of a whole page');
    is($soon->('/tail'), length("$body$long") + $more, 'of one whose place is known');
    is($length->('/chunked'), undef, 'nor of one whose length is not known');
    is($length->('/gzipped/whole', 'Accept-Encoding' => 'gzip'), undef, 'compressed');
    is($length->('/unbuffered/whole'), undef, 'without buffering');

    my $http = $nginx->http;
    $http->send_request('GET', '/long', headers => ['Sec-Fetch-Dest' => 'document',
        Cookie => 'smartmsg=' . $visitor->cookie('smartmsg')]);
    ok($http->read_until(qr/\r\n\r\n/), 'nor of one whose place comes later:');
    $up->open_gate('long');
    is($http->read_response->header('Content-Length'), undef, 'the header does not wait for it');

    $redis->freeze;
    $http = $nginx->http;
    $http->send_request('GET', '/whole', headers => ['Sec-Fetch-Dest' => 'document',
        Cookie => 'smartmsg=' . $visitor->cookie('smartmsg')]);
    ok($http->read_until(qr/\r\n\r\n/), 'the header does not wait');
    unlike($http->buffered, qr/^Content-Length/mi, 'for the decision');
    $redis->thaw;
    ok_page($http->read_response, 'late decision');
};


subtest 'truncated pages stay truncated' => sub {
    my $half = page($body, split => [30], framing => 'chunked');
    $up->reply('/half' => [@$half[0, 1], close_connection]);
    my $res = $visitor->page('/half');
    ok(!$res->complete, 'not complete');
    is($res->body, substr($body, 0, 30), 'what there was');

    ok($nginx->logged(qr{GET /half incomplete}), 'status incomplete');
};


$nginx->stop_ok;
done_testing;
