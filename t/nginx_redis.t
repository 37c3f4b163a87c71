# Redis dies, stops, is slow, refuses, comes back: every page is whole, and
# messages return by themselves.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule qw(rule report settle each_worker armed);

my $head = '<!doctype html><html lang="en"><body><p>x';
my $tail = "</body></html>\n";
my $body = "$head$tail";

my $snippet = qr{<template\ data-smartmsg="[^<]*">.*?</template>
    <script\ async\ src="/smartmsg/rt\.[0-9a-f]{16}\.js"\ data-smartmsg="1"></script>}xs;
my $page = qr{\A\Q$head\E$snippet\Q$tail\E\z};

my %rules = (help => rule(cap => { session => 100_000 }));
my $up = upstream('*' => page($body));


# An nginx that talks to a Redis with these parameters.  Its own time limits
# are far beyond those that the test is about: "late" and "redis_down" tell
# which of them has struck.
sub site {
    my ($redis, %opt) = @_;

    my $params = $opt{redis} // '';
    my $timeout = $opt{timeout} // '30s';

    return nginx(upstream => $up, rules => $opt{rules} || \%rules,
        workers => $opt{workers} || 1,
        server => 'add_header X-Pid $pid;',
        http => 'smartmsg_redis ' . $redis->address . " $params;\n"
            . "smartmsg_timeout $timeout;");
}

# A visitor whom Redis knows.
sub known {
    my ($nginx) = @_;

    my $visitor = $nginx->visitor;
    ok(injected($nginx, $visitor), 'a page with a message');

    return $visitor;
}

sub injected {
    my ($nginx, $visitor) = @_;

    return wait_until { $visitor->page('/')->content =~ $page } 20;
}

# A page without a message, as the shop made it, and why.
sub plain {
    my ($nginx, $visitor, $status, $name) = @_;

    my $uri = '/plain' . ++our $plain;
    my $res = $visitor->page($uri);

    ok($res->complete, "$name: complete");
    is($res->content, $body, "$name: the page of the shop");

    my $line = $nginx->logged(qr{ \Q$uri\E });
    return like($line, qr/ \Q$uri\E (?:$status) /, "$name: $status");
}

# The lines about Redis that an operator sees, without its address, and
# without those about the connection that only watches.
sub said {
    my ($nginx, %opt) = @_;

    my @lines;

    for (split /\n/, $nginx->error_log) {
        next if !/smartmsg: redis/ || (!$opt{watching} && /watching rules/);
        push @lines, /\[(\w+)\] .*?smartmsg: redis \S+ (.*)/ ? "$1: $2" : $_;
    }

    return @lines;
}

# One line for each change of state: what went wrong, and the return.
sub said_once {
    my ($nginx, $wrong, $lost, $name) = @_;

    ok((wait_until { (said($nginx)) >= 2 }), "$name: the log");
    my @lines = said($nginx);

    is(@lines, 2, "$name: two lines") || diag join "\n", @lines;
    like($lines[0], qr/^error: is down: (?:$wrong), retrying in \d+ ms$/,
        "$name: away");
    like($lines[1], $lost
        ? qr/^error: is back after \d+ s, [1-9]\d* writes were lost$/
        : qr/^notice: is back after \d+ s, 0 writes were lost$/, "$name: back");

    # the other connection may or may not notice
    my @watching = grep { /watching/ } said($nginx, watching => 1);
    ok(@watching <= 2, "$name: at most as many of the watcher")
        || diag join "\n", @watching;
    is(scalar(grep { !/^(?:warn|notice): / } @watching), 0, "$name: none alarms");

    return;
}

sub event {
    my ($visitor) = @_;

    return report($visitor, { event => 'impression', rule => 'help', on => 'exit' });
}

sub impressions {
    my ($redis) = @_;

    return scalar grep { /impression/ }
        map { @{ $_->[1] } } @{ $redis->cmd(XRANGE => 'smartmsg:events', '-', '+') };
}


