# Rules and switches that change in Redis: every worker hears of it, whatever
# happens to the keys and to its connections, and nobody else pays for it.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Process;
use Smartmsg::Rule qw(rule armed settle each_worker);

use IO::Select;
use IO::Socket::INET;
use Time::HiRes qw(time);

my $up = upstream('*' => page("<!doctype html><html><body><p>x</body></html>\n"));

# the hashes that are watched; a sixth one, "good", is the worker's own writing
my $WATCHED = 5;
my $READ = 6;


sub site {
    my ($address, %opt) = @_;

    my $params = delete $opt{params} // '';

    return nginx(upstream => $up, server => 'add_header X-Pid $pid;',
        rules => { help => rule(cap => { session => 100_000 }) },
        http => "smartmsg_redis $address $params;\nsmartmsg_timeout 30s;", %opt);
}

# A number of INFO: of the section, behind the name.
sub info {
    my ($redis, $section, $name) = @_;

    return $redis->cmd(INFO => $section) =~ /^$name(\d+)/m ? $1 : 0;
}

sub tracked { return info($_[0], 'stats', 'tracking_total_keys:') }
sub watchers { return info($_[0], 'clients', 'tracking_clients:') }

# How many hashes were read.  Pages of known visitors count, too.
sub reads { return info($_[0], 'commandstats', 'cmdstat_hgetall:calls=') }

# Ids of the connections that watch, or of the others but this test's own.
sub connections {
    my ($redis, $watching) = @_;

    my $own = $redis->cmd(CLIENT => 'ID');

    return map { $_->[0] }
        grep { $_->[0] != $own && ($_->[1] =~ /t/) == $watching }
        map { /^id=(\d+) .* flags=(\w+)/ ? [$1, $2] : () }
        split /\n/, $redis->cmd(CLIENT => 'LIST');
}

# The page says so at last.
sub says {
    my ($visitor, $want, $name) = @_;

    my $armed;
    ok((wait_until { ($armed = armed($visitor->page('/'))) eq $want }), $name)
        or diag "not \"$want\" but \"$armed\"";

    return;
}

# Connected, all is read, and a change has been seen: nothing more will happen
# by itself.
sub at_rest {
    my ($redis, $prefix, $visitor, $name) = @_;

    says($visitor, 'help', "$name: on");
    $redis->cmd(HSET => "${prefix}switch", help => 'off');
    says($visitor, '', "$name: off");
    $redis->cmd(HSET => "${prefix}switch", help => 'on');
    says($visitor, 'help', "$name: on again");

    return;
}

sub said_once {
    my ($nginx, $name) = @_;

    my @lines = grep { /smartmsg: redis/ && /\[(?:warn|error)\]/ }
        split /\n/, $nginx->error_log;
    is(scalar(grep { /refuses client tracking/ } @lines), 1, "$name: said once");

    return;
}

sub silent {
    my ($nginx, $name) = @_;

    my @lines = grep { /smartmsg: redis/ } split /\n/, $nginx->error_log;
    is(@lines, 0, $name) or diag join "\n", @lines;

    return;
}


subtest 'what Redis remembers' => sub {
    my $redis = redis();
    my $nginx = site($redis->address, workers => 2);
    my @workers = each_worker($nginx);

    ok((wait_until { watchers($redis) == 2 && tracked($redis) == $WATCHED }),
        'the keys of both workers');

    my @visitors = map { $nginx->visitor } 1 .. 20;
    for my $visitor (@visitors) {
        $visitor->page('/') for 1 .. 5;
    }
    settle($nginx, $redis);

    is(tracked($redis), $WATCHED, 'and none of the visitors');
    is(info($redis, 'stats', 'tracking_total_prefixes:'), 0, 'no prefixes');
    is(watchers($redis), 2, 'one connection for each worker');

    silent($nginx, 'the log is silent');
    $nginx->stop_ok;
};


subtest 'one look for each change' => sub {
    my $redis = redis();
    my $nginx = site($redis->address);
    at_rest($redis, 'smartmsg:', $nginx->visitor, 'begun');

    # the push for one's own writing would come before that for the switch
    my $before = reads($redis);
    $redis->cmd(HSET => 'smartmsg:good', nobody => '{}');
    $redis->cmd(HSET => 'smartmsg:switch', nobody => 'off');
    ok((wait_until { reads($redis) > $before && tracked($redis) == $WATCHED }), 'looked');
    is(reads($redis), $before + $READ, 'once');

    # this makes the worker write "good" itself
    $before = reads($redis);
    $redis->cmd(HSET => 'smartmsg:rules', other => rule());
    ok((wait_until { $redis->cmd(HGET => 'smartmsg:good', 'other') }), 'a new rule');
    $redis->cmd(HSET => 'smartmsg:switch', nobody => 'on');
    ok((wait_until { reads($redis) >= $before + 2 * $READ
        && tracked($redis) == $WATCHED }), 'and a switch');
    is(reads($redis), $before + 2 * $READ, 'twice');

    $nginx->stop_ok;
};


