# smartmsgctl list, push, pull, on, off, rm, diff.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Ctl;
use Smartmsg::Rule;

my $redis = redis();
my @redis = { redis => $redis };
my $dir = tempdir('files');

spew("$dir/a.json", rule(priority => 5, title => 'A'));
spew("$dir/b.json", rule(priority => 7, title => 'B'));


subtest 'push' => sub {
    is(ctl('push', $dir, @redis), 0, 'a directory') or diag(err());
    is(out(), "a: added\nb: added\n", 'says what it did');
    is($redis->cmd(HGET => 'smartmsg:rules', 'a'), slurp("$dir/a.json"), 'byte by byte');

    spew("$dir/b.json", rule(priority => 8, title => 'B'));
    is(json(ctl_json('push', "$dir/a.json", "$dir/b.json", @redis)),
        '{"a":"unchanged","b":"changed"}', 'as JSON');

    my $before = $redis->hgetall('smartmsg:rules');
    spew("$dir/c.json", '{"rules": 1}');
    spew("$dir/a.json", rule(title => 'A2'));
    is(ctl('push', $dir, @redis), 1, 'one is broken');
    like(err(), qr/c\.json:1:2: rules: /, 'says which');
    like(err(), qr/nothing was changed/, 'and what follows');
    is_deeply($redis->hgetall('smartmsg:rules'), $before, 'nothing was changed');
    unlink "$dir/c.json";

    spew("$dir/odd.json", rule(if => { 'cart.vlaue' => 1 }));
    is(ctl('push', "$dir/odd.json", @redis), 0, 'an unknown fact is no reason to refuse');
    like(err(), qr/did you mean cart\.value/, 'but worth a word');
    unlink "$dir/odd.json";

    is(ctl('push', "$dir/none.json", @redis), 1, 'a file that is not there');
    is(ctl('push', tempdir('empty'), @redis), 1, 'no files');
    is(ctl('push', "$dir/a.json", "$dir/a.json", @redis), 1, 'a file twice');
    $redis->cmd(HDEL => 'smartmsg:rules', 'odd');
    spew("$dir/a.json", rule(priority => 5, title => 'A'));
};