for my $tcp (0, 1) {
    my $kind = $tcp ? 'TCP' : 'unix';

    subtest "killed and started again, $kind" => sub {
        my $redis = redis(tcp => $tcp);
        my $nginx = site($redis);
        my $visitor = known($nginx);

        $redis->crash;
        ok($nginx->error_logged(qr/redis \S+ is down/), 'noticed at once');

        plain($nginx, $visitor, 'redis_down', "page $_") for 1 .. 3;
        my $new = $nginx->visitor;
        plain($nginx, $new, 'redis_down', 'a new visitor');
        is($new->cookie('smartmsg'), undef, 'gets no cookie');

        is(event($visitor)->status, 204, 'an event is taken');

        $redis->run;
        ok(injected($nginx, $visitor), 'messages are back');
        said_once($nginx, 'Server closed the connection|Connection re[a-z ]+|Broken pipe'
            . '|No such file or directory', 'lost', $kind);

        is(event($visitor)->status, 204, 'the next event');
        ok((wait_until { impressions($redis) == 1 }), 'is written');
        $nginx->stop_ok;
    };

    subtest "killed while pages wait for it, $kind" => sub {
        my $redis = redis(tcp => $tcp);
        my $nginx = site($redis, redis => 'timeout=60s');
        my $visitor = known($nginx);

        $redis->freeze;
        my @held = map { $nginx->http } 1 .. 5;
        $_->send_request('GET', '/held', headers => [Accept => 'text/html',
            Cookie => 'smartmsg=' . $visitor->cookie('smartmsg')]) for @held;
        ok($_->read_until(qr/\Q$head\E/), 'held') for @held;

        $redis->crash;
        for my $http (@held) {
            my $res = $http->read_response;
            ok($res->complete, 'complete');
            is($res->content, $body, 'the page of the shop');
        }
        ok($nginx->logged(qr{ /held redis_down }), 'redis_down');

        $redis->run;
        ok(injected($nginx, $visitor), 'messages are back');
        is(scalar(said($nginx)), 2, 'two lines in the log');
        $nginx->stop_ok;
    };

    subtest "stopped and continued, $kind" => sub {
        my $redis = redis(tcp => $tcp);
        my $nginx = site($redis, timeout => '100ms', redis => 'timeout=700ms');
        my $visitor = known($nginx);

        $redis->freeze;
        plain($nginx, $visitor, 'late', 'the first page');
        is(event($visitor)->status, 204, 'an event is taken');
        ok($nginx->error_logged(qr/is down: no reply within 700 ms/),
            'then it is given up');
        plain($nginx, $visitor, 'redis_down', 'further pages');
        is(event($visitor)->status, 204, 'an event is taken');

        $redis->thaw;
        ok(injected($nginx, $visitor), 'messages are back');
        said_once($nginx, 'no reply within 700 ms', 'lost', $kind);
        $nginx->stop_ok;
    };
}


subtest 'slow' => sub {
    my $redis = redis();
    my $nginx = site($redis, timeout => '100ms', redis => 'timeout=60s');
    my $visitor = known($nginx);

    $redis->cmd(CLIENT => 'PAUSE', 2000, 'ALL');
    plain($nginx, $visitor, 'late', 'paused');
    is(event($visitor)->status, 204, 'paused: an event is taken');
    ok(injected($nginx, $visitor), 'paused no more');

    my $busy = $redis->connect;
    print {$busy} "DEBUG SLEEP 1\r\n";
    ok((wait_until {
        $visitor->page('/busy');
        grep { m{ /busy late } } $nginx->access_log;
    }), 'busy: late');
    is(scalar readline $busy, "+OK\r\n", 'it has slept');
    ok(injected($nginx, $visitor), 'busy no more');

    is(scalar(said($nginx, watching => 1)), 0, 'the log is silent');
    ok((wait_until { impressions($redis) == 1 }), 'the event was not lost');
    $nginx->stop_ok;
};


subtest 'slower than its deadline' => sub {
    my $redis = redis();
    my $nginx = site($redis, redis => 'timeout=300ms connect_timeout=300ms');
    my $visitor = known($nginx);

    # held for up to 30s by itself: the deadline of the command ends it
    $redis->cmd(CLIENT => 'PAUSE', 2000, 'ALL');
    plain($nginx, $visitor, 'redis_down', 'held until the deadline');

    ok(injected($nginx, $visitor), 'messages are back');
    $nginx->stop_ok;
};


subtest 'empty after a restart' => sub {
    my $redis = redis();
    my $nginx = site($redis);
    my $visitor = known($nginx);

    $redis->cmd(HSET => 'smartmsg:rules', other => rule(on => 'idle'));
    ok((wait_until { armed($visitor->page('/')) eq 'help other' }), 'a rule of Redis');
    $redis->cmd(HSET => 'smartmsg:switch', help => 'off');
    ok((wait_until { armed($visitor->page('/')) eq 'other' }), 'and a switch');

    $redis->crash;
    ok($nginx->error_logged(qr/is down/), 'away');
    $redis->run;

    ok((wait_until { armed($visitor->page('/')) eq 'help' }),
        'the rules of the directory serve');
    my $session = 'smartmsg:{' . $visitor->cookie('smartmsg') . '}:s';
    ok((wait_until { $redis->hgetall($session)->{views} }), 'the session begins anew');

    $redis->cmd(HSET => 'smartmsg:switch', help => 'off');
    ok((wait_until { armed($visitor->page('/')) eq '' }),
        'changes are seen as before');
    $nginx->stop_ok;
};


