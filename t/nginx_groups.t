# Saved groups: lists in Redis that rules ask about, of the directory and of
# Redis, on every worker; what is wrong changes nothing.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;

my $redis = redis();
my $up = upstream('*' => page('<!doctype html><html><body><p>x</body></html>'));
my $nginx = nginx(redis => $redis, upstream => $up, workers => 2,
    server => 'add_header X-Pid $pid;', rules => {
    file => rule(if => { 'query.who' => { '$inGroup' => 'vip' } }),
    others => rule(on => 'idle', if => { 'query.who' => { '$notInGroup' => 'vip' } }) });

my @workers = each_worker($nginx);
my $uri = '/?who=ann';

sub all_say {
    my ($want, $name) = @_;

    my @said;
    my $ok = wait_until {
        @said = map { armed($_->($uri)) } @workers;
        @workers == grep { $_ eq $want } @said;
    };

    return ok($ok, $name) || diag "want $want, got " . join ' | ', @said;
}

sub set_group { return $redis->cmd(HSET => 'smartmsg:groups', @_) }


subtest 'a rule of the directory' => sub {
    all_say('others', 'no group: nobody is in it');
    set_group(vip => '["bob", "ann"]');
    all_say('file', 'she is in it');
    set_group(vip => '["bob"]');
    all_say('others', 'and is not any more');
    set_group(vip => '["ann"]', other => '["bob"]');
    all_say('file', 'in it again');
};


subtest 'a bad group' => sub {
    set_group(vip => '["ann", {}]', new => '[');
    ok((wait_until { $nginx->error_log =~ /group "vip" of smartmsg:groups cannot be used: must be a list of texts/
        && $nginx->error_log =~ /group "new" of smartmsg:groups cannot be used: line 1/ }),
        'is in the log');
    all_say('file', 'its former state stays');
    $redis->cmd(HDEL => 'smartmsg:groups', 'new');
    set_group(vip => '["ann"]');
};


subtest 'a rule of Redis' => sub {
    $redis->cmd(HSET => 'smartmsg:rules', redis => rule(on => 'load', priority => 5,
        if => { '$savedGroup' => { id => 'many' } }));
    all_say('file', 'the group is not there');
    set_group(many => json({ type => 'list', attributeKey => 'query.who',
        values => [ 'ann', map { "visitor$_" } 1 .. 20000 ] }));
    all_say('redis file', 'a long list');
    set_group(many => json({ type => 'condition', condition => { 'query.who' => 'bob' } }));
    all_say('file', 'a condition');
    $redis->cmd(DEL => 'smartmsg:groups');
    all_say('others', 'no groups at all');
    $redis->cmd('FLUSHALL');
};

$nginx->stop_ok(qr/group "(?:vip|new)"/);
done_testing;
