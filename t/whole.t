# The whole way, with the ready rules: t/browser/whole.mjs in Chromium, over
# nginx with two workers, the demo shop and Redis.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Browser;
use Smartmsg::Ctl ();

my $shop = shop;
my $redis = redis;
my $location = 'proxy_set_header Host $http_host; proxy_pass http://%UPSTREAM%';
my $nginx = nginx(redis => $redis, upstream => $shop, workers => 2,
    rules => root . '/rules', locations => <<"END");
        location = /cart {
            smartmsg_page cart;
            smartmsg_fact cart.value \$cookie_cart_value;
            smartmsg_fact cart.items \$cookie_cart_items;
            $location;
        }
        location /checkout {
            smartmsg_page checkout;
            $location;
        }
        location = /browser-cart {
            smartmsg_page browser-cart;
            $location/cart;
        }
END

$ENV{SMARTMSG_URL} = 'http://127.0.0.1:' . $nginx->port . '/';
$ENV{SMARTMSG_REDIS_SOCKET} = $redis->socket_path;
$ENV{SMARTMSG_REDIS} = $redis->address;
$ENV{SMARTMSGCTL} = Smartmsg::Ctl::ctl_binary();
$ENV{SMARTMSG_HELP_RULE} = slurp(root . '/rules/help-checkout.json');

browser_tests('whole.mjs');
$nginx->stop_ok;
done_testing;
