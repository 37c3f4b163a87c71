# What a page view says to Redis: most of it is written out once, for all
# visitors, and must still be that of this one.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;

my $html = page('<!doctype html><html><body><p>x</body></html>');
my $up = upstream('*' => $html, '/held' => [{ gate => 'held' }, @$html]);

sub site {
    my ($redis, $params) = @_;

    return nginx(upstream => $up, rules => { hello => rule() }, workers => 1,
        http => 'smartmsg_redis ' . $redis->address . " $params;\nsmartmsg_timeout 30s;");
}

# A visitor who has seen two pages, and the key of the session.
sub known {
    my ($nginx, $redis, $prefix) = @_;

    my $visitor = $nginx->visitor;
    $visitor->page('/') for 1 .. 2;

    my $key = "$prefix\{" . $visitor->cookie('smartmsg') . '}';
    wait_until { ($redis->cmd(HGET => "$key:v", 'visits') // 0) == 1 } 5;

    return ($visitor, $key);
}

# The commands with this key that Redis gets for the code, which has to wait
# until they have been executed.
sub commands(&$$) {
    my ($code, $redis, $key) = @_;

    my $client = $redis->connect;
    print {$client} "MONITOR\r\n";
    readline $client;

    $code->();
    $redis->cmd(ECHO => 'the end');

    my @lines;
    while (defined(my $line = readline $client)) {
        last if $line =~ /"the end"/;
        my @words = $line =~ /"([^"]*)"/g;
        push @lines, join ' ', @words if ($words[1] // '') =~ /^\Q$key\E/ && $line !~ /HGET"/;
    }

    return @lines;
}

# The code again, if two minutes were over in the middle.
sub within_two_minutes(&) {
    my ($code) = @_;

    while (1) {
        my $begin = int(time / 120);
        my @result = $code->();
        return @result if int(time / 120) == $begin;
    }
}


for my $prefix ('smartmsg:', '', 'p', 'long-' x 12 . 'pre:') {
    subtest "prefix \"$prefix\"" => sub {
        my $redis = redis();
        my $nginx = site($redis, "prefix=$prefix");
        my @shop = map { [known($nginx, $redis, $prefix)] } 1 .. 3;
        my $views = 2;

        # one after the other: nothing is left of the visitor before
        for my $renews (0, 1, 0) {
            $views++;

            for (@shop) {
                my ($visitor, $key) = @$_;

                my ($time, @commands) = within_two_minutes {
                    $redis->cmd(HSET => "$key:s", last => $renews ? 1_000_000_000 : time);
                    $redis->cmd(HSET => "$key:s", views => $views - 1);
                    $redis->cmd(EXPIRE => "$key:s", 1850);

                    my @got = commands {
                        $visitor->page('/');
                        wait_until { $redis->cmd(HGET => "$key:s", 'views') == $views } 5;
                    } $redis, $key;

                    ($redis->cmd(HGET => "$key:s", 'last'), @got);
                };

                cmp_ok(abs($time - time), '<', 60, 'the time');
                is_deeply(\@commands, ["HGETALL $key:s", "HGETALL $key:v",
                    $renews ? "EXPIRE $key:s 1920" : (), "HSET $key:s last $time",
                    "HINCRBY $key:s views 1"],
                    $renews ? 'five commands' : 'four commands') or diag explain \@commands;
            }
        }

        is($redis->cmd(HGET => "$_->[1]:v", 'visits'), 1, 'one visit') for @shop;
        is($redis->cmd("DBSIZE") - 2 * @shop, scalar(grep { !/\{/ } @{ $redis->cmd(KEYS => '*') }),
            'no key of anybody else');
        $nginx->stop_ok;
    };
}


# Until the page comes; what was asked is answered.
sub held {
    my ($nginx, $redis, $visitor, $meanwhile) = @_;

    $up->close_gate('held');
    my $http = $nginx->http;
    $http->send_request('GET', '/held', headers => [Accept => 'text/html',
        Cookie => 'smartmsg=' . $visitor->cookie('smartmsg')]);
    wait_until { $up->reached('held') };
    settle($nginx, $redis);
    $meanwhile->();
    $up->open_gate('held');

    return $http->read_response;
}


subtest 'errors instead of replies' => sub {
    my $redis = redis();
    my $nginx = site($redis, '');
    my ($visitor, $key) = known($nginx, $redis, 'smartmsg:');

    my $res = held($nginx, $redis, $visitor, sub {
        $redis->cmd(DEL => "$key:s");
        $redis->cmd(SET => "$key:s", 'a string');
    });
    is($res->status, 200, 'the page');
    ok($nginx->error_logged(qr/\[error\].* HSET: WRONGTYPE/), 'the operator is told');

    # what follows is answered as if nothing had been
    $redis->cmd(DEL => "$key:s");
    $visitor->page('/') for 1 .. 3;
    settle($nginx, $redis);
    is($redis->cmd(HGET => "$key:s", 'views'), 3, 'put right: views are counted');
    is($redis->cmd(HGET => "$key:v", 'visits'), 2, 'and a visit');
    is(scalar(grep { /is down/ } split /\n/, $nginx->error_log), 0, 'all on one connection');
    $nginx->stop_ok;
};


subtest 'Redis does not answer any more when the page comes' => sub {
    my $redis = redis();
    my $nginx = site($redis, 'timeout=200ms');
    my ($visitor, $key) = known($nginx, $redis, 'smartmsg:');

    my $res = held($nginx, $redis, $visitor, sub { $redis->freeze });
    is($res->status, 200, 'the page');
    ok($nginx->error_logged(qr/redis \S+ is down: no reply/), 'noticed');
    $redis->thaw;
    ok($nginx->error_logged(qr/is back after \d+ s, 1 writes were lost/),
        'what was lost is counted');

    my $before = $redis->cmd(HGET => "$key:s", 'views');
    ok((wait_until { $visitor->page('/'); $redis->cmd(HGET => "$key:s", 'views') > $before }),
        'and views again');
    $nginx->stop_ok;
};

done_testing;
