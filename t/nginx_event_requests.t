# Requests with events: what is refused, and how the body may arrive.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;

my $up = upstream('*' => page('<!doctype html><html><body><p>x</body></html>'));
my $redis = redis();

my $nginx = nginx(redis => $redis, upstream => $up, rules => { hello => rule() },
    http => <<'END');
    server {
        listen 127.0.0.1:%PORT2%;
        client_body_buffer_size 16;
        client_header_buffer_size 4k;
        client_max_body_size 0;
        location /smartmsg/ { smartmsg_endpoint; }
        location / { proxy_pass http://%UPSTREAM%; }
    }
END

my @same = ('Sec-Fetch-Site' => 'same-origin');
my $click = { event => 'click', rule => 'hello' };
my $body = json({ events => [$click] });

# Entries in the stream, when all that was sent has been executed.
sub written {
    settle($nginx, $redis);

    return grep { my %entry = @{ $_->[1] }; $entry{event} eq 'click' }
        @{ $redis->cmd(XRANGE => 'smartmsg:events', '-', '+') };
}

sub post {
    my ($bytes, @headers) = @_;

    return $nginx->request('POST', '/smartmsg/event', body => $bytes,
        headers => [@headers ? @headers : @same]);
}


subtest 'where it comes from' => sub {
    my $host = '127.0.0.1:' . $nginx->port;
    my @yes = ([@same], ['Sec-Fetch-Site' => 'Same-Origin'],
        [Origin => "http://$host"], [Origin => "https://$host"],
        [Host => 'Shop.example', Origin => 'https://shop.example'],
        [Host => 'shop.example:8443', Origin => 'https://shop.example:8443']);
    my @no = (['Sec-Fetch-Site' => 'cross-site'], ['Sec-Fetch-Site' => 'same-site'],
        ['Sec-Fetch-Site' => 'none'], [Accept => '*/*'], [Origin => 'null'],
        [Origin => 'http://evil.example'], [Origin => "http://$host.evil"],
        [Origin => 'http://127.0.0.1'], [Origin => "ftp://$host"],
        [Origin => "http://$host", 'Sec-Fetch-Site' => 'cross-site'],
        [Origin => "http://evil.example/http://$host"], [Origin => 'http://'],
        [Host => 'shop.example', Origin => 'https://shop.example:8443']);

    my $before = written();

    is(post($body, @$_)->status, 204, "yes: @$_") for @yes;
    is(written() - $before, @yes, 'all are written');

    is(post($body, @$_)->status, 403, "no: @$_") for @no;
    is(written() - $before, @yes, 'no other one is');
};


subtest 'malformed' => sub {
    my $before = written();
    my @bad = ('', ' ', '{', 'null', '[]', '{}', '{"events":[]}', '{"events":{}}',
        '{"events":[1]}', '{"events":[{}]}', '{"events":[{"event":"jump"}]}',
        '{"events":[{"event":"click"}]}', "$body x", "{\"x\":1,\"events\":[]}",
        "\xff$body", '[' x 8000, map { json({ events => $_ }) } (
            [$click, { event => 'click', rule => '../x' }],
            [$click, { %$click, action => -1 }], [$click, { %$click, action => '1' }],
            [$click, { %$click, page => 'x' x 513 }],
            [$click, { %$click, variation => "a\n" }],
            [$click, { %$click, unknown => 1 }],
            [$click, { event => 'impression', rule => 'hello', on => 'jump' }],
            [$click, { event => 'cart', op => 'set', value => -1, items => 1 }],
            [$click, { event => 'cart', op => 'add', value => 1 }],
            [$click, { event => 'cart', op => 'set', value => 1, items => 1,
                currency => 'eur' }],
            [$click, { event => 'order', id => '', value => 1 }],
            [$click, { event => 'order', id => 'x' x 65, value => 1 }],
            [($click) x 33],
        ));

    for (@bad) {
        my $name = length > 60 ? substr($_, 0, 60) . '...' : $_;
        is(post($_)->status, 400, $name =~ s/[^ -~]/?/gr);
    }

    is(written(), $before, 'nothing of them is written');
    ok($nginx->error_logged(qr/malformed event: events\[1\]\.page: must be/),
        'the log has place and reason');
    is(post(json({ events => [($click) x 32] }))->status, 204, '32 events');
    is(written(), $before + 32, 'are written');
};


# JSON of exactly so many bytes
sub sized { return $body . ' ' x ($_[0] - length $body) }

sub chunked {
    my (@pieces) = @_;

    return join '', map { sprintf "%x\r\n%s\r\n", length, $_ } @pieces, '';
}


subtest 'size' => sub {
    is(post(sized(8192))->status, 204, '8 KB');
    is(post(sized(8193))->status, 413, 'one more');
    is(post('x' x 1_000_000)->status, 413, 'a megabyte');

    my @chunked = (@same, 'Transfer-Encoding' => 'chunked');
    is(post(chunked(sized(8192)), @chunked)->status, 204, '8 KB, chunked');
    is(post(chunked(sized(8193)), @chunked)->status, 413, 'one more, chunked');
    is(post(chunked(('x' x 10_000) x 50), @chunked)->status, 413,
        'half a megabyte, chunked');
    is(post(chunked(split //, $body), @chunked)->status, 204, 'byte by byte');
    is(post('0' . "\r\n\r\n", @chunked)->status, 400, 'empty, chunked');
};


# More is not even read, whatever the server allows elsewhere.
subtest 'no end' => sub {
    for my $port ($nginx->port, $nginx->port2) {
        my $http = http($port);
        $http->send_request('POST', '/smartmsg/event', body => '', headers =>
            [@same, 'Transfer-Encoding' => 'chunked']);
        $http->send(sprintf "3e8\r\n%s\r\n", 'x' x 1000) for 1 .. 9;
        is($http->read_response->status, 413, "port $port: nine chunks of a thousand");

        $http = http($port);
        $http->send_request('POST', '/smartmsg/event', body => '', headers =>
            [@same, 'Transfer-Encoding' => 'chunked']);
        $http->send("7fffffff\r\nx");
        is($http->read_response->status, 413, "port $port: a chunk of two gigabytes");

        $http = http($port);
        $http->send_request('POST', '/smartmsg/event', headers =>
            [@same, 'Content-Length' => 8193]);
        is($http->read_response->status, 413, "port $port: a length");
    }
};


subtest 'in pieces' => sub {
    my $before = written();
    my $bytes = sized(3000);

    for my $port ($nginx->port, $nginx->port2) {
        my $http = http($port);
        for my $at (1, 17, 40, 2999) {
            $http->send_request('POST', '/smartmsg/event', body => '', headers =>
                [@same, 'Content-Length' => length $bytes]);
            $http->send(substr $bytes, 0, $at);

            # another request is served meanwhile, so the first part was read
            is(http($port)->request('GET', '/smartmsg/none')->status, 404,
                'others do not wait');
            $http->send(substr $bytes, $at);
            is($http->read_response->status, 204, "port $port, cut at $at");
        }
    }

    is(written(), $before + 8, 'all are written');

    my $http = http($nginx->port2);
    is($http->request('POST', '/smartmsg/event', body => chunked(split //, $bytes),
        headers => [@same, 'Transfer-Encoding' => 'chunked'])->status, 204,
        'byte by byte into a small buffer');
    is($http->request('POST', '/smartmsg/event', body => chunked($bytes),
        headers => [@same, 'Transfer-Encoding' => 'chunked'])->status, 204,
        'one chunk, the same connection');
    is(written(), $before + 10, 'they, too');
};


subtest 'a client that goes' => sub {
    my $before = written();
    my $http = $nginx->http;
    $http->send_request('POST', '/smartmsg/event', body => substr($body, 0, 10),
        headers => [@same, 'Content-Length' => length $body]);
    $http->abort;
    ok($nginx->logged(qr{^4\d\d POST /smartmsg/event off}), 'half a body');
    is(written(), $before, 'is not written');
};


subtest 'Redis is away' => sub {
    $redis->crash;
    ok($nginx->error_logged(qr/sock is down/), 'nginx takes note');
    is(post($body)->status, 204, 'an event is taken') for 1 .. 10;

    my @lines = grep { /smartmsg/ && /\[(?:error|warn)\]/ && !/watching rules/ }
        split /\n/, $nginx->error_log;
    is((grep { /is down/ } @lines), 1, 'it is logged once') or diag join "\n", @lines;

    $redis->run;
    my $back = $nginx->error_logged(qr/sock is back after/);
    my ($lost) = $back =~ /after \d+ s, (\d+) writes were lost/;
    cmp_ok($lost, '>=', 10, 'and what was lost is counted');
    is(post($body)->status, 204, 'an event');
    is(written(), 1, 'is written again');
};

$nginx->stop_ok;
done_testing;
