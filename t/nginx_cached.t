# Pages from proxy_cache are there before Redis has answered.  Small ones leave
# together with their header, for any filter behind; they never wait for long.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::HTTP2;
use Smartmsg::Rule;

my $snippet = snippet;

my $start = '<!doctype html><html lang="en"><head><title>x</title>';
my $head = "$start</head><body><p>\xe4<!--# echo var='no' default='' -->";
my $filler = '<p class="a">word &amp; word</p>';
my $tail = "</body></html>\n";

my %page = (
    short => "$head$tail",
    large => $head . ($filler x 8000) . $tail,
    huge => $head . ($filler x 9000) . $tail,
    bare => $head . ($filler x 100),
    after => "$head</body>" . ('<!-- more -->' x 500),
    policy => "$start<meta http-equiv=Content-Security-Policy content=\"script-src 'none'\">$tail",
    fragment => $filler x 100,
    unsafe => "$head<plaintext>$tail",
);

cmp_ok(length $page{large}, '<', 262144, 'below the limit');
cmp_ok(length $page{huge}, '>', 262144, 'above it');

my %kind = (
    memory => 'sendfile off;',
    pieces => 'sendfile off; output_buffers 1 512;',
    file => '',
    threads => 'aio threads;',
    gzip => 'gzip on; gzip_min_length 0; gzip_proxied any;',
    gzipmem => 'sendfile off; gzip on; gzip_min_length 0; gzip_proxied any;',
    ssi => 'ssi on;',
    sub => 'sub_filter word WORT; sub_filter_once off;',
    subgzip => 'sub_filter word WORT; gzip on; gzip_min_length 0; gzip_proxied any;',
    charset => 'charset utf-8; source_charset windows-1252; override_charset on;',
    around => 'add_before_body /before; add_after_body /before;',
    old => 'chunked_transfer_encoding off;',
    late => 'smartmsg_timeout 20ms; gzip on; gzip_min_length 0; gzip_proxied any;',
    never => 'smartmsg_timeout 0;',
);

my @shop = ('Last-Modified' => 'Mon, 01 Jun 2026 00:00:00 GMT', ETag => '"a"');
my $up = upstream;

for my $kind (keys %kind) {
    $up->reply("/$kind/$_" => page($page{$_}, type => 'text/html', headers => \@shop))
        for keys %page;
    $up->reply("/$kind/chunked" => page($page{short}, type => 'text/html', framing => 'chunked'));
    $up->reply("/$kind/packed" => page($page{short}, type => 'text/html', gzip => 1));
    $up->reply("/$kind/quiet" => page($page{large}, type => 'text/html', headers => \@shop));
}

@page{qw(chunked packed quiet)} = @page{qw(short short large)};

my $redis = redis;
my $nginx = nginx(upstream => $up,
    rules => { hello => rule(cap => { session => 1_000_000 },
        if => { 'page.path' => { '$nin' => [map { "/$_/quiet" } keys %kind] } }) },
    http => 'charset_map windows-1252 utf-8 { E4 C3A4; } charset_types text/html;'
        . ' proxy_cache_path %DIR%/cache keys_zone=c:1m inactive=1h; smartmsg_timeout 30s;'
        . ' smartmsg_redis ' . $redis->address . ' timeout=60s connect_timeout=60s;'
        . ' map $uri $key { ~^(?:/off)?(.*)$ $1; } sendfile on;',
    server => 'listen 127.0.0.1:%PORT2% http2;'
        . ' proxy_cache_key $key; proxy_cache_valid 200 1h; add_header X-Cache $upstream_cache_status;',
    locations => join "\n", 'location = /before { default_type text/html; return 200 "<!-- x -->"; }',
        map { ;
            "location /$_/ { proxy_cache c; $kind{$_} proxy_pass http://%UPSTREAM%; }",
            "location /off/$_/ { smartmsg off; proxy_cache c; $kind{$_} proxy_pass http://%UPSTREAM%/$_/; }",
        } sort keys %kind);

my $visitor = $nginx->visitor;
$up->reply('/' => page($page{short}));
$visitor->page('/');

my $cookie = 'smartmsg=' . $visitor->cookie('smartmsg');
my @document = (Accept => 'text/html', Cookie => $cookie);

# what the page is without the module; by this it gets into the cache
my %off;

for my $kind (sort keys %kind) {
    for my $name (sort keys %page) {
        $off{$kind}{$name} = $visitor->page("/off/$kind/$name", encoding($kind));
    }
}

sub encoding { return $_[0] =~ /gzip|late/ ? (headers => ['Accept-Encoding' => 'gzip']) : () }


