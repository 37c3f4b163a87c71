# What rules may ask about a page view, and where each fact comes from.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;
use Smartmsg::Ask;

my $page = '<!doctype html><html><body><p>x</body></html>';
my $up = upstream('*' => page($page),
    '/french' => page($page, headers => ['Content-Language' => 'fr-CA, en']),
    '/silent' => page($page, headers => ['Content-Language' => '']),
    '/old' => page($page), '/sent' => page('', headers =>
        ['X-Accel-Redirect' => '/internal/x']));
my $redis = redis();

my $nginx = nginx(redis => $redis, upstream => $up, http => <<'END',
    map $arg_kind $page_type { default ""; product product; basket cart; }
    smartmsg_fact shop.name "The shop";
    smartmsg_fact shop.level 3;
END
    location => 'smartmsg_page $page_type;', locations => <<'END');
        location /cart { proxy_pass http://%UPSTREAM%; smartmsg_page cart;
            location /cart/deep { proxy_pass http://%UPSTREAM%; }
        }
        location /empty { proxy_pass http://%UPSTREAM%; smartmsg_page ""; }
        location /facts {
            proxy_pass http://%UPSTREAM%;
            smartmsg_fact t.arg $arg_v;
            smartmsg_fact t.string $arg_v string;
            smartmsg_fact t.number $arg_v number;
            smartmsg_fact t.boolean $arg_v boolean;
            smartmsg_fact t.auto $arg_v auto;
            smartmsg_fact t.mixed "<$arg_v>";
            smartmsg_fact t.first $arg_none;
            smartmsg_fact t.first $arg_v;
            smartmsg_fact cart.value $http_x_cart;
            smartmsg_fact cart.value 7;
            smartmsg_fact page.type override;
        }
        location /rewritten { rewrite ^ /cart/to last; }
        location /internal/ { internal; proxy_pass http://%UPSTREAM%; }
END

ask_at($nginx, $redis);


subtest 'page' => sub {
    holds('smartmsg_page', { 'page.type' => 'cart' }, '/cart');
    holds('is inherited', { 'page.type' => 'cart' }, '/cart/deep');
    holds('a variable', { 'page.type' => 'product' }, '/x?kind=product');
    holds('an empty one', absent('page.type'), '/x?kind=other');
    holds('set to nothing', absent('page.type'), '/empty');

    holds('path', { 'page.path' => '/a b/c' }, '/a%20b/c?d=e');
    holds('as the visitor sees it', { 'page.path' => '/rewritten',
        'page.type' => 'cart' }, '/rewritten');
    holds('also when the shop redirects inside', { 'page.path' => '/sent' }, '/sent');
    holds('pattern', { 'page.path' => { '$regex' => '^/p/\d+$' } }, '/p/12');

    my @host = (headers => [Host => 'Shop.Example:8080']);
    holds('host', { 'page.host' => 'shop.example' }, '/', @host);
    holds('scheme', { 'page.scheme' => 'http' }, '/');
    holds('behind TLS', { 'page.scheme' => 'https' }, '/',
        headers => ['X-Forwarded-Proto' => 'https']);

    holds('url', { 'page.url' => 'http://Shop.Example:8080/a%20b/?c=%41' },
        '/a%20b/?c=%41', @host);
    holds('as the visitor sees it', { 'page.url' => 'https://shop.example/rewritten' },
        '/rewritten', headers => [Host => 'shop.example', 'X-Forwarded-Proto' => 'https']);

    my @german = (headers => ['Accept-Language' => 'de-AT,en']);
    holds('language of the response', { 'page.language' => 'fr-CA' }, '/french', @german);
    holds('else of the browser', { 'page.language' => 'de-AT' }, '/', @german);
    holds('an empty header says nothing', { 'page.language' => 'de-AT' }, '/silent',
        @german);
    holds('neither', absent('page.language'), '/');
};


subtest 'query and campaign' => sub {
    holds('query', { 'query.q' => 'red shoes' }, '/?a=b&q=red+shoes');
    holds('compares as a number', { 'query.n' => { '$gt' => 5 } }, '/?n=10');
    holds('an empty one', { 'query.q' => '' }, '/?q=');
    holds('none', absent('query.q'), '/?qq=1');
    holds('a strange name', { 'query.a.b' => '1' }, '/?a.b=1');

    my $visitor = $nginx->visitor;
    my @here = (visitor => $visitor);
    holds('utm', { 'utm.source' => 'news' }, '/?utm_source=news&utm_medium=m', @here);
    holds('of the session', { 'utm.source' => 'news', 'utm.medium' => 'm' }, '/',
        @here);
    holds('this page first', { 'utm.source' => 'other', 'utm.medium' => 'm' },
        '/?utm_source=other', @here);
    holds('none', absent('utm.source'), '/');
    holds('a long name', absent('utm.' . 'x' x 60), '/?utm_' . 'x' x 60 . '=1');
};


subtest 'request' => sub {
    holds('method', { 'request.method' => 'GET' }, '/');
    holds('method', { 'request.method' => 'POST' }, '/', method => 'POST',
        body => 'a=b');
    holds('language', { 'request.language' => 'de-CH' }, '/',
        headers => ['Accept-Language' => 'de-CH;q=0.9, en']);
    holds('none', absent('request.language'), '/');
    holds('referrer', { 'request.referrer' => 'search.example' }, '/',
        headers => [Referer => 'https://Search.Example:444/find?q=x']);
    holds('none', absent('request.referrer'), '/');

    holds('header', { 'request.header.x-kind' => 'a' }, '/',
        headers => ['X-Empty' => '', 'X-KIND' => 'a', 'x-kind' => 'b']);
    holds('in any case', { 'request.header.X-Kind' => 'a' }, '/',
        headers => ['x-kind' => 'a']);
    holds('none', absent('request.header.x-kind', 'request.header.x-empty',
        'request.header.', 'request.header'), '/', headers => ['X-Empty' => '']);
    holds('one that the module reads, too', { 'request.header.accept-language' => 'de, en' },
        '/', headers => ['Accept-Language' => 'de, en']);
};


subtest 'session and visitor' => sub {
    my $visitor = $nginx->visitor;
    my @here = (visitor => $visitor);

    holds('first', { 'session.views' => 1, 'session.orders' => 0,
        'session.seconds' => 0, 'visitor.new' => true, 'visitor.visits' => 1 },
        '/in?utm_term=t', headers => [Referer => 'https://a.example/b'], @here);
    holds('second', { 'session.views' => 2, 'session.entry' => '/in',
        'session.referrer' => 'https://a.example/b' }, '/next', @here);
    holds('entry of the first page', { 'session.entry' => '/one' }, '/one');

    my $key = 'smartmsg:{' . $visitor->cookie('smartmsg') . '}';
    settle($nginx, $redis);
    $redis->cmd(HSET => "$key:s", first => time - 100, orders => 2, 'x.y' => 'z');
    holds('seconds', { 'session.seconds' => { '$gte' => 100, '$lt' => 200 },
        'session.orders' => 2 }, '/', @here);

    settle($nginx, $redis);
    $redis->cmd(DEL => "$key:s");
    holds('next visit', { 'visitor.visits' => 2, 'visitor.new' => false,
        'session.views' => 1 }, '/', @here);
    holds('who bought nothing', { 'visitor.orders' => 0, 'visitor.revenue' => 0 },
        '/', @here);

    report($visitor, { event => 'order', id => '1', value => 99.5 });
    settle($nginx, $redis);
    holds('who bought', { 'visitor.orders' => 1, 'visitor.revenue' => 99.5,
        'session.orders' => 1 }, '/', @here);

    holds('id', { id => $visitor->cookie('smartmsg') }, '/', @here);
    fails('another id', { id => $visitor->cookie('smartmsg') }, '/');
};


subtest 'profile' => sub {
    my $visitor = $nginx->visitor;
    $visitor->page('/');
    $redis->cmd(HSET => 'smartmsg:{' . $visitor->cookie('smartmsg') . '}:v',
        'profile.vip' => 'true', 'profile.age' => 42, 'profile.zip' => '01234',
        'profile.name' => 'Zoe');

    holds('imported', { 'profile.vip' => true, 'profile.age' => 42,
        'profile.name' => 'Zoe' }, '/', visitor => $visitor);
    holds('a text of digits', { 'profile.zip' => '01234' }, '/', visitor => $visitor);
    holds('none', absent('profile.vip'), '/');
};


subtest 'cart' => sub {
    my $visitor = $nginx->visitor;
    my @here = (visitor => $visitor);

    holds('empty', { 'cart.value' => 0, 'cart.items' => 0 }, '/', @here);
    holds('no currency', absent('cart.currency'), '/', @here);

    report($visitor, { event => 'cart', op => 'set', value => 59.9, items => 2,
        currency => 'EUR' });
    settle($nginx, $redis);
    holds('reported', { 'cart.value' => { '$gt' => 50 }, 'cart.items' => 2,
        'cart.currency' => 'EUR' }, '/', @here);

    holds('said by the operator', { 'cart.value' => 12, 'cart.items' => 2 },
        '/facts', @here, headers => ['X-Cart' => 12]);
    holds('the first that has a value', { 'cart.value' => 7 }, '/facts', @here);
};


subtest 'smartmsg_fact' => sub {
    holds('inherited', { 'shop.name' => 'The shop', 'shop.level' => 3 }, '/');
    holds('replaced by those of a location', absent('shop.name'), '/facts');
    holds('also built-in ones', { 'page.type' => 'override' }, '/facts');
    holds('a variable in a text', { 't.mixed' => '<a>' }, '/facts?v=a');
    holds('no value', absent('t.arg'), '/facts');
    holds('the next of that name', { 't.first' => 5 }, '/facts?v=5');

    my @type = map { my $v = $_; map { [ $v, @$_ ] } (
        [ 'string', $v ], [ 'number', $v =~ /^-?[\d.]+$/ ? 0 + $v : 0 ],
        [ 'boolean', $v =~ /^(?:0|false)$/ ? false : true ],
        [ 'auto', $v =~ /^(?:true|false)$/ ? ($v eq 'true' ? true : false)
            : $v =~ /^(?:0|-?[1-9]\d*(?:\.\d+)?)$/ ? 0 + $v : $v ],
    ) } qw(0 1 -2.5 true false abc 1x);

    for my $case (@type) {
        my ($v, $type, $want) = @$case;
        holds("$v as $type", { "t.$type" => { '$eq' => $want } }, "/facts?v=$v");
        my $kind = { string => 'string', number => 'number',
            boolean => 'boolean' }->{$type} or next;
        holds("its type", { "t.$type" => { '$type' => $kind } }, "/facts?v=$v");
    }
};


subtest 'facts that nobody knows' => sub {
    holds('unknown', absent($_), '/') for qw(nothing page page. page.size a.b.c);
};

$nginx->stop_ok;
done_testing;
