# What is a page view, and what is not.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;

my $page = '<!doctype html><html><body><p>x</body></html>';

my $up = upstream('*' => page($page),
    '/moved' => page($page, status => '302 Found', headers => [Location => '/']),
    '/none' => page($page, status => '404 Not Found'),
    '/error' => page($page, status => '500 Internal Server Error'),
    '/part' => page($page, status => '206 Partial Content'),
    '/same' => ["HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n"],
    '/nothing' => ["HTTP/1.1 204 No Content\r\n\r\n"],
    '/empty' => page(''),
    '/json' => page('{}', type => 'application/json'),
    '/xhtml' => page($page, type => 'application/xhtml+xml'),
    '/htmlx' => page($page, type => 'text/html5'),
    '/untyped' => ["HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"],
    '/download' => page($page, headers =>
        ['Content-Disposition' => 'attachment; filename=a.html']),
    '/bare' => page($page, type => 'TEXT/HTML'),
);

my $redis = redis();
my $nginx = nginx(redis => $redis, upstream => $up,
    rules => { hello => rule() });

# The number of sessions in Redis, when all that was sent has been executed.
sub sessions {
    settle($nginx, $redis);

    return scalar @{ $redis->cmd(KEYS => 'smartmsg:{*}:s') };
}

# A URI of its own for each case, to be found in the log.
sub uri_for {
    my ($path, $case) = @_;

    return "$path?" . unpack 'H*', "@$case";
}

