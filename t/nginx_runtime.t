# The runtime, as the endpoint serves it: kept for ever under its hash.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;
use Digest::SHA qw(sha256_hex);

my $up = upstream('*' => page('<!doctype html><html><body><p>x</body></html>'));
my $redis = redis();

my $nginx = nginx(redis => $redis, upstream => $up, rules => { hello => rule() },
    server => 'gzip on; gzip_types *; gzip_min_length 1; charset koi8-r;
        charset_types *;',
    http => <<'END');
    server {
        listen 127.0.0.1:%PORT2%;
        location /a/deep/place { smartmsg_endpoint; }
        location / { proxy_pass http://%UPSTREAM%; }
    }
END

my $rt = script_of($nginx->visitor->page('/'));
my ($ui) = $nginx->get($rt)->body =~ m{\bimport\("\./(ui\.[0-9a-f]{16}\.js)"\)}
    or die 'the runtime imports nothing';
$ui = "/smartmsg/$ui";

my ($name, $url);
for (['rt', $rt], ['ui', $ui]) {

($name, $url) = @$_;

subtest $name => sub {
    my ($hash) = $url =~ m{^/smartmsg/$name\.([0-9a-f]{16})\.js$};
    ok($hash, 'its address') or diag $url;

    my $res = $nginx->get($url);
    is($res->status, 200, 'is there');
    is(substr(sha256_hex($res->body), 0, 16), $hash, 'under its own hash');
    is($res->body, slurp(root() . "/ngx_smartmsg_module/browser/dist/$name.min.js"),
        'as it was built') unless $ENV{SMARTMSG_MODULE};
    is($res->header('Content-Type'), 'text/javascript; charset=utf-8', 'type');
    is($res->header('Content-Length'), length $res->body, 'length');
    is($res->header('Content-Encoding'), undef, 'not compressed');
    is($res->header('Cache-Control'), 'public, max-age=31536000, immutable',
        'to be kept');
    is($res->header('X-Content-Type-Options'), 'nosniff', 'nosniff');
    is(join(', ', $res->headers('Vary')), 'Accept-Encoding', 'Vary');
    is($res->header('Set-Cookie'), undef, 'no cookie');

    my %length;
    for my $accept ('gzip', 'br, gzip', 'deflate, gzip;q=0.5, br', 'GZIP') {
        my $gz = $nginx->get($url, headers => ['Accept-Encoding' => $accept]);
        is($gz->header('Content-Encoding'), 'gzip', "$accept: compressed");
        is($gz->content, $res->body, "$accept: the same");
        is(join(', ', $gz->headers('Vary')), 'Accept-Encoding', "$accept: Vary");
        cmp_ok(length $gz->body, '<', length($res->body) / 2, "$accept: smaller");
        $length{ $gz->header('Content-Length') // '' } = 1;
    }
    is(keys %length, 1, 'compressed only once, when it was built');

    is($nginx->get($url, headers => ['Accept-Encoding' => $_])
        ->header('Content-Encoding'), undef, "$_: not compressed")
        for 'br', 'gzip;q=0', 'gzip; q=0.00', 'identity', '';

    my $head = $nginx->request('HEAD', $url);
    is($head->status, 200, 'HEAD');
    is($head->header('Content-Length'), length $res->body, 'has the length');
    $head = $nginx->request('HEAD', $url, headers => ['Accept-Encoding' => 'gzip']);
    is($head->header('Content-Encoding'), 'gzip', 'HEAD of the compressed one');

    my $http = $nginx->http;
    is($http->request('GET', $url)->status, 200, "request $_ of a connection")
        for 1 .. 3;
};


subtest "$name: the hash of another version" => sub {
    my $other = $url =~ s/(.)(?=\.js$)/$1 eq '0' ? '1' : '0'/er;
    my $res = $nginx->get($other);

    is($res->status, 200, 'this version will do');
    is($res->body, $nginx->get($url)->body, 'it is sent');
    is($res->header('Cache-Control'), 'no-store', 'but not kept under that name');
};

}


subtest 'what is not there' => sub {
    is($nginx->get("/smartmsg$_")->status, 404, $_) for '/', '/rt.js', '/x', '/ui.js',
        '/uirt.' . '0' x 16 . '.js', '/xx.' . '0' x 16 . '.js',
        '/rt.0123456789ABCDEF.js', '/rt.0123456789abcde.js', '/rt.' . 'g' x 16
        . '.js', '/events', '/event/', '/event/x', '/../smartmsg/nothing';

    for my $case (['POST', $rt, 'GET, HEAD'], ['PUT', $ui, 'GET, HEAD'],
        ['DELETE', $rt, 'GET, HEAD'], ['GET', '/smartmsg/event', 'POST'],
        ['HEAD', '/smartmsg/event', 'POST'], ['PUT', '/smartmsg/event', 'POST'],
        ['OPTIONS', '/smartmsg/event', 'POST'])
    {
        my ($method, $uri, $allow) = @$case;
        my $res = $nginx->request($method, $uri,
            $method =~ /^P/ ? (body => 'x' x 100) : ());
        is($res->status, 405, "$method $uri");
        is($res->header('Allow'), $allow, "$method $uri: Allow");
    }
};


subtest 'elsewhere' => sub {
    my $visitor = Smartmsg::Visitor->new(port => $nginx->port2);
    my $there = script_of($visitor->page('/'));

    like($there, qr{^/a/deep/place/rt\.[0-9a-f]{16}\.js$}, 'another prefix');
    is($visitor->request('GET', $there)->status, 200, 'is there');
    is($visitor->request('GET', "/a/deep/place$_")->status, 404, "not $_")
        for '', 'x', 'event', '/', '/none';
    is($visitor->request('POST', '/a/deep/place/event', body => '{}',
        headers => ['Sec-Fetch-Site' => 'same-origin'])->status, 400, 'events');
};

$nginx->stop_ok;
done_testing;
