# What Redis needs for a visitor: session and visitor together, after five pages
# that an advertisement led to, are less than 600 bytes.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule qw(rule settle);

my $redis = redis;
my $up = upstream('*' => page('<!doctype html><html><body></body></html>'));
my $nginx = nginx(redis => $redis, upstream => $up, rules => { help => rule() });

my @views = ('/?utm_source=newsletter&utm_medium=email&utm_campaign=spring-sale-2026',
    '/category/chairs', '/product/oak-chair', '/cart', '/checkout');
my (%sum, $visitors);

for (1 .. 20) {
    my $visitor = $nginx->visitor;

    $visitor->page($_, headers => $_ eq $views[0]
        ? [Referer => 'https://mail.example/inbox'] : []) for @views;
    settle($nginx, $redis);

    my $key = 'smartmsg:{' . $visitor->cookie('smartmsg') . '}';
    is($redis->cmd(HGET => "$key:s", 'views'), 5, 'five views');
    is($redis->cmd(HGET => "$key:v", 'visits'), 1, 'of one visit');

    $sum{$_} += $redis->cmd(MEMORY => 'USAGE', "$key:$_", SAMPLES => 0) for qw(s v);
    $visitors++;
}

my $bytes = ($sum{s} + $sum{v}) / $visitors;
ok($bytes < 600, sprintf 'session %d and visitor %d bytes', $sum{s} / $visitors, $sum{v} / $visitors)
    or diag "$bytes bytes";
is(scalar @{ $redis->cmd(KEYS => 'smartmsg:{*') }, 2 * $visitors, 'and there is no other key');

$nginx->stop_ok;
done_testing;
