# The site's quiet in smartmsg:config, and goals.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;

my $up = upstream('*' => page('<!doctype html><html><body><p>x</body></html>'));
my $redis = redis();

my $nginx = nginx(redis => $redis, upstream => $up, rules => {
    one => rule(on => 'exit', cap => { session => 9 }),
    other => rule(on => 'idle', cap => { session => 9 }),
    urgent => rule(on => 'load', urgent => true, cap => { session => 9 }),
    bought => rule(on => 'dwell', goal => 'order', cap => { session => 9 }),
    filled => rule(on => 'dwell', priority => -1, goal => 'cart', cap => { session => 9 }),
});

sub key {
    my ($visitor, $kind) = @_;

    return 'smartmsg:{' . $visitor->cookie('smartmsg') . "}:$kind";
}

sub somebody {
    my $visitor = $nginx->visitor;
    $visitor->page('/');

    return $visitor;
}

sub converted {
    my ($rule, $variation) = @_;

    my ($key) = @{ $redis->cmd(KEYS => "smartmsg:stats:$rule:*") };

    return $key ? $redis->hgetall($key)->{ 'convert:' . ($variation // '') } // 0 : 0;
}


subtest 'a pause between any two messages' => sub {
    my $visitor = somebody;
    is(claim($visitor, 'one'), 'shown', 'without a quiet');
    is(claim($visitor, 'other'), 'shown', 'one after the other');

    $redis->cmd(HSET => 'smartmsg:config', 'quiet.pause' => 60);
    ok((wait_until { armed($visitor->page('/')) eq 'urgent' }), 'nobody but the urgent speaks');
    is(claim($visitor, 'one'), 'last:*', 'nor from a page that was there before');
    is(claim($visitor, 'urgent'), 'shown', 'the urgent does');

    $redis->cmd(HSET => key($visitor, 'v'), 'last:*' => time - 61);
    is(claim($visitor, 'one'), 'shown', 'after the pause');
    is(claim($visitor, 'other'), 'last:*', 'it begins anew');
};


subtest 'so many in a session' => sub {
    $redis->cmd(HSET => 'smartmsg:config', 'quiet.session' => 2, 'quiet.pause' => 0);
    my $visitor = somebody;
    ok((wait_until {
        my $v = somebody;
        join(' ', map { claim($v, 'one') } 1 .. 3) eq 'shown shown shown:*';
    }), 'two of any');

    is(claim($visitor, 'urgent'), 'shown', 'the urgent one counts, too');
    is(claim($visitor, 'one'), 'shown', 'one more');
    is(claim($visitor, 'other'), 'shown:*', 'no more');
    is(claim($visitor, 'urgent'), 'shown', 'but the urgent');
    is(armed($visitor->page('/')), 'urgent', 'so says the page');

    $redis->cmd(DEL => key($visitor, 's'));
    is(claim($visitor, 'other'), 'shown', 'a new session');
};


subtest 'mistakes' => sub {
    $redis->cmd(HSET => 'smartmsg:config', 'quiet.session' => 'two', 'quiet.pauze' => 1);
    ok($nginx->error_logged(qr/setting "quiet\.session" of smartmsg:config is "two", it must be a whole number of messages.*former value stays/),
        'a bad value');
    ok($nginx->error_logged(qr/"quiet\.pauze" of smartmsg:config is no setting; is "quiet\.pause" meant/),
        'no setting');

    my $visitor = somebody;
    is(join(' ', map { claim($visitor, 'one') } 1 .. 3), 'shown shown shown:*',
        'the former value is in force');

    # whatever else changes, the complaint is not repeated
    $redis->cmd(HSET => 'smartmsg:switch', other => 'off');
    ok((wait_until { claim($visitor, 'other') eq 'switch' }), 'a switch');
    is(scalar(() = $nginx->error_log =~ /quiet\.pauze/g), 1, 'said once');

    $redis->cmd(DEL => 'smartmsg:config', 'smartmsg:switch');
    ok((wait_until { claim($visitor, 'one') eq 'shown' }), 'without settings no quiet');
};


subtest 'goals' => sub {
    my $visitor = somebody;
    is(claim($visitor, 'bought', variation => 'b'), 'shown', 'the message');
    like(armed($visitor->page('/')), qr/bought/, 'and it is armed again');

    my @order = ({ event => 'order', id => 'o1', value => 5 });
    report($visitor, @order);
    settle($nginx, $redis);
    ok((wait_until { converted('bought', 'b') == 1 }), 'a conversion, of its variation');
    is(claim($visitor, 'bought'), 'goal:bought', 'it has ended for this visitor');
    like(armed($visitor->page('/')), qr/filled/, 'and makes room');

    report($visitor, @order, { event => 'order', id => 'o2', value => 5 });
    settle($nginx, $redis);
    is(converted('bought', 'b'), 1, 'once, whatever is ordered later');

    my ($entry) = grep { {@{ $_->[1] }}->{event} eq 'convert' }
        @{ $redis->cmd(XRANGE => 'smartmsg:events', '-', '+') };
    my %entry = @{ $entry->[1] };
    is("$entry{rule} $entry{variation}", 'bought b', 'it is in the stream');
    is($entry{visitor}, $visitor->cookie('smartmsg'), 'with the visitor');

    # whoever has not seen it, or long ago, is no success of it
    my ($blind, $late) = (somebody, somebody);
    is(claim($late, 'bought', variation => 'b'), 'shown', 'somebody sees it');
    $redis->cmd(HSET => key($late, 'v'), 'last:bought' => time - 31 * 86400);
    report($_, { event => 'order', id => 'o3', value => 1 }) for $blind, $late;
    settle($nginx, $redis);
    is(claim($_, 'bought'), 'goal:bought', 'it ends all the same') for $blind, $late;
    settle($nginx, $redis);
    is(converted('bought', 'b') + converted('bought'), 1, 'but is no conversion');

    # another event
    my $other = somebody;
    is(claim($other, 'filled'), 'shown', 'a rule with another goal');
    my @cart = (value => 1, items => 1);
    report($other, { event => 'cart', op => 'set', @cart });
    report($other, { event => 'cart', op => 'remove', @cart });
    settle($nginx, $redis);
    is(claim($other, 'filled'), 'shown', 'has not reached it');
    report($other, { event => 'cart', op => 'add', @cart });
    settle($nginx, $redis);
    is(claim($other, 'filled'), 'goal:filled', 'something was put into the cart');
    ok((wait_until { converted('filled') == 1 }), 'which counts');
    is(claim($other, 'bought'), 'shown', 'for that rule only');
};


subtest 'dates, by the clock' => sub {
    my $end = time + 3;
    $redis->cmd(HSET => 'smartmsg:rules', short => rule(on => 'exit', priority => 9,
        end => $end), long => rule(on => 'idle', priority => 9, start => $end));
    my $visitor = somebody;
    ok((wait_until { armed($visitor->page('/')) =~ /short/ }), 'until its end');
    my $open = somebody;
    ok((wait_until { armed($visitor->page('/')) =~ /long/ }), 'the next one from its start');
    unlike(armed($visitor->page('/')), qr/short/, 'the first one is over');
    is(claim($open, 'short'), 'date', 'also in a page that is still open');
};


subtest 'Redis goes' => sub {
    my $visitor = somebody;
    $nginx->allow_log(qr/smartmsg: redis/);
    $redis->stop;
    ok((wait_until { claim($visitor, 'one') eq 'redis' }), 'nothing is shown');
    is(report($visitor, { event => 'claim', rule => 'one' })->status, 200,
        'and the console of the browser stays clean');
};

$nginx->stop_ok;
done_testing;