sub same_page {
    my ($got, $kind, $name, $status) = @_;

    my $content = $got->content;
    my $messages = $content =~ s/$snippet//g || 0;
    my $want = $name =~ /^(?:quiet|policy|fragment|unsafe)$/ ? 0
        : ($status // '') eq 'none' || $kind eq 'never' ? 0 : 1;

    ok($got->complete, "$kind/$name: complete");
    is($got->header('X-Cache'), 'HIT', 'from the cache');
    ok($content eq $off{$kind}{$name}->content, 'the page')
        if !($name eq 'packed' && $kind =~ /ssi|charset|around/);
    is($messages, $want, $want ? 'with a message' : 'without a message')
        if ($status // '') ne 'any';

    return;
}


sub ask {
    my ($uri, @more) = @_;

    my $http = $nginx->http;
    $http->send_request('GET', $uri, headers => [@document, @more]);

    return $http;
}


for my $round (1, 2) {
    for my $kind (sort keys %kind) {
        subtest "$kind, round $round" => sub {
            same_page($visitor->page("/$kind/$_", encoding($kind)), $kind, $_,
                $kind eq 'late' && 'any') for sort keys %page;
        };
    }

    # old enough for the place in them to be remembered
    my $now = time;
    wait_until { time > $now + 3 } if $round == 1;
}


subtest 'who comes for the first time is not looked up' => sub {
    for my $kind (sort keys %kind) {
        for my $name (sort keys %page) {
            my $got = $nginx->visitor->page("/$kind/$name", encoding($kind));
            same_page($got, $kind, $name, 'any');
            is($got->content =~ $snippet ? 1 : 0,
                $name =~ /^(?:quiet|policy|fragment|unsafe)$/ ? 0 : 1, 'its message');
        }
    }
};


subtest 'Redis hangs' => sub {
    for my $kind (sort grep { !/late|never/ } keys %kind) {
        for my $name (sort keys %page) {
            $redis->freeze;
            my $http = ask("/$kind/$name", @{ { encoding($kind) }->{headers} || [] });
            # SSI keeps short pages together, whatever is flushed
            ok($http->read_until(qr/\r\n\r\n/), "$kind/$name: it begins") if $kind ne 'ssi';
            ok($http->read_until(qr/<p>/), 'with the page') if $kind !~ /gzip|ssi|around/
                && $name !~ /policy|fragment|packed/;
            unlike($http->buffered, qr/<template/, 'and no message');
            $redis->thaw;
            same_page($http->read_response, $kind, $name);
        }
    }
};


subtest 'Redis hangs for too long' => sub {
    for my $kind (qw(late never)) {
        for my $name (sort keys %page) {
            $redis->freeze;
            same_page(ask("/$kind/$name", 'Accept-Encoding' => 'gzip')->read_response,
                $kind, $name, 'none');
            $redis->thaw;
        }
    }
};


# Redis may take longer than a page waits on a busy machine: then it is one
# that has begun.
sub in_one_go {
    my ($uri, $check, @headers) = @_;

    my $res;
    ok((wait_until {
        $res = $visitor->page($uri, headers => \@headers);
        $check->($res);
    }), "$uri: in one go") or diag($res->head);

    return $res;
}


subtest 'a length that is known is told' => sub {
    for my $kind (qw(memory file threads)) {
        for my $name (qw(short bare after), $kind eq 'file' ? 'large' : ()) {
            my $res = in_one_go("/$kind/$name", sub { $_[0]->header('Content-Length') });
            is($res->header($_), undef, "no $_") for qw(ETag Last-Modified Accept-Ranges);
            is($res->header('Cache-Control'), 'private', 'private');
            like($res->content, $snippet, 'a message');
        }
    }

    is($visitor->page("/$_/chunked")->header('Content-Length'), undef, "$_: none from the shop")
        for qw(memory file);
    is($_->page('/file/huge')->header('Content-Length'), undef, 'a large page goes on at once')
        for $visitor, $nginx->visitor;
};


subtest 'nothing to say: the header stays' => sub {
    for my $kind (qw(file gzip)) {
        my $off = $off{$kind}{quiet};
        my $res = in_one_go("/$kind/quiet", sub { $_[0]->header('ETag') }, 'Accept-Encoding' => 'gzip');
        is($res->header($_), $off->header($_), "$kind: $_")
            for qw(Content-Length ETag Last-Modified Accept-Ranges Content-Encoding Transfer-Encoding);
        is($res->header('ETag'), $kind eq 'gzip' ? 'W/"a"' : '"a"', 'the tag of the shop');
    }
};


# With nothing between, deflate has made one block after the other.
subtest 'compressed as without the module' => sub {
    my $off = $off{gzip}{quiet};
    my $res = in_one_go('/gzip/quiet', sub { $_[0]->header('ETag') }, 'Accept-Encoding' => 'gzip');
    ok($res->body eq $off->body, 'the same bytes');
};


subtest 'other requests' => sub {
    my @same = ([HEAD => '/file/large'], [GET => '/file/large', Range => 'bytes=5-9'],
        [GET => '/file/large', 'If-None-Match' => '"a"', 'Sec-Fetch-Dest' => 'empty'],
        [HEAD => '/gzip/large', 'Accept-Encoding' => 'gzip']);

    for (@same) {
        my ($method, $uri, @headers) = @$_;
        my ($got, $want) = map {
            $nginx->http->request($method, $_, headers => [@headers, @document])
        } $uri, "/off$uri";
        is($got->status, $want->status, "$method $uri @headers: status");
        is($got->body, $want->body, 'body');
        is($got->header($_), $want->header($_), $_)
            for qw(Content-Length Content-Range ETag Content-Encoding);
    }

    for my $header (['If-None-Match' => '"a"'], ['If-Modified-Since' => $shop[1]]) {
        same_page(ask('/file/large', @$header)->read_response, 'file', 'large');
    }

    for my $kind (qw(file gzip memory)) {
        my $http = $nginx->http;
        $http->send_request('GET', "/$kind/large", version => '1.0',
            headers => [@document, Connection => 'keep-alive', @{ { encoding($kind) }->{headers} || [] }]);
        same_page($http->read_response, $kind, 'large');
    }
};


subtest 'many at once' => sub {
    my @uris = map { my $kind = $_; map { [$kind, $_] } qw(short large huge quiet after) }
        qw(file gzip gzipmem subgzip);
    my @open = map { [@$_, ask("/$_->[0]/$_->[1]", 'Accept-Encoding' => 'gzip')] } (@uris) x 4;

    same_page($_->[2]->read_response, $_->[0], $_->[1]) for @open;

    my $http = $nginx->http;
    $http->send(join '', map {
        "GET /$_->[0]/$_->[1] HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\nAccept-Encoding: gzip\r\n"
            . "Cookie: $cookie\r\n\r\n"
    } @uris);
    same_page($http->read_response, @$_) for @uris;
};


subtest 'HTTP/2' => sub {
    my $h2 = Smartmsg::HTTP2->new(port => $nginx->port2);
    my %headers = (accept => 'text/html', cookie => $cookie);

    for my $frozen (0, 1) {
        $redis->freeze if $frozen;
        my %stream = map { ($h2->get("/file/$_", { %headers }) => $_) } qw(short large after quiet) x 5;
        my @streams = sort { $a <=> $b } keys %stream;
        ok($h2->seen($_, qr/<p>/), 'it begins') for $frozen ? @streams : ();
        $redis->thaw if $frozen;

        for (@streams) {
            my $body = $h2->finished($_)->{body};
            my $messages = $body =~ s/$snippet// ? 1 : 0;
            (my $page = $page{ $stream{$_} }) =~ s/\xe4/\x{fffd}/;
            (my $text = $body) =~ s/\A(.*?<p>).*?<!--/$1\x{fffd}<!--/s;
            is(length $text, length $page, "$stream{$_}: the page");
            is($messages, $stream{$_} eq 'quiet' ? 0 : 1, 'its message');
        }
    }
};


subtest 'who leaves meanwhile' => sub {
    for my $uri (qw(/file/large /gzip/large /memory/short /subgzip/large)) {
        for my $how (qw(close abort)) {
            $redis->freeze;
            ask($uri, 'Accept-Encoding' => 'gzip')->$how for 1 .. 20;
            my $http = ask($uri, 'Accept-Encoding' => 'gzip');
            ok($http->read_until(qr/\r\n\r\n/), "$uri: another page begins");
            $redis->thaw;
            ok($http->read_response->complete, 'and ends');
            ask($uri, 'Accept-Encoding' => 'gzip')->$how for 1 .. 20;
        }
    }
};


subtest 'reload' => sub {
    $redis->freeze;
    my @held = map { [$_, ask("/$_/large", 'Accept-Encoding' => 'gzip')] } qw(file gzip memory) x 3;
    ok($_->[1]->read_until(qr/\r\n\r\n/), 'it begins') for @held[0 .. 2];
    kill HUP => $nginx->pid;
    $redis->thaw;
    same_page($_->[1]->read_response, $_->[0], 'large') for @held;
    $nginx->reload;
    same_page(ask("/$_/large", 'Accept-Encoding' => 'gzip')->read_response, $_, 'large', 'any')
        for qw(file gzip);
};


$nginx->stop_ok;
done_testing;
