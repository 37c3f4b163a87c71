# What somebody can send who means harm: nothing breaks, nothing grows without
# bound, nothing of others is read, and no text becomes markup or a header.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Docs;
use Smartmsg::Rule;

my $page = '<!doctype html><html><body><p>x</p></body></html>';
my $snippet = snippet;

my $up = upstream('*' => page($page));
my $redis = redis;
my $nginx = nginx(redis => $redis, upstream => $up, rules => {
        hello => rule(cap => { session => 100_000 }, if => { 'page.path' => '/hello' }),
        ask => rule(cap => { session => 100_000 }, if => { '$or' => [
            { 'query.q' => { '$regex' => 'a' } }, { 'device.type' => 'phone' },
            { 'referrer.domain' => 'x.example' }, { 'cart.value' => { '$gt' => 1 } },
            { 'page.path' => '/ask' } ] }),
    },
    log_level => 'warn',
    server => 'large_client_header_buffers 4 32k;', locations => <<'END');
        location = /told {
            add_header X-Status "$smartmsg_status";
            add_header X-Rule "$smartmsg_rule";
            add_header X-Visitor "$smartmsg_visitor";
            smartmsg_page $arg_type;
            smartmsg_fact shop.note $arg_note;
            proxy_pass http://%UPSTREAM%;
        }
        location /internal/ {
            internal;
            default_type text/html;
            return 200 "<!doctype html><body>secret</body>";
        }
        location /internal-shop/ {
            internal;
            proxy_pass http://%UPSTREAM%;
        }
END

my $visitor = $nginx->visitor;
$visitor->page('/hello');
my $id = $visitor->cookie('smartmsg');

