# smartmsg_track, and what smartmsg_shop makes of it: which events are written,
# with what, and what comes before what.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;

my $page = '<!doctype html><html><body><p>x</body></html>';
my $redis = redis();
my $up = upstream('*' => page($page));
my $pack = <<'END';
{ "pages": [{ "type": "cart", "path": "/*", "args": { "t": "cart" } }],
  "ignore": [{ "path": "/staff/*" }],
  "cart": { "cookies": [{ "name": "n", "means": "items" }, { "name": "v", "means": "value" }] },
  "events": [{ "event": "packed", "path": "/packed", "method": "POST" },
             { "event": "told", "path": "/told", "json": { "ok": "true" } },
             { "event": "told", "path": "/told", "json": { "fine": "true" } },
             { "event": "seen", "path": "/seen", "document": true }] }
END
spew(tempdir() . '/own.json', $pack);

my $nginx = nginx(redis => $redis, upstream => $up, rules => {
        cart => rule(if => { 'page.type' => 'cart' }),
        other => rule(if => { 'page.type' => 'other' }),
        three => rule(on => 'idle', if => { 'cart.items' => 3 }),
        nine => rule(on => 'dwell', if => { 'cart.value' => 9 }),
        twice => rule(on => 'load', if => { 'event.hello' => { '$eq' => 2 } }),
    }, http => 'smartmsg_shop ' . tempdir() . '/own.json;', locations => <<'END');
        location = /hello { smartmsg_track hello; proxy_pass http://%UPSTREAM%; }
        location /many {
            location /many/more { proxy_pass http://%UPSTREAM%; }
            smartmsg_track first a=$arg_a b=x-$arg_b;
            smartmsg_track second;
            proxy_pass http://%UPSTREAM%;
        }
        location = /order {
            smartmsg_track order id=$upstream_http_x_order value=$upstream_http_x_total
                currency=EUR;
            proxy_pass http://%UPSTREAM%;
        }
        location = /placed { smartmsg_track order_placed; proxy_pass http://%UPSTREAM%; }
        location = /set { smartmsg_track cart items=$arg_i value=$arg_v; return 204; }
        location = /add { smartmsg_track cart op=add items=$arg_i value=$arg_v currency=$arg_c; return 204; }
        location = /remove { smartmsg_track cart op=remove items=$arg_i value=$arg_v; return 204; }
        location /off/ { smartmsg off; smartmsg_track hello; proxy_pass http://%UPSTREAM%; }
        location /bypass/ { smartmsg_bypass 1; smartmsg_track hello; proxy_pass http://%UPSTREAM%; }
        location /said/ {
            smartmsg_page other; smartmsg_fact cart.items 3; proxy_pass http://%UPSTREAM%;
        }
        location = /told { proxy_buffering off; proxy_http_version 1.1; proxy_pass http://%UPSTREAM%; }
        location /unpacked/ { smartmsg_shop off; proxy_pass http://%UPSTREAM%; }
END

my $visitor;

sub come {
    $visitor = $nginx->visitor;
    $visitor->page('/');

    return;
}

sub hash_of {
    my ($kind) = @_;

    settle($nginx, $redis) for 1 .. 3;

    return $redis->hgetall('smartmsg:{' . $visitor->cookie('smartmsg') . "}:$kind");
}

sub counted {
    my $s = hash_of('s');

    return join ', ', map { /^event:(.*)/ ? "$1 $s->{$_}" : () } sort keys %$s;
}

sub cart {
    my $s = hash_of('s');

    return join ' ', map { $s->{"cart.$_"} // '-' } qw(items value currency);
}

# The entries of this visitor, newest first, without visitor and time.
sub stream {
    settle($nginx, $redis) for 1 .. 3;

    my @mine = grep { ($_->{visitor} // '') eq $visitor->cookie('smartmsg') }
        map { +{ @{ $_->[1] } } } @{ $redis->cmd(XREVRANGE => 'smartmsg:events', '+', '-') };
    delete @$_{qw(visitor time)} for @mine;

    return @mine;
}

sub status_is {
    my ($uri, $status) = @_;

    return $up->reply($uri, page($page, status => $status));
}


subtest 'which requests' => sub {
    come();
    status_is('/hello', $_), $visitor->request(GET => '/hello')
        for '200 OK', '302 Found', '404 Not Found', '500 Internal Server Error';
    is(counted(), 'hello 2', 'those that succeed');
    status_is('/hello', '200 OK');
    like(armed($visitor->page('/')), qr/twice/, 'a rule can ask how often');

    $visitor->request($_ => '/hello') for qw(HEAD OPTIONS);
    is(counted(), 'hello 2', 'not HEAD, not OPTIONS');
    $visitor->request($_ => '/hello', body => '') for qw(POST PUT DELETE);
    is(counted(), 'hello 5', 'any other method');
    $visitor->request(GET => $_) for '/off/', '/bypass/';
    is(counted(), 'hello 5', 'not where smartmsg is off or bypassed');

    my $before = $redis->cmd(XLEN => 'smartmsg:events');
    $nginx->get('/hello');
    $nginx->visitor->page('/hello');
    settle($nginx, $redis);
    is($redis->cmd(XLEN => 'smartmsg:events'), $before + 1, 'not without a cookie (one is the mark)');
};


subtest 'values' => sub {
    come();
    $visitor->request(GET => '/many?a=1%0A2&b=');
    is_deeply([ stream() ], [ { event => 'second', page => '/many' },
        { event => 'first', page => '/many', a => '1%0A2', b => 'x-' } ], 'in the stream');
    $visitor->request(GET => '/many/more');
    is(counted(), 'first 2, second 2', 'inherited');
    $visitor->request(GET => '/many?b=' . 'y' x 400);
    is(length((stream())[1]{b}), 256, 'long ones are cut');
};


subtest 'order' => sub {
    come();
    my $order = sub {
        $up->reply('/order', page('', headers => [ @_ ]));
        $visitor->request(POST => '/order', body => '');
    };

    $order->();
    $order->('X-Total' => '9');
    $order->('X-Order' => 'y' x 65);
    is(hash_of('v')->{orders}, undef, 'without a number there is none');
    $order->('X-Order' => 'A-1', 'X-Total' => '49.5') for 1, 2;
    $order->('X-Order' => 'A-2', 'X-Total' => 'much');
    my $v = hash_of('v');
    is("$v->{orders} $v->{revenue}", '2 49.5', 'once each, with what is a value');

    $visitor->request(POST => '/placed', body => '') for 1, 2;
    is(hash_of('v')->{orders}, 3, 'one without a number');
    is(counted(), 'order_placed 2', 'though it was asked for twice');
    $order->('X-Order' => 'A-2', 'X-Total' => '5');
    $order->('X-Order' => 'A-3', 'X-Total' => '5');
    $v = hash_of('v');
    is("$v->{orders} $v->{revenue}", '3 54.5', 'a new number names it');
    $order->('X-Order' => 'A-4');
    is(hash_of('v')->{orders}, 4, 'the next is another');
};


subtest 'cart' => sub {
    come();
    $visitor->request(GET => '/set?i=2');
    is(cart(), '2 - -', 'half of it');
    $visitor->request(GET => '/set?v=30.5');
    is(cart(), '2 30.5 -', 'the other half');
    $visitor->request(GET => '/add?i=1&v=9.5&c=EUR');
    is(cart(), '3 40 EUR', 'more');
    $visitor->request(GET => '/remove?i=2&v=10');
    is(cart(), '1 30 EUR', 'less');
    $visitor->request(GET => $_) for '/set', '/set?i=-1', '/set?v=x', '/add?i=1', '/add?v=1&c=e';
    is(cart(), '1 30 EUR', 'what is not complete is nothing');
};


subtest 'the pack' => sub {
    come();
    $visitor->request(POST => '/packed', body => '');
    $visitor->request(GET => '/packed');
    is(counted(), 'packed 1', 'its events');

    $visitor->page('/seen');
    $visitor->page('/seen', headers => ['Sec-Purpose' => 'prefetch']);
    $visitor->request(GET => '/seen');
    is(counted(), 'packed 1, seen 1', 'a page that is fetched ahead is not seen');

    my $long = ' ' x 70000;
    for my $body ('{"ok":false}', '{"ok":true', '', "{\"ok\":true}$long", '[' x 3000) {
        for my $framing (qw(length chunked)) {
            $up->reply('/told', page($body, type => 'application/json', framing => $framing));
            my $res = $visitor->request(GET => '/told');
            ok($res->complete && $res->body eq $body, 'the body passes');
        }
    }
    $up->reply('/told', page('{"ok":true}', type => 'text/plain'));
    $visitor->request(GET => '/told');
    is(counted(), 'packed 1, seen 1', 'bodies that confirm nothing');

    for my $framing (qw(length chunked close)) {
        $up->reply('/told', page('{"ok":true,"fine":true}', type => 'application/problem+json',
            framing => $framing, split => [1, 5], between => { pause => 0.01 }));
        is($visitor->request(GET => '/told')->body, '{"ok":true,"fine":true}', "$framing");
    }
    is(counted(), 'packed 1, seen 1, told 3', 'confirmed, once for two descriptions');

    $up->reply('/told', page('{"ok":true}', type => 'application/json', gzip => 1,
        framing => 'chunked'));
    is($visitor->request(GET => '/told')->content, '{"ok":true}', 'compressed');
    is(counted(), 'packed 1, seen 1, told 4', 'is read, too');
    is(scalar logged($nginx, '/told'), 'not_document', 'the log says what it is');

    my $waits = $nginx->http;
    $up->reply('/told', page('{"ok":true}', type => 'application/json', split => [4],
        between => gate('told')));
    $waits->send_request(GET => '/told', headers =>
        [Cookie => 'smartmsg=' . $visitor->cookie('smartmsg')]);
    ok($waits->read_until(qr/\r\n\r\n\{"ok/), 'the beginning is not kept back');
    $up->open_gate('told');
    is($waits->read_response->body, '{"ok":true}', 'then the rest');
    is(counted(), 'packed 1, seen 1, told 5', 'and the event');
};


subtest 'what comes first' => sub {
    come();
    is(armed($visitor->page('/x?t=cart')), 'cart', 'page type of the pack');
    is(armed($visitor->page('/said/?t=cart')), 'other three', 'smartmsg_page and smartmsg_fact');
    is(armed($visitor->page('/unpacked/?t=cart')), '', 'smartmsg_shop off');

    report($visitor, { event => 'cart', op => 'set', items => 3, value => 9 });
    settle($nginx, $redis);
    is(join(' ', sort split / /, armed($visitor->page('/'))), 'nine three', 'the session');
    $visitor->cookie(n => 5);
    is(armed($visitor->page('/')), 'nine', 'a cookie is believed before it');
    $visitor->cookie(v => '9.1');
    is(armed($visitor->page('/')), '', 'each for itself');

    $visitor->page('/staff/?t=cart');
    is(scalar logged($nginx, '/staff/?t=cart'), 'excluded', 'a place that is left alone');
};

$nginx->stop_ok;


subtest 'mistakes' => sub {
    my @bad = (
        ['smartmsg_shop nosuchpack;', qr{smartmsg_shop: /\S+/nosuchpack\.json: cannot open}],
        ['smartmsg_shop Bad/name;', qr/must be the name of a pack/],
        ["smartmsg_shop %DIR%;", qr/is no regular file/],
        ["smartmsg_shop %DIR%/own.json ground=/x;", qr/invalid parameter "ground=\/x"/],
        ['smartmsg_shop off; smartmsg_shop off;', qr/is duplicate/],
    );

    for (@bad) {
        my ($conf, $says) = @$_;
        my ($status, $said) = nginx_t(http => $conf);
        isnt($status, 0, $conf);
        like($said, $says, 'says why');
    }

    my %packs = (
        "{\n  \"pages\": [\n    { \"type\": \"cart\", \"paht\": \"/\" }\n  ]\n}" =>
            qr/:3:\d+: pages\[0\]\.paht: a page has no such member; is "path" meant\?/,
        '{ "pages": ' => qr/:1:\d+: /,
        '{ "extends": "nosuch" }' => qr/:1:3: extends: \S+nosuch\.json: cannot open/,
        '{ "extends": "self" }' => qr/self\.json:1:3: extends: .*in a circle/,
    );

    for my $text (sort keys %packs) {
        my $dir = tempdir('packs');
        spew("$dir/self.json", $text);
        my ($status, $said) = nginx_t(http => "smartmsg_shop $dir/self.json;");
        isnt($status, 0, $text);
        like($said, $packs{$text}, 'says where and why');
    }

    for (['view', qr/no name for an event/], ['Hello', qr/no name/], ['a-b', qr/no name/],
        ['order value=1', qr/needs id=/], ['cart', qr/needs items= or value=/],
        ['cart op=add items=1', qr/items= and value=/], ['cart op=fill items=1', qr/invalid op/],
        ['order id=1 colour=red', qr/invalid parameter "colour=red"/],
        ['hello visitor=1', qr/invalid parameter/], ['hello x', qr/invalid parameter "x"/],
        ['hello a=1 b=1 c=1 d=1 e=1 f=1 g=1 h=1 i=1', qr/invalid parameter "i=1"/],
        ['hello a=$nosuchvariable', qr/unknown "nosuchvariable" variable/]) {
        my ($track, $says) = @$_;
        my ($status, $said) = nginx_t(locations => "location /t { smartmsg_track $track; }");
        isnt($status, 0, "smartmsg_track $track");
        like($said, $says, 'says why');
    }
};

done_testing;
