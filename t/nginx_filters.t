# nginx's own filters around ours: they fetch the page in pieces, keep some of
# it, or send it on in other buffers.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;

my $snippet = qr{(?:<template\ data-smartmsg="[^<]*">.*?</template>)+
    <script\ async\ src="/smartmsg/rt\.[0-9a-f]{16}\.js"\ data-smartmsg="1"></script>}xs;

my $up = upstream;
my $redis = redis;
my $nginx = nginx(redis => $redis, upstream => $up,
    rules => { hello => rule(cap => { session => 1000 }) },
    http => <<'END', locations => <<'END2');
    charset_map koi8-r utf-8 { C1 D0B0; }
    server {
        listen 127.0.0.1:%PORT2%;
        smartmsg off;
        root %DIR%;
        default_type text/html;
    }
END
        location /slice/ {
            slice 64;
            proxy_set_header Range $slice_range;
            proxy_pass http://127.0.0.1:%PORT2%/;
        }
        location /charset/ {
            proxy_buffering off;
            limit_rate 400;
            charset utf-8;
            source_charset koi8-r;
            override_charset on;
            proxy_pass http://%UPSTREAM%;
        }
        location /ssi/ {
            proxy_buffering off;
            ssi on;
            proxy_pass http://%UPSTREAM%;
        }
        location /part { default_type text/html; return 200 '<i>part</i>'; }
END2

my @document = (Accept => 'text/html', 'Sec-Fetch-Dest' => 'document');

sub ask {
    my ($uri) = @_;

    my $http = $nginx->http;
    $http->send_request('GET', $uri, headers => \@document);

    return $http;
}


# Only the first slice is the response of the request itself: what was kept from
# it would come after all others.
subtest 'slices' => sub {
    my @wrong;
    my $injected = 0;

    for my $length (20 .. 80, 120 .. 140) {
        my $page = '<!doctype html><body>' . 'x' x $length . '</body></html>';
        $nginx->write_file("p$length.html", $page);

        my $res = ask("/slice/p$length.html")->read_response;
        my $body = $res->content;
        $injected += $body =~ s{$snippet(?=</body>)}{};
        push @wrong, $length if !$res->complete || $res->status != 200
            || $body ne $page;
    }

    is("@wrong", '', 'every page is whole, wherever it was cut');
    is($injected, 17, 'with a message if </body> is in the first');
    ok($nginx->logged(qr{p140.html unsafe -}), 'the log tells why not');
};


# The flush passes a filter that has copied the data before it, and has not
# sent the copy yet.
subtest 'a flush that waits for its turn' => sub {
    my @parts = ("<!doctype html><body>" . "\xC1" x 300, '<', 'p>b', '<', 'p>c',
        '</body></html>');
    my $page = join '', @parts;
    my @split;
    push @split, ($split[-1] // 0) + length for @parts[0 .. $#parts - 1];

    $up->reply('/charset/page' => page($page, framing => 'chunked',
        type => 'text/html; charset=koi8-r', split => \@split,
        between => pause(0.05)));

    my $res = ask('/charset/page')->read_response;
    ok($res->complete, 'complete');
    like($res->content, qr{\A<!doctype html><body>(?:\xD0\xB0){300}<p>b<p>c$snippet</body></html>\z},
        'each byte once, at its place');
};


subtest 'what another filter kept goes on when it can' => sub {
    my $head = '<!doctype html><body>a<!--#include virtual="/part" -->b';

    $up->reply('/ssi/page' => page("$head</body></html>", framing => 'chunked',
        split => [length $head], between => gate('ssi')));

    my $http = ask('/ssi/page');
    ok($http->read_until(qr{a\r.*<i>part</i>\r.*b\r}s), 'although the shop pauses');
    $up->open_gate('ssi');
    like($http->read_response->content,
        qr{\A<!doctype html><body>a<i>part</i>b$snippet</body></html>\z},
        'the whole page');
};


$nginx->stop_ok;

done_testing;
