# The visitor's cookie, and what it does to the caching of the page.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;

my $page = '<!doctype html><html><body><p>x</body></html>';

my %cache = (
    plain => undef,
    public => 'public, max-age=60',
    shared => 'max-age=60, s-maxage=600, must-revalidate',
    upper => 'Public,S-MaxAge=1',
    private => 'private',
    nostore => 'no-store, public',
    nocache => 'no-cache',
);

my $up = upstream('*' => page($page), map {
    my @headers = defined $cache{$_} ? ('Cache-Control' => $cache{$_}) : ();
    "/$_" => page($page, headers => \@headers);
} keys %cache);

$up->reply('/two' => page($page, headers => ['Cache-Control' => 'public',
    'Cache-Control' => 's-maxage=5']));
$up->reply('/cdn' => page($page, headers => ['Cache-Control' => 'no-store',
    'CDN-Cache-Control' => 'max-age=9', 'Cloudflare-CDN-Cache-Control' => 'public',
    'Surrogate-Control' => 'max-age=9', 'Edge-Control' => '!no-store']));
$up->reply('/own' => page($page, headers => ['Set-Cookie' => 'cart=1; Path=/']));

my $redis = redis();
my %opt = (redis => $redis, upstream => $up, rules => { hello => rule() });

# servers with their own idea of the cookie, told apart by name, and one that
# takes the default
my %cookie = (
    all => 'visit domain=.example.com path=/shop max_age=7d samesite=Strict',
    none => 'v samesite=none secure=on',
    off => 'v secure=off',
    auto => 'v secure=auto',
    host => '__Host-v secure=on',
);