subtest 'ways to change a key' => sub {
    my $redis = redis();
    my $nginx = site($redis->address);
    my $visitor = $nginx->visitor;

    says($visitor, 'help', 'no key in Redis');

    my $on = sub { says($visitor, 'help', "$_[0]: on") };
    my $off = sub { says($visitor, '', "$_[0]: off") };
    my @set = ('smartmsg:switch', 'help');

    for my $round (1, 2) {
        $redis->cmd(HSET => @set, 'off');
        $off->("created, $round");
        $redis->cmd(DEL => 'smartmsg:switch');
        $on->("deleted, $round");
    }

    $redis->cmd(HSET => @set, 'off');
    $off->('HSET');
    $redis->cmd(HDEL => @set);
    $on->('HDEL, the last field');

    $redis->cmd(HSET => 'elsewhere', help => 'off');
    $redis->cmd(RENAME => 'elsewhere', 'smartmsg:switch');
    $off->('RENAME to it');
    my $dump = $redis->cmd(DUMP => 'smartmsg:switch');
    $redis->cmd(RENAME => 'smartmsg:switch', 'elsewhere');
    $on->('RENAME away');

    $redis->cmd(RESTORE => 'smartmsg:switch', 0, $dump);
    $off->('RESTORE');
    $redis->cmd(UNLINK => 'smartmsg:switch');
    $on->('UNLINK');

    $redis->cmd(COPY => 'elsewhere', 'smartmsg:switch');
    $off->('COPY');
    $redis->cmd('FLUSHALL');
    $on->('FLUSHALL');

    $redis->cmd(EVAL => "redis.call('HSET', KEYS[1], 'help', 'off')
        redis.call('PEXPIRE', KEYS[1], ARGV[1])", 1, 'smartmsg:switch', 1000);
    $off->('EVAL');
    $on->('expired');

    $redis->cmd('MULTI');
    $redis->cmd(HSET => 'smartmsg:rules', new => rule(priority => 60));
    $redis->cmd(HSET => 'smartmsg:switch', help => 'off');
    $redis->cmd('EXEC');
    says($visitor, 'new', 'MULTI');
    $redis->cmd('FLUSHDB');
    $on->('FLUSHDB');

    silent($nginx, 'the log is silent');
    $nginx->stop_ok;
};


subtest 'connections that are lost' => sub {
    my $redis = redis();
    my $nginx = site($redis->address, workers => 2);
    my @workers = each_worker($nginx);

    my $all_say = sub {
        my ($want, $name) = @_;
        ok((wait_until { 2 == grep { armed($_->('/')) eq $want } @workers }), $name);
    };

    for my $round (1, 2) {
        for my $watching (1, 0) {
            ok((wait_until { watchers($redis) == 2 && tracked($redis) == $WATCHED
                && connections($redis, $watching) == 2 }), 'both are there');
            $redis->cmd(CLIENT => KILL => ID => $_) for connections($redis, $watching);

            my $name = ($watching ? 'the one that watches' : 'the other one') . ", $round";
            $redis->cmd(HSET => 'smartmsg:switch', help => 'off');
            $all_say->('', "$name: off");
            $redis->cmd(HSET => 'smartmsg:switch', help => 'on');
            $all_say->('help', "$name: on");
        }
    }

    $nginx->stop_ok;
};


subtest 'several shops, one Redis' => sub {
    my $redis = redis();
    my %prefix = (one => 'one:', two => 'two:', three => 'two:three:');
    my %nginx = map { $_ => site($redis->address, params => "prefix=$prefix{$_}") }
        keys %prefix;
    my %visitor = map { $_ => $nginx{$_}->visitor } keys %prefix;

    at_rest($redis, $prefix{$_}, $visitor{$_}, $_) for sort keys %prefix;
    ok((wait_until { watchers($redis) == 3 && tracked($redis) == 3 * $WATCHED }),
        'each has keys of its own');

    my $before = reads($redis);
    $redis->cmd(HSET => 'two:switch', help => 'off');
    ok((wait_until { reads($redis) >= $before + $READ
        && tracked($redis) == 3 * $WATCHED }), 'a switch');
    is(reads($redis), $before + $READ, 'is news for one of them');

    says($visitor{one}, 'help', 'one: still on');
    says($visitor{two}, '', 'two: off');
    says($visitor{three}, 'help', 'three: still on');

    $nginx{$_}->stop_ok for sort keys %nginx;
};


# Passes on what is said.  "change" may change what comes from nginx or goes
# there: change->(BYTES, FROM_NGINX, STATE, CLIENT, SERVER), with a STATE of each
# connection.
sub relay {
    my ($redis, $change) = @_;

    my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 64)
        or die "listen: $@";

    our @relays;
    push @relays, Smartmsg::Process->fork_code(sub {
        local $SIG{CHLD} = 'IGNORE';
        local $SIG{PIPE} = 'IGNORE';

        while (1) {
            my $client = $listen->accept or next;
            next if fork;
            $listen->close;
            pass_on($client, $redis->connect, $change);
            POSIX::_exit(0);
        }
    });

    return '127.0.0.1:' . $listen->sockport;
}