subtest 'FLUSHALL' => sub {
    my $redis = redis();
    my $nginx = site($redis);
    my $visitor = known($nginx);

    $redis->cmd(HSET => 'smartmsg:switch', help => 'off');
    ok((wait_until { armed($visitor->page('/')) eq '' }), 'off');
    $redis->cmd('FLUSHALL');
    ok(injected($nginx, $visitor), 'the rules of the directory serve');
    is(scalar(said($nginx, watching => 1)), 0, 'the log is silent');
    $nginx->stop_ok;
};


subtest 'not there at start' => sub {
    my $redis = redis();
    $redis->crash;

    my $nginx = site($redis);
    my $visitor = $nginx->visitor;
    ok($nginx->error_logged(qr/is down/), 'it is in the log');

    plain($nginx, $visitor, 'redis_down', "page $_") for 1 .. 2;
    is(event($visitor)->status, 204, 'an event is taken');

    my $runtime = 'rt.none.js';
    is($nginx->get("/smartmsg/$runtime")->status, 404, 'the endpoint answers');

    $redis->run;
    ok(injected($nginx, $visitor), 'it appears, and so do messages');
    said_once($nginx, '.*', 'lost', 'never there');
    $nginx->stop_ok;
};


subtest 'frozen at start' => sub {
    my $redis = redis();
    $redis->freeze;

    my $nginx = site($redis, timeout => '100ms', redis => 'connect_timeout=500ms');
    my $visitor = $nginx->visitor;

    # nothing is known yet about the server, and nothing about the visitor
    my $res = $visitor->page('/');
    ok($res->complete, 'the first page: complete');

    ok($nginx->error_logged(qr/is down: no answer within 500 ms/), 'given up');
    plain($nginx, $visitor, 'redis_down', 'then');

    $redis->thaw;
    ok(injected($nginx, $visitor), 'messages are back');
    $nginx->stop_ok;
};


subtest 'frozen at start, and nobody is known' => sub {
    my $redis = redis();
    $redis->freeze;

    my $nginx = site($redis, redis => 'connect_timeout=500ms');
    plain($nginx, $nginx->visitor, 'redis_down', 'held until it is given up');

    $redis->thaw;
    ok(injected($nginx, $nginx->visitor), 'messages are back');
    $nginx->stop_ok;
};


subtest 'passwords' => sub {
    my @redis = map { redis(args => [requirepass => 'one']) } 1, 2;
    my @nginx = (site($redis[0], redis => 'password=two'), site($redis[1]));

    ok($nginx[0]->error_logged(qr/is down: AUTH or SELECT refused: WRONGPASS/),
        'a wrong one');
    ok($nginx[1]->error_logged(qr/is down: NOAUTH/), 'none where one is wanted');
    plain($_, $_->visitor, 'redis_down', 'then') for @nginx;

    $redis[0]->cmd(CONFIG => SET => requirepass => 'two');
    $redis[1]->cmd(CONFIG => SET => requirepass => '');
    ok(injected($_, $_->visitor), 'corrected: messages') for @nginx;

    said_once($nginx[0], 'AUTH or SELECT refused: WRONGPASS.*', '', 'wrong');
    said_once($nginx[1], 'NOAUTH.*', '', 'none');
    $_->stop_ok for @nginx;

    unlike($nginx[0]->error_log, qr/two/, 'a password is not in the log');
};


subtest 'a database that is not there' => sub {
    my $redis = redis(args => [databases => 2]);
    my $nginx = site($redis, redis => 'db=7');

    ok($nginx->error_logged(qr/AUTH or SELECT refused: ERR DB index/), 'refused');
    plain($nginx, $nginx->visitor, 'redis_down', 'then');
    $nginx->stop_ok;
};


