# smartmsg:config: whether the runtime is in every page, and what it tells
# analytics.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;

my $up = upstream('*' => page('<!doctype html><html><body><p>x</body></html>'));
my $redis = redis();
my $nginx = nginx(redis => $redis, upstream => $up,
    rules => { hello => rule(if => { 'page.path' => '/hello' }) });
my $n = 0;

sub status_of {
    my ($path) = @_;

    my $uri = "$path?" . ++$n;
    my $response = $nginx->visitor->page($uri);

    return logged($nginx, $uri) . (script_of($response) ? ' with script' : '');
}

sub becomes {
    my ($path, $status) = @_;

    my $is = '';
    ok((wait_until { ($is = status_of($path)) eq $status }), "$path: $status") or diag $is;

    return;
}

sub tells_ga4 { return $nginx->visitor->page($_[0])->content =~ /&quot;ga4&quot;:1/ }

becomes('/hello', 'injected with script');
becomes('/', 'none');


subtest 'runtime' => sub {
    $redis->cmd(HSET => 'smartmsg:config', runtime => 'always');
    becomes('/', 'script with script');
    becomes('/hello', 'injected with script');

    $redis->cmd(HSET => 'smartmsg:switch', hello => 'off');
    becomes('/hello', 'script with script');

    $redis->cmd(HSET => 'smartmsg:switch', '*' => 'off');
    becomes('/', 'no_rules');

    $redis->cmd(DEL => 'smartmsg:switch');
    $redis->cmd(HSET => 'smartmsg:config', runtime => 'never');
    ok($nginx->error_logged(qr/setting "runtime" of smartmsg:config is "never", it must be "always" or "needed"; its former value stays/),
        'a mistake');
    becomes('/', 'script with script');

    $redis->cmd(HSET => 'smartmsg:config', runtime => 'needed');
    becomes('/', 'none');
};


subtest 'ga4' => sub {
    ok(!tells_ga4('/hello'), 'not asked for');
    $redis->cmd(HSET => 'smartmsg:config', ga4 => 'on', runtime => 'always');
    ok((wait_until { tells_ga4('/hello') }), 'asked for');
    becomes('/', 'script with script');
    ok(!tells_ga4('/'), 'where there is a message');
    $redis->cmd(DEL => 'smartmsg:config');
    ok((wait_until { !tells_ga4('/hello') }), 'no more');
};


subtest 'no rule at all' => sub {
    my $empty = nginx(redis => $redis, upstream => $up);
    my $status = sub {
        my $uri = '/?' . ++$n;
        my $response = $empty->visitor->page($uri);
        return logged($empty, $uri) . (script_of($response) ? ' with script' : '');
    };

    ok((wait_until { $status->() eq 'no_rules' }), 'nothing to do');
    $redis->cmd(HSET => 'smartmsg:config', runtime => 'always');
    ok((wait_until { $status->() eq 'script with script' }), 'but to be there');
    $empty->stop_ok;
};


$nginx->stop_ok;
done_testing;