sub pass_on {
    my ($client, $server, $change) = @_;

    my $select = IO::Select->new($client, $server);
    my %state;

    while (1) {
        for my $from ($select->can_read) {
            sysread $from, (my $bytes), 65_536 or return;
            $bytes = $change->($bytes, $from == $client, \%state, $client, $server);
            syswrite $from == $client ? $server : $client, $bytes;
        }
    }

    return;
}


subtest 'a change while hashes are read' => sub {
    my $redis = redis();
    $redis->cmd(HSET => 'smartmsg:rules',
        old => rule(description => 'there already', priority => 40));

    # the first hash has been read, the second one has not
    my $nginx = site(relay($redis, sub {
        my ($bytes, $from_nginx, $state, $client, $server) = @_;

        return $bytes if !$from_nginx || $state->{done}
            || $bytes !~ s/\A(.*?smartmsg:rules\r\n)//s;

        syswrite $server, $1;
        my $reply = '';
        until ($reply =~ /there already/) {
            sysread $server, $reply, 65_536, length $reply or return '';
        }
        syswrite $client, $reply;

        my $other = $redis->connect;
        my $rule = rule(on => 'idle', priority => 60);
        print {$other} "*4\r\n\$4\r\nHSET\r\n\$14\r\nsmartmsg:rules\r\n\$3\r\nnew\r\n\$"
            . length($rule) . "\r\n$rule\r\n";
        readline $other;

        $state->{done} = 1;
        return $bytes;
    }));

    says($nginx->visitor, 'new old', 'is seen');
    $nginx->stop_ok;
};


# As when a host has vanished: nobody says that the connections are gone.
subtest 'a connection that is dead without notice' => sub {
    my $redis = redis();
    my $deaf = tempdir() . '/deaf';

    my $nginx = site(relay($redis, sub {
        my ($bytes, $from_nginx, $state) = @_;

        $state->{watches} ||= $from_nginx && $bytes =~ /TRACKING/;
        $state->{new} //= -e $deaf ? 1 : 0;

        return -e $deaf && $state->{watches} && !$state->{new} ? '' : $bytes;
    }), params => 'timeout=300ms connect_timeout=30s');
    my $visitor = $nginx->visitor;

    at_rest($redis, 'smartmsg:', $visitor, 'begun');
    spew($deaf, '');
    $redis->cmd(HSET => 'smartmsg:rules', new => rule(on => 'idle', priority => 60));
    is(armed($visitor->page('/')), 'help', 'not heard');

    # the other connection is lost: what about this one?
    $redis->cmd(CLIENT => KILL => ID => $_) for connections($redis, 0);
    says($visitor, 'new help', 'a rule is seen');
    ok($nginx->error_logged(qr/watching rules\) is down: no reply within 300 ms/),
        'it was given up');

    $nginx->stop_ok;
};


# The other connection is as good as ever: a new worker must not keep every page
# for rules that will not come soon.
subtest 'a watcher that is turned away' => sub {
    my $redis = redis();
    my $shut = tempdir() . '/shut';
    spew($shut, '');

    my $nginx = site(relay($redis, sub {
        my ($bytes, $from_nginx) = @_;

        if ($from_nginx && -s $shut < 6 && $bytes =~ /HELLO/) {
            open my $fh, '>>', $shut or die "$shut: $!";
            syswrite $fh, 'x';
            POSIX::_exit(0);
        }

        return $bytes;
    }));
    my $visitor = $nginx->visitor;

    my $begin = time;
    is(armed($visitor->page('/')), '', 'nothing is known') for 1 .. 6;
    ok(time - $begin < 3, 'no page waits') or diag time - $begin;

    # the next attempt is more than two seconds away, but the other one is new
    ok((wait_until { -s $shut == 6 }), 'turned away often');
    $begin = time;
    $redis->cmd(CLIENT => KILL => ID => $_) for connections($redis, 0);
    says($visitor, 'help', 'let in');
    ok(time - $begin < 2, 'as soon as there is a sign of life') or diag time - $begin;

    $nginx->stop_ok;
};


