# The shop packs: what each shop system sends, as an unmodified shop does, and
# what is made of it.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;
use IO::Compress::Gzip ();

my $redis = redis();
my $up = upstream();
my $root = root();

my @types = qw(home category product search cart checkout confirmation account login);
my %rules = map { ("is-$_" => rule(if => { 'page.type' => $_ })) } @types;
$rules{filled} = rule(on => 'idle', if => { 'cart.items' => { '$gte' => 1 } });
$rules{rich} = rule(on => 'dwell', if => { 'cart.value' => { '$gte' => 50 } });

my $page = '<!doctype html><html><body><p>x</body></html>';

my ($nginx, $visitor);

# A visitor of a shop behind that pack who has been there before.
sub enter {
    my ($pack, %opt) = @_;

    $nginx = nginx(redis => $redis, upstream => $up, rules => \%rules,
        http => "smartmsg_shop $root/rules/shops/$pack.json"
            . ($opt{base} ? " base=$opt{base};" : ';'));
    come($opt{base} // '');

    return;
}

sub come {
    my ($base) = @_;

    $visitor = $nginx->visitor;
    reply(($base // '') . '/');
    $visitor->page(($base // '') . '/');

    return $visitor;
}

sub leave {
    return $nginx->stop_ok;
}

# What the shop answers to a URI from now on: 302 => LOCATION, json => TEXT,
# status => ..., headers => [...], else a page.
sub reply {
    my ($uri, %as) = @_;

    my $status = $as{status} || ($as{302} ? '302 Found' : '200 OK');
    my $body = $as{json} // $as{body} // ($as{302} ? '' : $page);
    my @headers = @{ $as{headers} || [] };
    push @headers, Location => $as{302} if $as{302};

    $up->reply($uri, page($body, status => $status, headers => \@headers,
        type => defined $as{json} ? 'application/json; charset=utf-8' : 'text/html',
        gzip => $as{gzip}, framing => $as{framing} || 'length',
        split => $as{split} || []));

    return;
}

# A request of a script in the page, or of a form with document => 1.
sub ask {
    my ($method, $uri, %as) = @_;

    reply($uri, %as);

    return $visitor->page($uri, method => $method, body => '') if $as{document};
    return $visitor->request($method, $uri, body => $method eq 'GET' ? undef : '',
        headers => [Accept => '*/*', 'Sec-Fetch-Dest' => 'empty']);
}

sub key {
    my ($kind) = @_;

    return 'smartmsg:{' . $visitor->cookie('smartmsg') . "}:$kind";
}

sub hash_of {
    my ($kind) = @_;

    settle($nginx, $redis);

    return $redis->hgetall(key($kind));
}

# "add_to_cart 2, login 1" of what was counted in this session.
sub counted {
    my $s = hash_of('s');

    return join ', ', map { /^event:(.*)/ ? "$1 $s->{$_}" : () } sort keys %$s;
}

sub cart {
    my $s = hash_of('s');

    return join ' ', map { $s->{"cart.$_"} // '-' } qw(items value currency);
}

# "2 59.9": orders of the visitor and their value.
sub orders {
    # Redis is asked between the answers of two questions
    settle($nginx, $redis) for 1 .. 3;
    my $v = hash_of('v');

    return join ' ', $v->{orders} // 0, $v->{revenue} // 0;
}

sub types_ok {
    my (@cases) = @_;

    while (my ($uri, $type) = splice @cases, 0, 2) {
        reply($uri);
        my $armed = armed($visitor->page($uri));
        my ($is) = $armed =~ /is-(\w+)/;
        is($is // '', $type, "$uri is " . ($type || 'nothing special'));
    }

    return;
}

sub excluded_ok {
    for my $uri (@_) {
        reply($uri);
        my $res = $visitor->page($uri);
        is($res->content, $page, "$uri is left alone");
        is(logged($nginx, $uri), 'excluded', 'and the log says why');
    }

    return;
}


subtest 'woocommerce, classic' => sub {
    enter('woocommerce');

    types_ok('/' => 'home', '/cart/' => 'cart', '/cart' => 'cart',
        '/checkout/' => 'checkout', '/checkout/order-received/54/?key=wc_x' => 'confirmation',
        '/product/tea-pot/' => 'product', '/product-category/tea/' => 'category',
        '/shop/' => 'category', '/?s=tea' => 'search', '/my-account/orders/' => 'account',
        '/about/' => '', '/cartography/' => '');
    excluded_ok('/wp-admin/index.php', '/wp-login.php', '/blog/post/embed/',
        '/?embed=true', '/?customize_changeset_uuid=1');

    is(counted(), 'checkout_start 1', 'the checkout was opened, its confirmation is none');

    come();
    my @hash = ('Set-Cookie' => 'woocommerce_items_in_cart=1; path=/',
        'Set-Cookie' => 'woocommerce_cart_hash=0a1b; path=/; HttpOnly');
    ask(POST => '/?wc-ajax=add_to_cart', json => '{"fragments":{},"cart_hash":"0a1b"}',
        headers => \@hash);
    is(counted(), 'add_to_cart 1', 'by a script');
    ask(POST => '/?wc-ajax=add_to_cart', json => '{"error":true,"product_url":"/product/x"}');
    is(counted(), 'add_to_cart 1', 'not without success');
    ask(GET => '/?add-to-cart=17', document => 1, headers => \@hash);
    ask(POST => '/product/cup/', document => 1, headers => \@hash);
    is(counted(), 'add_to_cart 3', 'by a link, and by a form that answers 200');
    ask(GET => '/?add-to-cart=17', document => 1);
    ask(POST => '/product/cup/', document => 1);
    is(counted(), 'add_to_cart 3', 'not if the cart stays as it was');

    reply('/');
    like(armed($visitor->page('/')), qr/filled/, 'the cookie says there is something');
    report($visitor, { event => 'cart', op => 'set', items => 3, value => 80 });
    settle($nginx, $redis);
    like(armed($visitor->page('/')), qr/filled.*rich|rich.*filled/, 'the browser knows more');
    $visitor->cookie(woocommerce_items_in_cart => undef);
    unlike(armed($visitor->page('/')), qr/filled|rich/, 'without the cookie it is empty');

    come();
    for my $key ('', 'wc_order_abc') {
        ask(GET => "/checkout/order-received/99999/?key=$key", document => 1,
            body => '<!doctype html><html><body><h1>Thank you</h1></body></html>');
    }
    is(orders(), '0 0', '"Thank you" with a made up number is no order');

    ask(POST => '/?wc-ajax=checkout', json => '{"result":"failure","messages":"x"}');
    ask(POST => '/?wc-ajax=checkout', json => '{"result":"success","order_id":54,'
        . '"redirect":"https:\/\/pay.example\/go"}');
    is(orders(), '0 0', 'neither is a failure, nor one that is yet to be paid');
    my $success = '{"result":"success","order_id":54,"redirect":'
        . '"http:\/\/shop\/checkout\/order-received\/54\/?key=wc_order_x"}';
    ask(POST => '/?wc-ajax=checkout', json => $success, gzip => 1, framing => 'chunked',
        split => [5, 60]);
    is(orders(), '1 0', 'success is, also compressed and in pieces');
    is(hash_of('s')->{orders}, 1, 'of this session');
    ask(POST => '/?wc-ajax=checkout', json => $success);
    is(orders(), '1 0', 'and only one when the button was pressed twice');

    reply('/checkout/order-received/54/');
    my $thanks = $visitor->page('/checkout/order-received/54/?key=wc_order_x');
    like($thanks->content, qr/&quot;order&quot;:\{[^}]*&quot;proof&quot;/,
        'the browser looks for the proof on that page');
    report($visitor, { event => 'order', id => '54', value => 61.5 }) for 1, 2;
    is(orders(), '1 61.5', 'and finds the number and value of the same order');
    report($visitor, { event => 'order', id => '55', value => 10 });
    is(orders(), '2 71.5', 'the next one is another');

    ask(POST => '/my-account/', 302 => '/my-account/', document => 1);
    ask(POST => '/my-account/', document => 1);
    like(counted(), qr/login 1,/, 'a login that worked');

    leave();
};


subtest 'woocommerce, blocks' => sub {
    enter('woocommerce');

    my $batch = '{"responses":[{"status":%d,"body":{"items_count":2,"totals":'
        . '{"total_price":"12550","currency_code":"EUR","currency_minor_unit":2}}}]}';
    ask(POST => '/wp-json/wc/store/v1/batch', status => '207 Multi-Status',
        json => sprintf $batch, 201);
    is(counted(), 'add_to_cart 1', 'put in');
    is(cart(), '2 125.5 EUR', 'the cart is in the answer');
    ask(POST => '/wp-json/wc/store/v1/batch', status => '207 Multi-Status',
        json => sprintf $batch, 200);
    is(counted(), 'add_to_cart 1', 'another number of pieces is not another article');
    ask(POST => '/wp-json/wc/store/v1/batch', status => '207 Multi-Status',
        json => '{"responses":[{"status":400,"body":{"code":"x"}}]}');
    ask(GET => '/wp-json/wc/store/v1/cart', json => '{"items_count":1,"totals":'
        . '{"total_price":"500","currency_code":"JPY","currency_minor_unit":0}}');
    is(cart(), '1 500 JPY', 'or asked for by the page');

    my $order = '{"order_id":77,"status":"%s","payment_result":{"payment_status":"%s",'
        . '"redirect_url":"http://shop/checkout/order-received/77/?key=x"}}';
    ask(PUT => '/wp-json/wc/store/v1/checkout', json => sprintf $order, 'draft', 'success');
    ask(POST => '/wp-json/wc/store/v1/checkout', json => sprintf $order, 'pending', 'failure');
    is(orders(), '0 0', 'a draft is no order');
    ask(POST => '/wp-json/wc/store/v1/checkout', json => sprintf $order, 'on-hold', 'success');
    is(orders(), '1 0', 'an order');
    is(cart(), '- - -', 'the cart is empty then');

    leave();
};


for my $version ([ 4, '.' ], [ 3, '/' ]) {
    my ($n, $dot) = @$version;

    subtest "opencart $n" => sub {
        enter('opencart');

        types_ok('/' => 'home', '/index.php?route=common/home' => 'home',
            '/index.php?route=checkout/cart&language=en-gb' => 'cart',
            '/index.php?route=checkout/checkout' => 'checkout',
            '/index.php?route=checkout/success' => 'confirmation',
            '/index.php?route=product/product&product_id=4' => 'product',
            '/index.php?route=product/category&path=20' => 'category',
            '/index.php?route=account/login' => 'login',
            '/index.php?route=account%2Fedit' => 'account',
            '/index.php?route=information/contact' => '');
        excluded_ok('/admin/index.php?route=common/dashboard');
        is(orders(), '0 0', 'the success page is the same for anybody: no order');
        is(counted(), 'checkout_start 1', 'the checkout was opened');

        come();
        my $add = "/index.php?route=checkout/cart${dot}add&language=en-gb";
        ask(POST => $add, json => '{"success":"Success: you have added ..."}');
        ask(POST => $add, json => '{"error":{"warning":"x"}}');
        ask(GET => $add, json => '{"success":"x"}');
        is(counted(), 'add_to_cart 1', 'put in');

        # the dropdown of the cart is fetched as text/html without a document
        my $info = ask(GET => '/index.php?route=common/cart' . $dot . 'info',
            body => '<ul><li>1 item(s) - $123.20</li></ul>');
        unlike($info->content, qr/template/, 'a fragment is no page');

        my $pay = $n == 4 ? '/index.php?route=extension/opencart/payment/cod.confirm'
            : '/index.php?route=extension/payment/cod/confirm';
        ask(GET => $pay, json => '{"error":"x"}');
        is(orders(), '0 0', 'refused');
        ask(GET => $pay, json =>
            '{"redirect":"http:\/\/shop\/index.php?route=checkout\/success"}');
        is(orders(), '1 0', 'the answer of the payment method proves the order');
        ask(GET => '/index.php?route=checkout/success', document => 1) for 1, 2;
        is(orders(), '1 0', 'and the page after it adds none');

        leave();
    };
}


subtest 'evershop' => sub {
    enter('evershop');

    types_ok('/' => 'home', '/cart' => 'cart', '/checkout' => 'checkout',
        '/checkout/success/6f1b3e0e-aaaa-bbbb-cccc-0123456789ab' => 'confirmation',
        '/search?keyword=x' => 'search', '/account/login' => 'login', '/account' => 'account',
        '/accessories/nice-bag' => '');
    excluded_ok('/admin', '/admin/login');
    is(orders(), '0 0', 'an address proves nothing');

    come();
    my $item = '{"data":{"item":{"qty":2},"count":3,"cartId":"c"}}';
    ask(POST => '/api/cart/mine/items', json => $item);
    is(counted(), 'add_to_cart 1', 'put in');
    is(cart(), '3 - -', 'how many there are now');
    reply('/');
    like(armed($visitor->page('/')), qr/filled/, 'a rule sees it on the next page');
    report($visitor, { event => 'cart', op => 'set', value => 70, currency => 'USD' });
    is(cart(), '3 70 USD', 'the value alone leaves the number');
    ask(POST => '/api/cart/mine/items', json => $item, status => '400 Bad Request');
    is(counted(), 'add_to_cart 1', 'not after an error');
    ask(DELETE => '/api/cart/mine/items/abc', json => '{"data":{}}');
    is(counted(), 'add_to_cart 1, remove_from_cart 1', 'taken out');

    ask(GET => '/checkout/success/1', document => 1, 302 => '/');
    my $order = '{"data":{"order_number":"10023","uuid":"u","grand_total":154.5,"currency":"USD"}}';
    ask(POST => '/api/carts/c-1/checkout', json => $order, status => '500 Internal Server Error');
    ask(POST => '/api/carts/c-1/checkout', json => '{"error":{"status":400}}');
    is(orders(), '0 0', 'failed');
    ask(POST => '/api/carts/c-1/checkout', json => $order) for 1, 2;
    is(orders(), '1 154.5', 'an order with its number and value, once');
    my ($entry) = map { +{ @{ $_->[1] } } }
        grep { ({ @{ $_->[1] } }->{visitor} // '') eq $visitor->cookie('smartmsg') }
        @{ $redis->cmd(XREVRANGE => 'smartmsg:events', '+', '-') };
    is("@$entry{qw(event order value currency page)}",
        'order 10023 154.5 USD /api/carts/c-1/checkout', 'in the stream');

    leave();
};


subtest 'zencart' => sub {
    enter('zencart');

    types_ok('/' => 'home', '/index.php?main_page=index' => 'home',
        '/index.php?main_page=index&cPath=3' => 'category',
        '/index.php?main_page=product_info&products_id=2' => 'product',
        '/index.php?main_page=shopping_cart' => 'cart',
        '/index.php?main_page=checkout_shipping' => 'checkout',
        '/index.php?main_page=checkout_confirmation' => 'checkout',
        '/index.php?main_page=checkout_success' => 'confirmation',
        '/index.php?main_page=login' => 'login', '/index.php?main_page=contact_us' => '');
    excluded_ok('/admin/index.php');

    ask(POST => '/index.php?main_page=checkout_confirmation', document => 1);
    is(orders(), '0 0', 'the review before the order is none');
    is(counted(), 'checkout_start 1', 'the checkout was opened');

    come();
    my $add = '/index.php?main_page=product_info&products_id=2&action=add_product';
    ask(POST => $add, document => 1, 302 => '/index.php?main_page=shopping_cart');
    ask(POST => $add, document => 1);
    is(counted(), 'add_to_cart 1', 'put in');

    my $process = '/index.php?main_page=checkout_process';
    ask(POST => $process, document => 1, 302 => '/index.php?main_page=checkout_payment');
    is(orders(), '0 0', 'payment refused');
    ask(POST => $process, document => 1,
        302 => 'http://shop/index.php?main_page=checkout_success');
    is(orders(), '1 0', 'an order');
    reply('/index.php?main_page=checkout_success');
    like($visitor->page('/index.php?main_page=checkout_success')->content,
        qr/checkoutSuccessOrderNumber/, 'whose number the browser finds');
    report($visitor, { event => 'order', id => '7', value => 0 });
    is(orders(), '1 0', 'and is the same one');

    ask(POST => '/index.php?main_page=login&action=process', document => 1, 302 => '/');
    like(counted(), qr/login 1/, 'login');

    leave();
};


subtest 'abantecart' => sub {
    enter('abantecart');

    types_ok('/' => 'home', '/index.php?rt=checkout/cart' => 'cart',
        '/index.php?rt=checkout/fast_checkout' => 'checkout',
        '/index.php?rt=product/product&product_id=1' => 'product',
        '/index.php?rt=account/login' => 'login', '/index.php?rt=content/content' => '');
    excluded_ok('/index.php?s=secret');

    come();
    ask(POST => '/index.php?rt=checkout/cart', document => 1,
        302 => '/index.php?rt=checkout/cart');
    is(counted(), 'add_to_cart 1', 'put in');
    ask(GET => '/index.php?rt=checkout/success', document => 1);
    is(orders(), '0 0', 'orders are not recognised');

    leave();
};


subtest 'shopware' => sub {
    enter('shopware');

    types_ok('/' => 'home', '/checkout/cart' => 'cart', '/checkout/confirm' => 'checkout',
        '/checkout/finish?orderId=0a' => 'confirmation', '/account/login' => 'login',
        '/account/order' => 'account', '/detail/0a1b' => 'product', '/nice-chair/' => '');
    excluded_ok('/admin');

    come();
    ask(POST => '/checkout/line-item/add', 302 => '/checkout/cart');
    ask(POST => '/checkout/line-item/delete/0a', 302 => '/checkout/cart');
    is(counted(), 'add_to_cart 1, remove_from_cart 1', 'in and out');
    ask(POST => '/checkout/order', document => 1, 302 => 'https://pay.example/');
    ask(POST => '/checkout/order', document => 1);
    is(orders(), '0 0', 'not paid yet, or not accepted');
    ask(POST => '/checkout/order', document => 1, 302 => '/checkout/finish?orderId=0a1b');
    is(orders(), '1 0', 'an order');
    report($visitor, { event => 'order', id => '10001', value => 199.98, currency => 'EUR' });
    is(orders(), '1 199.98', 'with its number');

    leave();
};


subtest 'magento' => sub {
    enter('magento');

    types_ok('/' => 'home', '/checkout/cart/' => 'cart', '/checkout/' => 'checkout',
        '/checkout/onepage/success/' => 'confirmation', '/customer/account/login/' => 'login',
        '/customer/account/' => 'account', '/catalogsearch/result/?q=x' => 'search',
        '/catalog/product/view/id/1' => 'product', '/chair.html' => '');
    excluded_ok('/admin/');

    come();
    ask(POST => '/checkout/cart/add/uenc/x/product/1/', json => '[]');
    ask(POST => '/checkout/sidebar/removeItem/', json => '{"success":true}');
    ask(POST => '/checkout/sidebar/removeItem/', json => '{"success":false}');
    is(counted(), 'add_to_cart 1, remove_from_cart 1', 'in and out');
    ask(GET => '/customer/section/load/?sections=cart&_=1', json =>
        '{"cart":{"summary_count":2,"subtotalAmount":"90.5000"}}');
    is(cart(), '2 90.5 -', 'the cart in the answer for the page');
    my $pay = '/rest/default/V1/guest-carts/abc/payment-information';
    ask(GET => $pay, json => '{}');
    ask(POST => $pay, json => '{"message":"x"}', status => '400 Bad Request');
    is(orders(), '0 0', 'refused');
    ask(POST => $pay, json => '"42"');
    is(orders(), '1 0', 'an order');

    leave();
};


subtest 'prestashop' => sub {
    enter('prestashop');

    types_ok('/' => 'home', '/en/' => 'home', '/en/cart?action=show' => 'cart', '/order' => 'checkout',
        '/order-confirmation?id_order=4&key=x' => 'confirmation', '/en/my-account' => 'account',
        '/men/1-1-shirt.html' => 'product', '/3-clothes' => 'category', '/content/2-legal' => '',
        '/index.php?controller=cart&action=show' => 'cart');
    excluded_ok('/admin123abc/index.php');

    come();
    my $cart = '{"success":true,"id_product":1,"quantity":1,"cart":'
        . '{"products_count":2,"totals":{"total":{"amount":47.1}}}}';
    ask(POST => '/en/cart', json => $cart);
    ask(POST => '/en/cart?delete=1&id_product=1', json => $cart);
    ask(POST => '/en/cart', json => '{"hasError":true,"errors":["x"]}');
    is(counted(), 'add_to_cart 1, remove_from_cart 1', 'in and out');
    is(cart(), '2 47.1 -', 'the cart in the answer');
    ask(POST => '/en/module/ps_wirepayment/validation', document => 1, 302 => '/en/order?step=1');
    is(orders(), '0 0', 'refused');
    ask(POST => '/en/module/ps_wirepayment/validation', document => 1,
        302 => 'http://shop/en/order-confirmation?id_cart=1&id_order=4&key=x');
    is(orders(), '1 0', 'an order');

    leave();
};


subtest 'generic' => sub {
    enter('generic');

    types_ok('/' => '', '/cart' => '');
    reply('/x');
    like($visitor->page('/x')->content, qr/&quot;jsonld&quot;:true/,
        'every page may describe an order');

    leave();
};


subtest 'a shop below another address' => sub {
    enter('woocommerce', base => '/store');

    types_ok('/store/' => 'home', '/store' => 'home', '/store/cart/' => 'cart', '/cart/' => '',
        '/storefront/cart/' => '');
    ask(POST => '/store/?wc-ajax=add_to_cart', json => '{"fragments":{}}');
    ask(POST => '/?wc-ajax=add_to_cart', json => '{"fragments":{}}');
    is(counted(), 'add_to_cart 1', 'events, too');

    leave();
};

done_testing;