sub no_view {
    my ($name, $res) = @_;

    is($res->header('Set-Cookie'), undef, "$name: no cookie");
    is($res->header('Cache-Control'), undef, "$name: caching is not touched");
    is($res->body, $res->body =~ s/<template.*//sr, "$name: no message");
}


subtest 'requests' => sub {
    my $html = 'text/html,*/*;q=0.8';
    my @no = (
        [ 'GET', Accept => $html, 'Sec-Fetch-Dest' => 'empty' ],
        [ 'GET', Accept => $html, 'Sec-Fetch-Dest' => 'iframe' ],
        [ 'GET', Accept => $html, 'Sec-Fetch-Dest' => 'image' ],
        [ 'GET', Accept => $html, 'X-Requested-With' => 'XMLHttpRequest' ],
        [ 'GET', Accept => '*/*' ],
        [ 'GET', Accept => 'application/json' ],
        [ 'GET' ],
        [ 'GET', Accept => $html, Range => 'bytes=0-10' ],
        [ 'GET', Accept => $html, Upgrade => 'websocket' ],
        [ 'HEAD', Accept => $html, 'Sec-Fetch-Dest' => 'document' ],
        [ 'PUT', Accept => $html, 'Sec-Fetch-Dest' => 'document' ],
        [ 'OPTIONS', Accept => $html, 'Sec-Fetch-Dest' => 'document' ],
    );

    for my $case (@no) {
        my ($method, @headers) = @$case;
        my $uri = uri_for('/no', $case);
        my $res = $nginx->request($method, $uri, headers => \@headers);
        no_view("@$case", $res);
        is(logged($nginx, $uri), 'not_document', "@$case: and the log says so");
    }

    is(sessions(), 0, 'no session has begun');

    my @yes = (
        [ 'GET', 'Sec-Fetch-Dest' => 'document' ],
        [ 'GET', 'Sec-Fetch-Dest' => 'Document', Accept => '*/*' ],
        [ 'GET', Accept => $html ],
        [ 'GET', Accept => 'application/xml, TEXT/HTML' ],
        [ 'POST', Accept => $html ],
        [ 'POST', 'Sec-Fetch-Dest' => 'document' ],
    );

    for my $case (@yes) {
        my ($method, @headers) = @$case;
        my $uri = uri_for('/yes', $case);
        my $res = $nginx->request($method, $uri, headers => \@headers,
            $method eq 'POST' ? (body => 'a=b') : ());
        is(armed($res), 'hello', "@$case: a message");
        ok($res->cookie('smartmsg'), "@$case: a cookie");
        is(logged($nginx, $uri), 'injected', "@$case: and the log says so");
    }

    is(sessions(), 0 + @yes, 'each is the view of a visitor');
};


subtest 'responses' => sub {
    my $before = sessions();
    my @uris = qw(/moved /none /error /part /same /nothing /empty /json /xhtml
        /htmlx /untyped /download);

    for my $uri (@uris) {
        no_view($uri, $nginx->visitor->page($uri));
        is(logged($nginx, $uri), 'not_html', "$uri: and the log says so");
    }

    is(sessions(), $before, 'no session has begun');
    is(armed($nginx->visitor->page('/bare')), 'hello', 'a type in capitals');
};


subtest 'prefetched pages' => sub {
    for my $headers ([ 'Sec-Purpose' => 'prefetch' ], [ Purpose => 'prefetch' ],
        [ 'Sec-Purpose' => 'prefetch;prerender' ])
    {
        my $visitor = $nginx->visitor;
        my $res = $visitor->page('/ahead?utm_source=mail', headers => [@$headers,
            Referer => 'https://search.example/']);
        my $key = 'smartmsg:{' . $visitor->cookie('smartmsg') . '}';

        is(armed($res), 'hello', "@$headers: has its message");
        ok(wants_view($res), 'and asks to be told when it is shown');

        sessions();
        my $s = $redis->hgetall("$key:s");
        is($s->{views}, undef, 'it has not been viewed');
        is($redis->cmd(EXISTS => "$key:v"), 0, 'so there is no visit');
        if (%$s) {
            my $ttl = $redis->cmd(TTL => "$key:s");
            ok($ttl > 0 && $ttl <= 120, 'what is known of it is soon forgotten');
        }

        is(report($visitor, { event => 'view', page => '/ahead' })->status, 204,
            'it is shown');
        sessions();
        $s = $redis->hgetall("$key:s");
        is($s->{views}, 1, 'a view');
        ok($s->{first} && $s->{last}, 'with its time');
        is($s->{entry}, '/ahead', 'of the entry page');
        is($s->{referrer}, 'https://search.example/', 'and its referrer');
        is($s->{'utm.source'}, 'mail', 'and its campaign');
        is($redis->cmd(HGET => "$key:v", 'visits'), 1, 'a visit');
        ok($redis->cmd(TTL => "$key:s") > 120, 'of a visitor with a cookie');

        $res = $visitor->page('/next');
        ok(!wants_view($res), 'the next page is counted at once');
        sessions();
        is($redis->cmd(HGET => "$key:s", 'views'), 2, 'as the second view');
        is($redis->cmd(HGET => "$key:s", 'entry'), '/ahead', 'of the session');
        is($redis->cmd(HGET => "$key:v", 'visits'), 1, 'of the same visit');
    }
};


subtest 'prefetched, but never shown' => sub {
    my $visitor = $nginx->visitor;
    $visitor->page('/ahead', headers => ['Sec-Purpose' => 'prefetch',
        Referer => 'https://search.example/']);
    $visitor->page('/other');

    sessions();
    my $key = 'smartmsg:{' . $visitor->cookie('smartmsg') . '}';
    is($redis->cmd(HGET => "$key:s", 'views'), 1, 'one view');
    is($redis->cmd(HGET => "$key:s", 'entry'), '/other', 'is the entry');
    is($redis->cmd(HGET => "$key:v", 'visits'), 1, 'one visit');

    # in a session that goes on, a prefetched page changes nothing
    my $before = $redis->hgetall("$key:s");
    $visitor->page('/ahead', headers => ['Sec-Purpose' => 'prefetch']);
    sessions();
    is_deeply($redis->hgetall("$key:s"), $before, 'the session is as it was');
};


subtest 'a view that nobody has asked for' => sub {
    my $before = sessions();
    is(report($nginx->visitor, { event => 'view' })->status, 204,
        'without a cookie');
    is(sessions(), $before, 'nothing is written');
};

$nginx->stop_ok;
done_testing;
