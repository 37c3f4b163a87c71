# smartmsgctl visitor, tail, stats.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Ctl;
use Smartmsg::Rule;

use POSIX qw(strftime);

my $redis = redis();
my @redis = { redis => $redis };
my $id = 'fnymw8RbVLOcjVAFQkG_pw';
my $other = 'AAAAAAAAAAAAAAAAAAAAAA';

sub event {
    my (@fields) = @_;

    return $redis->cmd(XADD => 'smartmsg:events', '*', @fields);
}


subtest 'visitor' => sub {
    is(ctl('visitor', 'show', $id, @redis), 1, 'nobody');
    is(out(), "nothing is known of $id\n", 'says so');

    $redis->cmd(HSET => "smartmsg:{$id}:s", views => 3, first => 1795327394, entry => "/\e[31m");
    $redis->cmd(EXPIRE => "smartmsg:{$id}:s", 1800);
    $redis->cmd(HSET => "smartmsg:{$id}:v", visits => 2, 'profile.name' => "caf\xe9\n");
    $redis->cmd(EXPIRE => "smartmsg:{$id}:v", 10 * 86400 + 100);
    $redis->cmd(SADD => "smartmsg:{$id}:o", '2031');
    $redis->cmd(SADD => "smartmsg:{$other}:o", '2032');
    event(event => 'click', visitor => $_, rule => 'a') for $id, $other, $id;
    event(event => 'click', visitor => $id) for 1 .. 1500;

    is(ctl('visitor', 'show', $id, @redis), 0, 'somebody');
    like(out(), qr/^session +first +1795327394 +2026-11-22 06:03:14$/m, 'with times');
    like(out(), qr/^session +entry +\/\\x1b\[31m$/m, 'no control characters');
    like(out(), qr/^visitor +profile\.name +caf\\xe9\\n$/m, 'nor bad bytes');
    like(out(), qr/^orders +2031$/m, 'orders');
    like(out(), qr/is forgotten in 10 days/, 'for how long');

    $redis->cmd(HSET => "smartmsg:{$other}:v", id => 'c-4711', 'traits.city' => "K\e[0m");
    is(ctl('visitor', 'show', $other, @redis), 0, 'who has said who he is');
    like(out(), qr/^visitor +id +c-4711$/m, 'with that');
    like(out(), qr/^visitor +traits\.city +K\\x1b\[0m$/m, 'and no control characters');
    $redis->cmd(DEL => "smartmsg:{$other}:v");

    my $all = ctl_json('visitor', 'export', $id, @redis);
    is(code(), 0, 'export');
    is("$all->{id} $all->{session}{views} $all->{visitor}{visits} @{ $all->{orders} }",
        "$id 3 2 2031", 'has it all');
    is($all->{visitor}{'profile.name'}, "caf\x{fffd}\n", 'bad bytes become U+FFFD');
    is(scalar @{ $all->{events} }, 1502, 'with all events');
    is($all->{events}[0]{rule}, 'a', 'and what they say');

    my $gone = ctl_json('visitor', 'delete', $id, @redis);
    is_deeply($gone, { keys => 3, events => 1502 }, 'delete');
    is(join(' ', sort @{ $redis->cmd(KEYS => '*') }), "smartmsg:events smartmsg:{$other}:o",
        'leaves the others');
    is($redis->cmd(XLEN => 'smartmsg:events'), 1, 'and their events');
    is(ctl('visitor', 'delete', $id, @redis), 1, 'nothing is left');
    is(ctl('visitor', 'export', $id, @redis), 1, 'to export');

    is(ctl('visitor', 'show', $_, @redis), 2, "no id: $_") for 'x', '*', '';
    is(ctl('visitor', 'kill', $id, @redis), 2, 'no such action');
    is(ctl('visitor', 'show', @redis), 2, 'no id at all');
};


subtest 'tail' => sub {
    $redis->cmd(DEL => 'smartmsg:events');
    event(event => 'impression', rule => "a\e[2J", time => 1795327394, value => '1.5');
    event(event => 'click', rule => 'b', time => 1795327395);

    is(ctl('tail', '--since', '0', '--count', '2', @redis), 0, 'from the beginning');
    is(out(), "2026-11-22 06:03:14  impression  rule=a\\x1b[2J  value=1.5\n"
        . "2026-11-22 06:03:15  click  rule=b\n", 'lines');

    is(ctl('tail', '--since', '1h', '-n1', '--json', @redis), 0, 'one, as JSON');
    is(JSON::PP::decode_json(out())->{value}, 1.5, 'on a line');
    is(scalar(() = out() =~ /\n/g), 1, 'of its own');

    # events that come while it waits
    my $output = tempdir() . '/tail';
    spew($output, '');
    my $process = Smartmsg::Process->start(output => $output, env =>
            { SMARTMSG_REDIS => $redis->address, ASAN_OPTIONS => 'detect_leaks=0' },
        argv => [ctl_binary(), 'tail']);

    ok((wait_until {
        event(event => 'view', page => '/live');
        slurp($output) =~ /page=\/live/;
    }), 'live events come at once');
    unlike(slurp($output), qr/impression/, 'old ones do not');

    $process->signal('INT');
    ok($process->wait_end(60), 'Ctrl-C ends it');
    is($process->status, 0, 'without an error');

    is(ctl('tail', '--since', $_, @redis), 2, "no time: $_") for 'x', '10y', '-1', '2030-13-01';
    is(ctl('tail', '--count', $_, @redis), 2, "no number: $_") for '0', 'x', '-1', '1x';

    $redis->cmd(SET => 'other:events', 'x');
    is(ctl('tail', '--prefix', 'other:', @redis), 4, 'no stream');
    like(err(), qr/WRONGTYPE/, 'says so');
};


subtest 'stats' => sub {
    is(ctl('stats', @redis), 0, 'none');
    is(out(), "no statistics\n", 'says so');

    my $day = sub { return strftime('%Y%m%d', gmtime(time - 86400 * $_[0])) };
    my $today = $day->(0);

    $redis->cmd(HSET => "smartmsg:stats:a:$today", 'impression:' => 10, 'click:' => 1,
        'dismiss:' => 2, 'answer:' => 4, 'other' => 3, 'click:bad' => 'x');
    $redis->cmd(HSET => 'smartmsg:stats:b:' . $day->(5), 'impression:0' => 4, 'click:0' => 3,
        'impression:1' => 4);
    $redis->cmd(HSET => 'smartmsg:stats:b:' . $day->(40), 'impression:0' => 100);
    $redis->cmd(HSET => 'smartmsg:stats:sm*rt:x:20300101', 'impression:' => 1);

    is(ctl('stats', @redis), 0, 'all');
    like(out(), qr/^RULE +VARIATION +SHOWN +CLICKED +DISMISSED +ANSWERED +RATE\n/, 'a table');
    like(out(), qr/^a +10 +1 +2 +4 +10\.0 %$/m, 'a rule') or diag(out());
    like(out(), qr/^b +8 +3 +0 +0 +37\.5 %\n +0 +4 +3 +0 +0 +75\.0 %\n +1 +4 +0 +0 +0 +0\.0 %$/m,
        'variations');

    my $b = ctl_json('stats', 'b', '--days', '100', @redis)->[0];
    is("$b->{impressions} $b->{clicks} $b->{variations}{0}{impressions}", '108 3 104',
        'more days');
    is(join(' ', sort keys %{ $b->{days} }), join(' ', sort $day->(40), $day->(5)), 'by day');

    my $none = ctl_json('stats', 'b', 'c', '--days=1', @redis);
    is($none->[0]{impressions}, 0, 'fewer');
    is($none->[1]{rate}, undef, 'no rate of nothing');

    $redis->cmd(HSET => "smart?sg:stats:c:$today", 'impression:' => 1);
    is(ctl_json('stats', '--prefix', 'smart?sg:', @redis)->[0]{rule}, 'c',
        'a prefix with a wildcard');
    is(scalar @{ ctl_json('stats', '--prefix', 'smart?sg:', @redis) }, 1, 'is meant as it is');

    is(ctl('stats', '--days', $_, @redis), 2, "no days: $_") for '0', '401', 'x';
    is(ctl('stats', 'no name', @redis), 2, 'no name');
};

subtest 'an order without a number' => sub {
    my $id = 'BnymwaRbVLOcjVAFQkG_pw';
    $redis->cmd(SET => "smartmsg:{$id}:p", 1);
    my $all = ctl_json('visitor', 'export', $id, { redis => $redis });
    is($all->{order_without_number}, 1, 'is exported');
    is(ctl('visitor', 'show', $id, { redis => $redis }), 0, 'is something that is known');
    like(out(), qr/^an order was counted whose number is not known yet$/m, 'and shown');
    is(ctl('visitor', 'delete', $id, { redis => $redis }), 0, 'deleted');
    is($redis->cmd(EXISTS => "smartmsg:{$id}:p"), 0, 'it is gone');
};

done_testing;
