# GET /smartmsg/decide: the messages for a page without the page, as its own
# location would have them, and nothing else: not a byte of the shop.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;
use Smartmsg::Ask qw(key_of);

my $html = '<!doctype html><html><body>SHOP</body></html>';
my $up = upstream('*' => page($html, headers => ['Set-Cookie' => 'shop=1']));
my $redis = redis;

my %rules = (
    everyone => rule(title => 'Hello', cap => { session => 1000 }),
    cart => rule(if => { 'page.type' => 'cart' }, on => 'idle'),
    path => rule(if => { 'page.path' => "/f\x{f6}\x{f6}/bar" }, on => 'idle'),
    url => rule(if => { 'page.url' => { '$regex' => '/q\?a=%2F&b=c%20d$' } }, on => 'idle'),
    query => rule(if => { 'query.b' => 'c d' }, on => 'dwell'),
    fact => rule(if => { 'my.fact' => 'here' }, on => 'idle'),
    engine => rule(if => { 'referrer.host' => 'search.example' }, on => 'idle'),
    header => rule(if => { 'request.referrer' => 'blog.example' }, on => 'idle'),
    french => rule(if => { 'page.language' => 'fr' }, on => 'idle'),
    third => rule(if => { 'session.views' => 3 }, on => 'idle'),
    first => rule(if => { 'session.first_view' => true }, on => 'idle'),
    mapped => rule(if => { 'page.type' => 'mapped' }, on => 'idle'),
);
$_ = json({ %{ JSON::PP::decode_json($_) }, priority => 9 })
    for @rules{ grep { $_ ne 'everyone' } keys %rules };

my $nginx = nginx(redis => $redis, upstream => $up, rules => \%rules,
    http => <<'END', server => <<'END2', locations => <<'END3');
        map $request_uri $kind { ~^/mapped mapped; default ''; }
        limit_req_zone $binary_remote_addr zone=few:1m rate=1r/m;
END
        if ($request_uri ~ ^/nothing) { return 404; }
        root %DIR%;
