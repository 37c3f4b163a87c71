# Pages over HTTP/2: many of them on one connection, held, reset, and squeezed
# through small windows.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::HTTP2;
use Smartmsg::Rule qw(rule json);

my $head = '<!doctype html><html lang="en"><body><p>x';
my $tail = "</body></html>\n";
my $body = "$head$tail";
my $words = '<!doctype html><html lang="en"><body>' . ('<p>word</p>' x 40_000);

my $snippet = qr{<template\ data-smartmsg="[^<]*">.*?</template>
    <script\ async\ src="/smartmsg/rt\.[0-9a-f]{16}\.js"\ data-smartmsg="1"></script>}xs;
my $page = qr{\A\Q$head\E$snippet\Q$tail\E\z};

my $up = upstream('*' => page($body), '/plain.txt' => page('text', type => 'text/plain'),
    '/chunked' => page($body, framing => 'chunked', split => [3, 50]),
    '/gzip' => page($body, gzip => 1), '/words' => page("$words$tail"),
    '/words-gzip' => page("$words$tail", gzip => 1),
    '/after' => page("$body$words"));
my $redis = redis;

my $nginx = nginx(upstream => $up, rules => {
    help => rule(cap => { session => 100_000 }) },
    http => 'smartmsg_timeout 30s; smartmsg_redis ' . $redis->address
        . ' timeout=60s connect_timeout=60s;',
    server => 'listen 127.0.0.1:%PORT2% http2;', locations => <<'END');
        location /late/ {
            smartmsg_timeout 50ms;
            proxy_pass http://%UPSTREAM%;
        }
        location /small/ {
            proxy_buffers 4 4k;
            proxy_buffer_size 4k;
            proxy_busy_buffers_size 8k;
            proxy_max_temp_file_size 0;
            proxy_pass http://%UPSTREAM%;
        }
        location /unbuffered/ {
            proxy_buffering off;
            proxy_pass http://%UPSTREAM%;
        }
END

$up->reply('/small/words' => page("$words$tail"));
$up->reply('/small/after' => page("$body$words"));
$up->reply('/unbuffered/words' => page("$words$tail"));

my $visitor = $nginx->visitor;
$visitor->page('/');
my $headers = { 'accept' => 'text/html',
    'cookie' => 'smartmsg=' . $visitor->cookie('smartmsg') };

sub h2 { return Smartmsg::HTTP2->new(port => $nginx->port2, @_) }

sub whole {
    my ($stream, $like, $name) = @_;

    is($stream->{ended}, 'end', "$name: complete");

    return ok($stream->{body} =~ $like, "$name: the page")
        || diag length $stream->{body};
}


subtest 'pages' => sub {
    my $h2 = h2;

    for my $uri (qw(/ /chunked /gzip /unbuffered/)) {
        my $stream = $h2->finished($h2->get($uri, $headers));
        is($stream->{status}, 200, "$uri: status");
        whole($stream, $page, $uri);
    }

    whole($h2->finished($h2->get($_, $headers)), qr/\A\Q$words\E$snippet\Q$tail\E\z/, $_)
        for '/words', '/words-gzip', '/small/words', '/unbuffered/words';

    my %new = (accept => 'text/html');
    my $stream = $h2->finished($h2->get('/', \%new));
    whole($stream, $page, 'a new visitor');
    like($stream->{headers}{'set-cookie'}[0], qr/^smartmsg=/, 'gets a cookie');

    $stream = $h2->finished($h2->get('/', { %$headers, 'x-requested-with' => 'x' }));
    is($stream->{body}, $body, 'no page view: as it is');

    $stream = $h2->finished($h2->get('/smartmsg/event',
        { %$headers, 'sec-fetch-site' => 'same-origin' }, method => 'POST',
        body => json({ events => [{ event => 'impression', rule => 'help' }] })));
    is($stream->{status}, 204, 'an event');
    $h2->stop;
};


subtest 'many at once' => sub {
    my $h2 = h2;
    my @ids = map { $h2->get($_ % 2 ? '/' : '/words', $headers) } 1 .. 60;
    my @wrong = grep { $_->{ended} ne 'end'
        || $_->{body} !~ /\A(?:\Q$words\E|\Q$head\E)$snippet\Q$tail\E\z/ }
        map { $h2->finished($_) } @ids;
    is(scalar @wrong, 0, 'all are whole');
    $h2->stop;
};


subtest 'small windows' => sub {
    for my $window (1, 100, 5000) {
        my $h2 = h2(window => $window);
        whole($h2->finished($h2->get('/', $headers)), $page, "window $window");

        next if $window == 1;
        my @ids = map { $h2->get($_, $headers) }
            qw(/words /words-gzip /small/words /unbuffered/words);
        whole($h2->finished($_), qr/\A\Q$words\E$snippet\Q$tail\E\z/,
            "window $window, a large page") for @ids;
        $h2->stop;
    }
};


subtest 'held' => sub {
    my $h2 = h2;

    $redis->freeze;
    my @ids = map { $h2->get('/', $headers) } 1 .. 8;
    ok($h2->seen($_, qr/\A\Q$head\E\z/), 'the head came') for @ids;

    my $other = $h2->finished($h2->get('/plain.txt', $headers));
    is($other->{body}, 'text', 'other streams are not held');

    $redis->thaw;
    whole($h2->finished($_), $page, 'released') for @ids;
    whole($h2->finished($h2->get('/', $headers)), $page, 'the next one');
    $h2->stop;
};


