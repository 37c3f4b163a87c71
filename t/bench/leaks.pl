#!/usr/bin/perl

# REQUESTS=10000 of all kinds under valgrind, with a reload in the middle: no
# process of nginx may leave anything behind that it cannot reach, or read what
# it must not.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;

my $requests = $ENV{REQUESTS} || 10_000;

my $head = '<!doctype html><html lang="en"><body>' . ('<p>word</p>' x 500);
my $tail = "</body></html>\n";
my $body = "$head$tail";
my $page = qr{\A\Q$head\E(?:@{[snippet]})?\Q$tail\E\z};

my $redis = redis;
my $up = upstream('*' => page($body),
    '/chunked' => page($body, framing => 'chunked', split => [700, length($head) + 3]),
    '/gzip' => page($body, gzip => 1),
    '/csp' => page($body, headers => ['Content-Security-Policy' => "script-src 'nonce-a'; connect-src *"]),
    '/none' => page($body, status => '404 Not Found'),
    '/fragment' => page('<p>x</p>'));

my $nginx = nginx(upstream => $up, redis => $redis, untitled => 1, rules => {
    help => rule(cap => { session => 100_000 }),
    idle => rule(on => 'idle', if => { 'session.views' => { '$gt' => 3 } }) },
    http => 'smartmsg_timeout 500ms; gzip on; gzip_types text/html;',
    locations => <<'END');
        location /off/ { smartmsg off; proxy_pass http://%UPSTREAM%; }
        location /unbuffered/ { proxy_buffering off; proxy_pass http://%UPSTREAM%; }
END

my @visitors = map {
    my $visitor = $nginx->visitor;
    $visitor->page('/');
    $visitor->cookie('smartmsg') // ();
} 1 .. 5;

my @events = (
    { event => 'impression', rule => 'help', on => 'exit' },
    { event => 'click', rule => 'help', action => 0 },
    { event => 'cart', op => 'set', value => 10, items => 2, currency => 'EUR' },
    { event => 'order', id => 'no-1', value => 12.5 },
    { event => 'track', name => 'film', data => { length => 3 } },
    { event => 'identify', id => 'c-1', traits => { tier => 'gold' } },
);

my @uris = qw(/page /chunked /gzip /csp /none /fragment /off/page /unbuffered/chunked);
my @wrong;

# One request of those that are made in turn.
sub one {
    my ($i) = @_;

    my $cookie = "smartmsg=$visitors[$i % @visitors]";
    my @headers = (Accept => 'text/html', $i % 7 ? (Cookie => $cookie) : (),
        $i % 3 ? () : ('Accept-Encoding' => 'gzip'), $i % 11 ? () : ('Sec-GPC' => 1));

    if ($i % 4 == 0) {
        my $text = json({ events => [$events[$i / 4 % @events]] });
        $text = substr $text, 0, -1 if $i % 40 == 0;
        my $res = $nginx->request('POST', '/smartmsg/event', body => $text, headers =>
            ['Sec-Fetch-Site' => 'same-origin', Cookie => $cookie]);
        return $res->status == ($i % 40 ? 204 : 400) ? '' : "event: " . $res->status;
    }

    if ($i % 97 == 0) {
        $redis->cmd(HSET => 'smartmsg:rules', extra => $i % 2 ? rule(title => "No $i") : '{"rules": [');
        $redis->cmd(HSET => 'smartmsg:switch', idle => $i % 2 ? 'on' : 'off');
        $redis->cmd(CLIENT => KILL => TYPE => 'normal') if $i % 5 == 0;
    }

    if ($i % 51 == 0) {
        my $http = $nginx->http;
        $http->send("GET /chunked HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n\r\n");
        $i % 2 ? $http->abort : $http->close;
        return '';
    }

    my $uri = $uris[$i % @uris];
    my $res = $nginx->request('GET', $uri, headers => \@headers);
    my $good = $uri eq '/none' ? $res->status == 404
        : $uri eq '/fragment' ? $res->content eq '<p>x</p>'
        : $res->status == 200 && $res->content =~ $page;

    return $good && $res->complete ? '' : "$uri: " . $res->status;
}

sub some {
    my ($from, $to) = @_;

    for my $i ($from .. $to) {
        my $why = one($i);
        push @wrong, $why if $why;
    }

    return;
}


some(1, $requests / 2);
ok($nginx->reload, 'a reload');
some($requests / 2 + 1, $requests);

is_deeply(\@wrong, [], "$requests requests");
# a worker whose connection was cut off a moment ago first connects again
ok(wait_until { $nginx->visitor->page('/')->content =~ /<template/ }, 'messages');
$nginx->stop_ok;

# where nginx runs without valgrind there are none
my @reports = glob $nginx->dir . '/valgrind.*';
cmp_ok(@reports, '>=', 3, 'master and two workers were watched')
    if ($ENV{SMARTMSG_NGINX} // '') =~ /valgrind/;

for my $report (grep { -s } @reports) {
    fail('valgrind');
    diag slurp($report);
}

done_testing;
