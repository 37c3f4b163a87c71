# Facts that Redis keeps of the session, its cart, the visitor, and of what
# became of messages.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;
use Smartmsg::Ask;

use constant DAY => 86400;

my $up = upstream('*' => page('<!doctype html><html><body><p>x</body></html>'));
my $redis = redis();
my $nginx = nginx(redis => $redis, upstream => $up);

ask_at($nginx, $redis);

my $visitor;
my @here;

sub someone { $visitor = $nginx->visitor; @here = (visitor => $visitor); return }
sub field   { return $redis->cmd(HGET => key_of($visitor) . $_[0], $_[1]) }
sub remember { return $redis->cmd(HSET => key_of($visitor) . shift, @_) }

sub reported {
    my $response = report($visitor, @_);
    is($response->status, 204, json($_[0]));
    return settle($nginx, $redis);
}


subtest 'session' => sub {
    someone();
    holds('first view', { 'session.first_view' => true, 'session.events' => 0 }, '/', @here);
    holds('second view', { 'session.first_view' => false, 'session.events' => 0 }, '/', @here);

    reported({ event => 'click', rule => 'known' }, { event => 'dismiss', rule => 'known' },
        { event => 'view' });
    holds('events, but views', { 'session.events' => 2 }, '/', @here);

    reported({ event => 'order', id => 'A', value => 1 },
        { event => 'order', id => 'A', value => 1 });
    holds('an order counts once', { 'session.events' => 3 }, '/', @here);

    # views leave a little later than pages
    settle($nginx, $redis);
    is($redis->cmd(DEL => key_of($visitor) . 's'), 1, 'the session ends');
    holds('first view', { 'session.first_view' => true, 'session.events' => 0 }, '/', @here);
};


subtest 'age of the cart' => sub {
    someone();
    holds('no cart', absent('cart.age'), '/', @here);

    my $cart = { event => 'cart', op => 'set', value => 59.9, items => 2 };
    reported($cart);
    holds('new', { 'cart.age' => { '$gte' => 0, '$lt' => 60 } }, '/', @here);

    remember('s', 'cart.time' => time - 100);
    holds('old', { 'cart.age' => { '$gte' => 100, '$lt' => 200 } }, '/', @here);

    reported($cart);
    holds('reported again', { 'cart.age' => { '$gte' => 100 } }, '/', @here);

    for my $change ({ value => 60 }, { items => 3 }, { op => 'add', value => 1, items => 1 },
        { op => 'remove', value => 1, items => 0 }) {
        remember('s', 'cart.time' => time - 100);
        reported({ %$cart, %$change });
        holds('changed', { 'cart.age' => { '$lt' => 60 } }, '/', @here);
        $cart = { %$cart, %$change };
    }

    remember('s', 'cart.time' => time + 100);
    holds('clocks differ', { 'cart.age' => 0 }, '/', @here);

    reported({ event => 'order', id => 'B', value => 60 });
    holds('ordered', absent('cart.age'), '/', @here);
    is(field('s', 'cart.time'), undef, 'nothing is left');
};


subtest 'visits' => sub {
    someone();
    my $first = { 'visitor.new' => true, 'visitor.returning' => false,
        'visitor.days_since_first' => 0,
        %{ absent('visitor.days_since_last', 'visitor.last_order') } };
    holds('first page', $first, '/', @here);
    holds('second page', $first, '/', @here);

    settle($nginx, $redis);
    remember('v', first => time - 10 * DAY - 100, last => time - 3 * DAY - 100);
    $redis->cmd(DEL => key_of($visitor) . 's');

    my $second = { 'visitor.new' => false, 'visitor.returning' => true,
        'visitor.days_since_first' => 10, 'visitor.days_since_last' => 3 };
    holds('next visit', $second, '/', @here);
    settle($nginx, $redis);
    cmp_ok(field('v', 'last'), '>', time - DAY, 'Redis has this visit already');
    holds('its second page', $second, '/', @here);

    settle($nginx, $redis);
    remember('v', last => time - DAY + 100);
    $redis->cmd(DEL => key_of($visitor) . 's');
    holds('not a full day', { 'visitor.days_since_last' => 0 }, '/', @here);
};