subtest 'full of other connections' => sub {
    for my $password ('', 'one') {
        my $redis = redis($password ? (args => [requirepass => $password]) : ());
        my $nginx = site($redis, $password ? (redis => "password=$password") : ());
        my $visitor = known($nginx);

        # the only one is this test
        $redis->cmd(CONFIG => SET => maxclients => 1);
        $redis->cmd(CLIENT => KILL => TYPE => 'normal');
        ok((wait_until {
            $redis->cmd(INFO => 'stats') =~ /rejected_connections:(\d+)/ && $1 >= 4;
        }), 'full');
        plain($nginx, $visitor, 'redis_down', 'then');
        is(scalar(grep { /is down/ } said($nginx)), 1, 'many attempts, one line')
            || diag join "\n", said($nginx);

        $redis->cmd(CONFIG => SET => maxclients => 100);
        ok(injected($nginx, $visitor), 'room again: messages');
        $nginx->stop_ok;
    }
};


subtest 'connections that are closed when idle' => sub {
    my $redis = redis();
    my $nginx = site($redis);
    my $visitor = known($nginx);

    # of the visitors; that of the watcher, which is idle, too, has another flag
    my $ids = sub {
        return join ' ', sort map { /^id=(\d+) .* flags=[^t ]+ / }
            split /\n/, $redis->cmd(CLIENT => 'LIST');
    };
    my $before = $ids->();

    $redis->cmd(CONFIG => SET => timeout => 1);
    ok((wait_until { $nginx->visitor; $ids->() ne $before }), 'closed');
    $redis->cmd(CONFIG => SET => timeout => 0);

    my $res = $visitor->page('/');
    like($res->content, $page, 'the very next page has its message');
    is(scalar(grep { /^(?:error|warn)/ } said($nginx, watching => 1)), 0,
        'this is no failure') || diag join "\n", said($nginx, watching => 1);
    $nginx->stop_ok;
};


subtest 'errors instead of replies' => sub {
    my $redis = redis();
    my $nginx = site($redis);
    my $visitor = known($nginx);
    my $id = $visitor->cookie('smartmsg');

    settle($nginx, $redis);
    $redis->cmd(DEL => "smartmsg:{$id}:s");
    $redis->cmd(SET => "smartmsg:{$id}:s", 'a string');
    plain($nginx, $visitor, 'redis_down', 'a session of the wrong type');
    $redis->cmd(DEL => "smartmsg:{$id}:s");
    ok(injected($nginx, $visitor), 'put right: messages');

    $redis->cmd(CONFIG => SET => maxmemory => 1);
    like($visitor->page('/')->content, $page, 'out of memory: pages are served');
    is(event($visitor)->status, 204, 'out of memory: an event is taken');
    ok($nginx->error_logged(qr/\[error\].*OOM/), 'the operator is told');
    $visitor->page('/') for 1 .. 10;
    is(scalar(grep { /OOM/ } split /\n/, $nginx->error_log), 1, 'once');
    $redis->cmd(CONFIG => SET => maxmemory => 0);

    # keeps what is in force
    $redis->cmd(DEL => 'smartmsg:switch');
    $redis->cmd(SET => 'smartmsg:switch', 'a string');
    ok($nginx->error_logged(qr/cannot use smartmsg:switch of redis .*WRONGTYPE/),
        'a switch of the wrong type');
    like($visitor->page('/')->content, $page, 'what was in force stays');
    $redis->cmd(DEL => 'smartmsg:switch');
    $redis->cmd(HSET => 'smartmsg:switch', help => 'off');
    ok((wait_until { armed($visitor->page('/')) eq '' }), 'put right');
    $nginx->stop_ok;
};


subtest 'every worker sees what changed meanwhile' => sub {
    my $redis = redis();
    my $nginx = site($redis, workers => 2, rules => {
        %rules, stay => rule(on => 'idle') });
    my @workers = each_worker($nginx);

    my $all_say = sub {
        my ($want, $name) = @_;
        ok((wait_until { 2 == grep { armed($_->('/')) eq $want } @workers }), $name);
    };

    $all_say->('help stay', 'on');

    # the connection that watches survives this
    $redis->freeze;
    my $client = $redis->connect;
    print {$client} "HSET smartmsg:switch help off\r\n";
    $_->('/') for @workers;
    ok((wait_until { 2 == grep { /is down: no reply/ } split /\n/, $nginx->error_log }),
        'both give it up');
    $redis->thaw;
    $all_say->('stay', 'a switch while it was frozen');

    $redis->crash;
    ok((wait_until { 2 <= grep { /is down: (?!no reply)/ && !/watching/ }
        split /\n/, $nginx->error_log }), 'both lost it');
    $redis->run;
    $all_say->('help stay', 'it came back empty');
    $redis->cmd(HSET => 'smartmsg:switch', help => 'off');
    $all_say->('stay', 'a switch after its return');

    $nginx->stop_ok;
};


done_testing;
