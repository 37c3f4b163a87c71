# Events of the browser: what they leave in Redis.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;
use POSIX qw(strftime);

my $up = upstream('*' => page('<!doctype html><html><body><p>x</body></html>'));
my $redis = redis();
my $nginx = nginx(redis => $redis, upstream => $up, rules => { hello => rule(),
    off => rule(), 'a.b-c_d' => rule() });

$redis->cmd(HSET => 'smartmsg:switch', off => 'off');

# A visitor with a cookie.
sub known {
    my $visitor = $nginx->visitor;
    $visitor->page('/');

    return $visitor;
}

# The hash of a visitor, after all that was sent has been executed.
sub hash_of {
    my ($visitor, $kind) = @_;

    settle($nginx, $redis);

    return $redis->hgetall('smartmsg:{' . $visitor->cookie('smartmsg') . "}:$kind");
}

sub ttl_of {
    my ($visitor, $kind) = @_;

    return $redis->cmd(TTL =>
        'smartmsg:{' . $visitor->cookie('smartmsg') . "}:$kind");
}

sub stats {
    my ($rule) = @_;

    settle($nginx, $redis);
    my ($key) = @{ $redis->cmd(KEYS => "smartmsg:stats:$rule:*") };

    return defined $key ? ($redis->hgetall($key), $key) : ({}, '');
}

