# More rules than anybody has: those that the type of the page rules out do no
# harm, and those that are about it are found.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;

use constant RULES => 12_000;

my $up = upstream('*' => page('<!doctype html><html><body><p>x</body></html>'));
my $redis = redis();
my $nginx = nginx(redis => $redis, upstream => $up,
    location => 'smartmsg_page $arg_type;');

# rule 7 is for pages of the type "t7" with "n=7" in the address, and so on
sub numbered {
    my ($i) = @_;

    return rule(if => { 'page.type' => "t$i", 'query.n' => "$i" });
}

$redis->cmd(HSET => 'smartmsg:rules', any => rule(on => 'idle'),
    map { ("rule$_" => numbered($_)) } 1 .. RULES);

my $known = wait_until { armed($nginx->visitor->page('/')) eq 'any' } 60;
ok($known, 'the rules are in force') or diag($nginx->error_log);

for my $i (1, 7, 100, 4_999, 10_001, RULES) {
    is(armed($nginx->visitor->page("/?type=t$i&n=$i")), "any rule$i", "its page: $i");
    is(armed($nginx->visitor->page("/?type=t$i&n=0")), 'any', 'its type, but not its page');
    is(armed($nginx->visitor->page("/?type=x$i&n=$i")), 'any', 'another type');
}

# again, now that all of these types are remembered; and one rule changes
is(armed($nginx->visitor->page('/?type=t7&n=7')), 'any rule7', 'asked again');
$redis->cmd(HSET => 'smartmsg:rules', rule7 => numbered(8));
$known = wait_until { armed($nginx->visitor->page('/?type=t8&n=8')) eq 'any rule7' } 60;
ok($known, 'a changed rule is found on its new page');
is(armed($nginx->visitor->page('/?type=t7&n=7')), 'any', 'and no more on its old one');

$nginx->stop_ok;
done_testing;
