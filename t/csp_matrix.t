# Content security policies in Chromium: t/browser/csp_matrix.mjs with the
# policies of t/browser/csp_policies.mjs, over http and https.

# some 150 pages, each twice: minutes on a busy machine
BEGIN { $ENV{SMARTMSG_TEST_TIMEOUT} ||= 1800 }

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Browser;
use Smartmsg::Rule;

use JSON::PP qw(decode_json);

my $tls = tempdir('tls');
system("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=shop.test"
    . " -keyout $tls/key -out $tls/crt 2>$tls/output") == 0
    or die slurp("$tls/output");

my $up = upstream('/report' => page('', status => '204 No Content'));
my $redis = redis;
my $nginx = nginx(redis => $redis, upstream => $up,
    rules => {
        hello => rule(on => 'load', cap => { session => 1000 },
            if => { 'query.picture' => { '$exists' => false } }),
        offer => rule(on => 'load', cap => { session => 1000 },
            if => { 'query.picture' => '1' }) =~ s({"as")({"image":{"src":
            "/static/offer.svg","alt":"Offer","width":8,"height":8},"as")r,
    },
    server => <<"END", locations => <<'END2');
        listen 127.0.0.1:%PORT2% ssl;
        ssl_certificate $tls/crt;
        ssl_certificate_key $tls/key;
END
        location /fetch/ {
            smartmsg_mode fetch;
            proxy_pass http://%UPSTREAM%;
        }
        location /off/ {
            smartmsg off;
            proxy_pass http://%UPSTREAM%;
        }
END2

my ($port, $port2) = ($nginx->port, $nginx->port2);
my @origins = ("http://127.0.0.1:$port", "http://shop.test:$port",
    "https://shop.test:$port2");

my ($status, $json) = run_node('csp_pages.mjs', @origins);
is($status, 0, 'the pages');

for (@{ decode_json($json) }) {
    $up->reply($_->{uri} => page($_->{body}, type => $_->{type},
        headers => $_->{headers}));
}

@ENV{qw(SMARTMSG_LOCAL SMARTMSG_PLAIN SMARTMSG_TLS)} = @origins;
$ENV{SMARTMSG_ACCESS_LOG} = $nginx->dir . '/access.log';
$ENV{SMARTMSG_REQUESTS} = $up->requests_file;

browser_tests('csp_matrix.mjs');

$nginx->stop_ok;
done_testing;
