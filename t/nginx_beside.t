# Other modules in the same request: nginx's own, and those of Debian, loaded
# before ours and after it.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;

use MIME::Base64 qw(decode_base64);

my $snippet = snippet;

my $head = '<!doctype html><html lang="en"><body><p>word';
my $tail = "</body></html>\n";
my $body = "$head$tail";
my $long = '<!doctype html><html lang="en"><body>' . ('<p>word</p>' x 20_000);

my $gif = decode_base64('R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=');

my $up = upstream('*' => page($body),
    '/image' => page($gif, type => 'image/gif'),
    '/long' => page("$long$tail"),
    '/csp' => page($body, headers => ['Content-Security-Policy' => "script-src 'self'"]),
    '/hook' => page('hooked'), '/before' => page('<!-- before -->'),
    '/after' => page('<!-- after -->'));
my $redis = redis;

# what each location has beside "proxy_pass"
my %own = (
    userid => 'userid on; userid_name uid;',
    post_action => 'post_action /hook;',
    addition => 'add_before_body /before; add_after_body /after;',
    expires => 'expires 1h; add_header X-A b always;',
);

my %foreign = (
    image => 'image_filter size;',
    resize => 'image_filter resize 1 1;',
    more => 'more_set_headers "Content-Security-Policy: script-src \'nonce-more\'" "X-More: 1";',
    less => 'more_clear_headers Content-Security-Policy;',
    forbid => 'more_set_headers "Content-Security-Policy: script-src \'none\'";',
    subs => 'subs_filter word WORT; subs_filter_types text/html;',
    cut => 'subs_filter "</body></html>" "";',
    brotli => 'brotli on; brotli_min_length 1; gzip on; gzip_min_length 1;',
    echo => 'echo_before_body "<!-- before -->"; echo_after_body "<!-- after -->";',
    lua => 'header_filter_by_lua_block { ngx.header["Content-Length"] = nil'
        . ' ngx.header["Content-Security-Policy"] = "script-src \'nonce-lua\'" }'
        . ' body_filter_by_lua_block { ngx.arg[1] = string.gsub(ngx.arg[1], "w", "W") }',
);

# what makes a page by itself
my %maker = (
    luapage => "default_type text/html; content_by_lua_block { ngx.say('$head') ngx.flush(true) ngx.print('</bo')"
        . " ngx.flush(true) ngx.say('dy></html>') }",
    echopage => "default_type text/html; echo -n '$head'; echo_flush; echo '</body></html>';",
);


sub locations {
    my (%kind) = @_;

    return join "\n", map { (
        "location /$_/ { $kind{$_} proxy_pass http://%UPSTREAM%/; }",
        "location /off/$_/ { smartmsg off; $kind{$_} proxy_pass http://%UPSTREAM%/; }",
    ) } sort keys %kind;
}

