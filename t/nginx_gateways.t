# Pages that come from application servers instead of HTTP ones.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Gateway;
use Smartmsg::Rule;

my $snippet = snippet;

my $head = '<!doctype html><html lang="en"><body><p>x';
my $tail = "</body></html>\n";
my $long = '<!doctype html><html lang="en"><body>' . ('<p>word</p>' x 20_000);

my %app = map { $_ => Smartmsg::Gateway->start(tempdir($_), $_) }
    qw(fastcgi scgi uwsgi memcached);

my %pass = (
    fastcgi => 'fastcgi_param REQUEST_URI $request_uri; fastcgi_param REQUEST_METHOD'
        . ' $request_method; fastcgi_pass ',
    scgi => 'scgi_param REQUEST_URI $request_uri; scgi_pass ',
    uwsgi => 'uwsgi_param REQUEST_URI $request_uri; uwsgi_pass ',
    memcached => 'default_type text/html; set $memcached_key $request_uri; memcached_pass ',
);

my $redis = redis;
my $nginx = nginx(redis => $redis,
    rules => { hello => rule(cap => { session => 1000 }) },
    http => 'smartmsg_timeout 10s; fastcgi_cache_path %DIR%/cache keys_zone=c:1m;',
    locations => join "\n", map { locations($_) } sort keys %pass);

sub locations {
    my ($name) = @_;

    my $pass = $pass{$name} . $app{$name}->address . ';';
    my $cache = $name ne 'fastcgi' ? '' : 'fastcgi_cache c; fastcgi_cache_key'
        . ' $request_uri; add_header X-Cache $upstream_cache_status;'
        . ' fastcgi_cache_valid 200 1h;';

    return ("location /$name/ { $pass }", $name eq 'memcached' ? ()
            : "location /unbuffered/$name/ { ${name}_buffering off; $pass }",
        $cache ? "location /$name/cached { $cache $pass }" : ());
}

my $visitor = $nginx->visitor;


for my $name (sort keys %app) {
    subtest $name => sub {
        for my $prefix ('', $name eq 'memcached' ? () : '/unbuffered') {
            my $uri = "$prefix/$name/page";

            for my $split ([], [1 .. length "$head$tail"]) {
                $app{$name}->reply($uri => page("$head$tail", framing => 'none',
                    split => $split));
                my $res = $visitor->page($uri);
                ok($res->complete, "$uri: complete");
                like($res->content, qr/\A\Q$head\E$snippet\Q$tail\E\z/, "$uri: page");
            }

            $uri = "$prefix/$name/long";
            $app{$name}->reply($uri => page("$long$tail", framing => 'none'));
            ok($visitor->page($uri)->content =~ /\A\Q$long\E$snippet\Q$tail\E\z/,
                "$uri: a long page");

            $uri = "$prefix/$name/json";
            $app{$name}->reply($uri => page('</body>', framing => 'none',
                type => 'application/json'));
            is($visitor->page($uri)->content, '</body>', "$uri: no page")
                if $name ne 'memcached';
        }
    };
}


subtest 'a page that is compressed' => sub {
    for my $name (qw(fastcgi scgi uwsgi)) {
        $app{$name}->reply("/$name/gzip" => page("$long$tail", gzip => 1));
        my $res = $visitor->page("/$name/gzip");
        ok($res->content =~ /\A\Q$long\E$snippet\Q$tail\E\z/, $name);
        is($res->header('Content-Encoding'), undef, 'is sent as it was asked for');
    }
};


subtest 'a page that breaks off' => sub {
    for my $name (qw(fastcgi scgi uwsgi)) {
        my $reply = page("$head$tail", split => [length($head) + 4]);
        $app{$name}->reply("/$name/broken" => [@$reply[0, 1], close_connection]);
        my $res = $visitor->page("/$name/broken");

        # nginx takes the end of a FastCGI connection for that of the page
        ok(!$res->complete, "$name: the visitor is told so") if $name ne 'fastcgi';
        like($res->content, qr/\A\Q$head\E(?:$snippet)?(?:<\/bo)?\z/, 'what there was');
    }
};


subtest 'fastcgi_cache' => sub {
    $app{fastcgi}->reply('/fastcgi/cached' => page("$head$tail", framing => 'none'));
    for my $state (qw(MISS HIT)) {
        my $res = $visitor->page('/fastcgi/cached');
        is($res->header('X-Cache'), $state, $state);
        like($res->content, qr/\A\Q$head\E$snippet\Q$tail\E\z/, 'page');
    }
    is($nginx->get('/fastcgi/cached')->content, "$head$tail", 'has the page of the shop');
};


$nginx->stop_ok;
done_testing;