subtest 'list' => sub {
    my @day = gmtime;
    my $day = sprintf '%04d%02d%02d', $day[5] + 1900, $day[4] + 1, $day[3];
    $redis->cmd(HSET => "smartmsg:stats:a:$day", 'impression:' => 3, 'impression:x' => 4,
        'click:x' => 2, 'dismiss:' => 1);

    is(ctl('list', @redis), 0, 'all is well');
    like(out(), qr/^RULE +STATE +PRIORITY +VERSION +SOURCE +SHOWN +CLICKED/, 'a table');
    like(out(), qr/^a +on +5 +[0-9a-f]{8} +redis +7 +2$/m, 'a row') or diag(out());
    unlike(out(), qr/\e/, 'no colours into a file');

    my $now = time;
    $redis->cmd(HSET => 'smartmsg:rules', early => rule(start => $now + 1000),
        late => rule(end => $now - 1000), dated => rule(start => '2090-01-01'),
        broken => '{', half => rule(title => 'good'));
    $redis->cmd(HSET => 'smartmsg:good', half => rule(title => 'good'));
    $redis->cmd(HSET => 'smartmsg:rules', half => '{"priority": 1');
    $redis->cmd(HSET => 'smartmsg:switch', a => 'OFF');
    $redis->cmd(HSET => 'smartmsg:status', b =>
        '{"state":"error","error":"the server says \u001b[31mno","time":1}');

    my $list = ctl_json('list', @redis);
    is(code(), 1, 'something is broken');
    my %rule = map { $_->{rule} => $_ } @{ $list->{rules} };
    is(join(' ', map { "$_=$rule{$_}{state}" } sort keys %rule),
        'a=off b=broken broken=broken dated=scheduled early=scheduled half=broken late=ended',
        'states');
    is($list->{main_switch}, 'on', 'main switch');
    like($rule{broken}{error}, qr/^1:1: /, 'why');
    is($rule{broken}{in_force}, 'nothing', 'what serves');
    like($rule{half}{in_force}, qr/good version/, 'the good version');
    like($rule{b}{error}, qr/^the server says/, 'what a server says');

    ctl('list', '--color=always', @redis);
    like(out(), qr/\e\[31mbroken\e\[0m/, 'colours');
    unlike(out() =~ s/\e\[\d+m//gr, qr/\e/, 'but none of the text');
    like(out(), qr/\\x1b\[31mno/, 'which is shown harmless');

    my $files = tempdir('rules');
    spew("$files/a.json", rule(title => 'file'));
    spew("$files/f.json", rule(title => 'file'));
    $list = ctl_json('list', '--rules', $files, @redis);
    %rule = map { $_->{rule} => $_ } @{ $list->{rules} };
    is("$rule{a}{source} $rule{f}{source} $rule{f}{state}", 'redis file on', 'sources');

    spew("$files/g.json", '{');
    is(ctl('list', '--rules', $files, @redis), 1, 'a broken file');
    like(err(), qr/g\.json:1:1: /, 'says which');

    $redis->cmd(DEL => 'smartmsg:status', 'smartmsg:switch', 'smartmsg:good');
    $redis->cmd(HDEL => 'smartmsg:rules', qw(early late dated broken half));
};


subtest 'on and off' => sub {
    is(ctl('off', 'a', @redis), 0, 'off');
    is(out(), "a: off\n", 'says so');
    is($redis->cmd(HGET => 'smartmsg:switch', 'a'), 'off', 'is off');

    is(json(ctl_json('on', 'a', 'b', @redis)), '{"a":"on","b":"on"}', 'two');
    is($redis->cmd(HGET => 'smartmsg:switch', 'a'), 'on', 'is on');

    is(ctl('off', '--all', @redis), 0, 'the main switch');
    is($redis->cmd(HGET => 'smartmsg:switch', '*'), 'off', 'is off');
    ctl('list', @redis);
    like(out(), qr/^a +off/m, 'so are all');
    like(out(), qr/the main switch is off/, 'says why');
    is(ctl('on', '*', @redis), 0, 'and on');
    is($redis->cmd(HGET => 'smartmsg:switch', '*'), 'on', 'is on');

    is(ctl('off', 'other', @redis), 0, 'a rule that Redis does not have');
    like(err(), qr/other is not in Redis/, 'a note');

    is(ctl('off', 'no name', @redis), 2, 'no name');
    is(ctl('off', @redis), 2, 'none');
};


subtest 'pull and diff' => sub {
    my $copy = tempdir('copy') . '/new';

    is(ctl('pull', $copy, @redis), 0, 'pull') or diag(err());
    is(slurp("$copy/a.json"), $redis->cmd(HGET => 'smartmsg:rules', 'a'), 'byte by byte');
    is(join(' ', map { s/.*\///r } glob "$copy/*"), 'a.json b.json', 'nothing else');
    is(ctl('diff', $copy, @redis), 0, 'no differences');

    is(json(ctl_json('pull', $copy, @redis)), '{"a":"unchanged","b":"unchanged"}', 'again');

    my $b = JSON::PP->new->pretty->encode(JSON::PP::decode_json(slurp("$copy/b.json")));
    spew("$copy/b.json", $b);
    is(ctl('diff', $copy, @redis), 0, 'white space and order make none');

    spew("$copy/a.json", rule(priority => 6, title => "A\n\e[31m"));
    spew("$copy/c.json", rule());
    unlink "$copy/b.json";
    is(ctl('diff', $copy, @redis), 1, 'differences');
    like(out(), qr/^a: changed\n--- redis\n\+\+\+ .*a\.json\n@@ -\d+,\d+ \+\d+,\d+ @@\n/m, 'head');
    like(out(), qr/^-  "priority": 5,\n\+  "priority": 6,$/m, 'lines') or diag(out());
    like(out(), qr/^c: added/m, 'only a file');
    like(out(), qr/^b: missing/m, 'only in Redis');
    unlike(out(), qr/\e/, 'no control characters');
    is(json(ctl_json('diff', $copy, @redis)),
        '{"a":"changed","b":"missing","c":"added"}', 'as JSON');

    $redis->cmd(HSET => 'smartmsg:rules', '../evil' => rule(), broken => '{');
    is(ctl('pull', $copy, @redis), 1, 'an evil name');
    like(out(), qr/^\.\.\/evil: left out/m, 'is left out');
    ok(!-e "$copy/../evil.json", 'and not written');
    is(slurp("$copy/broken.json"), '{', 'what is broken is pulled, too');
    is(ctl('diff', $copy, @redis), 1, 'diff with what is no JSON');
    unlike(out(), qr/^broken/m, 'which is the same');
    is(join(' ', glob "$copy/*.json.*"), '', 'no drafts left');
    $redis->cmd(HDEL => 'smartmsg:rules', '../evil', 'broken');

    spew("$copy/file", '');
    is(ctl('pull', "$copy/file/x", @redis), 5, 'a directory that cannot be made');
    is(ctl('diff', "$copy/none", @redis), 5, 'or is not there');
};


subtest 'rm' => sub {
    $redis->cmd(HSET => 'smartmsg:good', a => 'x');
    $redis->cmd(HSET => 'smartmsg:status', a => 'x');

    is(ctl('rm', 'a', @redis), 0, 'a rule');
    is(out(), "a: removed\n", 'says so');
    is($redis->cmd(HEXISTS => "smartmsg:$_", 'a'), 0, "gone from $_")
        for qw(rules good status);
    is($redis->cmd(HGET => 'smartmsg:switch', 'a'), 'on', 'its switch stays');

    is(json(ctl_json('rm', 'a', 'b', @redis)), '{"a":"not in Redis","b":"removed"}',
        'one that is not there');
    is(code(), 1, 'exit code');
};

done_testing;