sub start {
    my (%opt) = @_;

    return nginx(redis => $redis, upstream => $up,
        rules => { hello => rule(cap => { session => 100_000 }) }, %opt,
        http => 'smartmsg_timeout 10s;' . ($opt{http} // ''));
}

my ($nginx, $visitor);

# The response with the module, which is that without it but for a message.
sub compare {
    my ($uri, %opt) = @_;

    my $want = $visitor->page("/off$uri", %opt);
    my $got = $visitor->page($uri, %opt);
    my $ours = $got->content;
    my $message = $ours =~ s/$snippet//;

    is($got->status, $want->status, "$uri: status");
    ok($got->complete, "$uri: complete");
    ok($ours eq $want->content, "$uri: body");
    is(!!$message, !exists $opt{without}, "$uri: message");

    return ($got, $want);
}


subtest 'of nginx' => sub {
    $nginx = start(locations => locations(%own));
    $visitor = $nginx->visitor;
    $visitor->page('/');

    my ($got) = compare('/userid/a');
    is(join(' ', map { /^(\w+)=/ } $nginx->visitor->page('/userid/a')->headers('Set-Cookie')),
        'uid smartmsg', 'userid: its cookie and ours');

    ($got) = compare('/addition/a');
    like($got->content, qr/\A<!-- before -->\Q$head\E$snippet\Q$tail\E<!-- after -->\z/,
        'addition: each part at its place');

    ($got) = compare('/expires/a');
    is($got->header('X-A'), 'b', 'headers: its header');
    unlike(join(',', $got->headers('Cache-Control')), qr/public/, 'headers: not for all');

    # a visit is a visit, whatever nginx does when it is over
    settle($nginx, $redis);
    my $key = 'smartmsg:{' . $visitor->cookie('smartmsg') . '}:s';
    my $views = $redis->cmd(HGET => $key, 'views');
    $up->forget_requests;
    like($visitor->page('/post_action/a')->content, qr/\A\Q$head\E$snippet\Q$tail\E\z/,
        'post_action: the page');
    ok((wait_until { grep { $_->{uri} eq '/hook' } $up->requests }), 'post_action: the action');
    settle($nginx, $redis);
    is($redis->cmd(HGET => $key, 'views'), $views + 1, 'post_action: one view');

    $nginx->stop_ok;
};


sub foreign {
    my (%place) = @_;

    $nginx = start(%place, locations => locations(%foreign) . join "\n", map { (
        "location = /$_ { $maker{$_} }", "location = /off/$_ { smartmsg off; $maker{$_} }"
    ) } sort keys %maker);
    $visitor = $nginx->visitor;
    $visitor->page('/');

    for my $uri ('/image/image', '/resize/image', '/image/a') {
        my ($got, $want) = compare($uri, without => 1);
        is($got->header('Content-Type'), $want->header('Content-Type'), "$uri: type");
        is($got->header('Content-Length'), $want->header('Content-Length'), "$uri: length");
    }
    like($visitor->page('/image/image')->content, qr/"width": 1/, 'image_filter works');

    my ($got) = compare('/more/a');
    like($got->content, qr/ nonce="more">/, 'a policy that another module sets');
    is($got->header('X-More'), 1, 'headers of another module');
    compare('/forbid/a', without => 1);
    ($got) = compare('/less/csp');
    is($got->header('Content-Security-Policy'), undef, 'headers-more clears');

    ($got) = compare('/subs/a');
    like($got->content, qr/<p>WORT/, 'subs_filter replaces');
    ($got) = compare('/subs/long');
    compare('/cut/a');

    ($got) = compare('/echo/a');
    like($got->content, qr/\A<!-- before -->\s\Q$head\E$snippet\Q$tail\E<!-- after -->\s\z/, 'echo');

    ($got) = compare('/lua/a');
    like($got->content, qr/<p>Word.* nonce="lua"/, 'lua filters');
    compare('/lua/long');

    ($got) = compare("/$_") for sort keys %maker;

    # what the client says it takes is not lost on the way to the shop
    $up->forget_requests;
    for my $uri ('/brotli/a', '/brotli/long') {
        for my $accept ('br', 'gzip, br', 'gzip') {
            my $want = $visitor->page("/off$uri", headers => ['Accept-Encoding' => $accept]);
            my $res = $visitor->page($uri, headers => ['Accept-Encoding' => $accept]);
            ok($res->complete, "$uri, $accept: complete");
            is($res->header('Content-Encoding'), $want->header('Content-Encoding'),
                "$uri, $accept: as without us");
            cmp_ok(length $res->body, '>', length $want->body, 'and more in it');
        }
    }

    $nginx->stop_ok;
}


SKIP: {
    skip 'an nginx of our own has no modules of Debian', 2 if $ENV{SMARTMSG_NGINX};

    my $dir = '/usr/lib/nginx/modules';
    my $load = join "\n", map { "load_module $dir/$_.so;" } qw(ndk_http_module
        ngx_http_image_filter_module ngx_http_headers_more_filter_module
        ngx_http_subs_filter_module ngx_http_echo_module ngx_http_lua_module
        ngx_http_brotli_filter_module);

    subtest 'of others, loaded after ours' => sub { foreign(main => $load) };
    subtest 'of others, loaded before ours' => sub { foreign(top => $load) };
}


done_testing;
