# What gets a message and what is left exactly as it is: kinds of responses,
# sources other than proxy_pass, and neighbours in the filter chain.

use lib 't/lib';
use Smartmsg::Test;

my $rule = '{"defaultValue": null, "rules": [{"force": {
    "when": [{"on": "exit"}], "cap": {"session": 1000},
    "show": {"as": "dialog", "title": "Can we help?"}}}]}';

my $head = '<!doctype html><html lang="en"><body><p>x';
my $tail = "</body></html>\n";
my $body = "$head$tail";
my $long = '<!doctype html><html lang="en"><body>' . ('<p>word</p>' x 20_000);

my $snippet = qr{<template\ data-smartmsg="[^<]*">.*?</template>
    <script\ async\ src="/smartmsg/rt\.[0-9a-f]{16}\.js"\ data-smartmsg="1"></script>}xs;
my $page = qr{\A\Q$head\E$snippet\Q$tail\E\z};

my $up = upstream;
my $redis = redis;
my $files = tempdir('files');
spew("$files/page.html", $body);
spew("$files/long.html", "$long$tail");
spew("$files/error.html", $body);

my $nginx = nginx(redis => $redis, upstream => $up, rules => { help => $rule },
    http => 'charset_map windows-1252 utf-8 { E4 C3A4; } smartmsg_timeout 10s; proxy_cache_path %DIR%/cache keys_zone=c:1m;',
    locations => <<"END");
        location /cached/ {
            proxy_cache c;
            proxy_cache_valid 200 1h;
            proxy_cache_key \$uri;
            add_header X-Cache \$upstream_cache_status;
            proxy_pass http://%UPSTREAM%;
        }
        location /files/ {
            alias $files/;
            sendfile on;
        }
        location /threads/ {
            alias $files/;
            aio threads;
        }
        location /try/ {
            root $files;
            try_files \$uri /files/page.html;
        }
        location /named/ {
            root $files;
            try_files \$uri \@shop;
        }
        location \@shop {
            rewrite ^ / break;
            proxy_pass http://%UPSTREAM%;
        }
        location /accel/ {
            proxy_pass http://%UPSTREAM%;
        }
        location /protected/ {
            internal;
            alias $files/;
        }
        location /errors/ {
            proxy_intercept_errors on;
            error_page 404 /files/error.html;
            error_page 503 =200 /files/error.html;
            proxy_pass http://%UPSTREAM%;
        }
        location /off/ {
            smartmsg off;
            proxy_pass http://%UPSTREAM%;
        }
        location /tooff/ {
            try_files /nothing /off/page;
        }
        location /sub/ {
            sub_filter word WORT;
            sub_filter_once off;
            proxy_pass http://%UPSTREAM%;
        }
        location /ssi/ {
            ssi on;
            proxy_pass http://%UPSTREAM%;
        }
        location /charset/ {
            charset windows-1252;
            source_charset utf-8; override_charset on;
            proxy_pass http://%UPSTREAM%;
        }
        location /addition/ {
            add_after_body /after;
            proxy_pass http://%UPSTREAM%;
        }
        location /auth/ {
            auth_request /allowed;
            proxy_pass http://%UPSTREAM%;
        }
        location /mirror/ {
            mirror /allowed;
            proxy_pass http://%UPSTREAM%;
        }
        location /rate/ {
            limit_rate 200k;
            proxy_pass http://%UPSTREAM%;
        }
        location /slice/ {
            slice 1k;
            proxy_cache c;
            proxy_cache_valid 200 206 1h;
            proxy_cache_key \$uri\$slice_range;
            proxy_set_header Range \$slice_range;
            proxy_pass http://%UPSTREAM%;
        }
        location /csp/ {
            add_header Content-Security-Policy "script-src 'nonce-abc123' 'strict-dynamic'";
            proxy_pass http://%UPSTREAM%;
        }
        location /return {
            default_type text/html;
            return 200 '$head$tail';
        }
END

my $visitor = $nginx->visitor;
$up->reply('/' => page($body));
$visitor->page('/');


# What nginx makes of it for a request that is no page view.
sub untouched {
    my ($name, $uri, $reply, %opt) = @_;

    $up->reply($uri => $reply) if $reply;
    my $method = $opt{method} || 'GET';
    my $headers = $opt{headers} || [];

    my $plain = $nginx->request($method, $uri,
        headers => ['Sec-Fetch-Dest' => 'empty', @$headers]);
    my $res = $visitor->page($uri, method => $method, headers => $headers);

    my @lines = map { [grep { !/^(?:Date|Connection):/i } split /\r\n/, $_->head] }
        $plain, $res;
    is_deeply($lines[1], $lines[0], "$name: header");
    ok($res->body eq $plain->body, "$name: body");

    return $res;
}


