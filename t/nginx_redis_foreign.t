# What answers is not Redis, or speaks in pieces: pages are whole, and no worker
# ends.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Process;
use Smartmsg::Rule qw(rule armed settle);

use IO::Select;
use IO::Socket::INET;
use Socket qw(IPPROTO_TCP TCP_NODELAY);

my $body = "<!doctype html><html lang=\"en\"><body><p>x</body></html>\n";
my $up = upstream('*' => page($body));

# A server on a port of its own, which does this with each connection; the
# address of it.
sub server {
    my ($serve) = @_;

    my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 64)
        or die "listen: $@";

    our @servers;
    push @servers, Smartmsg::Process->fork_code(sub {
        local $SIG{CHLD} = 'IGNORE';
        local $SIG{PIPE} = 'IGNORE';

        while (1) {
            my $client = $listen->accept or next;
            setsockopt $client, IPPROTO_TCP, TCP_NODELAY, 1;
            next if fork;
            $listen->close;
            $serve->($client);
            POSIX::_exit(0);
        }
    });

    return '127.0.0.1:' . $listen->sockport;
}

sub site {
    my ($address, %opt) = @_;

    return nginx(upstream => $up, workers => 1, rules => $opt{rules} || { help => rule() },
        server => 'add_header X-Pid $pid;',
        http => "smartmsg_redis $address connect_timeout=1s timeout=2s;\nsmartmsg_timeout 30s;");
}


# bytes that are sent as soon as something was asked, and what the log says
my %foreign = (
    'a web server' => ["HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
        'protocol error'],
    'more answers than questions' => ["+PONG\r\n" x 200, 'unexpected reply'],
    'another protocol' => ["(12\r\n", 'protocol error'],
    'a string without an end' => ["\$99999999999\r\n", 'reply too large'],
    'a line without an end' => ['+' . 'x' x 70_000, 'reply too large'],
    'an array without an end' => ["*99999999\r\n", 'reply too large'],
    'arrays in arrays' => ["*1\r\n" x 100, 'reply too large'],
    'an announcement' => ["\$100000000\r\n", 'no answer within \d+ ms'],
);

for my $name (sort keys %foreign) {
    my ($bytes, $reason) = @{ $foreign{$name} };

    subtest $name => sub {
        my $nginx = site(server(sub {
            my ($client) = @_;
            sysread $client, (my $asked), 4096;
            syswrite $client, $bytes;
            1 while sysread $client, $asked, 4096;
        }));

        my $visitor = $nginx->visitor;
        my $pid = $visitor->page('/')->header('X-Pid');

        ok($nginx->error_logged(qr/redis \S+ is down: $reason/), 'the operator is told');

        my $res = $visitor->page('/');
        is($res->content, $body, 'the page of the shop');
        is($res->header('X-Pid'), $pid, 'of the same worker');

        $nginx->stop_ok;
    };
}


# Passes on what is said, the answers so many bytes at a time.
sub relay {
    my ($redis, $size) = @_;

    return server(sub {
        my ($client) = @_;

        my $server = $redis->connect;
        my $select = IO::Select->new($client, $server);

        while (1) {
            for my $from ($select->can_read) {
                sysread($from, (my $bytes), $from == $client ? 65_536 : $size) or return;
                syswrite $from == $client ? $server : $client, $bytes;
                select undef, undef, undef, 0.0005 if $from == $server;
            }
        }
    });
}

for my $size (1, 7, 1000) {
    subtest "answers of $size bytes at a time" => sub {
        my $redis = redis();
        my $nginx = site(relay($redis, $size), rules => {
            help => rule(if => { 'session.views' => { '$gt' => 2 } }) });
        my $visitor = $nginx->visitor;

        for my $view (1 .. 4) {
            my $res = $visitor->page("/$view");
            is(armed($res), $view > 2 ? 'help' : '', "view $view");
            settle($nginx, $redis);
        }

        $redis->cmd(HSET => 'smartmsg:switch', help => 'off');
        ok((wait_until { armed($visitor->page('/')) eq '' }), 'switched off');

        is(scalar(grep { /smartmsg: redis/ } split /\n/, $nginx->error_log), 0,
            'nothing to complain about');
        $nginx->stop_ok;
    };
}


subtest 'a large answer' => sub {
    my $redis = redis();

    # more than the buffer of a connection, and in one piece
    $redis->cmd(HSET => 'smartmsg:groups', "group$_" => 'x' x 20_000) for 1 .. 50;
    $redis->cmd(HSET => 'smartmsg:switch', help => 'off');

    my $nginx = site($redis->address);
    my $visitor = $nginx->visitor;

    ok((wait_until { armed($visitor->page('/')) eq '' }), 'is read');
    $redis->cmd(HSET => 'smartmsg:switch', help => 'on');
    ok((wait_until { armed($visitor->page('/')) eq 'help' }), 'and the next one');
    is(scalar(grep { /is down/ } split /\n/, $nginx->error_log), 0, 'on one connection');
    $nginx->stop_ok;
};

done_testing;
