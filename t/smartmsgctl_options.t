# smartmsgctl: the command line, Redis that is away or refuses, exit codes.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Ctl;
use Smartmsg::Rule;

use IO::Socket::INET;

my $redis = redis(tcp => 1);
my @redis = { redis => $redis };
my @commands = qw(check list push pull on off rm diff explain preview visitor tail stats);


subtest 'help' => sub {
    is(ctl('--help'), 0, '--help');
    like(out(), qr/^  $_ /m, "names $_") for @commands;
    like(out(), qr/--redis ADDRESS/, 'and the options');

    for my $command (@commands) {
        is(ctl($command, $_), 0, "$command $_") for '-h', '--help';
        like(out(), qr/^Usage: smartmsgctl $command /, 'its usage');
    }

    ctl('explain', '--help');
    like(out(), qr/--visitor ID/, 'its own options');
    ctl('list', '--help');
    unlike(out(), qr/--visitor/, 'and no others');

    is(ctl('--version'), 0, '--version');
    like(out(), qr/^smartmsgctl \d+\.\d+\.\d+\n\z/, 'the version');
};


subtest 'wrong use' => sub {
    is(ctl(), 2, 'nothing');
    is(ctl('lst'), 2, 'a wrong command');
    like(err(), qr/did you mean list\?/, 'what was meant');
    is(ctl('list', '--jsno'), 2, 'a wrong option');
    like(err(), qr/did you mean --json\?/, 'what was meant');
    is(ctl('list', '-x'), 2, 'a wrong letter');
    is(ctl('list', '--days', '3'), 2, 'an option of another command');
    is(ctl('list', 'x'), 2, 'an argument too many');
    is(ctl('check'), 2, 'none');
    is(ctl('list', '--json=1'), 2, 'a value too many');
    is(ctl('list', '--redis'), 2, 'none');
    is(ctl('list', '--color', 'x'), 2, 'a wrong colour');
    is(ctl('list', '--db', 'x'), 2, 'no number');
    is(ctl('list', '--user', 'x'), 2, 'a user without a password');
    is(ctl('list', '--prefix', 'a{b'), 2, 'a wrong prefix');
    is(ctl('list', '--prefix', 'x' x 65), 2, 'a long one');
    is(ctl('check', '--', '--json'), 1, 'after --, a file');
    like(out(), qr/^--json: cannot open/, 'is tried');
};


subtest 'addresses' => sub {
    my $port = $redis->port;

    # a name, where the machine has one that can be had without a network
    my @name = grep { gethostbyname $_ } 'localhost';
    is(ctl('list', $_), 0, $_) for '--redis=127.0.0.1:' . $port, "-r127.0.0.1:$port",
        (map { "-r$_:$port" } @name), '--redis=unix:' . $redis->socket_path;
    is(ctl('list', { env => { SMARTMSG_REDIS => "127.0.0.1:$port" } }), 0, 'environment');
    is(ctl('list', '-r', "127.0.0.1:$port", { env => { SMARTMSG_REDIS => 'unix:/nowhere' } }),
        0, 'the option counts for more');

    for my $bad ('', 'host:', ':1', 'h:0', 'h:65536', 'h:1x', 'a:b:c', '[::1', '[::1]x', '[]:1',
        'unix:', 'unix:/' . 'x' x 200, 'redis://h', 'a b', 'x' x 300)
    {
        is(ctl('list', '-r', $bad), 2, "wrong: $bad") or diag(err());
    }

    is(ctl('list', '--redis', $_), 3, "right, but nobody is there: $_")
        for '127.0.0.1:1', '[::1]:1', 'unix:/none';
};


subtest 'a database and a prefix' => sub {
    $redis->cmd(HSET => 'shop:rules', x => rule());
    is(ctl_json('list', '--prefix', 'shop:', @redis)->{rules}[0]{rule}, 'x', 'prefix');

    $redis->cmd(SELECT => 3);
    $redis->cmd(HSET => 'smartmsg:rules', y => rule());
    $redis->cmd(SELECT => 0);
    is(ctl_json('list', '--db', '3', @redis)->{rules}[0]{rule}, 'y', 'db');
    is(scalar @{ ctl_json('list', @redis)->{rules} }, 0, 'neither');
    is(ctl('list', '--db', '99', @redis), 4, 'no such database');
};