subtest 'left as they are' => sub {
    untouched('plain text', '/a.txt', page($body, type => 'text/plain'));
    untouched('JSON', '/a.json', page('{}', type => 'application/json'));
    untouched('XHTML', '/x', page($body, type => 'application/xhtml+xml'));
    untouched('no type', '/t', page($body, type => ''));
    untouched('text/htmlx', '/h', page($body, type => 'text/htmlx'));
    untouched("status $_", '/s', page($body, status => $_))
        for '404 Not Found', '503 Service Unavailable', '500 Oops',
            '201 Created', '206 Partial Content';
    untouched('redirect', '/r', page('', status => '302 Found',
        headers => [Location => '/']));
    untouched('204', '/n', ["HTTP/1.1 204 No Content\r\n\r\n"]);
    untouched('empty', '/e', page(''));
    untouched('download', '/d', page($body,
        headers => ['Content-Disposition' => 'attachment; filename=a.html']));
    untouched($_, '/u', page($body, type => "text/html; charset=$_"))
        for qw(UTF-16 utf-16le iso-2022-jp);
    untouched('Integrity-Policy', '/i', page($body, headers =>
        ['Integrity-Policy' => 'blocked-destinations=(script)']));
    untouched('brotli', '/b', page('xxx', headers =>
        ['Content-Encoding' => 'br', ETag => '"1"']));
    untouched('HEAD', '/head', ["HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
        . "Content-Length: 500\r\nETag: \"1\"\r\n\r\n"], method => 'HEAD');
    untouched('Range', '/files/long.html', undef, headers =>
        [Range => 'bytes=10-20']);
    untouched('return', '/return');
    untouched('smartmsg off', '/off/', page($body, headers => [ETag => '"1"']));
    untouched('a redirect to where it is off', '/tooff/',
        $up->reply('/off/page' => page($body)) && undef);
};


subtest 'pages that nothing is put into' => sub {
    my %html = (
        'fragment' => '<div>1 item</div></body>',
        'fragment without tags' => 'no markup at all',
        'frameset' => '<!doctype html><html><frameset><frame src=a></frameset></html>',
        'AMP' => '<!doctype html><html amp><head></head><body>x</body></html>',
        'plaintext' => '<!doctype html><body><plaintext></body>',
        'open script' => '<!doctype html><body><script>var a = "</body>"',
        'open comment' => '<!doctype html><body><!-- </body>',
        'open tag' => '<!doctype html><body><p a="</body>',
        'almost' => '<!doctype html><body></bod',
        'conditional comment' => '<!--[if IE]><html><![endif]--><p>x',
    );

    for my $name (sort keys %html) {
        for my $split ([], [1 .. length($html{$name}) - 1]) {
            $up->reply('/odd' => page($html{$name}, split => $split));
            my $res = $visitor->page('/odd');
            ok($res->complete, "$name: complete");
            is($res->content, $html{$name}, "$name: body");
        }
    }
};


