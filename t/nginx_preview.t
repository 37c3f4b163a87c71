# Preview links: one message for whoever has the link, why each rule was or was
# not chosen, nothing counted; and without a valid token nothing at all.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Ctl ();
use Smartmsg::Rule;

use Digest::SHA qw(hmac_sha256_base64);

my $SECRET = 'a secret of thirty-two characters';
my $body = '<!doctype html><html><body><p>x</body></html>';

my $up = upstream('*' => page($body), '/gone' => "HTTP/1.1 404 Not Found\r\n"
    . "Content-Type: text/html\r\nContent-Length: 2\r\n\r\nno",
    '/policy' => page($body, headers => ['Referrer-Policy' => 'unsafe-url']),
    '/strict' => page($body, headers => ['Referrer-Policy' => 'no-referrer',
        'Cache-Control' => 'public, max-age=600', 'CDN-Cache-Control' => 'max-age=600']));
my $redis = redis();
$redis->cmd(HSET => 'smartmsg:config', 'preview.secret', $SECRET);
$redis->cmd(HSET => 'smartmsg:switch', off => 'off');

my $nginx = nginx(redis => $redis, upstream => $up, rules => {
        off   => rule(title => 'Off', on => ['exit', 'idle'], priority => 9),
        later => rule(title => 'Later', start => '2090-01-01'),
        cart  => rule(title => 'Cart', if => { 'cart.value' => { '$gt' => 50 },
            'page.type' => 'cart' }),
        other => rule(title => 'Other', if => { 'page.type' => 'start' }),
        once  => rule(title => 'Once', on => 'load'),
        args  => rule(title => 'Args', on => 'dwell', if => {
            'query.smartmsg_preview' => { '$exists' => true } }),
        test  => json({ rules => [{ condition => { 'page.type' => 'x' },
            variations => [undef, map { JSON::PP::decode_json(rule(title => $_))
                ->{rules}[0]{force} } qw(One Two)],
            meta => [map { { key => $_ } } qw(none one two)] }] }),
    },
    http => 'proxy_cache_path %DIR%/cache keys_zone=cache:1m;
        map $request_uri $early { ~. yes; }',
    server => 'smartmsg_page cart; if ($request_uri = /never) { return 403; }',
    locations => <<'END');
        location /cached {
            proxy_cache cache;
            proxy_cache_valid 200 1h;
            proxy_cache_key $request_uri;
            add_header X-Cache $upstream_cache_status;
            proxy_pass http://%UPSTREAM%$request_uri;
        }
        location /tracked {
            smartmsg_track looked;
            proxy_pass http://%UPSTREAM%;
        }
        location /bypassed {
            smartmsg_bypass 1;
            proxy_pass http://%UPSTREAM%;
        }
        location /switched-off {
            smartmsg off;
            proxy_pass http://%UPSTREAM%;
        }
        location /fetching {
            smartmsg_mode fetch;
            proxy_pass http://%UPSTREAM%;
        }
        location /anonymous {
            smartmsg_consent 0;
            proxy_pass http://%UPSTREAM%;
        }
        location /rewritten {
            rewrite ^ /elsewhere?b=2 break;
            proxy_pass http://%UPSTREAM%;
        }
END