subtest 'passwords' => sub {
    my $secret = redis(args => [requirepass => 'se cret']);
    my @secret = { redis => $secret };
    my $password = { redis => $secret, env => { SMARTMSG_PASSWORD => 'se cret' } };

    is(ctl('list', @secret), 4, 'none');
    like(err(), qr/NOAUTH/, 'says so');
    is(ctl('list', '--password', 'wrong', @secret), 4, 'a wrong one');
    unlike(err(), qr/wrong/, 'which is not repeated');
    is(ctl('list', '--password', 'se cret', @secret), 0, 'the right one');
    is(ctl('list', $password), 0, 'from the environment');

    $secret->{process}->signal('TERM');
    my $users = redis();
    $users->cmd(qw(ACL SETUSER reader on >pass ~smartmsg:* +@read));
    is(ctl('list', '--user', 'reader', '--password=pass', { redis => $users }), 0, 'a user');
    is(ctl('off', 'a', '--user', 'reader', '--password=pass', { redis => $users }), 4,
        'without the right');
    like(err(), qr/NOPERM/, 'says so');
};


subtest 'Redis that does not answer' => sub {
    my $deaf = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1');

    is(ctl('list', '-r', '127.0.0.1:' . $deaf->sockport), 3, 'time is up');
    like(err(), qr/no answer within 2 seconds/, 'says so');
    is(ctl('tail', '-r', '127.0.0.1:' . $deaf->sockport), 3, 'tail, too');

    is(ctl('push', root() . '/rules', '-r', 'unix:/none'), 3, 'push without Redis');
    is(ctl('check', root() . '/rules', '-r', 'unix:/none'), 0, 'check needs none');
};


subtest 'keys of a wrong type' => sub {
    my $id = 'fnymw8RbVLOcjVAFQkG_pw';
    my $files = tempdir('files');
    spew("$files/a.json", rule());

    my $dir = tempdir('pull');
    my %command = (rules => [['list'], ['push', $files], ['pull', $dir], ['diff', $files],
            ['rm', 'a'], ['explain']],
        switch => [['off', 'a'], ['list']], status => [['list'], ['rm', 'a']],
        good => [['list']], "{$id}:s" => [['visitor', 'show', $id]],
        "{$id}:v" => [['visitor', 'export', $id]], "{$id}:o" => [['visitor', 'show', $id]],
        events => [['tail'], ['visitor', 'delete', $id]]);

    for my $key (sort keys %command) {
        $redis->cmd('FLUSHALL');
        $redis->cmd(SET => "smartmsg:$key", 'x');

        for my $args (@{ $command{$key} }) {
            is(ctl(@$args, @redis), 4, "$key: @$args");
            like(err(), qr/WRONGTYPE/, 'says so');
        }
    }

    is($redis->cmd(GET => "smartmsg:{$id}:s"), undef, 'a visitor is deleted whatever he is');
    $redis->cmd('FLUSHALL');
};


subtest 'colours' => sub {
    $redis->cmd(HSET => 'smartmsg:rules', x => rule());
    ctl('list', @redis);
    unlike(out(), qr/\e/, 'none into a file');
    ctl('list', '--color=always', @redis);
    like(out(), qr/\e\[32mon\e\[0m/, 'always');

    my $tty = sub {
        my ($args, %env) = @_;
        local %ENV = (%ENV, SMARTMSG_REDIS => $redis->address, TERM => 'xterm', %env);
        my $command = ctl_binary() . " list $args";
        return scalar `script -qec '$command' /dev/null </dev/null`;
    };

    SKIP: {
        skip 'no script(1)', 3 unless grep { -x "$_/script" } split /:/, $ENV{PATH};
        delete local $ENV{NO_COLOR};
        like($tty->(''), qr/\e\[32mon/, 'on a terminal');
        unlike($tty->('', NO_COLOR => '1'), qr/\e\[32m/, 'NO_COLOR');
        unlike($tty->('--color=never'), qr/\e\[32m/, 'never');
    }
};


subtest 'output that cannot be written' => sub {
    SKIP: {
        skip 'no /dev/full', 1 unless -e '/dev/full';
        my $code = system('sh', '-c', ctl_binary() . ' --help >/dev/full 2>/dev/null') >> 8;
        is($code, 5, 'a full disk');
    }
};

done_testing;
