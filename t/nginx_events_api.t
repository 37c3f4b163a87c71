# What the shop's own pages tell: track, identify, and the answers of forms.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;
use Smartmsg::Ask;

my $up = upstream('*' => page('<!doctype html><html><body><p>x</body></html>'));
my $redis = redis();
my $nginx = nginx(redis => $redis, upstream => $up, rules => {
        survey => rule(),
        asking => rule(on => 'idle', if => { 'event.guide' => { '$gte' => 2 } }),
        off => rule(on => 'load', if => { 'event.film' => 1 }),
        goal => rule(on => 'dwell', goal => 'signup'),
        bought => rule(on => 'dwell', goal => 'order'),
    });

$redis->cmd(HSET => 'smartmsg:switch', off => 'off');

my $visitor;

sub someone {
    $visitor = $nginx->visitor;
    $visitor->page('/');

    return;
}

sub hash_of {
    settle($nginx, $redis);

    return $redis->hgetall(key_of($visitor) . $_[0]);
}

sub told { return is(report($visitor, @_)->status, 204, json($_[0])) }

sub stream {
    settle($nginx, $redis);

    my ($entry) = grep { ($_->{order} // '') ne 'settle' } map { +{ @{ $_->[1] } } }
        @{ $redis->cmd(XREVRANGE => 'smartmsg:events', '+', '-', COUNT => 5) };
    delete $entry->{time};

    return $entry;
}

ask_at($nginx, $redis);


subtest 'track' => sub {
    someone();
    told({ event => 'track', name => 'guide', page => '/x',
        data => { size => '38', n => 0.1, sale => true, old => false } });
    is_deeply(stream(), { event => 'track', name => 'guide', 'data.size' => '38',
        'data.n' => '0.1', 'data.sale' => 'true', 'data.old' => 'false', page => '/x',
        visitor => $visitor->cookie('smartmsg') }, 'the stream has it all');

    my $s = hash_of('s');
    is($s->{'event:guide'}, 1, 'a rule asks for it: it is counted');
    is($s->{events}, 1, 'it is an event');
    unlike(armed($visitor->page('/')), qr/asking/, 'once is not enough');
    told({ event => 'track', name => 'guide' });
    settle($nginx, $redis);
    like(armed($visitor->page('/')), qr/asking/, 'twice is');

    told({ event => 'track', name => $_ }) for qw(film invented guide.x orders);
    $s = hash_of('s');
    is($s->{'event:film'}, 1, 'a rule that is off asks, too');
    is(join(' ', sort grep { /^event:/ } keys %$s), 'event:film event:guide',
        'what nobody asks for is not kept');
    is($s->{events}, 6, 'but has happened');
};


subtest 'goals' => sub {
    someone();
    report($visitor, { event => 'impression', rule => $_ }) for qw(goal bought);
    told({ event => 'track', name => $_ }) for qw(signup order cart);
    my $v = hash_of('v');
    ok($v->{'goal:goal'}, 'what was tracked may be a goal');
    ok(!exists $v->{'goal:bought'}, 'an order is told in another way');
};


subtest 'identify' => sub {
    someone();
    my @here = (visitor => $visitor);
    holds('before', { 'visitor.known' => false, %{ absent('visitor.id', 'traits.tier') } },
        '/', @here);

    $redis->cmd(HSET => key_of($visitor) . 'v', 'profile.tier' => 'silver', orders => 3);
    told({ event => 'identify', id => 'c-4711',
        traits => { tier => 'gold', n => 12, vip => true, orders => 99 } });
    is_deeply(stream(), { event => 'identify', id => 'c-4711', 'traits.tier' => 'gold',
        'traits.n' => '12', 'traits.vip' => 'true', 'traits.orders' => 99,
        visitor => $visitor->cookie('smartmsg') }, 'in the stream');
    $redis->cmd(HDEL => key_of($visitor) . 'v', 'profile.tier');
    holds('after', { 'visitor.known' => true, 'visitor.anonymous' => false,
        'visitor.id' => 'c-4711', 'traits.tier' => 'gold', 'traits.n' => { '$gt' => 11 },
        'traits.vip' => true, %{ absent('profile.tier', 'traits.x') } }, '/', @here);
    is(hash_of('v')->{orders}, 3, 'nothing else is touched');
    cmp_ok($redis->cmd(TTL => key_of($visitor) . 'v'), '>', 33000000, 'it ends some day');

    told({ event => 'identify', id => 'c-4711', traits => { tier => 'bronze' } });
    my $v = hash_of('v');
    is("$v->{'traits.tier'} $v->{'traits.n'}", 'bronze 12', 'one is told again');
    told({ event => 'identify', id => '815' });
    $v = hash_of('v');
    is(join(' ', grep { /^(?:traits|id)/ } sort keys %$v), 'id', 'somebody else');
    holds('a number is a text', { 'visitor.id' => '815' }, '/', @here);
};


subtest 'no more than so many traits' => sub {
    someone();
    for my $round (0 .. 3) {
        told({ event => 'identify', id => 'x',
            traits => { map { ("t$round-$_" => 1) } 1 .. 12 } });
    }
    is((grep { /^traits\./ } keys %{ hash_of('v') }), 32, 'are kept');
    told({ event => 'identify', id => 'x', traits => { 't0-1' => 'again', more => 1 } });
    my $v = hash_of('v');
    is($v->{'traits.t0-1'}, 'again', 'those that are there may change');
    ok(!exists $v->{'traits.more'}, 'no other comes in');
};


subtest 'answer' => sub {
    someone();
    told({ event => 'answer', rule => 'survey', variation => 'b', consent => 'You may.',
        fields => { rating => 4, why => "caf\x{e9}" } });
    is_deeply(stream(), { event => 'answer', rule => 'survey', variation => 'b',
        consent => 'You may.', 'fields.rating' => 4, 'fields.why' => "caf\xc3\xa9",
        visitor => $visitor->cookie('smartmsg') }, 'in the stream');
    is(hash_of('v')->{'answered:survey'}, 1, 'the visitor has');
    my ($key) = @{ $redis->cmd(KEYS => 'smartmsg:stats:survey:*') };
    is($redis->hgetall($key)->{'answer:b'}, 1, 'it counts');
    holds('a fact', { 'answered.survey' => 1, 'answered.other' => 0 }, '/', visitor => $visitor);

    told({ event => 'answer', rule => 'unknown', fields => { x => 1 } });
    isnt(stream()->{rule}, 'unknown', 'not of a rule that there is not');
};


subtest 'without a cookie' => sub {
    my @keys = sort @{ $redis->cmd(KEYS => '*') };
    $visitor = $nginx->visitor;
    $visitor->cookie(smartmsg => 'forged');

    told({ event => 'track', name => 'guide', data => { a => 1 } });
    is_deeply(stream(), { event => 'track', name => 'guide', 'data.a' => 1 }, 'tracked');
    told({ event => 'identify', id => 'c-1', traits => { a => 1 } });
    is(stream()->{event}, 'track', 'nobody is identified');
    told({ event => 'answer', rule => 'survey', fields => { mail => 'x@example.org' } });
    is(stream()->{'fields.mail'}, 'x@example.org', 'answered');
    is_deeply([ sort @{ $redis->cmd(KEYS => '*') } ], \@keys, 'nothing else is kept');
};


subtest 'the largest events' => sub {
    someone();
    my %most = map { (sprintf('m%02d', $_) => 'x' x 125) } 1 .. 16;
    my $page = '/' . 'p' x 511;
    told({ event => 'track', name => 'n' x 64, data => \%most, page => $page });
    is(keys %{ stream() }, 20, 'track');
    told({ event => 'identify', id => 'i' x 128, traits => \%most, page => $page });
    is((grep { /^traits\./ } keys %{ hash_of('v') }), 16, 'identify');
    told({ event => 'answer', rule => 'survey', variation => 'v' x 64, fields => \%most,
        consent => 'c' x 512, page => $page });
    is(keys %{ stream() }, 22, 'answer');
    is(report($visitor, { event => 'track', name => 'x', data => { %most, more => 1 } })->status,
        400, 'no more');
    ok($nginx->error_logged(qr/malformed event: events\[0\]\.data: must be an object/), 'why');
};


$nginx->stop_ok;
done_testing;