my $nginx = nginx(%opt, http => join '', map { <<"END" } keys %cookie);
    server {
        listen 127.0.0.1:%PORT2%;
        server_name $_;
        smartmsg_cookie $cookie{$_};
        location /smartmsg/ { smartmsg_endpoint; }
        location / { proxy_pass http://%UPSTREAM%; }
    }
END


# Set-Cookie of a first view of that server
sub cookie_of {
    my ($server, @headers) = @_;

    my $visitor = Smartmsg::Visitor->new(port => $nginx->port2);
    my $res = $visitor->page('/', headers => [Host => $server, @headers]);

    return join "\n", $res->headers('Set-Cookie');
}


subtest 'the cookie of a first view' => sub {
    my $visitor = $nginx->visitor;
    my $res = $visitor->page('/');
    my @set = $res->headers('Set-Cookie');

    is(@set, 1, 'one cookie');
    like($set[0], qr/^smartmsg=[A-Za-z0-9_-]{22};/, 'name and id');
    is($set[0] =~ s/^[^;]+//r, '; Max-Age=33696000; Path=/; HttpOnly; SameSite=Lax',
        'attributes') or diag $set[0];

    is($visitor->page('/')->header('Set-Cookie'), undef, 'not set again');

    my %ids = map { $nginx->visitor->page('/')->cookie('smartmsg') => 1 } 1 .. 20;
    is(keys %ids, 20, 'each visitor has an id of its own');

    my ($line) = grep { m{ GET / } } $nginx->access_log;
    my $id = $visitor->cookie('smartmsg');
    like($line, qr/ injected hello \Q$id\E$/, 'the id is in the log');
};


subtest 'the shop keeps its cookies' => sub {
    my $res = $nginx->visitor->page('/own');

    is_deeply([ map { /^([^=]+)/ } $res->headers('Set-Cookie') ],
        [qw(cart smartmsg)], 'both are set');
};


subtest 'Secure' => sub {
    my @https = ('X-Forwarded-Proto' => 'https');

    unlike(cookie_of('auto'), qr/Secure/, 'not on http');
    like(cookie_of('auto', @https), qr/; Secure/, 'behind a TLS terminator');
    like(cookie_of('auto', 'X-Forwarded-Proto' => 'HTTPS'), qr/; Secure/,
        'in capitals');
    like(cookie_of('auto', 'X-Forwarded-Proto' => 'https, http'), qr/; Secure/,
        'several proxies');
    unlike(cookie_of('auto', 'X-Forwarded-Proto' => 'httpsx'), qr/Secure/,
        'another scheme');
    unlike(cookie_of('auto', 'X-Forwarded-Proto' => 'http'), qr/Secure/,
        'a terminator of nothing');
    like(cookie_of('none'), qr/; Secure/, 'secure=on');
    unlike(cookie_of('off', @https), qr/Secure/, 'secure=off');
};


subtest 'smartmsg_cookie' => sub {
    like(cookie_of('all'), qr{^visit=[\w-]{22}; }, 'name');
    is(cookie_of('all') =~ s/^[^;]+//r, '; Max-Age=604800; Path=/shop;'
        . ' Domain=.example.com; HttpOnly; SameSite=Strict', 'all parameters')
        or diag cookie_of('all');
    like(cookie_of('none'), qr/; SameSite=None/, 'samesite=none');
    like(cookie_of('host'), qr/^__Host-v=[\w-]{22}; /, 'prefix');
};


subtest 'ids that we have not made' => sub {
    my $good = $nginx->visitor->page('/')->cookie('smartmsg');
    my %bad = (
        empty => '', short => substr($good, 1), long => "${good}A",
        letters => '!' . substr($good, 1), braces => '{' . substr($good, 1),
        # 22 characters of 6 bits are 4 bits more than 128
        bits => substr($good, 0, 21) . 'B',
    );

    for my $name (sort keys %bad) {
        my $visitor = $nginx->visitor;
        $visitor->cookie(smartmsg => $bad{$name});
        my $res = $visitor->page('/');
        like($res->cookie('smartmsg'), qr/^[\w-]{22}$/, "$name: a new one");
        isnt($res->cookie('smartmsg'), $bad{$name}, "$name: not the old one");
    }

    for my $cookie ("a=b; smartmsg=$good; c=d", "smartmsg=\"$good\"",
        "xsmartmsg=nonsense;smartmsg=$good")
    {
        my $res = $nginx->visitor->page('/', headers => [Cookie => $cookie]);
        is($res->header('Set-Cookie'), undef, "$cookie is read");
    }

    my $res = $nginx->visitor->page('/',
        headers => [Cookie => 'a=b', Cookie => "smartmsg=$good"]);
    is($res->header('Set-Cookie'), undef, 'the second header is read');

    $res = $nginx->visitor->page('/', headers => [COOKIE => "smartmsg=$good",
        cookie => 'smartmsg=nonsense', Cookie => 'a=b']);
    is($res->header('Set-Cookie'), undef, 'the first one that has it counts');

    $res = $nginx->visitor->page('/', headers => [Cookie => 'a=b', Cookie => 'smartmsg=nonsense',
        Cookie => "smartmsg=$good"]);
    isnt($res->cookie('smartmsg'), undef, 'and no other');
};


subtest 'Cache-Control' => sub {
    my %want = (
        plain => 'private',
        public => 'max-age=60, private',
        shared => 'max-age=60, must-revalidate, private',
        upper => 'private',
        private => 'private',
        nostore => 'no-store, public',
        nocache => 'no-cache, private',
    );

    for my $name (sort keys %want) {
        my $visitor = $nginx->visitor;
        is($visitor->page("/$name")->header('Cache-Control'), $want{$name},
            "$name: with a cookie");
        is($visitor->page("/$name")->header('Cache-Control'), $want{$name},
            "$name: with a message");
    }

    my $all = join ', ', $nginx->visitor->page('/two')->headers('Cache-Control');
    unlike($all, qr/public|s-maxage/, 'two headers: nothing for shared caches');
    like($all, qr/private/, 'private');

    my $cdn = $nginx->visitor->page('/cdn');
    is($cdn->header('Cache-Control'), 'no-store', 'a CDN: what is for all stays');
    unlike($cdn->head, qr/max-age|public|Edge/,
        'it is not allowed more than others');
};


subtest 'a page that gets a cookie but no message' => sub {
    $redis->cmd(HSET => 'smartmsg:rules', hello => rule(if => { 'query.no' => 1 }));
    my $visitor;
    my $res = wait_until {
        $visitor = $nginx->visitor;
        my $res = $visitor->page('/public');
        armed($res) eq '' && $res;
    };

    is($res->header('Cache-Control'), 'max-age=60, private', 'first view');
    is($res->header('Content-Length'), length $page, 'its length is known');

    # no decision is out in the first view, but it may be in the second one
    ok((wait_until {
        ($visitor->page('/public')->header('Cache-Control') // '')
            eq 'public, max-age=60';
    }), 'second view: as the shop says');
};

$nginx->stop_ok;
done_testing;
