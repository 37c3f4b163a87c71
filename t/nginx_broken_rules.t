# A rule in Redis that does not parse changes nothing but the error log and its
# status.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;
use JSON::PP ();

my $page = '<!doctype html><html><body><p>x</body></html>';
my $up = upstream('*' => page($page));
my $redis = redis();
my %opt = (redis => $redis, upstream => $up, workers => 2, server =>
    'add_header X-Pid $pid;', location => 'proxy_buffering off;', rules => { file => rule(title => 'File') });

my ($nginx, @workers);

sub start_nginx {
    $nginx = nginx(%opt);
    @workers = each_worker($nginx);
}

# The titles in a page of each worker, when they are all alike and as wanted.
sub all_say {
    my ($want, $name) = @_;

    my @said;
    my $ok = wait_until {
        @said = map { join ' ', $_->('/')->content =~ m{<h2 [^>]*>([^<]*)}g }
            @workers;
        @workers == grep { $_ eq $want } @said;
    };

    return ok($ok, $name) || diag "want $want, got " . join ' | ', @said;
}

sub set { return $redis->cmd(HSET => "smartmsg:$_[0]", @_[1 .. $#_]) }
sub del { return $redis->cmd(HDEL => "smartmsg:$_[0]", @_[1 .. $#_]) }

# Returns when every worker knows all that was changed so far.
my $mark = 0;
sub all_know {
    my $title = 'Mark ' . ++$mark;

    set(rules => mark => rule(on => 'load', priority => 99, title => $title));

    return wait_until {
        @workers == grep { $_->('/')->content =~ />$title</ } @workers;
    };
}

sub forget_mark {
    del(rules => 'mark');

    return wait_until { !grep { $_->('/')->content =~ />Mark/ } @workers };
}

sub complaints {
    my ($pattern) = @_;

    return grep { /$pattern/ } split /\n/, $nginx->error_log;
}

sub status_of {
    my ($id) = @_;

    my $json = $redis->cmd(HGET => 'smartmsg:status', $id);

    return defined $json ? JSON::PP::decode_json($json) : undef;
}


start_nginx();

subtest 'a good rule' => sub {
    set(rules => live => rule(title => 'One', on => 'idle'));
    all_say('File One', 'is in force');
    ok((wait_until { status_of('live') }), 'it has a status');
    is(status_of('live')->{state}, 'ok', 'which is ok');
    ok(time - status_of('live')->{time} < 60, 'and has a time');
    is($redis->cmd(HGET => 'smartmsg:good', 'live'),
        $redis->cmd(HGET => 'smartmsg:rules', 'live'), 'its text is kept');
};


subtest 'broken JSON' => sub {
    set(rules => live => "{\n \"rules\": [,]\n}");
    ok((wait_until { complaints(qr/rule "live"/) }), 'the log says so');
    ok(all_know(), 'every worker knows');

    my @lines = complaints(qr/rule "live"/);
    is(@lines, 1, 'once for all workers');
    like($lines[0], qr/\[error\] .*rule "live" of smartmsg:rules is broken: line 2 column \d+: .*; in force: the last good version/,
        'key, line and reason');

    is(status_of('live')->{state}, 'error', 'so does its status');
    like(status_of('live')->{error}, qr/^line 2 column \d+: /, 'with the reason');
    ok(forget_mark(), 'the other rule is gone');
    all_say('File One', 'the good version stays');

    # other changes do not make it worse
    set(switch => file => 'off');
    all_say('One', 'a switch works');
    is(complaints(qr/rule "live"/), 1, 'it is not said again');

    set(rules => live => '{"rules": [{"force": {"wen": 1}}]}');
    ok((wait_until { complaints(qr/rule "live"/) == 2 }), 'another mistake is');
    like((complaints(qr/rule "live"/))[1], qr/rules\[0\]\.force\.wen/,
        'with the place in the document');
    all_say('One', 'the good version stays');

    set(switch => live => 'off');
    all_say('', 'it has its switch');
    $redis->cmd(DEL => 'smartmsg:switch');
    all_say('File One', 'and it comes back');
};


subtest 'after a reload' => sub {
    ok($nginx->reload, 'HUP');
    ok((wait_until { $nginx->worker_pids(all => 1) == 2 }), 'old workers are gone');
    @workers = each_worker($nginx);
    all_say('File One', 'the good version is in force');
    ok(all_know(), 'every worker knows');
    is(status_of('live')->{state}, 'error', 'the status is still an error');
    is(complaints(qr/rule "live"/), 3, 'the new workers say so once');
    ok(forget_mark(), 'as before');
};


subtest 'after a restart' => sub {
    $nginx->stop_ok('nginx ended, its log is clean');
    start_nginx();
    all_say('File One', 'the good version is in force');
    ok((wait_until { complaints(qr/rule "live".*in force: the good version kept in Redis/) }),
        'and the log tells where it is from');
};


subtest 'a broken rule of which nothing is known' => sub {
    set(rules => never => '[]');
    ok((wait_until { complaints(qr/rule "never".*in force: nothing/) }), 'is refused');
    set(rules => file => 'x');
    ok((wait_until { complaints(qr/rule "file".*in force: the file/) }),
        'the file serves');
    ok(all_know() && forget_mark(), 'every worker knows');
    all_say('File One', 'nothing has changed');
    del(rules => 'never', 'file');
    ok((wait_until { !defined status_of('never') && !defined status_of('file') }),
        'their status goes with them');
};


subtest 'foreign texts' => sub {
    my %bad = ('' => rule(), 'a b' => rule(), '../x' => rule(),
        ('y' x 500) => rule(), "a\xff\n" => rule(), 'empty' => '',
        'long' => ' ' x 70_000, 'bytes' => "\xff\x00\n\e[31m",
        'near' => "[1 \e[31m\n]", 'deep' => '[' x 1000, 'twice' => '{"priority": 1, "priority": 2}');

    set(rules => %bad);
    ok(all_know() && forget_mark(), 'every worker knows');
    all_say('File One', 'nothing has changed');
    is(complaints(qr/rule "[^"]*" of smartmsg:rules is broken.*in force: nothing/),
        1 + keys %bad, 'each is in the log') or diag $nginx->error_log;

    unlike($nginx->error_log, qr/[\x00-\x08\x0b-\x1f]/, 'the log stays readable');
    is(status_of($_)->{state}, 'error', 'its status is valid JSON')
        for grep { defined status_of($_) } keys %bad;

    del(rules => keys %bad);
    ok((wait_until { !defined status_of('deep') }), 'forgotten');
};


subtest 'a bad position of a switch' => sub {
    set(switch => file => 'off');
    all_say('One', 'off');
    set(switch => file => 'maybe');
    ok((wait_until { complaints(qr/switch "file" of smartmsg:switch is "maybe"/) }),
        'the log says so');
    ok(all_know() && forget_mark(), 'every worker knows');
    is(complaints(qr/switch "file"/), 1, 'once');
    all_say('One', 'it is still off');
    set(switch => '*' => '');
    ok((wait_until { complaints(qr/switch "\*"/) }), 'the main switch');
    all_say('One', 'is still on');
    $redis->cmd(DEL => 'smartmsg:switch');
    all_say('File One', 'all are on');
};


subtest 'hashes that are none' => sub {
    $redis->cmd(RENAME => 'smartmsg:rules', 'kept');
    all_say('File', 'no rules');
    $redis->cmd(SET => 'smartmsg:rules', 'text');
    ok((wait_until { complaints(qr/cannot use smartmsg:rules/) }), 'a string');
    all_say('File', 'what is in force stays');
    $redis->cmd(RENAME => 'kept', 'smartmsg:rules');
    set(rules => live => rule(title => 'Two', on => 'idle'));
    all_say('File Two', 'a hash again');
    ok((wait_until { status_of('live')->{state} eq 'ok' }), 'all is well');
};


subtest 'old workers that are still busy' => sub {
    $up->reply('/slow' => page($page, between => gate('slow'), split => [10]));

    my (@http, %busy);
    ok((wait_until {
        push @http, my $http = $nginx->http;
        $http->send_request('GET', '/slow');
        $http->read_until(qr/X-Pid: (\d+)/);
        $busy{$1} = 1 if $http->buffered =~ /X-Pid: (\d+)/;
        keys %busy == 2;
    }), 'each worker has a request on its way');

    ok($nginx->reload, 'HUP');
    is($nginx->worker_pids(all => 1), 4, 'old workers and new ones');
    @workers = each_worker($nginx);
    set(rules => live => 'y');
    ok(all_know(), 'a broken rule, every new worker knows');
    is(complaints(qr/rule "live" .*in force: the last good version/), 1,
        'the log says so once');

    $up->open_gate('slow');
    is((grep { $_->read_response->body eq $page } @http), @http,
        'the slow pages are complete');
};

$nginx->stop_ok;
done_testing;