subtest 'a page with <base>' => sub {
    for my $base ('<base href="https://other.example/a/">', '<BASE target=x>') {
        my $html = "<!doctype html><html><head>$base</head><body>x";
        $up->reply('/base' => page("$html$tail"));
        my $port = $nginx->port;
        like($visitor->page('/base')->content, qr{\A\Q$html\E.*<script\ async
            \ src="//127\.0\.0\.1:$port/smartmsg/rt\.}xs, $base);
    }

    my $html = "<!doctype html><body><template><base href=/></template>";
    $up->reply('/base' => page("$html$tail"));
    like($visitor->page('/base')->content, qr/src="\/smartmsg/, 'in a template');
};


subtest 'POST that is answered with a page' => sub {
    $up->reply('/post' => page($body));
    like($visitor->page('/post', method => 'POST', body => 'a=b')->content,
        $page, 'has the message');
};


subtest 'cache' => sub {
    $up->reply('/cached/a' => page($body, headers => [ETag => '"1"',
        'Last-Modified' => 'Thu, 01 Jan 2026 00:00:00 GMT']));
    $up->forget_requests;

    for my $state (qw(MISS HIT HIT)) {
        my $res = $visitor->page('/cached/a');
        is($res->header('x-cache'), $state, $state);
        like($res->content, $page, "$state: page");
        is($res->header('etag'), undef, "$state: no ETag");
    }

    is(scalar(() = $up->requests), 1, 'the shop was asked once');
    is($nginx->get('/cached/a')->content, $body, 'the cache has the shop\'s page');
    like($visitor->page('/cached/a', headers => ['If-None-Match' => '"1"'])
        ->content, $page, 'no 304 from the cache');

    $up->reply('/cached/gz' => page("$long$tail", gzip => 1,
        headers => [Vary => 'Accept-Encoding']));
    for my $state (qw(MISS HIT)) {
        my $res = $visitor->page('/cached/gz',
            headers => ['Accept-Encoding' => 'gzip, br']);
        ok($res->content =~ /\A\Q$long\E$snippet\Q$tail\E\z/, "gzip $state");
    }
};


subtest 'files and internal redirects' => sub {
    like($visitor->page($_)->content, $page, $_)
        for qw(/files/page.html /threads/page.html /try/none /named/none);

    for my $uri (qw(/files/long.html /threads/long.html)) {
        ok($visitor->page($uri)->content =~ /\A\Q$long\E$snippet\Q$tail\E\z/,
            "$uri in pieces");
    }

    $up->reply('/accel/a' => page('', headers =>
        ['X-Accel-Redirect' => '/protected/page.html']));
    like($visitor->page('/accel/a')->content, $page, 'X-Accel-Redirect');

    $up->reply('/errors/404' => page('x', status => '404 Not Found'));
    my $res = $visitor->page('/errors/404');
    is($res->status, 404, 'error_page keeps its status');
    is($res->content, $body, 'and gets nothing');

    $up->reply('/errors/503' => page('x', status => '503 Down'));
    like($visitor->page('/errors/503')->content, $page, 'error_page =200');
};


subtest 'neighbours' => sub {
    my $words = '<!doctype html><html lang="en"><body><p>word</p>';

    for my $split ([], [1 .. length($words) + 5]) {
        $up->reply('/sub/a' => page("$words$tail", split => $split));
        (my $worte = $words) =~ s/word/WORT/;
        like($visitor->page('/sub/a')->content,
            qr/\A\Q$worte\E$snippet\Q$tail\E\z/, 'sub_filter');
    }

    $up->reply('/inc' => page('<b>included</b>'));
    $up->reply('/ssi/a' => page("$head<!--# include virtual='/inc' -->$tail"));
    like($visitor->page('/ssi/a')->content,
        qr/\A\Q$head\E<b>included<\/b>$snippet\Q$tail\E\z/, 'SSI');

    $up->reply('/charset/a' => page("<!doctype html><body>\xc3\xa4</body>"));
    like($visitor->page('/charset/a')->content,
        qr/\A<!doctype html><body>\xe4$snippet<\/body>\z/, 'charset');

    $up->reply('/after' => page('after'));
    $up->reply('/addition/a' => page($body));
    like($visitor->page('/addition/a')->content,
        qr/\A\Q$head\E$snippet\Q$tail\Eafter\z/, 'addition');

    $up->reply('/allowed' => page(''));
    $up->reply($_ => page($body)) for '/auth/a', '/mirror/a';
    like($visitor->page($_)->content, $page, $_) for '/auth/a', '/mirror/a';

    $up->reply('/rate/a' => page("$long$tail"));
    ok($visitor->page('/rate/a')->content =~ /\A\Q$long\E$snippet\Q$tail\E\z/,
        'limit_rate');

    $up->reply('/slice/a' => page($body, status => '206 Partial Content',
        headers => ['Content-Range' => sprintf('bytes 0-%d/%d',
            length($body) - 1, length $body)]));
    like($visitor->page('/slice/a')->content, $page, "slice $_") for 1, 2;

    $up->reply('/csp/a' => page($body));
    like($visitor->page('/csp/a')->content, qr/<script async .* nonce="abc123">/,
        'the nonce of add_header');
};


subtest 'policies' => sub {
    my %policy = (
        "script-src 'self'" => $page,
        "default-src 'none'" => '',
        "script-src 'none'" => '',
        "script-src 'self'; connect-src 'none'" => '',
        "script-src 'nonce-r4nd0m'" => qr/<script async [^>]* nonce="r4nd0m">/,
        "sandbox" => '',
    );

    for my $policy (sort keys %policy) {
        for my $name ('Content-Security-Policy',
            'Content-Security-Policy-Report-Only')
        {
            next if $policy eq 'sandbox' && $name =~ /Report/;
            $up->reply('/policy' => page($body, headers => [$name => $policy]));
            my $res = $visitor->page('/policy');
            is($res->header($name), $policy, "$name: $policy");
            $policy{$policy} ? like($res->content, $policy{$policy}, 'message')
                : is($res->content, $body, 'no message');
        }

        next if $policy eq 'sandbox';
        my $meta = "<!doctype html><html><head><meta http-equiv="
            . "'content-security-policy' content=\"$policy\"></head><body>";
        $up->reply('/policy' => page("$meta$tail"));
        my $res = $visitor->page('/policy');
        $policy{$policy} ? like($res->content, qr/\A\Q$meta\E$snippet\Q$tail\E|nonce/,
                "meta $policy")
            : is($res->content, "$meta$tail", "meta $policy");
    }
};


$nginx->stop_ok;
done_testing;