srand($ENV{SMARTMSG_SEED} // 7);


# Kilobytes that the worker has for itself.
sub memory { return slurp('/proc/' . ($nginx->worker_pids)[0] . '/status') =~ /^RssAnon:\s+(\d+)/m }

my $instrumented = slurp('/proc/' . ($nginx->worker_pids)[0] . '/maps') =~ /libasan/;

# Names of keys as we make them, and no other.
sub strange_keys {
    return grep { !/\Asmartmsg:(?:\{[\w-]{22}\}:[svop]|stats:[\w-]+:\d{8}|events|status|good|config)\z/ }
        @{ $redis->cmd(KEYS => '*') };
}

sub noise {
    my ($length) = @_;

    my @bytes = (map({ chr } 1 .. 9, 11, 12, 14 .. 255), ('"', "'", '<', '>', '&', '\\', '{', '}',
        ':', ';', '=', ',', '%', '%00', '%0d%0a', "\xe2\x80\xa8", '</script>', '<!--', '$', '*') x 4);

    return join '', map { $bytes[rand @bytes] } 1 .. $length;
}


subtest 'noise in cookies and headers' => sub {
    my @names = ('Cookie', 'Referer', 'User-Agent', 'Accept-Language', 'Accept-Encoding', 'Host',
        'Origin', 'X-Forwarded-Proto', 'Sec-CH-UA', 'Sec-CH-UA-Mobile', 'Sec-Fetch-Site', 'Sec-GPC',
        'DNT', 'Purpose', 'Cache-Control', 'If-None-Match');
    my @wrong;

    for my $i (1 .. 400) {
        my @headers = (Host => 'shop.example', Accept => 'text/html', 'Sec-Fetch-Dest' => 'document');
        for (1 .. 1 + rand 4) {
            my $name = $names[rand @names];
            my $value = noise(rand() < 0.1 ? 20_000 : rand 300);
            $value = "smartmsg=$value" if $name eq 'Cookie' && rand() < 0.7;
            push @headers, $name => $value;
        }

        my $res = $nginx->request('GET', '/ask?q=' . join('', map { sprintf '%%%02x', rand 256 } 1 .. rand 60),
            headers => \@headers);
        my $body = $res->content;
        my $times = $body =~ s/$snippet//g || 0;
        push @wrong, "$i: " . $res->head
            if !$res->complete || $res->status !~ /^(?:200|400|414)$/
                || ($res->status == 200 && ($body ne $page || $times > 1))
                || $res->head =~ /^(?!Set-Cookie: smartmsg=[\w-]{22};)Set-Cookie/m;
    }

    is_deeply(\@wrong, [], 'a page or a refusal') or diag $wrong[0];
    settle($nginx, $redis);
    is(join(' ', strange_keys()), '', 'no odd key');
    ok((grep { /:s$/ } @{ $redis->cmd(KEYS => 'smartmsg:{*') }) > 100, 'there were visitors');

    my @large = grep { $redis->cmd(MEMORY => USAGE => $_) > 4096 } @{ $redis->cmd(KEYS => 'smartmsg:{*') };
    is(@large, 0, 'nobody leaves more than 4 KB');
};


subtest 'noise as events' => sub {
    my @good = map { json({ events => $_ }) } (
        [{ event => 'impression', rule => 'hello', on => 'exit' }],
        [{ event => 'click', rule => 'hello', action => 0 }],
        [{ event => 'cart', op => 'set', value => 3, items => 1, currency => 'EUR' }],
        [{ event => 'order', id => 'no-1', value => 12.5 }],
        [{ event => 'track', name => 'film', data => { a => 'b', c => 1 } }],
        [{ event => 'identify', id => 'c-1', traits => { tier => 'gold' } }]);
    my (@wrong, %count);

    for my $i (1 .. 800) {
        my $body = $good[rand @good];
        for (1 .. 1 + rand 3) {
            my $at = int rand length $body;
            substr $body, $at, rand 6, rand() < 0.5 ? noise(rand 4) : ('1e999', '-0', 'null', '[',
                '{"a":', '"\\ud800"', '"\\u0000"', '99999999999999999999', 'NaN', "\xff")[rand 10];
        }
        my $res = $nginx->request('POST', '/smartmsg/event', body => $body, headers =>
            ['Sec-Fetch-Site' => 'same-origin', Cookie => "smartmsg=$id"]);
        $count{$res->status}++;
        push @wrong, $res->status . " $body" if $res->status !~ /^(?:204|400)$/;
    }

    is_deeply(\@wrong, [], 'taken or refused: ' . join ', ', map { "$_ $count{$_}" } sort keys %count);
    settle($nginx, $redis);
    is(join(' ', strange_keys()), '', 'no odd key');
    is(armed($visitor->page('/hello')), 'hello', 'the visitor goes on');
};


# Whoever may write rules may write anything into them; a page is safe from it.
subtest 'texts of rules' => sub {
    my @texts = ('</script><script>alert(1)</script>', '<!--', '-->', '</template><img src=x onerror=alert(1)>',
        "a\x{2028}b\x{2029}c", '"><svg onload=alert(1)>', "&lt;script&gt;", '</body></html>', "\x{202e}abc",
        "\x{feff}abc", '{{cart.value}}', '<!--#include virtual="/internal/x" -->', "'; alert(1)//", '\\u003cscript>');

    for my $i (0 .. $#texts) {
        my $text = $texts[$i];
        $redis->cmd(HSET => 'smartmsg:rules', text => json({ defaultValue => undef, rules => [{
            condition => { 'page.path' => "/text$i" }, force => { when => [{ on => 'exit' }],
            cap => { session => 1000 }, show => { as => 'dialog', title => $text, text => $text,
                actions => [{ label => $text, href => '/cart' }] } } }] }));
        my $res;
        ok((wait_until { armed($res = $visitor->page("/text$i")) eq 'text' }), "text $i: is shown");

        my ($ours) = $res->content =~ /($snippet)/;
        unlike($ours, qr/[^\x20-\x7e]/, 'in ASCII');
        my %tags = map { $_ => 1 } $ours =~ /<(\/?[a-zA-Z!][\w-]*)/g;
        delete @tags{map { ($_, "/$_") } qw(template h2 p a button div script)};
        is(join(' ', keys %tags), '', 'no other element');
        is(scalar(() = $ours =~ /<script/g), 1, 'no other script');
        unlike($ours, qr/<[^>]*\s(?:on\w+|style)=/, 'no handler, no style');
        unlike($ours, qr/<!--|\x{2028}/, 'no comment');
    }

    my $good = $redis->cmd(HGET => 'smartmsg:rules', 'text');
    my $log = length $nginx->error_log;
    my @hrefs = ('javascript:alert(1)', 'JavaScript:alert(1)', " javascript:alert(1)", "java\tscript:alert(1)",
        'data:text/html,<script>1</script>', 'vbscript:x', "\x01javascript:x", 'blob:x', "//evil.example\n");
    for my $href (@hrefs) {
        $redis->cmd(HSET => 'smartmsg:rules', link => json({ defaultValue => undef, rules => [{
            condition => { 'page.path' => '/link' }, force => { when => [{ on => 'exit' }],
            show => { as => 'dialog', title => 'x', actions => [{ label => 'x', href => $href }] } } }] }));
        ok((wait_until { ($redis->cmd(HGET => 'smartmsg:status', 'link') // '') =~ /"error"/ }),
            json([$href]) . ' is refused');
        is(armed($visitor->page('/link')), '', 'and not shown');
        $redis->cmd(HDEL => 'smartmsg:rules', 'link');
        ok((wait_until { !$redis->cmd(HEXISTS => 'smartmsg:status', 'link') }), 'gone');
    }

    for my $bytes ("\xff", "\xed\xa0\x80", "\xc0\xaf", "\xf4\x90\x80\x80") {
        (my $broken = $good) =~ s/"title":"[^"]*"/"title":"$bytes"/;
        $redis->cmd(HSET => 'smartmsg:rules', link => $broken);
        ok((wait_until { ($redis->cmd(HGET => 'smartmsg:status', 'link') // '') =~ /"error"/ }),
            'bytes that are no UTF-8 are refused: ' . unpack 'H*', $bytes);
        $redis->cmd(HDEL => 'smartmsg:rules', 'link');
        ok((wait_until { !$redis->cmd(HEXISTS => 'smartmsg:status', 'link') }), 'gone');
    }

    $redis->cmd(HDEL => 'smartmsg:rules', 'text');
    ok($visitor->page('/hello')->content =~ $snippet, 'all is well');
};


subtest 'header splitting' => sub {
    my $force = { when => [{ on => 'exit' }], cap => { session => 1000 },
        show => { as => 'dialog', title => 'x' } };
    $redis->cmd(HSET => 'smartmsg:rules', "x\r\nSet-Cookie: evil=1", json({ defaultValue => undef,
        priority => 1000, rules => [{ condition => { 'page.path' => '/told' }, force => $force }] }));
    ok((wait_until { ($redis->cmd(HLEN => 'smartmsg:status') // 0) > 0 }), 'a rule with a line break is seen');

    for my $query ('type=cart%0d%0aSet-Cookie:%20evil=1&note=a%0d%0ab', "type=cart\xe5\x98\x8a", 'note=%00',
        'type=' . 'x' x 5000)
    {
        my $res = $visitor->page("/told?$query", headers => [Referer => "https://x.example/%0d%0aevil: 1"]);
        unlike($res->head, qr/^(?:Set-Cookie: )?evil/mi, substr($query, 0, 40) . ': one header is one');
        unlike($res->head, qr/[^\r\n\x20-\x7e\x80-\xff]/, 'no control characters');
        is($res->header('X-Visitor'), $id, 'the id');
        ok($res->complete, 'the page');
    }

    for my $evil ("$id\xe5\x98\x8aSet-Cookie: evil=1", "$id;smartmsg=\"a\"", "$id\tx") {
        my $res = $nginx->request('GET', '/told', headers => [Accept => 'text/html', Cookie => "smartmsg=$evil"]);
        unlike($res->head, qr/^Set-Cookie: (?!smartmsg=[\w-]{22};)/m, 'cookies');
    }
    $redis->cmd(DEL => 'smartmsg:rules');
};


subtest 'asking for other pages' => sub {
    my $ask = sub {
        my ($page, $site) = @_;
        return $visitor->request('GET', "/smartmsg/decide?page=$page",
            headers => ['Sec-Fetch-Site' => $site // 'same-origin']);
    };

    like($ask->('/hello')->content, qr/<template/, 'a page');

    for my $page ('/internal/x', '/internal-shop/x', '/smartmsg/decide?page=/internal/x', '/smartmsg/event',
        '/smartmsg/decide%3fpage=/hello', '//evil.example/', 'http://evil.example/', '/%0d%0aX: y', '/..%2f..%2fetc',
        '/../x', '%00', '', '/' . 'x' x 9000)
    {
        $up->forget_requests;
        my $res = $ask->($page);
        unlike($res->content, qr/secret|<p>x/, substr($page, 0, 40) . ': nothing of the page');
        cmp_ok($res->status, '<', 500, 'and no error: ' . $res->status);
        is((grep { $_->{uri} !~ m{^/hello} } $up->requests), 0, 'the shop is not asked');
    }

    is($ask->('/hello', 'cross-site')->status, 403, 'another site is not told');
};


# An id is a secret of 128 bits. One that was made up knows nothing, one that
# was stolen shows no data, and nobody else's can be found with it.
subtest 'ids of others' => sub {
    report($visitor, { event => 'cart', op => 'set', value => 77.77, items => 3, currency => 'EUR' });
    report($visitor, { event => 'identify', id => 'customer-4711', traits => { tier => 'platinum' } });
    settle($nginx, $redis);

    my @ids = (map({ my $x = $id; substr($x, $_, 1) = substr($x, $_, 1) eq 'A' ? 'g' : 'A'; $x } 0 .. 5),
        lc $id, uc $id, 'A' x 22, "$id:s", '*' x 22, '?' x 22, '[a-z]' x 4);
    for my $forged (grep { $_ ne $id } @ids) {
        my $res = $nginx->request('GET', '/ask', headers => [Accept => 'text/html',
            Cookie => "smartmsg=$forged"]);
        unlike($res->head . $res->content, qr/77\.77|4711|platinum|\Q$id/, "$forged: nothing");
    }

    for my $uri (qw(/ask /hello /smartmsg/event /smartmsg/decide?page=/ask /smartmsg/ /smartmsg)) {
        my $res = $nginx->request('GET', $uri, headers => [Accept => 'text/html',
            'Sec-Fetch-Site' => 'same-origin', Cookie => "smartmsg=$id"]);
        unlike($res->head . $res->content, qr/77\.77|4711|platinum/, "stolen, $uri: no data");
    }

    # what was sent once may be sent again
    my $order = { event => 'order', id => 'A-1', value => 50 };
    my $buyer = $nginx->visitor;
    $buyer->page('/hello') for 1, 2;
    report($buyer, $order) for 1 .. 5;
    settle($nginx, $redis);
    is($redis->cmd(HGET => 'smartmsg:{' . $buyer->cookie('smartmsg') . '}:v', 'revenue'), 50, 'an order that is replayed counts once');
};


# One key to all: what must be bounded is.
subtest 'floods' => sub {
    $redis->cmd('FLUSHALL');
    ok((wait_until { $nginx->visitor->page('/hello')->content =~ /<template/ }), 'a fresh start');
    settle($nginx, $redis);

    my $used = sub { ($redis->cmd(INFO => 'memory') =~ /^used_memory_dataset:(\d+)/m)[0] };
    my ($memory, $redis_before) = (memory(), $used->());
    my $visitors = 3000;

    for (1 .. $visitors / 50) {
        my $http = $nginx->http;
        $http->send(join '', map { "GET /hello?utm_source=x&utm_campaign=flood$_ HTTP/1.1\r\nHost: x\r\n"
            . "Accept: text/html\r\nReferer: https://x.example/$_\r\n\r\n" } 1 .. 50);
        $http->read_response for 1 .. 50;
    }
    settle($nginx, $redis);

    my @keys = @{ $redis->cmd(KEYS => 'smartmsg:{*') };
    cmp_ok(@keys, '<=', $visitors + 10, scalar(@keys) . ' keys: one for each new visitor');
    my @long = grep { my $ttl = $redis->cmd(TTL => $_); $ttl < 0 || $ttl > 120 } @keys;
    is(@long, 0, 'each ends within two minutes');
    cmp_ok(($used->() - $redis_before) / $visitors, '<', 1024, 'bytes in Redis for each');

    SKIP: {
        skip 'AddressSanitizer keeps what was freed', 1 if $instrumented;
        cmp_ok(memory() - $memory, '<', 4096, 'kilobytes in the worker for all');
    }

    # events: names that nobody knows, and more entries than are kept
    my $flooder = $nginx->visitor;
    $flooder->page('/hello');
    settle($nginx, $redis);
    my $others = @{ $redis->cmd(KEYS => '*') };
    my $names = 0;
    for (1 .. 150) {
        report($flooder, map { $names++; ({ event => 'track', name => "name$names" },
            { event => 'impression', rule => "rule$names" }) } 1 .. 16);
    }
    settle($nginx, $redis);
    cmp_ok(@{ $redis->cmd(KEYS => '*') } - $others, '<=', 2, "$names invented names: no keys");
    my $key = 'smartmsg:{' . $flooder->cookie('smartmsg') . '}';
    cmp_ok($redis->cmd(HLEN => "$key:$_"), '<', 60, "nor fields of the visitor ($_)") for qw(s v);

    my $many = 0;
    while ($many < 105_000) {
        my $http = $nginx->http;
        my $body = json({ events => [ map { { event => 'click', rule => 'hello' } } 1 .. 32 ] });
        $http->send("POST /smartmsg/event HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\n"
            . 'Content-Length: ' . length($body) . "\r\n\r\n$body") for 1 .. 100;
        $http->read_response for 1 .. 100;
        $many += 3200;
    }
    settle($nginx, $redis);
    cmp_ok($redis->cmd(XLEN => 'smartmsg:events'), '<', 101_000, "$many events: the stream keeps its size");

    SKIP: {
        skip 'AddressSanitizer keeps what was freed', 1 if $instrumented;
        cmp_ok(memory() - $memory, '<', 8192, 'kilobytes in the worker for all of it');
    }
};

$nginx->stop_ok;


# The limit that the documentation shows.
subtest 'limit_req' => sub {
    my ($block) = grep { $_->{text} =~ /limit_req zone=smartmsg/ } blocks(root . '/docs/events.md');
    my ($http, $locations) = $block->{text} =~ /\A(.*?)server \{\n(.*)\}\n\z/s;

    my $limited = nginx(redis => $redis, upstream => $up, endpoint => 0, http => $http,
        rules => { hello => rule() }, locations => $locations);
    my $one = $limited->visitor;
    $one->page('/');

    my %count;
    $count{report($one, { event => 'click', rule => 'hello' })->status}++ for 1 .. 60;
    cmp_ok($count{204}, '>=', 21, 'events are taken: ' . $count{204});
    cmp_ok($count{429}, '>', 0, "then no more: $count{429}");
    is(join(' ', sort keys %count), '204 429', 'nothing else');

    my $script = script_of($one->page('/'));
    is($limited->get($script)->status, 200, 'the script is there for everybody') for 1 .. 30;
    $limited->stop_ok;
};

done_testing;