END2
        location /cart { smartmsg_page cart; proxy_pass http://%UPSTREAM%; }
        location /fact { smartmsg_fact my.fact here; proxy_pass http://%UPSTREAM%; }
        location /mapped { smartmsg_page $kind; proxy_pass http://%UPSTREAM%; }
        location /off { smartmsg off; proxy_pass http://%UPSTREAM%; }
        location /bypass { smartmsg_bypass 1; proxy_pass http://%UPSTREAM%; }
        location /moved { return 302 https://elsewhere.example/; }
        location /text { return 200 "TEXT"; }
        location /rewritten { rewrite ^ /cart last; }
        location /renamed { rewrite ^ /elsewhere redirect; }
        location /denied { deny all; proxy_pass http://%UPSTREAM%; }
        location /login { auth_basic shop; auth_basic_user_file %DIR%/users;
            proxy_pass http://%UPSTREAM%; }
        location /asks { auth_request /auth/yes; smartmsg_page cart;
            proxy_pass http://%UPSTREAM%; }
        location /refuses { auth_request /auth/no; proxy_pass http://%UPSTREAM%; }
        location /auth/yes { internal; proxy_pass http://%UPSTREAM%/allowed; }
        location /auth/no { internal; return 403; }
        location /limited { limit_req zone=few; proxy_pass http://%UPSTREAM%; }
        location /tries { try_files /missing.html @shop; }
        location /tries-uri { try_files /missing.html /cart; }
        location /tries-code { try_files /missing.html =404; }
        location @shop { smartmsg_page cart; proxy_pass http://%UPSTREAM%; }
        location /goto { error_page 418 = @shop; return 418; }
        location /lost { error_page 404 /cart; return 404; }
        location /lost-shop { error_page 403 @shop; deny all; }
        location /post { limit_except POST { deny all; } proxy_pass http://%UPSTREAM%; }
        location /mirrored { mirror /mirror; smartmsg_page cart; proxy_pass http://%UPSTREAM%; }
        location = /mirror { internal; proxy_pass http://%UPSTREAM%/copy; }
        location /after { post_action /done; smartmsg_page cart; proxy_pass http://%UPSTREAM%; }
        location /done { proxy_pass http://%UPSTREAM%/done; }
        location /tracked { smartmsg_track order id=7; proxy_pass http://%UPSTREAM%; }
        location /headed { add_header X-Added yes; expires 1h; proxy_pass http://%UPSTREAM%; }
        location /cookie/ { smartmsg_bypass $cookie_no; proxy_pass http://%UPSTREAM%; }
        location /auto/ { proxy_pass http://%UPSTREAM%; }
        location /static/ { smartmsg_page cart; default_type text/html; alias %DIR%/; }
END3

$nginx->write_file('users', "a:{PLAIN}b\n");
$nginx->write_file('page.html', 'STATIC');

sub escape { return $_[0] =~ s/([^A-Za-z0-9_.~-])/sprintf '%%%02X', ord $1/ger }

# decide(VISITOR, PAGE, referrer => ..., view => 0, headers => [...])
sub decide {
    my ($visitor, $page, %opt) = @_;

    my @headers = @{ delete $opt{headers} // ['Sec-Fetch-Site' => 'same-origin'] };
    my $args = join '&', 'page=' . escape($page), map { "$_=" . escape($opt{$_}) } sort keys %opt;

    return $visitor->request('GET', "/smartmsg/decide?$args",
        headers => ['Sec-Fetch-Dest' => 'empty', Accept => '*/*', @headers]);
}

sub armed_at {
    my ($page, %opt) = @_;

    my $visitor = delete $opt{visitor} // known();
    my $res = decide($visitor, $page, %opt);
    like($res->status, qr/^20[04]$/, "$page: status");
    unlike($res->content, qr/SHOP|TEXT|STATIC|<script/, "$page: nothing of the page");

    return armed($res);
}

# A visitor whose first page view is in the past.
sub known {
    my $visitor = $nginx->visitor;
    $visitor->page('/');
    settle($nginx, $redis);
    return $visitor;
}

sub views { return $redis->cmd(HGET => key_of($_[0]) . 's', 'views') // 0 }


subtest 'the answer' => sub {
    my $visitor = $nginx->visitor;
    $up->forget_requests;
    my $res = decide($visitor, '/');

    is($res->status, 200, 'status');
    is($res->header('Content-Type'), 'text/html; charset=utf-8', 'type');
    is($res->header('Cache-Control'), 'no-store', 'for nobody to keep');
    is($res->header('X-Content-Type-Options'), 'nosniff', 'not to be guessed at');
    like($res->content, qr{\A<!doctype\ html><title></title>
        (?:<template\ data-smartmsg="[^"]*">(?:(?!</?template).)+</template>)+\z}xs, 'templates alone');
    is(armed($res), 'first everyone', 'the messages of the page');
    like($res->header('Set-Cookie'), qr/^smartmsg=/, 'the visitor is made known');
    is(scalar(my @asked = $up->requests), 0, 'the shop is not asked');

    settle($nginx, $redis);
    is(views($visitor), 1, 'it is a page view');
    is($redis->cmd(HGET => key_of($visitor) . 's', 'entry'), '/', 'which began the session');

    $res = decide($visitor, '/');
    is($res->header('Set-Cookie'), undef, 'a cookie that came in is not set again');
    is(armed($res), 'everyone', 'the second view');
    settle($nginx, $redis);
    is(views($visitor), 2, 'is counted, too');
};


subtest 'what the page is' => sub {
    is(armed_at('/cart'), 'cart everyone', 'smartmsg_page');
    is(armed_at('/fact'), 'fact everyone', 'smartmsg_fact');
    is(armed_at('/mapped/x'), 'mapped everyone', 'a map of $request_uri that the server has asked for');
    is(armed_at('/f%C3%B6%C3%B6/bar'), 'path everyone', 'page.path');
    is(armed_at('//cart'), 'cart everyone', 'slashes are merged');
    is(armed_at('/x/../cart'), 'cart everyone', 'no way around a location');
    is(armed_at('/q?a=%2F&b=c%20d'), 'query url everyone', 'page.url and arguments');
    is(armed_at('/rewritten'), 'cart everyone', 'rewritten');
    is(armed_at('/tries'), 'cart everyone', 'try_files, named location');
    is(armed_at('/tries-uri'), 'cart everyone', 'try_files, another location');
    is(armed_at('/goto'), 'cart everyone', 'error_page as a goto');
    is(armed_at('/asks'), 'cart everyone', 'auth_request lets it pass');
    is(armed_at('/static/page.html'), 'cart everyone', 'a static file');
    is(armed_at('/', lang => 'fr'), 'french everyone', 'the language');
};


subtest 'where it comes from' => sub {
    my $other = 'https://search.example/?q=x';
    is(armed_at('/', referrer => $other), 'engine everyone', 'the parameter');
    is(armed_at('/', headers => ['Sec-Fetch-Site' => 'same-origin',
        Referer => $other]), 'everyone', 'not the header');
    is(armed_at('/', referrer => 'http://blog.example/', headers =>
        ['Sec-Fetch-Site' => 'same-origin', Referer => 'http://x/']),
        'header everyone', 'nor for other facts');
};


subtest 'a view that was counted' => sub {
    my $visitor = $nginx->visitor;
    $visitor->page('/');
    settle($nginx, $redis);

    is(armed(decide($visitor, '/', view => 0)), 'first everyone', 'the first view');
    $visitor->page('/');
    $visitor->page('/');
    settle($nginx, $redis);
    is(armed(decide($visitor, '/', view => 0)), 'third everyone', 'the third view');
    settle($nginx, $redis);
    is(views($visitor), 3, 'is not counted again');

    $visitor = $nginx->visitor;
    my $res = decide($visitor, '/', view => 0);
    is($res->header('Set-Cookie'), undef, 'who takes no cookie gets none');
};


subtest 'nothing to say' => sub {
    my @nothing = qw(/off /bypass /moved /text /renamed /denied /login /refuses
        /tries-code /post /nothing /lost /lost-shop /smartmsg/ /smartmsg/event
        /smartmsg/rt.0123456789abcdef.js /smartmsg/decide?page=/ /auto);
    push @nothing, '/smartmsg/decide?page=' . escape('/smartmsg/decide?page=/cart');

    for my $page (@nothing) {
        my $visitor = known();
        my $before = views($visitor);
        $up->forget_requests;
        my $res = decide($visitor, $page);
        is($res->status, 204, "$page: 204");
        is($res->body, '', "$page: empty");
        is($res->header('Cache-Control'), 'no-store', "$page: for nobody to keep");
        is($res->header($_), undef, "$page: no $_")
            for qw(Location WWW-Authenticate Content-Type Content-Length);
        is(scalar(my @asked = $up->requests), 0, "$page: the shop is not asked");
        settle($nginx, $redis);
        is(views($visitor), $before, "$page: no view");
    }

    my $visitor = known();
    decide($visitor, '/limited');
    is(decide($visitor, '/limited')->status, 204, 'limit_req');

    $visitor->cookie(no => 1);
    is(decide($visitor, '/cookie/x')->status, 204, 'smartmsg_bypass of this visitor');
};


subtest 'others that act beside the page' => sub {
    my $visitor = known();

    $up->forget_requests;
    decide($visitor, '/asks');
    is(join(' ', map { $_->{uri} } $up->requests), '/allowed', 'only auth_request asks');

    for my $page (qw(/mirrored /after /tracked)) {
        $up->forget_requests;
        is(decide($visitor, $page)->status, 200, "$page: answered");
        settle($nginx, $redis);
        is(scalar(my @asked = $up->requests), 0, "$page: the shop hears nothing");
    }
    is($redis->cmd(HGET => key_of($visitor) . 's', 'orders'), undef, 'nothing is tracked');

    my $res = decide($visitor, '/headed');
    is($res->header('X-Added'), 'yes', 'headers of the location');
    is(($res->headers('Cache-Control'))[0], 'no-store', 'but no permission to keep it');

    $up->forget_requests;
    is($visitor->page('/after')->status, 200, 'a page');
    ok(wait_until { grep { $_->{uri} eq '/done' } $up->requests }, 'has its post_action');
};


subtest 'who may ask, and how' => sub {
    my $visitor = known();
    my $host = '127.0.0.1:' . $nginx->port;

    my @who = (
        200 => ['Sec-Fetch-Site' => 'same-origin'],
        403 => ['Sec-Fetch-Site' => 'same-site'],
        403 => ['Sec-Fetch-Site' => 'cross-site', Referer => "http://$host/"],
        403 => ['Sec-Fetch-Site' => 'none'],
        403 => [],
        200 => [Origin => "http://$host"],
        403 => [Origin => 'http://evil.example', Referer => "http://$host/"],
        403 => [Origin => 'null'],
        200 => [Referer => "http://$host/cart?x=y"],
        200 => [Referer => "https://$host"],
        403 => [Referer => "http://$host.evil.example/"],
        403 => [Referer => "http://$host\@evil.example/"],
        403 => [Referer => "http://evil.example/http://$host/"],
        403 => [Referer => ''],
    );
    while (my ($status, $headers) = splice @who, 0, 2) {
        is(decide($visitor, '/', headers => $headers)->status, $status, "@$headers");
    }

    for my $method (qw(HEAD POST PUT DELETE OPTIONS)) {
        my $res = $visitor->request($method, '/smartmsg/decide?page=/',
            headers => ['Sec-Fetch-Site' => 'same-origin']);
        is($res->status, 405, $method);
        is($res->header('Allow'), 'GET', "$method: what is allowed");
    }

    my @ok = ('Sec-Fetch-Site' => 'same-origin');
    my @bad = ('', '?', '?page=', '?page=cart', '?page=http://evil.example/', '?page=%2',
        '?page=%2Fa%00', '?page=%2Fa%20b', '?page=%2Fa%0d%0ab', '?page=%2Fa%23b', '?page=/..',
        '?page=/../x', '?page=/%252e%252e/x', '?page=/a%2500', '?page=/%25', '?page=/%25zz', '?pages=/');
    for my $args (@bad) {
        is($visitor->request('GET', "/smartmsg/decide$args", headers => [@ok])->status,
            400, "refused: $args");
    }

    my $long = '/' . 'x' x 7000;
    is($visitor->request('GET', "/smartmsg/decide?page=$long", headers => [@ok])->status,
        200, 'as long as nginx takes it');
    is($visitor->request('GET', '/smartmsg/decide?page=/cart', headers => [@ok],
        body => 'x=y')->status, 200, 'a body is not read');
    is($visitor->request('GET', '/smartmsg/decide/', headers => [@ok])->status, 404, 'no such thing');
};


subtest 'prefetched' => sub {
    my $visitor = $nginx->visitor;
    my $res = decide($visitor, '/', headers => ['Sec-Fetch-Site' => 'same-origin',
        'Sec-Purpose' => 'prefetch;prerender']);
    ok(wants_view($res), 'the browser is asked to report the view');
    settle($nginx, $redis);
    is(views($visitor), 0, 'nothing is counted yet');
};


subtest 'a connection goes on' => sub {
    my $http = $nginx->http;
    my @headers = (headers => ['Sec-Fetch-Site' => 'same-origin', Accept => 'text/html']);

    for my $uri ('/smartmsg/decide?page=/cart', '/smartmsg/decide?page=/moved', '/',
        '/smartmsg/decide?page=/denied', '/smartmsg/decide?page=/', '/')
    {
        my $res = $http->request('GET', $uri, @headers);
        like($res->status, qr/^20[04]$/, $uri);
        is($res->content =~ /SHOP/ ? 1 : 0, $uri eq '/' ? 1 : 0, "$uri: the right answer");
    }
};


subtest 'Redis is slow, away, back' => sub {
    my $visitor = known();
    my $slow = nginx(upstream => $up, rules => \%rules,
        http => 'smartmsg_redis ' . $redis->address . ' timeout=300ms;');
    my $other = Smartmsg::Visitor->new(port => $slow->port);
    $other->cookie(smartmsg => $visitor->cookie('smartmsg'));
    ok(wait_until { armed(decide($other, '/')) eq 'everyone' }, 'all is well');

    $redis->freeze;
    my $http = $slow->http;
    $http->send_request('GET', '/smartmsg/decide?page=/', headers => [
        'Sec-Fetch-Site' => 'same-origin', Cookie => 'smartmsg=' . $visitor->cookie('smartmsg')]);
    is($http->read_response->status, 204, 'late: no messages');

    # who does not wait for the answer
    $http = $slow->http;
    $http->send_request('GET', '/smartmsg/decide?page=/', headers => [
        'Sec-Fetch-Site' => 'same-origin', Cookie => 'smartmsg=' . $visitor->cookie('smartmsg')]);
    $http->abort;
    $redis->thaw;

    ok(wait_until { armed(decide($other, '/')) eq 'everyone' }, 'messages again');
    $redis->crash;
    ok(wait_until { decide($other, '/')->status == 204 }, 'no Redis, no messages');
    $slow->stop_ok('slow Redis');
};


subtest 'a reload while a decision is waited for' => sub {
    my $store = redis;
    my $other = nginx(upstream => $up, rules => \%rules,
        http => 'smartmsg_redis ' . $store->address . ' timeout=30s connect_timeout=30s;');
    my $visitor = $other->visitor;
    $visitor->page('/');
    settle($other, $store);
    $store->freeze;

    my $http = $other->http;
    $http->send_request('GET', '/smartmsg/decide?page=/', headers => [
        'Sec-Fetch-Site' => 'same-origin', Cookie => 'smartmsg=' . $visitor->cookie('smartmsg')]);

    # the question has arrived: nginx takes connections one after the other
    is($other->get('/smartmsg/none')->status, 404, 'nginx goes on');
    ok($other->reload, 'new workers');
    $store->thaw;
    is(armed($http->read_response), 'everyone', 'the old one answers');
    $other->stop_ok('reload');
};


subtest 'signals without a message' => sub {
    my $other = nginx(redis => redis(), upstream => $up, rules => {
        cart => rule(if => { 'cart.items' => { '$gt' => 0 } }) });
    my $res = $other->visitor->request('GET', '/smartmsg/decide?page=/',
        headers => ['Sec-Fetch-Site' => 'same-origin']);
    is($res->status, 200, 'the script is needed');
    is($res->content, '<!doctype html><title></title>', 'though there is no message');
    is(scalar(logged($other, '/')), 'script', 'logged under the page\'s address');
    $other->stop_ok('signals');
};


$nginx->stop_ok;
done_testing;