subtest 'held, and much follows' => sub {
    for my $window (500, 65_535) {
        my $h2 = h2(window => $window);

        $redis->freeze;
        my @ids = map { $h2->get($_, $headers) } qw(/after /small/after);
        ok($h2->seen($_, qr/\A\Q$head\E\z/), 'the head came') for @ids;
        $redis->thaw;
        whole($h2->finished($_), qr/\A\Q$head\E$snippet\Q$tail$words\E\z/,
            "window $window") for @ids;
        $h2->stop;
    }
};


subtest 'released while the client takes nothing' => sub {
    my $h2 = h2(window => 1000);

    # the place comes while the window is shut: held behind what waits there
    $redis->freeze;
    my @ids = map { $h2->get($_, $headers, paused => \1) }
        qw(/words /small/words /unbuffered/words /after);
    is($h2->finished($h2->get('/plain.txt', $headers))->{body}, 'text',
        'the connection goes on');
    $redis->thaw;
    is($h2->finished($h2->get('/plain.txt', $headers))->{body}, 'text',
        'the decision is there');

    $h2->resume($_) for @ids;
    my $after = pop @ids;
    whole($h2->finished($_), qr/\A\Q$words\E$snippet\Q$tail\E\z/, 'whole') for @ids;
    whole($h2->finished($after), qr/\A\Q$head\E$snippet\Q$tail$words\E\z/, 'whole');
    $h2->stop;
};


subtest 'too late' => sub {
    my $h2 = h2;

    $redis->freeze;
    my @ids = map { $h2->get('/late/', $headers) } 1 .. 4;
    for (@ids) {
        my $stream = $h2->finished($_);
        is($stream->{ended}, 'end', 'complete');
        is($stream->{body}, $body, 'the page of the shop');
    }
    $redis->thaw;
    ok($nginx->logged(qr{ /late/ late }), 'late');
    $h2->stop;
};


subtest 'reset while held' => sub {
    my $h2 = h2;

    for my $round (1 .. 3) {
        $redis->freeze;
        my @ids = map { $h2->get('/', $headers) } 1 .. 8;
        ok($h2->seen($_, qr/\A\Q$head\E\z/), 'the head came') for @ids;
        $h2->reset($_) for @ids[0 .. 3];
        is($h2->finished($_)->{ended}, 'reset', 'reset') for @ids[0 .. 3];
        is($h2->finished($h2->get('/plain.txt', $headers))->{body}, 'text',
            'nginx has seen it');
        $redis->thaw;
        whole($h2->finished($_), $page, 'the others') for @ids[4 .. 7];
    }

    $h2->stop;
};


subtest 'decisions without their pages' => sub {
    my $h2 = h2;
    my $asks = { %$headers, 'sec-fetch-site' => 'same-origin' };
    my $decision = qr{\A<!doctype html><title></title><template data-smartmsg="[^<]*">.*</template>\z}s;

    whole($h2->finished($h2->get('/smartmsg/decide?page=/', $asks)), $decision, 'at once');

    $redis->freeze;
    my @ids = map { $h2->get('/smartmsg/decide?page=/', $asks) } 1 .. 8;
    is($h2->finished($h2->get('/plain.txt', $headers))->{body}, 'text', 'other streams go on');
    $h2->reset($_) for @ids[0 .. 3];
    is($h2->finished($_)->{ended}, 'reset', 'reset') for @ids[0 .. 3];
    is($h2->finished($h2->get('/plain.txt', $headers))->{body}, 'text', 'nginx has seen it');
    $redis->thaw;
    whole($h2->finished($_), $decision, 'when Redis answers') for @ids[4 .. 7];
    $h2->stop;
};


subtest 'the connection breaks while pages are held' => sub {
    my $h2 = h2;

    $redis->freeze;
    my @ids = map { $h2->get('/broken', $headers) } 1 .. 8;
    ok($h2->seen($_, qr/\A\Q$head\E\z/), 'the head came') for @ids;
    $h2->destroy;
    ok((wait_until { 8 == grep { m{ /broken } } $nginx->access_log }), 'gone');
    $redis->thaw;

    $h2->open(port => $nginx->port2);
    whole($h2->finished($h2->get('/', $headers)), $page, 'all is well');
    $h2->stop;
};


subtest 'a reload while pages are held' => sub {
    my $h2 = h2;

    $redis->freeze;
    my @ids = map { $h2->get('/', $headers) } 1 .. 4;
    ok($h2->seen($_, qr/\A\Q$head\E\z/), 'the head came') for @ids;
    ok($nginx->reload, 'new workers');
    $redis->thaw;

    whole($h2->finished($_), $page, 'released') for @ids;
    ok($h2->told('closed'), 'then the connection is closed');
    ok((wait_until { $nginx->worker_pids(all => 1) == 1 }), 'the old one has gone');

    $h2->open(port => $nginx->port2);
    whole($h2->finished($h2->get('/', $headers)), $page, 'all is well');
    $h2->stop;
};


$nginx->stop_ok;
done_testing;