# The entries of the stream that are no marks of settle, newest first.
sub stream {
    settle($nginx, $redis);

    return grep { ($_->{order} // '') ne 'settle' } map { +{ @{ $_->[1] } } }
        @{ $redis->cmd(XREVRANGE => 'smartmsg:events', '+', '-') };
}

sub sent_ok {
    my ($name, @args) = @_;

    return is(report(@args)->status, 204, $name);
}


subtest 'impression' => sub {
    my $visitor = known();
    my $time = time;
    my $res = report($visitor, { event => 'impression', rule => 'hello',
        variation => 'b', on => 'exit', page => '/cart' });

    is($res->status, 204, 'taken');
    is($res->body, '', 'without a body');
    is($res->header('Content-Type'), undef, 'and its type');
    is($res->header('Cache-Control'), 'no-store', 'not to be kept');
    is($res->header('Set-Cookie'), undef, 'no cookie');

    my ($s, $v) = (hash_of($visitor, 's'), hash_of($visitor, 'v'));
    is($s->{'shown:hello'}, 1, 'counted in the session');
    is($v->{'shown:hello'}, 1, 'and in total');
    ok($v->{'last:hello'} >= $time && $v->{'last:hello'} <= time, 'its time');
    ok(ttl_of($visitor, 's') > 1900, 'the session is kept');
    ok(ttl_of($visitor, 'v') > 33695000, 'the visitor is kept');

    my ($stats, $key) = stats('hello');
    my %day = map { strftime('%Y%m%d', gmtime $_) => 1 } $time, time;
    ok($day{ ($key =~ /:(\d+)$/)[0] }, 'statistics of the day') or diag $key;
    is_deeply($stats, { 'impression:b' => 1 }, 'by variation');
    my $ttl = $redis->cmd(TTL => $key);
    ok($ttl > 399 * 86400 && $ttl <= 400 * 86400, 'kept for 400 days');

    my ($event) = stream();
    ok(abs(delete($event->{time}) - time) < 60, 'in the stream');
    is_deeply($event, { event => 'impression', rule => 'hello', variation => 'b',
        on => 'exit', page => '/cart', visitor => $visitor->cookie('smartmsg') },
        'with all that is known');
};


subtest 'click and dismiss' => sub {
    my $visitor = known();

    sent_ok('one batch', $visitor,
        { event => 'impression', rule => 'a.b-c_d' },
        { event => 'click', rule => 'a.b-c_d', action => 2 },
        { event => 'click', rule => 'a.b-c_d' },
        { event => 'dismiss', rule => 'a.b-c_d', variation => '1' });

    is_deeply((stats('a.b-c_d'))[0], { 'impression:' => 1, 'click:' => 2,
        'dismiss:1' => 1 }, 'statistics');

    my @events = reverse((stream())[0 .. 3]);
    is(join(' ', map { $_->{event} } @events), 'impression click click dismiss',
        'the stream has their order');
    is($events[1]{action}, 2, 'which action');
    ok(!exists $events[2]{action}, 'none was named');
    is(hash_of($visitor, 's')->{'shown:a.b-c_d'}, 1, 'one impression');
};


subtest 'cart' => sub {
    my $visitor = known();
    my $cart = sub {
        my $s = hash_of($visitor, 's');
        return join ' ', map { $s->{"cart.$_"} // '-' } qw(value items currency);
    };
    my $send = sub {
        my ($op, $value, $items, @more) = @_;
        return sent_ok("$op $value", $visitor, { event => 'cart', op => $op,
            value => $value, items => $items, @more });
    };

    $send->('set', 59.9, 2, currency => 'EUR');
    is($cart->(), '59.9 2 EUR', 'as set');
    $send->('add', 0.1, 1);
    is($cart->(), '60 3 EUR', 'more');
    $send->('remove', 40, 2);
    is($cart->(), '20 1 EUR', 'less');
    $send->('set', 5, 1);
    is($cart->(), '5 1 -', 'without a currency');
    $send->('add', 1.5, 0.5, currency => 'USD');
    is($cart->(), '6.5 1.5 USD', 'a half');

    $send->('remove', 100, 100);
    $redis->cmd(HSET => 'smartmsg:rules', empty => rule(on => 'idle',
        if => { 'cart.value' => 0, 'cart.items' => 0 }));
    ok((wait_until { armed($visitor->page('/')) =~ /empty/ }),
        'a cart is never worth less than nothing');

    my ($event) = grep { $_->{event} eq 'cart' } stream();
    is("@$event{qw(op value items)}", 'remove 100 100', 'in the stream');
    ok(!exists $event->{rule}, 'it is of no rule');
    ok(ttl_of($visitor, 's') > 1900, 'the session is kept');
};


subtest 'order' => sub {
    my $visitor = known();
    my @order = (event => 'order', value => 49.95, currency => 'EUR');

    report($visitor, { event => 'cart', op => 'set', value => 49.95, items => 1 });
    sent_ok('an order', $visitor, { @order, id => 'A-1' });

    my ($s, $v) = (hash_of($visitor, 's'), hash_of($visitor, 'v'));
    is($s->{orders}, 1, 'of this session');
    is($v->{orders}, 1, 'of this visitor');
    is($v->{revenue}, 49.95, 'revenue');
    ok(!(grep { /^cart/ } keys %$s), 'the cart is empty');

    sent_ok('the page is loaded again', $visitor, { @order, id => 'A-1' })
        for 1, 2;
    sent_ok('twice in one batch', $visitor, { @order, id => 'A-2' },
        { @order, id => 'A-2' });

    ($s, $v) = (hash_of($visitor, 's'), hash_of($visitor, 'v'));
    is($s->{orders}, 2, 'each counts once');
    is($v->{revenue}, 99.9, 'so does its value');
    is((grep { $_->{event} eq 'order' && $_->{visitor} } stream()), 2,
        'in the stream, too');
    my $ttl = ttl_of($visitor, 'o');
    ok($ttl > 89 * 86400 && $ttl <= 90 * 86400, 'its number is kept 90 days');

    my $other = known();
    sent_ok('the same number', $other, { @order, id => 'A-1' });
    is(hash_of($other, 'v')->{orders}, 1, 'of another visitor counts');
};


subtest 'without a cookie' => sub {
    my $before = (stats('hello'))[0]{'impression:'} // 0;
    my @keys = sort @{ $redis->cmd(KEYS => 'smartmsg:{*') };

    for my $cookie (undef, 'forged', 'x}:v smartmsg:{y') {
        my $visitor = $nginx->visitor;
        $visitor->cookie(smartmsg => $cookie);
        sent_ok('events', $visitor,
            { event => 'impression', rule => 'hello' },
            { event => 'cart', op => 'set', value => 1, items => 1 },
            { event => 'cart', op => 'add', value => 1, items => 1 },
            { event => 'order', id => '1', value => 1 }, { event => 'view' });
        is((stats('hello'))[0]{'impression:'}, ++$before, 'statistics');
    }

    is_deeply([sort @{ $redis->cmd(KEYS => 'smartmsg:{*') }], \@keys,
        'nothing is kept of a visitor');
    my @events = grep { !$_->{visitor} } stream();
    is((grep { $_->{event} eq 'order' } @events), 3, 'the stream has all');
};


subtest 'rules' => sub {
    my $visitor = known();
    sent_ok('unknown and known', $visitor,
        { event => 'impression', rule => 'unknown' },
        { event => 'click', rule => 'unknown' },
        { event => 'impression', rule => 'off' });

    is((stats('unknown'))[1], '', 'an unknown rule is not written');
    ok(!(grep { ($_->{rule} // '') eq 'unknown' } stream()), 'nowhere');
    ok(!(grep { /unknown/ } %{ hash_of($visitor, 's') },
        %{ hash_of($visitor, 'v') }), 'not to the visitor');
    is((stats('off'))[0]{'impression:'}, 1,
        'one that was switched off meanwhile is');
};


$nginx->stop_ok;
done_testing;
