# How long a session lasts: its end in Redis is renewed by page views, at most
# once in the two minutes that begin with an even one, and by every event.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;

my $html = page('<!doctype html><html><body><p>x</body></html>');
my $up = upstream('*' => $html, '/held' => [{ gate => 'held' }, @$html]);
my $redis = redis();
my $nginx = nginx(redis => $redis, upstream => $up, rules => { hello => rule() },
    http => 'smartmsg_timeout 30s;');

# what is left after a renewal, and what the session never goes below
my ($full, $least) = (1920, 1800);

sub key { return 'smartmsg:{' . $_[0]->cookie('smartmsg') . '}:s' }

sub ttl {
    my ($visitor) = @_;

    settle($nginx, $redis);

    return $redis->cmd(TTL => key($visitor));
}

# A visitor whose cookie has come back.
sub known {
    my $visitor = $nginx->visitor;
    $visitor->page('/') for 1 .. 2;
    settle($nginx, $redis);

    return $visitor;
}

sub two_minutes { return int(time / 120) }

# Does it anew when two minutes were over in the middle.
sub within_two_minutes(&) {
    my ($sub) = @_;

    while (1) {
        my $begin = two_minutes();
        my $result = $sub->($begin * 120);
        return $result if two_minutes() == $begin;
    }
}

# What is left after a view of a session of which 1850 s were, with this "last".
sub after_view {
    my ($last) = @_;

    my $visitor = known();
    $redis->cmd(HSET => key($visitor), last => $last) if defined $last;
    $redis->cmd(HDEL => key($visitor), 'last') if !defined $last;
    $redis->cmd(EXPIRE => key($visitor), 1850);
    $visitor->page('/');

    my $ttl = ttl($visitor);
    my $s = $redis->hgetall(key($visitor));
    is($s->{views}, 3, 'counted');
    cmp_ok(abs($s->{last} - time), '<', 60, 'and when');

    return $ttl;
}

sub renewed { my ($ttl, $name) = @_; return cmp_ok($ttl, '>', 1880, $name) }

sub left_alone {
    my ($ttl, $name) = @_;

    return ok($ttl > 1820 && $ttl <= 1850, $name) || diag $ttl;
}


subtest 'a page view' => sub {
    left_alone((within_two_minutes { after_view(time) }), 'right after another one');
    left_alone((within_two_minutes { after_view($_[0]) }), 'in the same two minutes');

    renewed((within_two_minutes { after_view($_[0] - 1) }), 'the first in these two minutes');
    renewed(after_view(time - 1000), 'after a while');
};


subtest 'what is no time of a view before this one' => sub {
    renewed(after_view(undef), 'none');
    renewed((within_two_minutes { after_view($_[0] + 119 > time ? $_[0] + 119 : $_[0] - 1) }),
        'still to come in these two minutes');
    renewed(after_view(time + 1000), 'still to come');
    renewed(after_view($_), "\"$_\"") for '', 'x', '-5', time . 'x', time . '.5', '9' x 30;
};


subtest 'a session that has just begun' => sub {
    my $visitor = $nginx->visitor;
    $visitor->page('/');
    my $ttl = ttl($visitor);
    ok($ttl > 60 && $ttl <= 120, 'of the first view of all, for two minutes') or diag $ttl;

    # in the same two minutes, or not: the cookie came back
    $visitor->page('/');
    cmp_ok(ttl($visitor), '>', $full - 20, 'the second one renews');

    # of another view without the cookie that came in late
    $redis->cmd(HSET => key($visitor), new => 1);
    $redis->cmd(EXPIRE => key($visitor), 120);
    $visitor->page('/');
    cmp_ok(ttl($visitor), '>', $full - 20, 'and whoever takes the mark away');
};


subtest 'a chain of views' => sub {
    my $visitor = known();

    for my $n (1 .. 5) {

        # 120 seconds later
        my $s = $redis->hgetall(key($visitor));
        $redis->cmd(HSET => key($visitor), last => $s->{last} - 120);
        $redis->cmd(EXPIRE => key($visitor), $redis->cmd(TTL => key($visitor)) - 120);

        $visitor->page('/');
        cmp_ok(ttl($visitor), '>=', $least, "$n: enough is left");
    }
};


subtest 'events' => sub {
    my $visitor = known();
    $redis->cmd(EXPIRE => key($visitor), 1850);
    report($visitor, { event => 'cart', op => 'set', value => 5, items => 1 });
    cmp_ok(ttl($visitor), '>', $full - 20, 'each of them renews');

    $visitor->page('/');
    cmp_ok(ttl($visitor), '>', $full - 20, 'a view that follows takes nothing away');
};


# The request has read a session that is gone when its page is counted.
for my $case (['deleted', sub { $redis->cmd(DEL => @_) }],
              ['emptied, but for an event',
                  sub { $redis->cmd(DEL => @_); $redis->cmd(HSET => @_, 'events', 1);
                        $redis->cmd(EXPIRE => @_, 100) }])
{
    my ($name, $what) = @$case;

    subtest "$name while a page is under way" => sub {
        my $visitor = known();

        within_two_minutes {
            $up->close_gate('held');
            $visitor->page('/');    # "last" is now

            my $http = $nginx->http;
            $http->send_request('GET', '/held', headers => [Accept => 'text/html',
                Cookie => 'smartmsg=' . $visitor->cookie('smartmsg')]);
            wait_until { $up->reached('held') };

            # what it asked Redis is answered before this
            settle($nginx, $redis);
            $what->(key($visitor));
            $up->open_gate('held');
            $http->read_response;
        };

        # it is given when Redis has said that there was none
        ok((wait_until { ttl($visitor) > $full - 20 }), 'what the view leaves has an end');
        is($redis->cmd(HGET => key($visitor), 'views'), 1, 'and is a session of its own');
    };
}

$nginx->stop_ok;
done_testing;
