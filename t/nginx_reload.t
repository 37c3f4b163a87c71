# Reloads, stops and visitors who leave: no page is lost, no worker stays.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Load;
use Smartmsg::Rule qw(rule armed);

my $head = '<!doctype html><html lang="en"><body>' . ('<p>word</p>' x 3000);
my $tail = "</body></html>\n";
my $body = "$head$tail";

my $snippet = qr{<template\ data-smartmsg="[^<]*">.*?</template>
    <script\ async\ src="/smartmsg/rt\.[0-9a-f]{16}\.js"\ data-smartmsg="1"></script>}xs;
my $page = qr{\A\Q$head\E$snippet\Q$tail\E\z};

my %rules = (help => rule(cap => { session => 100_000 }));
my $up = upstream('*' => page($body),
    '/chunked' => page($body, framing => 'chunked', split => [1000, 20_000]),
    '/gzip' => page($body, gzip => 1));


sub site {
    my ($redis, %opt) = @_;

    my $params = delete $opt{redis} // 'timeout=300s connect_timeout=300s';
    my $timeout = delete $opt{timeout} // '300s';

    return nginx(upstream => $up, rules => \%rules, workers => 2,
        http => 'smartmsg_redis ' . $redis->address . " $params;\n"
            . "smartmsg_timeout $timeout;", %opt);
}

# The headers of a visitor whom Redis knows.
sub known {
    my ($nginx) = @_;

    my $visitor = $nginx->visitor;
    ok((wait_until { $visitor->page('/')->content =~ $page }),
        'a page with a message');

    return (Accept => 'text/html',
        Cookie => 'smartmsg=' . $visitor->cookie('smartmsg'));
}

# Asks for a page while Redis is frozen, and waits until it is held.
sub held {
    my ($nginx, @headers) = @_;

    my $http = $nginx->http;
    $http->send_request('GET', '/held', headers => \@headers);
    $http->read_until(qr{<body>(?:<p>word</p>){3000}}) or die "the head did not come\n";

    return $http;
}

sub whole {
    my ($response, $like, $name) = @_;

    ok($response->complete, "$name: complete");

    return ok($response->content =~ $like, "$name: the page");
}

# Only these many workers are left, none that is shutting down.
sub no_more {
    my ($nginx, $workers, $name) = @_;

    my @left;
    return ok((wait_until {
        @left = $nginx->worker_pids(all => 1);
        @left == $workers;
    }), $name) || diag "workers: @left";
}

