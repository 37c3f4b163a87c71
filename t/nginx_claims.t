# Claims: the browser asks before it shows a message, and of all pages that ask
# no more get it than caps, groups and the site's quiet allow.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;
use Smartmsg::HTTP;

my $up = upstream('*' => page('<!doctype html><html><body><p>x</body></html>'));
my $redis = redis();

my $message = sub {
    my (%opt) = @_;
    return { when => [{ on => 'load' }], %opt,
        show => { as => 'dialog', title => 'Hello' } };
};

my $nginx = nginx(redis => $redis, upstream => $up, workers => 2, rules => {
    once => rule(on => 'exit', priority => 3),
    twice => rule(on => 'idle', cap => { session => 2 }),
    weekly => rule(on => 'dwell', cap => { days => 7 }),
    thrice => rule(on => 'load', cap => { total => 3 }),
    'until-click' => rule(cap => { until => 'click', session => 9 }),
    'until-close' => rule(cap => { until => ['dismiss', 'convert'], session => 9 }),
    'until-cart' => rule(goal => 'cart', cap => { session => 9 }),
    'group-a' => rule(group => 'g', cap => { session => 9 }),
    'group-b' => rule(group => 'g', cap => { session => 9 }),
    old => rule(end => time - 1),
    young => rule(start => time + 86400),
    urgent => rule(urgent => true, cap => { session => 99 }),
    several => json({ priority => 9, rules => [
        { condition => { 'query.which' => 'one' }, force => $message->(cap => { session => 1 }) },
        { condition => { 'query.which' => 'two' }, force => $message->(cap => { session => 3 }) },
    ] }),
});

sub key {
    my ($visitor, $kind) = @_;

    return 'smartmsg:{' . $visitor->cookie('smartmsg') . "}:$kind";
}

# A visitor who has been here.
sub somebody {
    my $visitor = $nginx->visitor;
    $visitor->page('/');

    return $visitor;
}

# Asks N times at once, each time on a connection of its own: what comes back.
sub at_once {
    my ($visitor, @rules) = @_;

    my @http = map { Smartmsg::HTTP->new(port => $nginx->port) } @rules;

    for my $i (0 .. $#rules) {
        $http[$i]->send_request('POST', '/smartmsg/event', headers => [
            'Sec-Fetch-Site' => 'same-origin',
            Cookie => 'smartmsg=' . $visitor->cookie('smartmsg') ],
            body => json({ events => [{ event => 'claim', rule => $rules[$i] }] }));
    }

    return map { claimed($_->read_response) } @http;
}


subtest 'one after the other' => sub {
    my $visitor = somebody;

    is(claim($visitor, 'once'), 'shown', 'the first time');
    is(claim($visitor, 'once'), 'shown:once', 'the cap');
    is(claim($visitor, 'twice'), 'shown', 'another rule');
    is(claim($visitor, 'twice', variation => 'b'), 'shown', 'twice');
    is(claim($visitor, 'twice'), 'shown:twice', 'but not three times');
    is(claim($visitor, 'weekly'), 'shown', 'with a pause');
    is(claim($visitor, 'weekly'), 'last:weekly', 'the pause');

    my $s = $redis->hgetall(key($visitor, 's'));
    is($s->{'shown:once'}, 1, 'counted in the session');
    is($s->{'shown:twice'}, 2, 'as often as it was granted');
    is($s->{'shown:*'}, 4, 'and over all rules');

    my $v = $redis->hgetall(key($visitor, 'v'));
    is($v->{'shown:twice'}, 2, 'counted for the visitor');
    is($v->{'variation:twice'}, 'b', 'which variation it was');
    ok(!exists $v->{'variation:once'}, 'if there was one');
    cmp_ok(abs($v->{'last:weekly'} - time), '<', 60, 'when');
    cmp_ok(abs($v->{'last:*'} - time), '<', 60, 'and of all rules');
    cmp_ok($redis->cmd(TTL => key($visitor, 's')), '>', 1900, 'life of the session');
    cmp_ok($redis->cmd(TTL => key($visitor, 'v')), '>', 86400, 'life of the visitor');

    # the page agrees with the claim
    unlike(armed($visitor->page('/')), qr/once|twice|weekly/, 'the next page');
};


subtest 'at once' => sub {
    for my $rule (qw(once weekly)) {
        my @got = at_once(somebody, ($rule) x 24);
        is(scalar(grep { $_ eq 'shown' } @got), 1, "$rule: one of 24 pages");
    }

    my $visitor = somebody;
    my @got = at_once($visitor, ('thrice') x 24);
    is(scalar(grep { $_ eq 'shown' } @got), 3, 'total: three of 24');
    is($redis->hgetall(key($visitor, 'v'))->{'shown:thrice'}, 3, 'and so it is counted');

    # of a group one rule, however the requests come in
    @got = at_once(somebody, ('group-a', 'group-b') x 9);
    is(scalar(grep { $_ eq 'shown' } @got), 9, 'one of the two rules, each time');
    is(scalar(grep { $_ eq 'group:g' } @got), 9, 'the other never');
};


subtest 'ever' => sub {
    my $visitor = somebody;
    like(armed($visitor->page('/')), qr/thrice/, 'it is armed');

    for my $n (1 .. 3) {
        is(claim($visitor, 'thrice'), 'shown', "the message, $n");
        $redis->cmd(DEL => key($visitor, 's'));
    }

    is(claim($visitor, 'thrice'), 'shown:thrice', 'no more, in whatever session');
    unlike(armed($visitor->page('/')), qr/thrice/, 'nor is it armed');
};


