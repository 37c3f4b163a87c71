# Behind a CDN, which is nginx with a cache here: in fetch mode all visitors get
# the same kept page and each their own messages; in inject mode a page with
# messages is never kept.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;

my $html = '<!doctype html><html lang="en"><body>SHOP</body></html>';
my $script = qr{<script async src="(/smartmsg/rt\.[0-9a-f]{16}\.js)" data-smartmsg="fetch"></script>};

my $up = upstream('*' => page($html, headers => ['Cache-Control' => 'public, max-age=600']));
my $redis = redis;
$redis->cmd(HSET => 'smartmsg:switch', later => 'off');
my $origin = nginx(redis => $redis, upstream => $up, server => 'smartmsg_mode fetch;',
    rules => {
        everyone => rule(cap => { session => 1000 }, if => { 'page.path' => { '$ne' => '/quiet' } }),
        cart => rule(on => 'idle', priority => 9, if => { 'cart.items' => { '$gt' => 0 } }),
        later => rule(on => 'dwell', priority => 9),
    },
    locations => <<'END');
        location /injected { smartmsg_mode inject; proxy_pass http://%UPSTREAM%; }
END

my $port = $origin->port;
my $cdn = nginx(module => 0, http => 'proxy_cache_path %DIR%/cache keys_zone=cdn:1m;',
    locations => <<"END");
        location / {
            proxy_pass http://127.0.0.1:$port;
            proxy_set_header Host \$http_host;
            proxy_cache cdn;
            proxy_cache_key \$request_method\$uri\$is_args\$args;
            proxy_cache_revalidate on;
            add_header X-Cache \$upstream_cache_status always;
        }
END

sub cache_of { return $_[0]->header('X-Cache') // 'none' }

sub decide {
    my ($visitor, $page) = @_;

    return $visitor->request('GET', "/smartmsg/decide?page=$page",
        headers => ['Sec-Fetch-Site' => 'same-origin', Accept => '*/*']);
}


subtest 'one page, two visitors' => sub {
    my ($anna, $bert) = map { $cdn->visitor } 1, 2;
    my $first = $anna->page('/page');
    my $second = $bert->page('/page');

    is(cache_of($first), 'MISS', 'the first asks the shop');
    is(cache_of($second), 'HIT', 'the second does not');
    is($second->content, $first->content, 'the same bytes');
    like($first->content, $script, 'with the script');
    is($_->header('Set-Cookie'), undef, 'no cookie') for $first, $second;
    is(cache_of($cdn->get('/page')), 'HIT', 'somebody who says nothing about himself');
    is(cache_of($cdn->get('/page', headers => ['Sec-GPC' => 1])), 'HIT', 'or too much');

    decide($_, '/page') for $anna, $bert;
    ok($anna->cookie('smartmsg') && $bert->cookie('smartmsg')
        && $anna->cookie('smartmsg') ne $bert->cookie('smartmsg'), 'each has an id of their own');

    is(report($anna, { event => 'cart', op => 'set', items => 1, value => 5 })->status, 204,
        'an event');
    settle($origin, $redis);
    my ($to_anna, $to_bert) = map { decide($_, '/page') } $anna, $bert;
    is(armed($to_anna), 'cart everyone', 'messages of one');
    is(armed($to_bert), 'everyone', 'and of the other');
    isnt(cache_of($_), 'HIT', 'never from the cache') for $to_anna, $to_bert;
    is(claim($anna, 'cart'), 'shown', 'a claim');

    is(cache_of($anna->page('/page')), 'HIT', 'a visitor who is known gets the kept page, too');

    my ($url) = $first->content =~ $script;
    is($anna->request('GET', $url)->status, 200, 'the runtime');
    is(cache_of($bert->request('GET', $url)), 'HIT', 'is kept');
};


subtest 'a rule that comes later' => sub {
    my $visitor = $cdn->visitor;
    $redis->cmd(HSET => 'smartmsg:switch', later => 'on');
    ok(wait_until { armed(decide($visitor, '/page')) =~ /later/ }, 'acts');
    is(cache_of($visitor->page('/page')), 'HIT', 'on the page that was kept before');
    $redis->cmd(HSET => 'smartmsg:switch', later => 'off');
};


subtest 'is it still the same?' => sub {
    my @headers = (ETag => '"v1"', 'Cache-Control' => 'max-age=1',
        'Last-Modified' => 'Wed, 21 Oct 2015 07:28:00 GMT');
    $up->reply('/old' => page($html, headers => [@headers]));
    my $first = $cdn->visitor->page('/old');
    $up->reply('/old' => ["HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\nCache-Control: max-age=1\r\n\r\n"]);
    $up->forget_requests;

    my $res;
    ok(wait_until { cache_of($res = $cdn->visitor->page('/old')) eq 'REVALIDATED' },
        'the CDN has asked');
    my ($asked) = $up->requests;
    like($asked->{headers}{'if-none-match'}, qr{\A(?:W/)?"v1"\z}, 'the shop, with its own validator');
    is($asked->{headers}{'if-modified-since'}, undef, 'not by date');
    is($res->content, $first->content, 'the page stays');

    $up->reply('/old' => page($html =~ s/SHOP/NEW/r, headers => [@headers, ETag => '"v2"']));
    ok(wait_until { ($res = $cdn->visitor->page('/old'))->content =~ /NEW/ }, 'until it changes');
    like($res->content, $script, 'with the script');
};


subtest 'inject mode' => sub {
    my ($anna, $bert) = map { $cdn->visitor } 1, 2;

    for my $round (1 .. 3) {
        for my $visitor ($anna, $bert) {
            my $res = $visitor->page('/injected');
            is(armed($res), 'everyone', 'a message');
            isnt(cache_of($res), 'HIT', 'is not kept');
            like($res->header('Cache-Control'), qr/\bprivate\b/, 'and says so');
        }
        settle($origin, $redis);
    }

    isnt(cache_of($cdn->visitor->page('/injected')), 'HIT', 'who is new is not kept, either');
};


$cdn->stop_ok('the CDN');
$origin->stop_ok('the origin');
done_testing;
