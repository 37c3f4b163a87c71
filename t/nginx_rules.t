# Rules and switches: from the directory, from Redis, on every worker at once.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;

my $page = '<!doctype html><html><body><p>x</body></html>';
my $up = upstream('*' => page($page));
my $redis = redis();

my $nginx = nginx(redis => $redis, upstream => $up, workers => 2,
    server => 'add_header X-Pid $pid;', rules => {
        first => rule(priority => 2), second => rule(on => 'idle') });

my @workers = each_worker($nginx);

# The messages in a page of each worker, once they are all alike and as wanted.
sub all_say {
    my ($want, $name, @headers) = @_;

    my @said;
    my $ok = wait_until {
        @said = map { armed($_->('/', @headers)) } @workers;
        @workers == grep { $_ eq $want } @said;
    };

    return ok($ok, $name) || diag "want $want, got " . join ' | ', @said;
}

sub set { return $redis->cmd(HSET => "smartmsg:$_[0]", @_[1 .. $#_]) }
sub del { return $redis->cmd(HDEL => "smartmsg:$_[0]", @_[1 .. $#_]) }


subtest 'switches' => sub {
    is(@workers, 2, 'two workers');
    all_say('first second', 'the rules of the directory');

    set(switch => first => 'off');
    all_say('second', 'one is off');
    set(switch => first => 'ON');
    all_say('first second', 'on again');
    set(switch => first => 'off', second => 'off');
    all_say('', 'both are off');
    del(switch => 'first');
    all_say('first', 'no switch: on');
    $redis->cmd(DEL => 'smartmsg:switch');
    all_say('first second', 'no switches at all');

    set(switch => '*' => 'off');
    all_say('', 'the main switch');
    my $res = $workers[0]->('/');
    is($res->header('Set-Cookie'), undef, 'then there is no cookie');
    is($res->header('Cache-Control'), undef, 'no other caching');
    is($res->body, $page, 'and the page is the shop\'s');
    set(switch => '*' => 'on');
    all_say('first second', 'and on again');

    set(switch => 'unknown' => 'off');
    set(switch => second => 'off');
    all_say('first', 'the switch of an unknown rule does no harm');
    del(switch => 'second', 'unknown');
};


subtest 'rules of Redis' => sub {
    all_say('first second', 'before');

    set(rules => third => rule(on => 'dwell', priority => 1));
    all_say('first third second', 'a new rule');
    set(switch => third => 'off');
    all_say('first second', 'its switch');
    del(switch => 'third');
    all_say('first third second', 'on again');
    del(rules => 'third');
    all_say('first second', 'it is gone');

    set(rules => first => rule(title => 'Other', priority => 0, on => 'load'));
    all_say('first second', 'a file\'s rule is overridden');
    ok((wait_until { !grep { $_->('/')->content !~ /Other/ } @workers }),
        'by the other text');
    del(rules => 'first');
    ok((wait_until { !grep { $_->('/')->content =~ /Other/ } @workers }),
        'the file\'s again');

    set(rules => second => '{"defaultValue": null}');
    all_say('first', 'a rule without a message takes the file\'s away');
    $redis->cmd(DEL => 'smartmsg:rules');
    all_say('first second', 'no rules in Redis');
};


subtest 'many changes at once' => sub {
    set(rules => "bulk$_" => rule(title => "No $_")) for 1 .. 300;
    set(rules => last => rule(on => 'load', priority => 9));
    all_say('last first second', 'the last one counts');
    $redis->cmd(DEL => 'smartmsg:rules');
    all_say('first second', 'all are gone');
};


subtest 'FLUSHALL' => sub {
    set(switch => first => 'off');
    all_say('second', 'something is set');
    $redis->cmd('FLUSHALL');
    all_say('first second', 'Redis is empty: the directory serves');
};


subtest 'priorities and kinds' => sub {
    set(switch => first => 'off', second => 'off');

    set(rules => a => rule(on => ['exit', 'idle'], priority => 5),
        b => rule(on => 'exit', priority => 9),
        c => rule(on => 'idle', priority => -1),
        d => rule(on => ['idle', 'dwell']), e => rule(on => 'dwell'));
    all_say('b a d', 'highest first');

    is(armed($_->('/'), kinds => 1), 'b:exit a:idle d:dwell',
        'each kind of trigger has one message') for @workers;

    set(rules => f => rule(on => 'exit', priority => 9),
        B => rule(on => 'exit', priority => 9));
    all_say('B a d', 'the id decides between equals');

    set(rules => B => rule(on => 'exit', priority => 9.5,
        if => { 'query.yes' => '1' }));
    all_say('b a d', 'what does not apply does not take part');
    is(armed($_->('/?yes=1')), 'B a d', 'but where it does') for @workers;

    $redis->cmd('FLUSHALL');
    all_say('first second', 'as before');
};


subtest 'dates' => sub {
    my ($past, $future) = (time - 100, time + 100);

    set(rules => first => rule(start => $future));
    all_say('second', 'not yet');
    set(rules => first => rule(start => $past, end => $future));
    all_say('first second', 'now');
    set(rules => first => rule(end => $past));
    all_say('second', 'no more');
    set(rules => first => rule(start => '2020-01-01', end => '2999-12-31T23:59Z'));
    all_say('first second', 'as dates');
    set(rules => first => rule(start => '2999-01-01'));
    all_say('second', 'a date to come');
    del(rules => 'first');
    all_say('first second', 'the file\'s');
};


subtest 'languages' => sub {
    set(rules => first => rule(title => { en => 'Hello', de => 'Gruezi' }));
    my @de = ('Accept-Language' => 'de-CH,de;q=0.9,en;q=0.5');

    ok((wait_until { !grep { $_->('/', @de)->content !~ />Gruezi</ } @workers }),
        'the visitor\'s');
    like($workers[0]->('/', 'Accept-Language' => 'fr')->content, qr/>Hello</,
        'English otherwise');

    $up->reply('/de' => page('<!doctype html><html lang="de-AT"><body>x'));
    like($workers[0]->('/de', 'Accept-Language' => 'en')->content, qr/>Gruezi</,
        'the page\'s own language is stronger');
    del(rules => 'first');
};


subtest 'a worker that is killed' => sub {
    set(switch => first => 'off');
    all_say('second', 'a switch is off');

    my ($pid) = $nginx->worker_pids;
    kill 'KILL', $pid;
    $nginx->allow_log(qr/exited on signal 9/);
    ok((wait_until {
        my @now = $nginx->worker_pids;
        @now == 2 && !grep { $_ == $pid } @now;
    }), 'there is a new one');

    @workers = each_worker($nginx);
    all_say('second', 'which knows of the switch');
};

$nginx->stop_ok;
done_testing;