subtest 'last order' => sub {
    someone();
    $visitor->page('/');
    reported({ event => 'order', id => 'C', value => 10 });
    holds('just now', { 'visitor.last_order' => 0, 'visitor.orders' => 1 }, '/', @here);
    remember('v', last_order => time - 5 * DAY - 100);
    holds('some days ago', { 'visitor.last_order' => 5 }, '/', @here);
};


subtest 'known' => sub {
    someone();
    my $unknown = { 'visitor.known' => false, 'visitor.anonymous' => true };
    holds('first page', $unknown, '/', @here);
    holds('second page', $unknown, '/', @here);
    remember('v', 'profile.' => 1, 'profiles' => 1);
    holds('not yet', $unknown, '/', @here);
    remember('v', 'profile.tier' => 'gold');
    holds('with a profile', { 'visitor.known' => true, 'visitor.anonymous' => false }, '/', @here);
};


subtest 'messages' => sub {
    someone();
    my $none = { map { $_ => 0 } qw(seen.known seen_session.known clicked.known
        dismissed.known seen.nobody clicked.nobody seen.a.b) };
    holds('first page', $none, '/', @here);
    holds('second page', $none, '/', @here);

    reported(({ event => 'impression', rule => 'known', on => 'idle' }) x 2);
    holds('seen', { 'seen.known' => 2, 'seen_session.known' => 2, 'clicked.known' => 0,
        'dismissed.known' => 0 }, '/', @here);

    reported({ event => 'click', rule => 'known', action => 0 },
        ({ event => 'dismiss', rule => 'known' }) x 3);
    holds('answered', { 'seen.known' => 2, 'clicked.known' => 1, 'dismissed.known' => 3 },
        '/', @here);

    $redis->cmd(DEL => key_of($visitor) . 's');
    holds('next visit', { 'seen.known' => 2, 'seen_session.known' => 0, 'clicked.known' => 1 },
        '/', @here);

    cmp_ok($redis->cmd(TTL => key_of($visitor) . 'v'), '>', 0, 'it ends some day');
    holds('of no rule', { "seen.@{[ 'x' x 65 ]}" => 0, %{ absent('seen', 'seen.', 'clicked') } },
        '/', @here);
};


# Few are looked up in another way than many.
subtest 'however many there are' => sub {
    for my $count (1, 2, 7, 12, 13, 14, 15, 16, 17, 18, 30, 31, 400) {
        someone();
        $visitor->page('/');
        settle($nginx, $redis);

        my @order = sort { $a * 7919 % 1009 <=> $b * 7919 % 1009 } 1 .. $count;
        remember('v', map { ("profile.f$_" => "v$_") } @order);
        remember('s', map { ("shown:r$_" => $_) } @order);

        holds($count, { (map { ("profile.f$_" => "v$_", "seen_session.r$_" => $_) }
            1, int(($count + 1) / 2), $count), 'session.views' => { '$gte' => 2 },
            'seen_session.r0' => 0, 'seen_session.r' . ($count + 1) => 0, 'visitor.visits' => 1,
            %{ absent('profile.f0', 'profile.f', 'profile.f' . ($count + 1), 'profile.g1',
                'profile.ff1') } }, '/', @here);
    }
};


# What was taken out before the shop told what was in.
subtest 'less than nothing in the cart' => sub {
    someone();
    $visitor->page('/');
    settle($nginx, $redis);
    remember('s', 'cart.value' => '-5', 'cart.items' => '-1', orders => '-1');
    holds('as if empty', { 'cart.value' => 0, 'cart.items' => 0, 'session.orders' => -1 }, '/',
        @here);
};


# A visitor who was never on a page but whose browser reports.
subtest 'no page yet' => sub {
    someone();
    $visitor->cookie(smartmsg => 'A' x 22);
    reported({ event => 'click', rule => 'known' });

    for my $kind (qw(s v)) {
        cmp_ok($redis->cmd(TTL => key_of($visitor) . $kind), '>', 0, "$kind ends");
    }
};


subtest 'facts that nobody knows' => sub {
    holds($_, absent($_), '/') for qw(visitor.name visitor. cart.owner cart.time cart.
        session.nothing session. profile.);
};

$nginx->stop_ok;
done_testing;