# Redis forgets keys, and says so, as often as one is read.
subtest 'no room for keys' => sub {
    my $redis = redis(args => ['tracking-table-max-keys' => 1]);
    my $nginx = site($redis->address);

    ok((wait_until { reads($redis) >= $READ }), 'read');

    my ($before, $begin) = (reads($redis), time);
    ok((wait_until { reads($redis) >= $before + 10 * $READ }), 'again and again');
    ok(time - $begin > 0.4, 'with pauses') or diag time - $begin;

    my $visitor = $nginx->visitor;
    for my $round (1 .. 3) {
        $redis->cmd(HSET => 'smartmsg:switch', help => 'off');
        says($visitor, '', 'off');
        $redis->cmd(DEL => 'smartmsg:switch');
        says($visitor, 'help', 'on');
    }

    $nginx->stop_ok;
};


# Where the server does not tell of changes, nginx looks.
my %users = (
    'CLIENT' => '-client',
    'CLIENT TRACKING' => '-client|tracking',
    'CLIENT CACHING' => '-client|caching',
);

subtest 'servers that do not tell of changes' => sub {
    my $redis = redis();
    my %redis = ('no HELLO' => redis(args => ['rename-command' => [HELLO => '']]));
    my (%nginx, %visitor);

    for my $missing (sort keys %users) {
        (my $name = lc $missing) =~ s/\W//g;
        $redis->cmd(ACL => SETUSER => $name => 'on', '>secret', 'resetchannels',
            '~smartmsg:*', '+@all', $users{$missing});
        $redis{$missing} = $redis;
        $nginx{$missing} = site($redis->address, params => "user=$name password=secret");
    }
    $nginx{'no HELLO'} = site($redis{'no HELLO'}->address);

    my @all = sort keys %nginx;

    for my $name (@all) {
        $visitor{$name} = $nginx{$name}->visitor;
        says($visitor{$name}, 'help', "$name: a page with a message");
        ok($nginx{$name}->error_logged(
            qr/\[warn\].* refuses client tracking: (?:.*NOPERM|ERR unknown command)/),
            "$name: the operator is told");
    }

    my $each = sub { $_->cmd(@_) for $redis, $redis{'no HELLO'} };

    $each->(HSET => 'smartmsg:switch', help => 'off');
    says($visitor{$_}, '', "$_: a switch is seen") for @all;
    $each->(HSET => 'smartmsg:switch', help => 'on');
    says($visitor{$_}, 'help', "$_: and the next one") for @all;

    $each->(CLIENT => KILL => TYPE => 'normal');
    $each->(HSET => 'smartmsg:switch', help => 'off');
    says($visitor{$_}, '', "$_: also after the connections were lost") for @all;

    said_once($nginx{$_}, $_) for @all;

    # connections are asked when they are new
    for my $missing (keys %users) {
        (my $name = lc $missing) =~ s/\W//g;
        $redis->cmd(ACL => SETUSER => $name => '+@all');
    }
    $each->(CLIENT => KILL => TYPE => 'normal');
    ok((wait_until { watchers($redis) == 3 }),
        'with the rights, and a new connection, it is told');
    $each->(HSET => 'smartmsg:switch', help => 'on');
    says($visitor{$_}, 'help', "$_: a switch is seen") for @all;

    said_once($nginx{$_}, $_) for @all;
    $nginx{$_}->stop_ok for @all;
};


# Redis does not remember what it would not let be read.
subtest 'keys that must not be read' => sub {
    my $redis = redis();
    my @hidden = qw(switch good);

    for my $hidden (@hidden) {
        $redis->cmd(ACL => SETUSER => $hidden => 'on', '>secret', '+@all',
            '~smartmsg:{*', map { "~smartmsg:$_" }
            grep { $_ ne $hidden } qw(rules switch good config theme groups status));
    }
    $redis->cmd(HSET => 'smartmsg:switch', help => 'off');

    for my $hidden (@hidden) {
        my $nginx = site($redis->address, params => "user=$hidden password=secret");
        my $visitor = $nginx->visitor;

        says($visitor, 'help', "$hidden: what the directory has");
        ok($nginx->error_logged(qr/cannot use smartmsg:$hidden of redis .*NOPERM/),
            "$hidden: the operator is told");

        $redis->cmd(ACL => SETUSER => $hidden => "~smartmsg:$hidden");
        says($visitor, '', "$hidden: permitted, it is read");
        is(scalar(grep { /cannot use/ } split /\n/, $nginx->error_log), 1,
            "$hidden: said once");
        $nginx->stop_ok;
    }
};


done_testing;
