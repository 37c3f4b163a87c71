# smartmsg_mode fetch: the page is everyone's, with the script and nothing else,
# and caches may keep it; the decision is asked for.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;
use Smartmsg::Ask qw(key_of);

my $head = '<!doctype html><html><body>SHOP';
my $tail = '</body></html>';
my $html = "$head$tail";
my $script = qr{<script\ async\ src="/smartmsg/rt\.[0-9a-f]{16}\.js"\ data-smartmsg="fetch"></script>}x;
my $page = qr{\A\Q$head\E$script\Q$tail\E\z};

my $up = upstream('*' => page($html));
my $redis = redis;
my %conf = (redis => $redis, upstream => $up, locations => <<'END');
        location /injected/ { smartmsg_mode inject; proxy_pass http://%UPSTREAM%; }
        location /off/ { smartmsg off; proxy_pass http://%UPSTREAM%; }
        location /bypass/ { smartmsg_bypass $cookie_no; proxy_pass http://%UPSTREAM%; }
        location /tries { try_files /missing.html @shop; }
        location @shop { smartmsg_page cart; proxy_pass http://%UPSTREAM%; }
        location /static/ { alias %DIR%/; default_type text/html; }
        location /packed/ { gzip on; gzip_min_length 0; proxy_pass http://%UPSTREAM%; }
        location /err/ { error_page 404 /static/page.html; return 404; }
        location /tracked { smartmsg_track looked; proxy_pass http://%UPSTREAM%; }
END
my $nginx = nginx(%conf, server => 'smartmsg_mode fetch;', rules => {
    everyone => rule(cap => { session => 1000 }),
    cart => rule(if => { 'cart.items' => { '$gt' => 0 } }, on => 'idle') });
$nginx->write_file('page.html', $html);

my @navigation = (Accept => 'text/html', 'Sec-Fetch-Dest' => 'document');

sub decide {
    my ($visitor, $uri) = @_;

    return $visitor->request('GET', "/smartmsg/decide?page=$uri",
        headers => ['Sec-Fetch-Site' => 'same-origin', Accept => '*/*']);
}


subtest 'the same for everyone' => sub {
    my $visitor = $nginx->visitor;
    $visitor->cookie(smartmsg => 'AAAAAAAAAAAAAAAAAAAAAA');
    my %head;

    for my $who ([@navigation], [Accept => '*/*'], [], [Accept => 'text/html',
        'Sec-Fetch-Dest' => 'iframe'], [Accept => 'text/html', 'X-Requested-With' => 'x'],
        ['Sec-Purpose' => 'prefetch', @navigation], ['Sec-Fetch-Dest' => 'empty'],
        [@navigation, Cookie => 'smartmsg=BBBBBBBBBBBBBBBBBBBBBB'], ['Sec-GPC' => 1])
    {
        my $res = $nginx->get('/', headers => $who);
        like($res->content, $page, "@$who: the page and the script");
        $head{ $res->head =~ s/^Date: .*$//mr }++;
    }

    is(scalar(keys %head), 1, 'and one header');
    my ($one) = keys %head;
    unlike($one, qr/^(?:Set-Cookie|Cache-Control|Vary|Content-Length):/m, 'with nothing of one visitor');
    is(scalar(logged($nginx, '/')), 'fetch', 'the log says so');

    like($nginx->request('POST', '/', headers => [@navigation], body => 'a=b')->content,
        $page, 'the answer to a form as well');
    like($nginx->get('/tries', headers => [@navigation])->content, $page, 'try_files');
    like($nginx->get('/static/page.html', headers => [@navigation])->content, $page, 'a file');
    like($nginx->get('/tracked', headers => [@navigation])->content, $page, 'a tracked page');
};


subtest 'and nothing else' => sub {
    my %reply = (
        '/json' => page('{"a": "</body>"}', type => 'application/json'),
        '/fragment' => page('<p>x</p>'),
        '/missing' => page($html, status => '404 Not Found'),
        '/policy' => page($html, headers => ['Content-Security-Policy' => "script-src 'none'"]),
    );
    $up->reply(%reply{$_}) for keys %reply;

    for my $uri (sort keys %reply) {
        my $res = $nginx->get($uri, headers => [@navigation]);
        unlike($res->content, qr/<script/, "$uri: no script");
        ok($res->header('Content-Length'), "$uri: its length") if $uri ne '/fragment';
    }

    unlike($nginx->get('/off/', headers => [@navigation])->content, qr/<script/, 'off');
    unlike($nginx->get('/err/', headers => [@navigation])->content, qr/<script/, 'an error page');

    my $res = $nginx->get('/smartmsg/none', headers => [@navigation]);
    unlike($res->content, qr/<script/, 'the endpoint');

    $up->reply('/nonce' => page($html, headers => ['Content-Security-Policy' =>
        "script-src 'nonce-abc' 'strict-dynamic'"]));
    like($nginx->get('/nonce', headers => [@navigation])->content,
        qr/ data-smartmsg="fetch" nonce="abc"><\/script>/, 'with the nonce of the page');

    for my $missing (['no redis', redis => undef], ['no endpoint', endpoint => 0]) {
        my ($name, @opt) = @$missing;
        my $other = nginx(%conf, server => 'smartmsg_mode fetch;', @opt);
        is($other->get('/', headers => [@navigation])->content, $html, $name);
        $other->stop_ok($name);
    }
};


subtest 'what the shop allows caches stays allowed' => sub {
    $up->reply('/public' => page($html, headers => [
        'Cache-Control' => 'public, max-age=60, s-maxage=600', 'CDN-Cache-Control' => 'max-age=9',
        'Surrogate-Control' => 'max-age=9', 'Expires' => 'Thu, 01 Jan 2099 00:00:00 GMT',
        'Set-Cookie' => 'shop=1', Vary => 'Accept-Language']));
    my $res = $nginx->get('/public', headers => [@navigation]);

    like($res->content, $page, 'the script');
    is($res->header('Cache-Control'), 'public, max-age=60, s-maxage=600', 'Cache-Control');
    is($res->header('CDN-Cache-Control'), 'max-age=9', 'of the CDN');
    is($res->header('Surrogate-Control'), 'max-age=9', 'of other caches');
    is($res->header('Expires'), 'Thu, 01 Jan 2099 00:00:00 GMT', 'Expires');
    is(join('|', $res->headers('Set-Cookie')), 'shop=1', 'cookies of the shop alone');
    is($res->header('Vary'), 'Accept-Language', 'Vary');
};


subtest 'validators' => sub {
    my @date = ('Last-Modified' => 'Wed, 21 Oct 2015 07:28:00 GMT', 'Accept-Ranges' => 'bytes');
    my $tag = qr/-sm[0-9a-f]{8}/;

    $up->reply('/valid' => page($html, headers => [ETag => '"v,1"', @date]));
    my $res = $nginx->get('/valid', headers => [@navigation]);
    my $etag = $res->header('ETag');
    like($etag, qr{\AW/"v,1$tag"\z}, 'the shop\'s, and ours');
    is($res->header($_), undef, "no $_") for qw(Last-Modified Accept-Ranges Content-Length);

    my $same = $nginx->request('HEAD', '/valid', headers => [@navigation]);
    is($same->header('ETag'), $etag, 'HEAD says the same');
    is($same->header($_), undef, "HEAD: no $_") for qw(Last-Modified Content-Length);

    for my $weak ('W/"w"', '"w"') {
        $up->reply('/weak' => page($html, headers => [ETag => $weak]));
        like($nginx->get('/weak', headers => [@navigation])->header('ETag'),
            qr{\AW/"w$tag"\z}, "$weak is weak");
    }
    for my $odd ('w', '"', '') {
        $up->reply('/odd' => page($html, headers => [ETag => $odd]));
        is($nginx->get('/odd', headers => [@navigation])->header('ETag'), undef, "<$odd> is none");
    }

    # what the shop is asked
    my @asked = (
        [$etag, @navigation] => '"v,1"',
        [$etag] => '"v,1"',
        [$etag =~ s{^W/}{}r, @navigation] => '"v,1"',
        ["\"x\", $etag , W/\"y\"", @navigation] => '"v,1"',
        ["\"x\",$etag,W/\"y\""] => '"x", "v,1", W/"y"',
        ['"old"', @navigation] => undef,
        ['"old-sm00000000"', @navigation] => undef,
        ['*', @navigation] => undef,
        ['"old"'] => '"old"',
        ['"old"', Accept => 'image/webp', 'Sec-Fetch-Dest' => 'image'] => '"old"',
        ['"unclosed'] => '"unclosed',
    );
    while (my ($ask, $want) = splice @asked, 0, 2) {
        my ($inm, @headers) = @$ask;
        my $since = 'Thu, 01 Jan 2026 00:00:00 GMT';
        $up->forget_requests;
        $nginx->get('/valid', headers => ['If-None-Match' => $inm,
            'If-Modified-Since' => $since, @headers]);
        my ($got) = map { $_->{headers} } $up->requests;
        is($got->{'if-none-match'} && $got->{'if-none-match'} =~ s{W/"v,1"}{"v,1"}r, $want,
            "$inm, " . (@headers ? $headers[1] : 'anybody'));
        is($got->{'if-modified-since'}, @headers && $headers[0] eq 'Accept'
            && $headers[1] eq 'text/html' ? undef : $since, 'and since when');
    }

    # "not modified"
    $up->reply('/valid' => ["HTTP/1.1 304 Not Modified\r\nETag: \"v,1\"\r\n"
        . "Last-Modified: $date[1]\r\n\r\n"]);
    $res = $nginx->get('/valid', headers => [@navigation, 'If-None-Match' => $etag]);
    is($res->status, 304, 'not modified');
    is($res->header('ETag'), $etag, 'with the same validator');
    is($res->header('Last-Modified'), undef, 'and no date');
    $res = $nginx->get('/valid', headers => ['If-None-Match' => '"v,1"']);
    is($res->header('ETag'), '"v,1"', 'what was never ours stays the shop\'s');

    $res = $nginx->get('/static/page.html', headers => [@navigation]);
    my $file = $res->header('ETag');
    like($file, qr/$tag"\z/, 'a file has one, too');
    $res = $nginx->get('/static/page.html', headers => [@navigation, 'If-None-Match' => $file]);
    is($res->status, 304, 'the file is not modified');
    is($res->header('ETag'), $file, 'with the same validator');
    is($nginx->get('/static/page.html', headers => [@navigation, 'If-None-Match' =>
        $file =~ s/-sm[0-9a-f]{8}/-sm00000000/r])->status, 200, 'but the script may be another');

    # another prefix, another script
    my $other = nginx(%conf, server => 'smartmsg_mode fetch;', endpoint => 0,
        locations => 'location /sm/ { smartmsg_endpoint; }');
    $up->reply('/valid' => page($html, headers => [ETag => '"v,1"']));
    isnt($other->get('/valid', headers => [@navigation])->header('ETag'), $etag,
        'the validator is the script\'s');
    $other->stop_ok('another prefix');
};


subtest 'what the shop is asked' => sub {
    my %encoding = ('gzip, br' => 'gzip', br => 'identity', gzip => 'gzip');
    for my $accept (sort keys %encoding) {
        for my $who ([@navigation], [], [Accept => '*/*']) {
            $up->forget_requests;
            $nginx->get('/', headers => ['Accept-Encoding' => $accept, @$who]);
            is(($up->requests)[0]{headers}{'accept-encoding'}, $encoding{$accept}, "$accept, @$who");
        }
        $up->forget_requests;
        $nginx->get('/', headers => ['Accept-Encoding' => $accept, 'Sec-Fetch-Dest' => 'image']);
        is(($up->requests)[0]{headers}{'accept-encoding'}, $accept, "$accept: pictures as before");
    }

    $up->reply('/packed/' => page($html, gzip => 1, headers => [ETag => '"g"']));
    my $res = $nginx->get('/packed/', headers => [@navigation, 'Accept-Encoding' => 'gzip']);
    is($res->header('Content-Encoding'), 'gzip', 'compressed again');
    like($res->content, $page, 'with the script');
};


subtest 'Redis is not asked for a page' => sub {
    my $visitor = $nginx->visitor;
    decide($visitor, '/');
    settle($nginx, $redis);
    my $views = sub { $redis->cmd(HGET => key_of($visitor) . 's', 'views') };
    is($views->(), 1, 'the decision counts the view');

    my $before = $redis->cmd(INFO => 'commandstats') =~ s/.*cmdstat_(?:info|command|ping)\S*.*\n//gr;
    $visitor->page('/') for 1 .. 20;
    is($redis->cmd(INFO => 'commandstats') =~ s/.*cmdstat_(?:info|command|ping)\S*.*\n//gr =~ s/usec\S*//gr,
        $before =~ s/usec\S*//gr, 'no command for the page');
    is($views->(), 1, 'the page counts none');
};


subtest 'the decision' => sub {
    my $visitor = $nginx->visitor;
    my $res = decide($visitor, '/');
    is(armed($res), 'everyone', 'messages');
    ok($visitor->cookie('smartmsg'), 'and the cookie');
    is(armed(decide($visitor, '/injected/')), 'everyone', 'for a page in the other mode');

    $visitor->cookie(no => 1);
    like($visitor->page('/bypass/')->content, $page, 'smartmsg_bypass leaves the page to everyone');
    is(decide($visitor, '/bypass/')->status, 204, 'and is asked for the decision');

    report($visitor, { event => 'cart', op => 'set', items => 2, value => 9 });
    settle($nginx, $redis);
    is(armed(decide($visitor, '/')), 'cart everyone', 'of this visitor');

    $redis->cmd(HSET => 'smartmsg:switch', '*', 'off');
    ok(wait_until { decide($visitor, '/')->status == 204 }, 'the main switch is off');
    like($visitor->page('/')->content, $page, 'the page does not change');
    $redis->cmd(HDEL => 'smartmsg:switch', '*');
};


subtest 'without rules, without Redis' => sub {
    my $away = redis;
    my $empty = nginx(%conf, redis => $away, server => 'smartmsg_mode fetch;');
    like($empty->get('/', headers => [@navigation])->content, $page, 'no rules yet');
    $away->crash;
    like($empty->get('/', headers => [@navigation])->content, $page, 'Redis is away');
    is(decide($empty->visitor, '/')->status, 204, 'no decision');
    $empty->stop_ok('empty');
};


$nginx->stop_ok;
done_testing;
