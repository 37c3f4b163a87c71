# Who has the module loaded but does not use it does not notice it: not one byte
# differs from what nginx does without it.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;

my $page = '<!doctype html><html><body><p>x</p><a href="/cart">y</a></body></html>';
my $large = '<!doctype html><html><body>' . join(' ', 1 .. 60_000) . '</body></html>';
my @validators = (ETag => '"abc"', 'Last-Modified' =>
    'Wed, 21 Oct 2015 07:28:00 GMT', 'Accept-Ranges' => 'bytes');

my %reply = (
    '/' => page($page),
    '/valid' => page($page, headers => [@validators]),
    '/public' => page($page, headers => ['Cache-Control' => 'public, s-maxage=9',
        'Set-Cookie' => 'a=b', Expires => 'Thu, 01 Jan 2099 00:00:00 GMT']),
    '/chunked' => page($page, framing => 'chunked', split => [5, 40]),
    '/close' => page($page, framing => 'close'),
    '/gzip' => page($page, gzip => 1, headers => [Vary => 'Accept-Encoding']),
    '/csp' => page($page, headers => ['Content-Security-Policy' =>
        "script-src 'nonce-abc'"]),
    '/large' => page($large),
    '/large-chunked' => page($large, framing => 'chunked',
        split => [map { $_ * 7919 } 1 .. 40]),
    '/part' => page(substr($page, 0, 10), status => '206 Partial Content',
        headers => ['Content-Range' => 'bytes 0-9/' . length $page]),
    '/same' => ["HTTP/1.1 304 Not Modified\r\nETag: \"abc\"\r\n\r\n"],
    '/nothing' => ["HTTP/1.1 204 No Content\r\n\r\n"],
    '/empty' => page(''),
    '/moved' => page($page, status => '301 Moved Permanently',
        headers => [Location => '/valid']),
    '/missing' => page($page, status => '404 Not Found'),
    '/json' => page('{"a": "</body>"}', type => 'application/json'),
    '/fragment' => page('<p>x</p>'),
    '/accel' => page('', headers => ['X-Accel-Redirect' => '/static/page.html']),
);

my $up = upstream(%reply);
my $redis = redis();

