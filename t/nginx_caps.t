# How often a message may be seen, counted by what the browser reports.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;

my $up = upstream('*' => page('<!doctype html><html><body><p>x</body></html>'));
my $redis = redis();

my $nginx = nginx(redis => $redis, upstream => $up, rules => {
    default => rule(on => 'exit'),
    twice => rule(on => 'idle', cap => { session => 2 }),
    weekly => rule(on => 'dwell', cap => { days => 7 }),
    both => rule(on => 'load', cap => { session => 1, days => 0.5 }),
});

sub key {
    my ($visitor, $kind) = @_;

    return 'smartmsg:{' . $visitor->cookie('smartmsg') . "}:$kind";
}

sub shown {
    my ($visitor, @rules) = @_;

    report($visitor, map { { event => 'impression', rule => $_ } } @rules);
    settle($nginx, $redis);
}

sub says {
    my ($visitor, $want, $name) = @_;

    my @armed = sort split / /, armed($visitor->page('/'));

    return is("@armed", $want, $name);
}


subtest 'in a session' => sub {
    my $visitor = $nginx->visitor;
    says($visitor, 'both default twice weekly', 'nothing was seen yet');
    says($visitor, 'both default twice weekly', 'being armed is not being seen');

    shown($visitor, 'default', 'twice');
    says($visitor, 'both twice weekly', 'once, if the rule does not say how often');
    shown($visitor, 'twice');
    says($visitor, 'both weekly', 'twice');

    # a new session of the same visitor
    settle($nginx, $redis);
    $redis->cmd(DEL => key($visitor, 's'));
    says($visitor, 'both default twice weekly', 'a new session, a new chance');

    my $v = $redis->hgetall(key($visitor, 'v'));
    is($v->{'shown:twice'}, 2, 'all are counted');
    is($v->{'shown:default'}, 1, 'of each rule');
};


subtest 'over days' => sub {
    my $visitor = $nginx->visitor;
    $visitor->page('/');
    shown($visitor, 'weekly', 'both');
    says($visitor, 'default twice', 'seen just now');

    $redis->cmd(DEL => key($visitor, 's'));
    says($visitor, 'default twice', 'also in a new session');

    my $time = time;
    my $seen = sub {
        $redis->cmd(HSET => key($visitor, 'v'), 'last:weekly' => $time - $_[0],
            'last:both' => $time - $_[0]);
    };

    $seen->(0.4 * 86400);
    says($visitor, 'default twice', 'some hours later');
    $seen->(0.6 * 86400);
    says($visitor, 'both default twice', 'half a day later');
    $seen->(6.9 * 86400);
    says($visitor, 'both default twice', 'nearly a week later');
    $seen->(7.1 * 86400);
    says($visitor, 'both default twice weekly', 'a week later');

    # a clock that was wrong once
    $seen->(-86400);
    says($visitor, 'default twice', 'an impression in the future was one');

    $redis->cmd(HSET => key($visitor, 'v'), 'last:weekly' => 'x', 'last:both' => '');
    says($visitor, 'both default twice weekly', 'what is no number is none');
};


subtest 'a cap makes room' => sub {
    $redis->cmd(HSET => 'smartmsg:rules',
        lower => rule(on => 'exit', priority => -1));
    my $visitor = $nginx->visitor;
    $visitor->page('/');
    shown($visitor, 'twice', 'twice', 'weekly', 'both');

    ok((wait_until { $redis->cmd(HEXISTS => 'smartmsg:status', 'lower') }),
        'one more rule is in force');
    says($nginx->visitor, 'both default twice weekly', 'but it is not its turn');
    shown($visitor, 'default');
    says($visitor, 'lower', 'the next rule has the trigger now');
    shown($visitor, 'lower');
    says($visitor, '', 'nothing is left');
};


subtest 'other visitors' => sub {
    my ($one, $other) = ($nginx->visitor, $nginx->visitor);
    $_->page('/') for $one, $other;

    shown($one, 'default');
    says($one, 'both lower twice weekly', 'one has seen it');
    says($other, 'both default twice weekly', 'the other has not');

    # other events are no impressions
    report($other, { event => 'dismiss', rule => 'default' },
        { event => 'click', rule => 'default', action => 0 });
    settle($nginx, $redis);
    says($other, 'both default twice weekly', 'events without an impression');
};

$nginx->stop_ok;
done_testing;