subtest 'until an event' => sub {
    my $visitor = somebody;
    my %says = (
        'until-click' => ['click', 'clicked:until-click'],
        'until-close' => ['dismiss', 'dismissed:until-close'],
    );

    for my $rule (sort keys %says) {
        my ($event, $field) = @{ $says{$rule} };
        is(claim($visitor, $rule), 'shown', "$rule: before");
        my ($other, $mark) = $event eq 'click' ? ('dismiss', 'dismissed') : ('click', 'clicked');
        report($visitor, { event => $other, rule => $rule });
        ok((wait_until { $redis->hgetall(key($visitor, 'v'))->{"$mark:$rule"} }), "a $other");
        is(claim($visitor, $rule), 'shown', 'is not what it ends with');
        report($visitor, { event => $event, rule => $rule });
        ok((wait_until { claim($visitor, $rule) eq $field }), 'after it');
        $redis->cmd(DEL => key($visitor, 's'));
        is(claim($visitor, $rule), $field, 'in whatever session');
    }
};


subtest 'several messages of a rule' => sub {
    my $visitor = somebody;

    my ($page) = $visitor->page('/?which=two')->content
        =~ /(data-smartmsg="[^"]*several[^"]*")/ or die 'not armed';
    like($page, qr/&quot;message&quot;:1,/, 'the page says which one it is');

    is(claim($visitor, 'several', message => 1), 'shown', "message 1, $_") for 1 .. 3;
    is(claim($visitor, 'several', message => 1), 'shown:several', 'it has a cap of its own');
    is(claim($visitor, 'several'), 'shown:several', 'all of the rule count');
};


subtest 'groups' => sub {
    my $visitor = somebody;

    my $armed = armed($visitor->page('/'));
    ok(($armed =~ /group-a/) + ($armed =~ /group-b/) <= 1, 'one in a page');

    is(claim($visitor, 'group-b'), 'shown', 'one of them');
    is(claim($visitor, 'group-b'), 'shown', 'may come again');
    is(claim($visitor, 'group-a'), 'group:g', 'the other may not');

    $redis->cmd(DEL => key($visitor, 's'));
    is(claim($visitor, 'group-a'), 'shown', 'in another session it may');
};


subtest 'impressions' => sub {
    my $visitor = somebody;

    report($visitor, { event => 'impression', rule => 'group-a', variation => 'x' });
    ok((wait_until { $redis->hgetall(key($visitor, 'v'))->{'variation:group-a'} }),
        'one that was not claimed counts by itself');
    my $s = $redis->hgetall(key($visitor, 's'));
    is("$s->{'shown:group-a'} $s->{'shown:*'} $s->{'group:g'}", '1 1 group-a', 'for all limits');

    is(claim($visitor, 'twice'), 'shown', 'a claim');
    report($visitor, { event => 'impression', rule => 'twice', claimed => true });
    ok((wait_until { @{ $redis->cmd(KEYS => 'smartmsg:stats:twice:*') } }),
        'the impression is counted in statistics');
    is($redis->hgetall(key($visitor, 's'))->{'shown:twice'}, 1, 'but not for caps again');
};


subtest 'malformed' => sub {
    my $visitor = somebody;
    my %bad = (
        'with others' => [{ event => 'claim', rule => 'once' }, { event => 'view' }],
        'without a rule' => [{ event => 'claim' }],
        'no number' => [{ event => 'claim', rule => 'once', message => 'a' }],
    );

    for (sort keys %bad) {
        is(report($visitor, @{ $bad{$_} })->status, 400, $_);
    }

    my $other = $visitor->request('POST', '/smartmsg/event',
        headers => ['Sec-Fetch-Site' => 'cross-site'],
        body => json({ events => [{ event => 'claim', rule => 'once' }] }));
    is($other->status, 403, 'another site');

    my $ok = report($visitor, { event => 'claim', rule => 'once' });
    is($ok->status, 204, 'and nothing of that has counted');
    like($ok->header('Cache-Control'), qr/no-store/, 'a yes is not kept');
    my $no = report($visitor, { event => 'claim', rule => 'once' });
    like($no->header('Cache-Control'), qr/no-store/, 'nor is a no');
    is($no->header('Content-Type'), 'application/json', 'which has a type');
};

subtest 'switch, dates, names' => sub {
    my $visitor = somebody;

    is(claim($visitor, 'unknown'), 'rule', 'a rule that is gone');
    is(claim($visitor, 'old'), 'date', 'a rule whose time is over');
    is(claim($visitor, 'young'), 'date', 'a rule whose time is to come');
    is(claim($visitor, 'once', message => 1), 'message', 'a message it does not have');

    $redis->cmd(HSET => 'smartmsg:switch', once => 'off');
    ok((wait_until { claim($visitor, 'once') eq 'switch' }), 'switched off, meanwhile');
    $redis->cmd(HSET => 'smartmsg:switch', once => 'on', '*' => 'off');
    ok((wait_until { claim($visitor, 'twice') eq 'switch' }), 'the main switch');
    $redis->cmd(DEL => 'smartmsg:switch');

    my $stranger = $nginx->visitor;
    is(claim($stranger, 'once'), 'cookie', 'without a cookie no cap can be kept');
};


$nginx->stop_ok;
done_testing;
