# Facts of where a visitor came from: this page first, then what the session
# began with.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;
use Smartmsg::Ask;

my $up = upstream('*' => page('<!doctype html><html><body><p>x</body></html>'));
my $redis = redis();
my $nginx = nginx(redis => $redis, upstream => $up);

ask_at($nginx, $redis);

my @own = (headers => [Host => 'shop.example', Referer => 'https://shop.example/x?q=a']);

sub from { return (headers => [Host => 'shop.example', Referer => $_[0]]) }


subtest 'referrer' => sub {
    my $visitor = $nginx->visitor;
    my @here = (visitor => $visitor);
    my $search = 'https://www.bing.com/search?q=Oak+chair%21&form=x';
    my $facts = { 'referrer.host' => 'www.bing.com', 'referrer.search' => 'bing',
        'referrer.term' => 'Oak chair!' };

    holds('first page', $facts, '/', @here, from($search));
    holds('second page', $facts, '/', @here, @own);
    holds('without a referrer', $facts, '/', @here);

    holds('another site in between', { 'referrer.host' => 'pay.example',
        %{ absent('referrer.search', 'referrer.term') } }, '/', @here,
        from('https://PAY.example:8443/done?q=no'));
    holds('only for that page', $facts, '/', @here, @own);
    holds('another search', { 'referrer.search' => 'google', %{ absent('referrer.term') } },
        '/', @here, from('https://www.google.de/'));

    settle($nginx, $redis);
    is($redis->cmd(HGET => key_of($visitor) . 's', 'referrer'), 'https://www.bing.com/search',
        'only the words are kept of what is behind the "?"');
    is($redis->cmd(HGET => key_of($visitor) . 's', 'referrer.term'), 'Oak chair!', 'these');

    holds('a long term is cut', { 'referrer.term' => 'x' x 128 }, '/',
        from('https://ya.ru/?text=' . 'x' x 200));

    my $none = absent('referrer.host', 'referrer.search', 'referrer.term');
    holds('none', $none, '/');
    holds('the shop itself', $none, '/', @own);
    holds("the shop itself, as $_", $none, '/', from($_)) for 'http://shop.example/',
        'https://shop.example:8443/x', 'https://SHOP.example', 'https://shop.example?x',
        'https://a:b@shop.example/';

    my %foreign = ('https://shop.example:8443@evil.example/' => 'evil.example',
        'https://shop.example.evil.example/' => 'shop.example.evil.example',
        'https://shop.example:80@evil.example' => 'evil.example',
        'https://shop.examples/' => 'shop.examples');

    holds("not the shop: $_", { 'referrer.host' => $foreign{$_} }, '/', from($_))
        for sort keys %foreign;
    holds('no web page', $none, '/', from('android-app://com.example/'));
    holds('no such fact', absent('referrer.path', 'referrer.', 'referrer'), '/', from($search));
};


subtest 'click ids' => sub {
    my $visitor = $nginx->visitor;
    my @here = (visitor => $visitor);

    holds('first page', { 'click.source' => 'google', 'click.id' => 'Cj0K-x' },
        '/?gclid=Cj0K-x', @here);
    holds('second page', { 'click.source' => 'google', 'click.id' => 'Cj0K-x' }, '/', @here);
    holds('another click', { 'click.source' => 'facebook', 'click.id' => 'IwAR' },
        '/?a=b&fbclid=IwAR', @here);
    holds('that was one page', { 'click.source' => 'google' }, '/', @here);

    holds('none', absent('click.source', 'click.id', 'click.', 'click.x'), '/?gclid=');
    holds('too long', { 'click.id' => 'x' x 256 }, '/?msclkid=' . 'x' x 300);
};


# Nothing of it is asked by a rule, all of it is kept.
subtest 'the session' => sub {
    $redis->cmd(HSET => 'smartmsg:rules', asked => rule());
    my $visitor = $nginx->visitor;
    $visitor->page('/?utm_source=a&utm_medium=b&utm_campaign=c&utm_term=d&utm_content=e'
        . '&gclid=f', from('https://duckduckgo.com/?q=g'));
    settle($nginx, $redis);

    my %session = @{ $redis->cmd(HGETALL => key_of($visitor) . 's') };
    delete @session{qw(first last)};
    is_deeply(\%session, { views => 1, new => 1, entry => '/',
        'utm.source' => 'a', 'utm.medium' => 'b', 'utm.campaign' => 'c', 'utm.term' => 'd',
        'utm.content' => 'e', 'click.id' => 'f', 'click.source' => 'google',
        referrer => 'https://duckduckgo.com/', 'referrer.term' => 'g' }, 'its fields');
};

$nginx->stop_ok;
done_testing;