sub token {
    my ($rule, %opt) = @_;

    my $text = join '~', $rule, $opt{variation} // '', $opt{end} // time + 600;
    (my $signature = hmac_sha256_base64($text, $opt{secret} // $SECRET)) =~ tr{+/}{-_};

    return "$text~$signature";
}

sub link_to {
    my ($uri, @token) = @_;

    return $uri . ($uri =~ /\?/ ? '&' : '?') . 'smartmsg_preview=' . token(@token);
}

# The trace in a page: { outcome => ..., RULE => "CHOSEN|WHY", ... }
sub trace {
    my ($response) = @_;

    my ($trace) = grep { defined } map { $_->{trace} } Smartmsg::Rule::templates($response);
    return unless $trace;

    return { preview => $trace->{preview}, outcome => $trace->{outcome},
        map { $_->{rule} => "$_->{chosen}|$_->{why}" } @{ $trace->{rules} } };
}

sub keys_in_redis { return join ' ', sort @{ $redis->cmd(KEYS => '*') } }

# All of a response but what differs each time
sub all_of {
    my ($response) = @_;

    my $head = $response->head =~ s/^(?:Date|Set-Cookie):.*\r?\n//mgr;

    return $head . $response->body;
}

my $visitor = $nginx->visitor;


subtest 'a rule that is off' => sub {
    my $before = keys_in_redis();
    my $page = $visitor->page(link_to('/?a=1', 'off'));

    is($page->status, 200, 'a page');
    is(armed($page, kinds => 1), 'off:exit,idle', 'with this message and no other');
    like($page->content, qr/>Off</, 'its text');
    my ($message) = Smartmsg::Rule::templates($page);
    is($message->{preview}, 1, 'says that it is a preview');
    ok(script_of($page), 'the runtime');
    is($page->header('Cache-Control'), 'private, no-store', 'nobody keeps it');
    is($page->header('Referrer-Policy'), 'same-origin', 'its address stays here');
    is($page->header('Set-Cookie'), undef, 'no cookie');
    is(scalar $page->headers('ETag'), 0, 'no validator');

    is_deeply(trace($page), { preview => 'off', outcome => 'is shown at its moment, to you alone',
        off => '|is switched off', later => '|is not in its season (start, end)',
        cart => '|cart.value is 0, must be $gt 50', other => '|page.type is "cart", must be = "start"',
        once => 'load|', args => '|query.smartmsg_preview is missing, must be $exists true',
        test => '|page.type is "cart", must be = "x"' }, 'the trace');

    is(keys_in_redis(), $before, 'nothing in Redis');
    is_deeply([ (logged($nginx, '/?a=1'))[0, 1] ], ['preview', 'off'], 'in the log, without the token');
};


subtest 'the shop does not see the link' => sub {
    my %want = ('/' => '/', '/x?a=1' => '/x?a=1', '/x?' => '/x?', '/%41?b=%26' => '/%41?b=%26');

    for my $uri (sort keys %want) {
            my $page = $visitor->page(link_to($uri, 'off'));
        is(armed($page), 'off', "$uri: the preview");
        is(($up->requests)[-1]{uri}, $want{$uri} =~ s/\?$//r, 'and what the shop was asked for');
    }

    my $page = $visitor->page('/x?smartmsg_preview=' . token('off') . '&c=3&smartmsg_preview=x');
    is(armed($page), 'off', 'the first of two counts');
    is(($up->requests)[-1]{uri}, '/x?c=3', 'both are gone');

    $page = $visitor->page(link_to('/rewritten?a=1', 'off'));
    is(armed($page), 'off', 'a rewritten address');
    is(($up->requests)[-1]{uri}, '/elsewhere?b=2&a=1', 'without it');
};


subtest 'whatever keeps it from visitors' => sub {
    my $someone = $nginx->visitor;
    $someone->page('/');
    $someone->page('/');
    ok((wait_until { claim($someone, 'once') eq 'shown' }), 'seen once');
    is(armed($someone->page('/')), '', 'the cap is used up');
    settle($nginx, $redis);

    my $id = $someone->cookie('smartmsg');
    my %before = map { $_ => [ @{ $redis->cmd(HGETALL => "smartmsg:{$id}:$_") } ] } qw(s v);
    my $events = $redis->cmd(XLEN => 'smartmsg:events');

    for my $rule (qw(off later cart other once args)) {
        my $page = $someone->page(link_to('/', $rule));
        is(armed($page), $rule, $rule);
        is(trace($page)->{preview}, $rule, 'its trace');
    }

    my $page = $someone->page(link_to('/', 'off'));
    is(trace($page)->{once}, '|has been seen enough: the session\'s shown:once is 1',
        'the facts are those of this visitor');

    settle($nginx, $redis);
    is_deeply({ map { $_ => [ @{ $redis->cmd(HGETALL => "smartmsg:{$id}:$_") } ] } qw(s v) },
        \%before, 'what is known of the visitor is as it was');
    is($redis->cmd(XLEN => 'smartmsg:events'), $events + 1, 'no event but our own');

    $redis->cmd(HSET => 'smartmsg:switch', '*', 'off');
    ok((wait_until { armed($nginx->visitor->page('/')) eq '' }), 'all is off');
    $page = $someone->page(link_to('/', 'cart'));
    is(armed($page), 'cart', 'even so');
    is(trace($page)->{once}, '|the main switch is off', 'the trace says why');
    $redis->cmd(HDEL => 'smartmsg:switch', '*');
    ok((wait_until { armed($nginx->visitor->page('/')) eq 'once' }), 'on again');
};


subtest 'variations' => sub {
    like($visitor->page(link_to('/', 'test'))->content, qr/>One</, 'none is asked for: the first message');
    my $page = $visitor->page(link_to('/', 'test', variation => 'two'));
    like($page->content, qr/>Two</, 'one that is asked for');

    for (['test', 'none', 'has no message'], ['test', 'three', 'has no such variation'],
        ['nobody', '', 'there is no such rule'])
    {
        my ($rule, $variation, $outcome) = @$_;
        $page = $visitor->page(link_to('/', $rule, variation => $variation));
        is(armed($page), '', "$rule/$variation: no message");
        is(trace($page)->{outcome}, $outcome, $outcome);
        is($page->header('Cache-Control'), 'private, no-store', 'nobody keeps it either');
    }
};


subtest 'broken rules' => sub {
    $redis->cmd(HSET => 'smartmsg:rules', cart => '{"rules": 5}', never => '[');
    ok((wait_until { (trace($visitor->page(link_to('/', 'never')))->{never} // '') ne '' }), 'known');

    my $page = $visitor->page(link_to('/', 'never'));
    is(armed($page), '', 'nothing to show');
    like(trace($page)->{never}, qr/^\|is broken: 1:1: /, 'why');
    $page = $visitor->page(link_to('/', 'cart'));
    is(armed($page), 'cart', 'an older text serves');
    like(trace($page)->{cart}, qr/^\|an older text serves, that of Redis is broken: 1:2: rules: /, 'it is said');
    $redis->cmd(DEL => 'smartmsg:rules');
    ok((wait_until { !exists trace($visitor->page(link_to('/', 'cart')))->{never} }), 'gone');
};


subtest 'no valid token' => sub {
    my $good = token('off');
    my ($text, $signature) = $good =~ /^(.*)~([^~]*)$/;
    my %bad = (
        'none' => '', 'nothing' => '?smartmsg_preview=', 'nonsense' => '?smartmsg_preview=x',
        'expired' => '?smartmsg_preview=' . token('off', end => time - 1),
        'of another secret' => '?smartmsg_preview=' . token('off', secret => scalar reverse $SECRET),
        'for another rule' => '?smartmsg_preview=' . $good =~ s/off/once/r,
        'for longer' => '?smartmsg_preview=' . $good =~ s/~(\d)(\d+)~/~9$2~/r,
        'half a signature' => '?smartmsg_preview=' . substr($good, 0, -1),
        'without a signature' => "?smartmsg_preview=$text",
        'an empty signature' => "?smartmsg_preview=$text~",
        'too long' => '?smartmsg_preview=' . 'x' x 3000,
        'another character' => "?smartmsg_preview=$text~%20$signature",
    );

    # each is another new visitor
    my $want = all_of($nginx->visitor->page('/'));
    unlike($want, qr/preview|trace/, 'a page as for anyone');
    for my $name (sort keys %bad) {
        is(all_of($nginx->visitor->page("/$bad{$name}")), $want, $name);
    }

    $want = all_of($nginx->visitor->page('/gone'));
    is(all_of($nginx->visitor->page(link_to('/gone', 'off'))), $want, 'a page that is none');
    $want = all_of($nginx->visitor->page('/bypassed'));
    is(all_of($nginx->visitor->page(link_to('/bypassed', 'off'))), $want, 'bypassed');

    $redis->cmd(HSET => 'smartmsg:switch', '*', 'off');
    ok((wait_until { armed($nginx->visitor->page('/')) eq '' }), 'all is off');
    $want = all_of($nginx->visitor->page('/'));
    is($nginx->visitor->page("/$bad{expired}")->header('Set-Cookie'), undef, 'no cookie then');
    is(all_of($nginx->visitor->page("/$bad{$_}")), $want, "$_, all off") for sort keys %bad;
    $redis->cmd(HDEL => 'smartmsg:switch', '*');
    ok((wait_until { armed($nginx->visitor->page('/')) eq 'once' }), 'on again');

    $nginx->visitor->page(link_to('/switched-off', 'off'));
    like(($up->requests)[-1]{uri}, qr/smartmsg_preview=off/, 'where smartmsg is off all stays as it is');
};


subtest 'headers of the shop' => sub {
    my $page = $visitor->page(link_to('/policy', 'off'));
    is_deeply([ $page->headers('Referrer-Policy') ], ['same-origin'], 'a policy that gives addresses away');
    $page = $visitor->page(link_to('/strict', 'off'));
    is_deeply([ $page->headers('Referrer-Policy') ], ['no-referrer'], 'one that is stricter stays');
    is_deeply([ $page->headers('Cache-Control') ], ['private, no-store'], 'one word on caching');
    is($page->header('CDN-Cache-Control'), undef, 'none for others');
};


subtest 'caches' => sub {
    is($visitor->page(link_to('/cached?a', 'off'))->header('X-Cache'), 'MISS', 'the first request');
    my $page = $visitor->page('/cached?a');
    is($page->header('X-Cache'), 'HIT', 'is the same page for the cache');
    unlike($page->content, qr/preview/, 'without a trace of the preview');
    $page = $visitor->page(link_to('/cached?a', 'later'));
    is($page->header('X-Cache'), 'HIT', 'and a preview is made of a cached page');
    is(armed($page), 'later', 'with its message');
};


subtest 'events' => sub {
    my $someone = $nginx->visitor;
    $someone->page('/');
    my $id = $someone->cookie('smartmsg');
    $someone->page(link_to('/tracked', 'off'));
    settle($nginx, $redis);
    is($redis->cmd(HGET => "smartmsg:{$id}:s", 'event:looked'), undef, 'a preview is no event');
    $someone->page('/tracked');
    settle($nginx, $redis);
    is($redis->cmd(HGET => "smartmsg:{$id}:s", 'event:looked'), 1, 'a page is');
};


subtest 'other ways of a page' => sub {
    my $page = $nginx->visitor->page(link_to('/fetching', 'off'));
    is(armed($page), 'off', 'fetch mode: the message is in the page');
    is($page->header('Cache-Control'), 'private, no-store', 'which nobody keeps');
    $page = $nginx->visitor->page(link_to('/fetching', 'off', end => time - 1));
    is(all_of($page), all_of($nginx->visitor->page('/fetching')), 'without a valid token it is neutral');

    $page = $nginx->visitor->page(link_to('/anonymous', 'off'));
    is(armed($page), 'off', 'without consent');
    is(trace($page)->{cart}, '|asks for what is not known of a visitor without consent',
        'the trace says what that means');
};


subtest 'the secret' => sub {
    my $link = link_to('/', 'off');
    is(armed($visitor->page($link)), 'off', 'before');

    $redis->cmd(HSET => 'smartmsg:config', 'preview.secret', 'another' . $SECRET);
    ok((wait_until { armed($visitor->page($link)) ne 'off' }), 'another one ends all links');

    $redis->cmd(HSET => 'smartmsg:config', 'preview.secret', 'short');
    ok((wait_until { $nginx->error_log =~ /"preview\.secret" of smartmsg:config must have/ }), 'a bad one is logged');
    unlike($nginx->error_log, qr/short|$SECRET/, 'but not what it is');
    is(armed($visitor->page(link_to('/', 'off', secret => 'short'))), 'once', 'and it is none');

    $redis->cmd(DEL => 'smartmsg:config');
    is(Smartmsg::Ctl::ctl('preview', 'off', '--url', 'http://127.0.0.1:' . $nginx->port . '/x?y=1',
        { redis => $redis }), 0, 'the tool makes one');
    my ($path) = Smartmsg::Ctl::out() =~ m{^http://[^/]*(/.*)};
    ok((wait_until { armed($visitor->page($path)) eq 'off' }), 'and its link shows the message');
};

is($nginx->get('/')->status, 200, 'it lives');
$nginx->stop_ok(qr/preview\.secret|rule "(?:cart|never)"/);
done_testing;
