# smartmsgctl explain: which rules apply, and what keeps the others from it.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Ctl;
use Smartmsg::Rule;

my $redis = redis();
my @redis = { redis => $redis };
my $id = 'fnymw8RbVLOcjVAFQkG_pw';

sub rules {
    my (%rules) = @_;

    $redis->cmd('FLUSHALL');
    $redis->cmd(HSET => 'smartmsg:rules', %rules);

    return;
}

# The reasons of each rule that is not chosen, "WHY: TEXT; ..."
sub others {
    my ($report) = @_;

    return { map { $_->{rule} => join '; ', map { "$_->{why}: $_->{text}" }
        @{ $_->{reasons} } } @{ $report->{others} } };
}

sub chosen {
    my ($report) = @_;

    return join ' ', map { "$_=" . ($report->{chosen}{$_} // '-') }
        grep { defined $report->{chosen}{$_} } sort keys %{ $report->{chosen} };
}


subtest 'facts' => sub {
    rules(cart => rule(if => { 'page.type' => 'cart', 'cart.value' => { '$gt' => 50 } },
            priority => 5),
        first => rule(on => 'idle', if => { 'session.views' => 1, 'visitor.new' => true }));

    my $file = tempdir() . '/facts.json';
    spew($file, '{"page": {"type": "cart"}, "cart.value": 60}');

    is(chosen(ctl_json('explain', $file, @redis)), 'exit=cart idle=first', 'from a file');
    is(code(), 0, 'exit code');
    is(chosen(ctl_json('explain', '-', { redis => $redis, stdin => slurp($file) })),
        'exit=cart idle=first', 'from stdin');
    is(chosen(ctl_json('explain', '--fact', 'page.type=cart', '--fact=cart.value=51', @redis)),
        'exit=cart idle=first', 'from the command line');

    my $report = ctl_json('explain', $file, '--fact', 'cart.value=50',
        '--fact', 'session.views=2', @redis);
    is(chosen($report), '', 'the command line counts for more');
    is_deeply(others($report), {
        cart => 'condition: cart.value is 50, must be $gt 50',
        first => 'condition: session.views is 2, must be = 1',
    }, 'the first test that fails');

    my ($cart) = grep { $_->{rule} eq 'cart' } @{ $report->{others} };
    is_deeply($cart->{reasons}[0], { why => 'condition', fact => 'cart.value',
        operator => '$gt', expected => 50, actual => 50, negated => false,
        path => 'rules[0].condition.cart.value.$gt',
        text => 'cart.value is 50, must be $gt 50' }, 'all of it');

    is(ctl('explain', '--fact', 'page.type=cart', @redis), 0, 'for people');
    like(out(), qr/^idle +first$/m, 'what is chosen');
    like(out(), qr/^cart +cart\.value is 0, must be \$gt 50$/m, 'and what is not');

    ctl('explain', '--fact', "page.type=\e[31m\xff", @redis);
    unlike(out(), qr/\e|\xff/, 'no control characters');

    for my $bad ('[]', '{"a": }', '{"a": 1, "a": 2}', '') {
        is(ctl('explain', '-', { redis => $redis, stdin => $bad }), 1, "bad facts: $bad");
        isnt(err(), '', 'a message');
    }
    is(ctl('explain', '/none', @redis), 5, 'no file');
    is(ctl('explain', '--fact', 'x', @redis), 2, 'no value');
};


subtest 'other reasons' => sub {
    my $force = sub { return JSON::PP::decode_json(rule(on => $_[0]))->{rules}[0]{force} };
    my $entry = sub { return json({ rules => [ map { +{ force => $force->('exit'), %$_ } } @_ ] }) };

    rules(
        off => rule(), late => rule(end => 1000), early => rule(start => '2090-01-01'),
        nothing => json({ defaultValue => undef }), broken => '[',
        low => rule(priority => -1), high => rule(priority => 9),
        null => json({ rules => [{ force => undef, condition => { 'cart.items' => 0 } },
            { force => $force->('exit') }] }),
        roll => $entry->({ coverage => 0 }),
        mail => $entry->({ coverage => 1, hashAttribute => 'profile.mail' }),
        parent => $entry->({ parentConditions =>
            [{ id => 'off', condition => { value => { '$exists' => true } } }] }),
        two => $entry->({ condition => { 'page.type' => 'x' } },
            { condition => { '$not' => { 'session.views' => { '$lt' => 5 } } } }),
        either => $entry->({ condition => { '$or' => [{ id => 'a' }, { id => 'b' }] } }),
        test => json({ rules => [{ variations => [$force->('exit'), undef], coverage => 0 }] }),
    );
    $redis->cmd(HSET => 'smartmsg:switch', off => 'off');

    my $report = ctl_json('explain', '--fact', "id=$id", @redis);
    my $other = others($report);

    is(chosen($report), 'exit=high', 'one is chosen');
    like($other->{off}, qr/^off: is switched off/, 'off');
    like($other->{late}, qr/^ended: /, 'too late');
    like($other->{early}, qr/^scheduled: /, 'too early');
    like($other->{nothing}, qr/^nothing: has no message/, 'no message');
    like($other->{broken}, qr/^broken: .*1:1: /, 'broken');
    like($other->{low}, qr/^taken: high comes before it/, 'a higher one');
    like($other->{null}, qr/^null: rules\[0\]: applies, and its value is null/, 'null');
    like($other->{roll}, qr/^rollout: .*id is not among/, 'a rollout');
    like($other->{mail}, qr/^rollout: .*profile\.mail is missing/, 'without what decides');
    like($other->{parent}, qr/^prerequisite: rules\[0\]\.parentConditions/, 'a prerequisite');
    is($other->{two}, 'condition: rules[0]: page.type is missing, must be = "x"; '
        . 'condition: rules[1]: session.views is 1, must not be $lt 5', 'each entry');
    like($other->{either}, qr/^condition: .*\$or: nothing of it holds/, 'alternatives');
    like($other->{test}, qr/^experiment: .*id is not among/, 'an experiment');

    $other = others(ctl_json('explain', '--at', '2091-01-01', @redis));
    is($other->{early}, 'taken: high comes before it', 'at another time');

    $redis->cmd(HSET => 'smartmsg:switch', '*' => 'off');
    $other = others(ctl_json('explain', @redis));
    is($other->{high}, 'main switch: the main switch is off', 'the main switch');
};


subtest 'a visitor' => sub {
    rules(once => rule(if => { 'session.views' => 4, 'cart.value' => 99.5,
        'visitor.visits' => 2, 'profile.vip' => true, id => $id,
        'utm.source' => 'mail' }, cap => { session => 2 }));
    $redis->cmd(HSET => "smartmsg:{$id}:s", views => 3, first => 1, 'cart.value' => '99.5',
        'utm.source' => 'mail', 'shown:once' => 1);
    $redis->cmd(HSET => "smartmsg:{$id}:v", visits => 2, 'profile.vip' => 'true');

    is(chosen(ctl_json('explain', '--visitor', $id, @redis)), 'exit=once', 'from Redis')
        or diag(out());

    $redis->cmd(HSET => "smartmsg:{$id}:s", 'shown:once' => 2);
    my $other = others(ctl_json('explain', '--visitor', $id, @redis));
    is($other->{once}, "cap: has been seen enough: the session's shown:once is 2", 'a cap');

    my $day = 86400;
    rules(many => rule(if => { 'seen.a' => 3, 'seen_session.a' => 1, 'clicked.a' => 2,
        'dismissed.a' => 1, 'visitor.days_since_first' => 10, 'visitor.days_since_last' => 2,
        'visitor.last_order' => 4, 'cart.age' => 60, 'session.seconds' => 120,
        'visitor.known' => true, 'visitor.returning' => true, 'session.first_view' => false }));
    my $now = 1795327394;
    $redis->cmd(HSET => "smartmsg:{$id}:s", views => 1, first => $now - 120, 'shown:a' => 1,
        'cart.time' => $now - 60, before => $now - 2.5 * $day);
    $redis->cmd(HSET => "smartmsg:{$id}:v", visits => 2, first => $now - 10 * $day,
        last_order => $now - 4.9 * $day, 'shown:a' => 3, 'clicked:a' => 2, 'dismissed:a' => 1,
        'profile.x' => 'y');
    is(chosen(ctl_json('explain', '--visitor', $id, '--at', $now, @redis)), 'exit=many',
        'facts that are computed') or diag(out());

    is(ctl('explain', '--visitor', 'x', @redis), 2, 'no id');
};


subtest 'time' => sub {
    rules(open => rule(if => { 'time.hour' => 9, 'time.weekday' => 0,
        'time.date' => '2026-11-22', 'time.iso' => '2026-11-22T09:03:14+03:00' }));

    is(chosen(ctl_json('explain', '--at', 1795327394, @redis)), '', 'UTC');
    SKIP: {
        skip 'no time zones here', 1 unless -e '/usr/share/zoneinfo/Europe/Istanbul';
        is(chosen(ctl_json('explain', '--at', 1795327394, '--timezone', 'Europe/Istanbul',
            @redis)), 'exit=open', 'another zone');
    }
    is(ctl('explain', '--timezone', 'No/Where', @redis), 2, 'no zone');
};


subtest 'files' => sub {
    my $files = tempdir('rules');
    spew("$files/f.json", rule());

    is(chosen(ctl_json('explain', '--offline', '--rules', $files)), 'exit=f', 'without Redis');
    is(ctl('explain', '--offline'), 2, 'and without rules');

    rules(f => rule(start => '2090-01-01'));
    my $report = ctl_json('explain', '--rules', $files, @redis);
    like(others($report)->{f}, qr/^scheduled/, "Redis' rule counts for more");
};


subtest 'groups' => sub {
    rules(vip => rule(if => { id => { '$inGroup' => 'vip' } }));
    my @ann = ('--fact', 'id="ann"');

    my $report = ctl_json('explain', @ann, @redis);
    is(others($report)->{vip}, 'condition: id is "ann", must be $inGroup "vip"', 'nobody is in it');
    $redis->cmd(HSET => 'smartmsg:groups', vip => '["ann"]');
    is(chosen(ctl_json('explain', @ann, @redis)), 'exit=vip', 'a group of Redis');

    my $file = tempdir() . '/groups.json';
    spew($file, '{"vip": ["bob"]}');
    is(chosen(ctl_json('explain', @ann, '--groups', $file, @redis)), '', 'of a file instead');

    my $files = tempdir('rules');
    spew("$files/vip.json", rule(if => { id => { '$inGroup' => 'vip' } }));
    is(chosen(ctl_json('explain', '--offline', '--rules', $files, '--groups', $file,
        '--fact', 'id="bob"')), 'exit=vip', 'without Redis');

    $redis->cmd(HSET => 'smartmsg:groups', vip => '[');
    ctl('explain', @ann, @redis);
    like(err(), qr/the group vip cannot be used/, 'a bad one');
};

done_testing;
