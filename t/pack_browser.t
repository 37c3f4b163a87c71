# A shop pack the whole way: t/browser/pack_whole.mjs in Chromium, over nginx and
# Redis, in front of pages as WooCommerce makes them.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Browser;
use Smartmsg::Rule;

sub woo {
    my ($body, @headers) = @_;

    return page('<!doctype html><html><head><link rel="icon" href="data:,"></head>'
        . "<body>$body</body></html>", headers => \@headers);
}

sub mini_cart {
    my ($amount, $count) = @_;

    return "<a class=\"cart-contents\"><span class=\"amount\">$amount</span>"
        . " <span class=\"count\">$count</span></a>";
}

my $thanks = '<h1>Thank you</h1>';
my $up = upstream(
    '/' => woo(mini_cart('$0.00', '0 items')),
    '/cart/' => woo(mini_cart('$61.50', '2 items'),
        'Set-Cookie' => 'woocommerce_items_in_cart=1; path=/'),
    '/checkout/order-received/99/' => woo($thanks),
    '/checkout/order-received/54/' => woo("$thanks<ul><li class=\"woocommerce-order-overview__order\">"
        . '<strong>A-54</strong></li><li class="woocommerce-order-overview__total">'
        . '<span class="amount">$61.50</span></li></ul>'));

my $redis = redis();
my $nginx = nginx(redis => $redis, upstream => $up,
    http => 'smartmsg_shop ' . root() . '/rules/shops/woocommerce.json;',
    rules => { rich => rule(on => 'idle', if => { 'cart.value' => { '$gt' => 60 },
        'cart.items' => 2 }) });

$ENV{SMARTMSG_URL} = 'http://127.0.0.1:' . $nginx->port . '/';
$ENV{SMARTMSG_REDIS_SOCKET} = $redis->socket_path;

browser_tests('pack_whole.mjs');
$nginx->stop_ok;
done_testing;
