#!/usr/bin/perl

# Everything at once for SOAK_SECONDS=60: pages in each framing, events good and
# bad, visitors who leave, rules and switches that change, a Redis that freezes,
# dies and loses connections, reloads.  Every response has to be valid, nothing
# may crash, and the workers' memory must not grow without bound.
#
# SOAK_SINGLE=1: one process without a master, and no reloads, as valgrind wants
# it (tools/nginx-valgrind.sh).

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Load;
use Smartmsg::Rule qw(rule json);

use Time::HiRes qw(sleep time);

my $seconds = $ENV{SOAK_SECONDS} || 60;
my $workers = $ENV{SOAK_SINGLE} ? 0 : 2;

my $head = '<!doctype html><html lang="en"><body>' . ('<p>word</p>' x 2000);
my $tail = "</body></html>\n";
my $body = "$head$tail";

my $snippet = qr{(?:<template\ data-smartmsg="[^<]*">.*?</template>)*
    <script\ async\ src="/smartmsg/rt\.[0-9a-f]{16}\.js"\ data-smartmsg="\d+v?"></script>}xs;
my $page = qr{\A\Q$head\E(?:$snippet)?\Q$tail\E\z};

my $files = tempdir('files');
spew("$files/page.html", $body);

my $redis = redis;
my $up = upstream('*' => page($body),
    '/chunked' => page($body, framing => 'chunked', split => [700, 20_000]),
    '/gzip' => page($body, gzip => 1),
    '/pause' => page($body, framing => 'chunked', split => [5000, length($head) + 4],
        between => pause(0.005)),
    '/broken' => [page($body)->[0], substr($body, 0, 9000), close_connection]);

my $nginx = nginx(upstream => $up, redis => $redis, workers => $workers,
    main => $workers ? '' : 'master_process off;', rules => {
    help => rule(cap => { session => 100_000 }),
    idle => rule(on => 'idle', if => { 'session.views' => { '$gt' => 3 } }) },
    http => 'smartmsg_timeout 100ms; gzip on; gzip_types text/html;',
    locations => <<"END");
        location /files/ {
            alias $files/;
        }
        location /unbuffered/ {
            proxy_buffering off;
            proxy_pass http://%UPSTREAM%;
        }
        location /few/ {
            proxy_buffers 4 4k;
            proxy_buffer_size 4k;
            proxy_busy_buffers_size 8k;
            proxy_pass http://%UPSTREAM%;
        }
END

my @visitors = map {
    my $visitor = $nginx->visitor;
    $visitor->page('/');
    $visitor->cookie('smartmsg') // ();
} 1 .. 20;


sub headers {
    my @headers = (Accept => 'text/html');

    push @headers, Cookie => "smartmsg=$visitors[rand @visitors]" if rand() < 0.9;
    push @headers, 'Accept-Encoding' => 'gzip' if rand() < 0.4;
    push @headers, Referer => 'https://example.org/?q=1' if rand() < 0.2;
    push @headers, 'Sec-Purpose' => 'prefetch' if rand() < 0.1;

    return @headers;
}

my @uris = qw(/page /chunked /gzip /pause /unbuffered/page /few/page
    /files/page.html /files/page.html /files/page.html);

sub uri { return $uris[rand @uris] . (rand() < 0.3 ? '?utm_source=' . int rand 100 : '') }