# A client of Smartmsg::Load: pages as a visitor sees them.
sub reader {
    my ($nginx, $headers, %opt) = @_;

    my @uris = qw(/page /chunked /gzip);
    my $i = 0;

    return sub {
        my ($client) = @_;

        my $uri = $uris[$i++ % @uris];
        my $res = $client->request($nginx->port, 'GET', $uri, %opt,
            headers => [@$headers, ($i % 4 ? () : ('Accept-Encoding' => 'gzip'))]);

        $client->count('pages');

        if (!$res->complete || $res->status != 200) {
            $client->problem("$uri: " . $res->status . ' ' . ($res->error // ''));
        } elsif ($res->content =~ $page) {
            $client->count('messages');
        } elsif ($res->content ne $body) {
            $client->problem("$uri: damaged: " . $res->content);
        }
    };
}


subtest 'reloads under load' => sub {
    my $redis = redis;
    my $nginx = site($redis, timeout => '5s');
    my @headers = known($nginx);

    my $load = Smartmsg::Load->start(dir => tempdir('load'), clients => [
        (reader($nginx, \@headers, keep => 1)) x 2, (reader($nginx, \@headers)) x 2,
        reader($nginx, [Accept => 'text/html'], keep => 1)]);

    for my $round (1 .. 4) {
        my $pages = 10 * $round;
        ok((wait_until { $load->done(pages => $pages) }), "round $round: load");

        # every second time while the pages of the visitor are held
        $redis->freeze if $round % 2 == 0;
        ok($nginx->reload, "round $round: new workers");
        $redis->thaw;

        no_more($nginx, 2, "round $round: the old ones have gone");
    }

    ok((wait_until { $load->done(pages => 50) }), 'still under load');
    my $report = $load->stop;
    is_deeply($report->{problems}, [], 'no request has failed')
        or diag map { "$_\n" } @{ $report->{problems} }[0 .. 3];
    is($report->{counts}{messages}, $report->{counts}{pages}, 'each had its message');
    $nginx->stop_ok;
};


subtest 'a reload while pages are held' => sub {
    my $redis = redis;
    my $nginx = site($redis);
    my @headers = known($nginx);

    $redis->freeze;
    my @held = map { held($nginx, @headers) } 1 .. 6;
    ok($nginx->reload, 'new workers');
    push @held, map { held($nginx, @headers) } 1 .. 6;
    $redis->thaw;

    whole($_->read_response, $page, 'held') for @held;
    no_more($nginx, 2, 'the old ones have gone');
    whole($nginx->get('/', headers => \@headers), $page, 'afterwards');
    $nginx->stop_ok;
};


subtest 'reloads while Redis is frozen' => sub {
    my $redis = redis;
    my $nginx = site($redis, timeout => '500ms');
    my @headers = known($nginx);

    $redis->freeze;

    for my $round (1 .. 2) {
        my @held = map { held($nginx, @headers) } 1 .. 4;
        ok($nginx->reload, "round $round: new workers");
        whole($_->read_response, qr/\A\Q$body\E\z/, "round $round") for @held;
        no_more($nginx, 2, "round $round: the old ones have gone");
    }

    $redis->thaw;
    ok((wait_until { $nginx->get('/', headers => \@headers)->content =~ $page }),
        'messages are back');
    $nginx->stop_ok;
};


subtest 'a reload with another Redis and other rules' => sub {
    my @redis = (redis, redis);
    my $nginx = site($redis[0]);
    my @headers = known($nginx);

    $redis[1]->cmd(HSET => 'smartmsg:switch', help => 'off');
    spew("$nginx->{rules}/new.json", rule(on => 'idle'));
    my $conf = slurp($nginx->dir . '/nginx.conf');
    my ($from, $to) = map { $_->address } @redis;
    $conf =~ s/\Q$from\E/$to/;
    spew($nginx->dir . '/nginx.conf', $conf);

    ok($nginx->reload, 'new workers');
    ok((wait_until { armed($nginx->get('/', headers => \@headers)) eq 'new' }),
        'both are in use');
    no_more($nginx, 2, 'the old ones have gone');

    spew("$nginx->{rules}/broken.json", '{');
    $nginx->{process}->signal('HUP');
    ok($nginx->error_logged(qr/\[emerg\].*broken\.json/), 'a broken rule');
    $nginx->allow_log(qr/broken\.json/);
    is(armed($nginx->get('/', headers => \@headers)), 'new',
        'the former configuration goes on');
    $nginx->stop_ok;
};


subtest 'QUIT while a page is held' => sub {
    my $redis = redis;
    my $nginx = site($redis);
    my @headers = known($nginx);

    $redis->freeze;
    my $http = held($nginx, @headers);
    $nginx->{process}->signal('QUIT');
    ok($nginx->error_logged(qr/gracefully shutting down/), 'nginx ends');
    ok($nginx->{process}->alive, 'but not yet');
    $redis->thaw;

    whole($http->read_response, $page, 'the last page');
    ok($nginx->{process}->wait_end(60), 'now it has ended');
    $nginx->stop_ok;
};


subtest 'QUIT while Redis is frozen' => sub {
    my $redis = redis;
    my $nginx = site($redis, timeout => '500ms');
    my @headers = known($nginx);

    $redis->freeze;
    my $http = held($nginx, @headers);
    $nginx->{process}->signal('QUIT');
    whole($http->read_response, qr/\A\Q$body\E\z/, 'the last page');
    ok($nginx->{process}->wait_end(60), 'it has ended');
    $redis->thaw;
    $nginx->stop_ok;
};


subtest 'QUIT while a message is asked for' => sub {
    my $redis = redis;
    my $nginx = site($redis);
    my @headers = known($nginx);
    my $ask = sub {
        my $http = $nginx->http;
        $http->send_request('POST', '/smartmsg/event', headers => [@headers,
            'Sec-Fetch-Site' => 'same-origin'],
            body => '{"events": [{"event": "claim", "rule": "help"}]}');
        return $http;
    };

    $redis->freeze;
    my $http = $ask->();
    ok(!$http->read_until(qr/./, 0.5), 'the answer is out');
    $nginx->{process}->signal('QUIT');
    ok($nginx->error_logged(qr/gracefully shutting down/), 'nginx ends');
    ok(!$http->read_until(qr/./, 0.5) && !$http->{eof}, 'but not yet');
    $redis->thaw;

    is(($http->read_response || die 'no answer')->status, 204, 'the answer');
    ok($nginx->{process}->wait_end(60), 'now it has ended');
    $nginx->stop_ok;
};


# without a master nginx takes QUIT for TERM
for my $how (['TERM'], ['TERM', 'off'], ['QUIT', 'off']) {
    my ($signal, $master) = @$how;

    subtest join(' ', 'without mercy:', @$how) => sub {
        my $redis = redis;
        my $nginx = site($redis, $master
            ? (main => 'master_process off;', workers => 0) : ());
        my @headers = known($nginx);

        $redis->freeze;
        my $http = held($nginx, @headers);
        $nginx->{process}->signal($signal);
        ok($nginx->{process}->wait_end(60), 'it has ended at once');
        ok($http->closed, 'the visitor sees it');
        $redis->thaw;
        $nginx->stop_ok;
    };
}


subtest 'without a master' => sub {
    my $redis = redis;
    my $nginx = site($redis, main => 'master_process off;', workers => 0);
    my @headers = known($nginx);

    $redis->freeze;
    my $http = held($nginx, @headers);
    $redis->thaw;
    whole($http->read_response, $page, 'held');

    $redis->cmd(HSET => 'smartmsg:switch', help => 'off');
    ok((wait_until { armed($nginx->get('/', headers => \@headers)) eq '' }),
        'a switch is seen');
    $redis->cmd(DEL => 'smartmsg:switch');

    $redis->crash;
    ok($nginx->error_logged(qr/is down/), 'away');
    $redis->run;
    ok((wait_until { $nginx->get('/', headers => \@headers)->content =~ $page }),
        'and back');
    # no reload: nginx itself takes no connection after it in this mode
    $nginx->stop_ok;
};


subtest 'worker_shutdown_timeout' => sub {
    my $redis = redis;
    my $nginx = site($redis, main => 'worker_shutdown_timeout 300ms;');
    my @headers = known($nginx);

    $redis->freeze;
    my @held = map { held($nginx, @headers) } 1 .. 4;
    ok($nginx->reload, 'new workers');
    no_more($nginx, 2, 'the old ones have gone');
    ok($_->closed, 'the visitor sees it') for @held;

    my $http = held($nginx, @headers);
    $redis->thaw;
    whole($http->read_response, $page, 'all is well');
    $nginx->stop_ok;
};


subtest 'log files are opened again' => sub {
    my $redis = redis;
    my $nginx = site($redis);
    my @headers = known($nginx);
    my $dir = $nginx->dir;

    rename "$dir/$_.log", "$dir/$_.old" or die "$_: $!" for qw(error access);
    $redis->freeze;
    my $http = held($nginx, @headers);
    $nginx->{process}->signal('USR1');
    ok((wait_until { -e "$dir/error.log" && -e "$dir/access.log" }), 'new files');
    $redis->thaw;
    whole($http->read_response, $page, 'a page that was held');

    # each worker has its own turn to open them
    ok((wait_until { $nginx->get('/new', headers => \@headers);
        grep { m{ /new injected } } $nginx->access_log }), 'accesses are there');
    $redis->crash;
    ok((wait_until { 2 == (() = $nginx->error_log =~ /redis \S+ is down/g) }),
        'and errors of both workers');
    $nginx->stop_ok;
};


# What a client may do in the middle of anything.
sub leaver {
    my ($nginx, $headers) = @_;

    return sub {
        my ($client) = @_;

        my $http = $nginx->http;
        my $request = "GET /page HTTP/1.1\r\nHost: x\r\n"
            . join('', map { "$headers->[2 * $_]: $headers->[2 * $_ + 1]\r\n" }
                0 .. @$headers / 2 - 1) . "\r\n";

        if (rand() < 0.2) {
            $http->send(substr $request, 0, rand length $request);

        } else {
            $http->send($request x (1 + int rand 2));
            my $bytes = int rand(1.1 * length $body);
            $http->read_until(qr/\A.{$bytes}/s, 0.02 * rand()) if $bytes < 30_000;
            $http->fill(0.02) if $bytes >= 30_000;
        }

        rand() < 0.5 ? $http->abort : $http->close;
        $client->count('left');
    };
}


subtest 'visitors leave at any point' => sub {
    my $redis = redis;
    my $nginx = site($redis, timeout => '50ms', redis => 'timeout=60s',
        location => 'proxy_buffers 4 4k; proxy_buffer_size 4k;
            proxy_busy_buffers_size 8k;');
    my @headers = known($nginx);

    my $left = Smartmsg::Load->start(dir => tempdir('left'), clients => [
        (leaver($nginx, \@headers)) x 3]);
    my $load = Smartmsg::Load->start(dir => tempdir('load'), clients => [
        reader($nginx, \@headers, keep => 1)]);

    for my $round (1 .. 6) {
        $redis->freeze;
        ok((wait_until { $left->done(left => 20 * $round)
            && $load->done(pages => 4 * $round) } 200), "round $round: frozen");
        $redis->thaw;
        ok((wait_until { $left->done(left => 20 * $round + 10) } 200), "round $round");
        ok($nginx->reload, "round $round: a reload") if $round == 3;
    }

    is_deeply($_->stop->{problems}, [], 'no request has failed') for $left, $load;
    no_more($nginx, 2, 'all is quiet');
    ok((wait_until { $nginx->get('/', headers => \@headers)->content =~ $page }),
        'all is well');
    $nginx->stop_ok;
};


done_testing;