my %conf = (upstream => $up, locations => <<'END', location => <<'END2');
        location /static/ { alias %DIR%/; default_type text/html; expires 1h; }
        location /unbuffered/ { proxy_pass http://%UPSTREAM%/; proxy_buffering off; }
        location /packed/ { proxy_pass http://%UPSTREAM%/; gzip on; gzip_min_length 1; }
        location /sub/ { proxy_pass http://%UPSTREAM%/; sub_filter cart basket; }
        location /ssi/ { alias %DIR%/; ssi on; default_type text/html; }
        location /text { default_type text/html; return 200 "<html><body>x</body>"; }
        location /away { return 302 /; }
        location /cached/ { proxy_pass http://%UPSTREAM%/; proxy_cache pages;
            proxy_cache_valid 200 1h; proxy_ignore_headers Cache-Control Expires
            Set-Cookie; add_header X-Cache $upstream_cache_status; }
        location /err/ { proxy_pass http://%UPSTREAM%/; proxy_intercept_errors on;
            error_page 404 =200 /static/page.html; }
END
            add_header X-Added yes;
END2

# Those that cannot have anything to say.
my %others = (
    off => [server => 'smartmsg off;', redis => $redis,
        rules => { hello => rule() }],
    'no rules' => [redis => $redis],
    'no endpoint' => [redis => $redis, rules => { hello => rule() }, endpoint => 0],
    'no redis' => [rules => { hello => rule() }],
);

my $cache = 'proxy_cache_path %DIR%/cache keys_zone=pages:1m;'
    . ' port_in_redirect off;';

sub start {
    my (%opt) = @_;

    my $nginx = nginx(%conf, %opt, http => $cache . ($opt{http} // ''));
    $nginx->write_file('page.html', $page);
    $nginx->write_file('part.html', '<b>part</b>');
    $nginx->write_file('ssi.html', $page =~ s{<p>x</p>}{<!--#include virtual="/ssi/part.html" -->}r);
    utime 1_445_412_480, 1_445_412_480, map { $nginx->dir . "/$_.html" }
        qw(page part ssi);

    return $nginx;
}

my $without = start(module => 0);

# Response and what the shop was asked for it.
sub ask {
    my ($nginx, $method, $uri, @headers) = @_;

    $up->forget_requests;
    my $res = $nginx->request($method, $uri, headers =>
        [Host => 'shop.example', Accept => 'text/html', @headers],
        $method eq 'POST' ? (body => 'a=b') : ());
    my $head = $res->head =~ s/^(Date|Expires): .*?(\d{4}) .*$/$1: in $2/mgr;

    return ($head, $res->body, join "\n", map { my $r = $_;
        "$r->{method} $r->{uri}", map { "$_->[0]: $_->[1]" } @{ $r->{fields} } }
        $up->requests);
}

my $good = 'A' x 22;
my @browser = ('Sec-Fetch-Dest' => 'document', Cookie => "smartmsg=$good");

my @requests = ((map { [ 'GET', $_, @browser ] } sort(keys %reply),
        (map { ("/unbuffered$_", "/packed$_", "/sub$_", "/cached$_", "/cached$_") }
            qw(/ /valid /chunked /gzip /large)),
        qw(/static/page.html /static/none /ssi/ssi.html /text /away /err/missing)),
    (map { my $uri = $_; map { [ 'GET', $uri, @$_ ] } (
        ['Accept-Encoding' => 'gzip, br'], ['Accept-Encoding' => 'identity'],
        ['If-None-Match' => '"abc"'], [Range => 'bytes=2-5'], ['If-Modified-Since' =>
            'Wed, 21 Oct 2015 07:28:00 GMT'], ['X-Forwarded-Proto' => 'https'],
        ['Sec-Purpose' => 'prefetch'], ['Sec-Fetch-Dest' => 'empty'])
    } qw(/ /valid /gzip /packed/ /static/page.html /cached/valid)),
    (map { [ 'HEAD', $_ ] } qw(/ /valid /gzip /static/page.html)),
    (map { [ 'POST', $_ ] } qw(/ /moved /static/page.html)));

my @want = map { [ ask($without, @$_) ] } @requests;


# A new worker is ready to show messages until Redis has told it that there are
# none: these pages are views, and leave something in Redis.
sub forget_beginning {
    my ($nginx) = @_;

    ok((wait_until { $nginx->visitor->page('/')->head !~ /Set-Cookie: smartmsg=/ }),
        'the worker learns that there is no message');

    settle($nginx, $redis);
    $redis->cmd(DEL => $_) for @{ $redis->cmd(KEYS => 'smartmsg:{*') };

    return;
}


sub same_as_without {
    my ($nginx, $name) = @_;

    subtest $name => sub {
        for my $i (0 .. $#requests) {
            my ($head, $body, $asked) = ask($nginx, @{ $requests[$i] });
            my $request = "@{ $requests[$i] }[0, 1]";

            is($head, $want[$i][0], "$request: header");
            ok($body eq $want[$i][1], "$request: body");
            is($asked, $want[$i][2], "$request: what the shop is asked");
        }
        is(@{ $redis->cmd(KEYS => 'smartmsg:{*') }, 0, 'nothing is remembered');
    };
}

ok((grep { $_->[0] =~ / 304 / } @want), 'there are 304s among them');
ok((grep { $_->[0] =~ /X-Cache: HIT/ } @want), 'and cached pages');
ok((grep { $_->[0] =~ / 206 / } @want), 'and parts');

for my $name (sort keys %others) {
    my %opt = @{ $others{$name} };
    my $nginx = start(%opt);
    forget_beginning($nginx) if $name eq 'no rules';
    same_as_without($nginx, $name);
    $nginx->stop_ok;
}

my $nginx = start(redis => $redis, rules => { hello => rule() });
$redis->cmd(HSET => 'smartmsg:switch', '*' => 'off');
ok((wait_until { $nginx->visitor->page('/')->body eq $page }), 'the main switch');
forget_beginning($nginx);
same_as_without($nginx, 'main switch off');
$nginx->stop_ok;

$without->stop_ok;
done_testing;
