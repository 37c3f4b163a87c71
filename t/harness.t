# The test harness itself, with an nginx that lacks the module.

use lib 't/lib';
use Smartmsg::Test;

my $body = '<!doctype html><body>' . join('', 'a' .. 'zz') . '</body>';

my $up = upstream(
    '/plain' => page($body),
    '/chunked' => page($body, framing => 'chunked', split => [5, 100]),
    '/gzip' => page($body, gzip => 1),
    '/close' => page($body, framing => 'close'),
    '/gate' => page($body, split => [30], between => gate('tail')),
    '/broken' => ["HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfoo",
        close_connection],
    '/bytes' => page("\x00\xff\x80"),
);

my $nginx = nginx(module => 0, upstream => $up, workers => 2,
    location => 'proxy_buffering off;');


subtest 'framings' => sub {
    for my $uri (qw(/plain /chunked /gzip /close)) {
        my $res = $nginx->get($uri);
        is($res->status, 200, "$uri: status");
        ok($res->complete, "$uri: complete");
        is($res->content, $body, "$uri: body");
    }

    is($nginx->get('/bytes')->body, "\x00\xff\x80", 'bytes stay bytes');
    is($nginx->get('/none')->status, 404, 'what is not scripted');

    my $head = $nginx->request('HEAD', '/plain');
    is($head->body, '', 'HEAD has no body');
    is($head->header('content-length'), length $body, 'but its length');
};


subtest 'a gate holds the rest of a page' => sub {
    my $http = $nginx->http;
    $http->send_request('GET', '/gate');

    ok(wait_until { $up->reached('tail') }, 'the upstream waits');
    ok($http->read_until(qr/\r\n\r\n.{30}/s), 'the first part came');
    unlike($http->buffered, qr/<\/body>/, 'not the second');

    $up->open_gate('tail');
    is($http->read_response->body, $body, 'now all of it');
};


subtest 'connections' => sub {
    my $http = $nginx->http;
    is($http->request('GET', '/plain')->body, $body, "request $_") for 1, 2;
    $http->send("GET /plain HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    is($http->read_response->body, $body, 'raw bytes');
    ok($http->closed, 'closed at the end');

    my $res = $nginx->get('/broken');
    ok(!$res->complete, 'a body that breaks off is not complete');
    is($res->error, 'closed', 'and why');
};


subtest 'what the upstream was asked' => sub {
    $up->forget_requests;
    $nginx->request('POST', '/plain?q=1', body => 'a=b',
        headers => ['X-Test' => 'yes']);

    ok($nginx->logged(qr{^200 POST /plain\?q=1$}), 'access log');

    my ($request) = $up->requests;
    is($request->{method}, 'POST', 'method');
    is($request->{uri}, '/plain?q=1', 'uri');
    is($request->{headers}{'x-test'}, 'yes', 'header');
    is($request->{body}, 'a=b', 'body');
};


subtest 'visitor' => sub {
    $up->reply('/set' => page('', headers => ['Set-Cookie' => 'id=1; Path=/']));

    my $visitor = $nginx->visitor;
    is($visitor->page('/set')->cookie('id'), 1, 'a cookie is set');

    $up->forget_requests;
    $visitor->page('/plain');
    is(($up->requests)[0]{headers}{cookie}, 'id=1', 'and comes back');
};


subtest 'redis' => sub {
    for my $redis (redis(), redis(tcp => 1),
        redis(args => [requirepass => 'secret']))
    {
        is($redis->cmd(SET => 'k', "v\r\n\xff"), 'OK', 'SET');
        is($redis->cmd(GET => 'k'), "v\r\n\xff", 'GET');
        is($redis->cmd(GET => 'none'), undef, 'nil');
        $redis->cmd(HSET => 'h', a => 1, b => 2);
        is_deeply($redis->hgetall('h'), { a => 1, b => 2 }, 'HGETALL');
        ok(!eval { $redis->cmd('NONSENSE'); 1 }, 'an error dies');

        $redis->crash;
        ok(!eval { $redis->cmd(GET => 'k'); 1 }, 'crashed');
        $redis->run;
        is($redis->cmd(GET => 'k'), undef, 'back, and empty');
        ok($redis->stop, 'stopped');
    }
};


subtest 'reload' => sub {
    my @old = $nginx->worker_pids;
    is(@old, 2, 'two workers');
    ok($nginx->reload, 'reload');
    ok((wait_until { $nginx->worker_pids(all => 1) == 2 }), 'old ones gone');
    isnt("@old", join(' ', $nginx->worker_pids), 'new ones');
};


subtest 'nginx -t' => sub {
    my ($status, $said) = nginx_t(module => 0, http => 'nonsense on;');
    isnt($status, 0, 'fails');
    like($said, qr/unknown directive "nonsense"/, 'and says why');

    ($status, $said) = nginx_t(module => 0);
    is($status, 0, 'passes') or diag $said;
};


$nginx->stop_ok;


subtest 'a worker that dies is noticed' => sub {
    my $victim = nginx(module => 0, upstream => $up);

    kill 'KILL', $victim->worker_pids;
    ok($victim->error_logged(qr/exited on signal/), 'it died');
    ok((grep { /exited on signal/ } $victim->problems), 'a problem');
    $victim->allow_log(qr/exited on signal/);
    $victim->stop_ok('but for the allowed one all is well');
};

done_testing;
