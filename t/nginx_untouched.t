# A page for which no rule has a message leaves as the shop has sent it.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;

my $page = '<!doctype html><html><body><p>x</p></body></html>';
my $large = '<!doctype html><html><body>' . join(' ', 1 .. 60_000) . '</body></html>';

my %reply = (
    '/' => page($page),
    '/valid' => page($page, headers => [ETag => '"abc"', 'Last-Modified' =>
        'Wed, 21 Oct 2015 07:28:00 GMT', 'Accept-Ranges' => 'bytes']),
    '/public' => page($page, headers => ['Cache-Control' => 'public, s-maxage=9',
        'Set-Cookie' => 'a=b']),
    '/chunked' => page($page, framing => 'chunked', split => [5, 40]),
    '/close' => page($page, framing => 'close'),
    '/gzip' => page($page, gzip => 1),
    '/large' => page($large),
    '/fragment' => page('<p>x</p>'),
    '/csp' => page($page, headers => ['Content-Security-Policy' => "default-src 'none'"]),
    '/br' => page($page, headers => ['Content-Encoding' => 'br']),
);

# the shop answers when the test says so
my $up = upstream(map { $_ => [gate('answer'), @{ $reply{$_} }] } keys %reply);
my $redis = redis();

my %conf = (upstream => $up, locations => <<'END');
        location /packed/ { proxy_pass http://%UPSTREAM%/; gzip on; gzip_min_length 1; }
        location /unbuffered/ { proxy_pass http://%UPSTREAM%/; proxy_buffering off; }
        location /file/ { alias %DIR%/; default_type text/html; expires 1h; }
END

my $without = nginx(%conf, module => 0);
my $nginx = nginx(%conf, redis => $redis, rules => {
    never => rule(if => { 'query.none' => '1' }) });

for ($without, $nginx) {
    $_->write_file('page.html', $page);
    utime 1_445_412_480, 1_445_412_480, $_->dir . '/page.html';
}

my $cookie = 'smartmsg=' . 'A' x 22;


# How many hashes Redis has read for nginx.
sub reads {
    my ($calls) = $redis->cmd(INFO => 'commandstats')
        =~ /cmdstat_hgetall:calls=(\d+)/;

    return $calls // 0;
}

# Asks for a page whose decision is there before the shop answers.
sub ask {
    my ($server, $uri, @headers) = @_;

    $up->close_gate('answer');

    my $reads = reads();
    my $http = $server->http;
    $http->send_request('GET', $uri, headers => [Host => 'shop.example',
        Accept => 'text/html', Connection => 'close', @headers]);
    ok((wait_until { $up->reached('answer') }), "$uri: the shop is asked");

    if ($server == $nginx) {
        ok((wait_until { reads() >= $reads + 2 }), "$uri: so is Redis");

        # its answer lies in the worker's socket now: each of these requests is
        # served in a turn of the event loop that looks at all sockets
        $server->get('/smartmsg/none') for 1 .. 3;
    }

    $up->open_gate('answer');
    my $res = $http->read_response;

    return ($res->head =~ s/^(Date): .*?(\d{4}) .*$/$1: in $2/mgr, $res->body);
}


for my $uri (sort(keys %reply), map { ("/packed$_", "/unbuffered$_") }
    qw(/valid /gzip /chunked))
{
    for my $headers ([], ['Accept-Encoding' => 'gzip']) {
        my ($head, $body) = ask($without, $uri, @$headers);
        my ($our_head, $our_body) = ask($nginx, $uri, @$headers, Cookie => $cookie);

        is($our_head, $head, "$uri @$headers: header");
        ok($our_body eq $body, "$uri @$headers: body");
    }
}


subtest 'a first view' => sub {
    for my $uri (qw(/valid /large /gzip)) {
        my ($head, $body) = ask($without, $uri);

        $up->open_gate('answer');
        my $res = $nginx->visitor->page($uri, headers => [Host => 'shop.example']);
        my $our_head = $res->head =~ s/^(Date): .*?(\d{4}) .*$/$1: in $2/mgr;

        ok($our_head =~ s/^Set-Cookie: smartmsg=.*\r\n//m, "$uri: a cookie");
        ok($our_head =~ s/^Cache-Control: private\r\n//m, "$uri: not to be shared");
        is($our_head, $head, "$uri: else the header is the shop's");
        ok($res->body eq $body, "$uri: and the body");
    }
};


subtest 'a file' => sub {
    my ($want, $got) = map { $_->get('/file/page.html',
        headers => ['Accept' => 'text/html']) } $without, $nginx;

    is($got->header($_), $want->header($_), $_)
        for qw(ETag Last-Modified Content-Length Accept-Ranges);
    like(join(', ', $got->headers('Cache-Control')), qr/max-age=3600/,
        'how long the browser may keep it');
    is($got->body, $want->body, 'body');
};

$nginx->stop_ok;
$without->stop_ok;
done_testing;