sub read_page {
    my ($client) = @_;

    my $uri = uri();
    my $res = $client->request($nginx->port, 'GET', $uri, keep => rand() < 0.7,
        headers => [headers()]);

    $client->count('pages');

    if (!$res->complete || $res->status != 200) {
        $client->problem("$uri: " . $res->status . ' ' . ($res->error // ''));
    } elsif ($res->content !~ $page) {
        $client->problem("$uri: damaged: " . substr $res->content, -500);
    } elsif ($res->content =~ /<script/) {
        $client->count('messages');
    }

    return;
}


my @events = (
    { event => 'impression', rule => 'help', on => 'exit' },
    { event => 'click', rule => 'help', action => 0 },
    { event => 'dismiss', rule => 'idle' },
    { event => 'cart', op => 'set', value => 10, items => 2, currency => 'EUR' },
    { event => 'cart', op => 'remove', value => 1, items => 1 },
    { event => 'order', id => 'no-1', value => 12.5 },
    { event => 'view' },
);

sub send_event {
    my ($client) = @_;

    my ($body, $want) = (json({ events => [@events[0 .. rand @events]] }), 204);
    ($body, $want) = (substr($body, 0, rand length $body), 400) if rand() < 0.2;

    my $res = $client->request($nginx->port, 'POST', '/smartmsg/event', keep => 1,
        headers => [headers(), 'Sec-Fetch-Site' => 'same-origin'], body => $body);

    $client->count('events');
    $client->problem("event: $body: " . $res->status) if $res->status != $want;

    return;
}


sub leave {
    my ($client) = @_;

    my $http = $nginx->http;
    my @headers = headers();
    my $request = 'GET ' . (rand() < 0.1 ? '/broken' : uri()) . " HTTP/1.1\r\nHost: x\r\n";
    while (my ($name, $value) = splice @headers, 0, 2) {
        $request .= "$name: $value\r\n";
    }
    $request .= "\r\n";

    $http->send(rand() < 0.1 ? substr $request, 0, rand length $request : $request);
    $http->fill(0.05 * rand) for 0 .. rand 4;
    rand() < 0.5 ? $http->abort : $http->close;
    $client->count('left');

    return;
}


# What the operator and the world do meanwhile.

sub change_rules {
    my $id = 'rule' . int rand 20;
    my @texts = (rule(title => 'No ' . rand), rule(on => 'dwell', if => {
        'page.path' => { '$regex' => '^/p' } }), '{"rules": [', '{"defaultValue": 7}');

    $redis->cmd(HSET => 'smartmsg:rules', $id => $texts[rand @texts]);
    $redis->cmd(HDEL => 'smartmsg:rules', 'rule' . int rand 20);
    $redis->cmd(HSET => 'smartmsg:switch', (rand() < 0.5 ? 'help' : $id),
        rand() < 0.3 ? 'off' : 'on');

    return;
}

my @trouble = (
    (\&change_rules) x 6,
    sub { $redis->freeze; sleep 0.02 + rand 0.5; $redis->thaw },
    sub { $redis->crash; sleep rand 0.5; $redis->run },
    sub { $redis->cmd(CLIENT => KILL => TYPE => rand() < 0.5 ? 'normal' : 'pubsub') },
    sub { $redis->cmd('FLUSHALL') },
);

sub make_trouble {
    my ($until, @more) = @_;

    while (time < $until) {
        my @all = (@trouble, @more);
        $all[rand @all]->();
        sleep 0.1 + rand 0.4;
    }

    return;
}

# Kilobytes of the fattest worker.
sub memory {
    my $max = 0;

    for my $pid ($workers ? $nginx->worker_pids : $nginx->pid) {
        my ($rss) = slurp("/proc/$pid/status") =~ /^VmRSS:\s+(\d+)/m;
        $max = $rss if $rss > $max;
    }

    return $max;
}


my ($any) = ($nginx->worker_pids, $nginx->pid);
my $instrumented = slurp("/proc/$any/maps") =~ /libasan/;

srand 1;
my $start = time;
my $load = Smartmsg::Load->start(dir => tempdir('load'), clients => [
    (\&read_page) x 3, \&send_event, \&leave]);

make_trouble($start + 0.4 * $seconds, $workers
    ? sub { $nginx->reload or die "no reload\n" } : ());

# from here on the workers are the same, and have seen everything twice
make_trouble($start + 0.7 * $seconds);
my @memory = memory();
my @pids = $nginx->worker_pids;
make_trouble($start + $seconds);
push @memory, memory();

my $report = $load->stop;
my %count = %{ $report->{counts} };

is_deeply($report->{problems}, [], 'every response was valid')
    or diag map { "$_\n" } @{ $report->{problems} }[0 .. 9];
ok($count{$_}, "$_: " . ($count{$_} // 0)) for qw(pages messages events left);
is("@{[$nginx->worker_pids]}", "@pids", 'no worker has died');

SKIP: {
    skip 'AddressSanitizer keeps what was freed', 1 if $instrumented;
    cmp_ok($memory[1], '<', 1.3 * $memory[0] + 4096, "memory of a worker: @memory kB");
}

$redis->cmd('FLUSHALL');
ok((wait_until { $nginx->visitor->page('/')->content =~ /<template/ } 20),
    'messages are back');
ok((wait_until { $nginx->worker_pids(all => 1) == $workers } 20), 'no old worker is left');

$nginx->stop_ok;

for my $report (grep { -s } glob $nginx->dir . '/valgrind.*') {
    fail('valgrind');
    diag slurp($report);
}

done_testing;
