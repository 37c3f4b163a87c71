# The access log tells of each request why it got a message or none.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;

my $page = '<!doctype html><html><body><p>x</body></html>';
my $up = upstream('*' => page($page),
    '/js' => page('x', type => 'text/javascript'),
    '/br' => page($page, headers => ['Content-Encoding' => 'br']),
    '/utf16' => page($page, type => 'text/html; charset=UTF-16LE'),
    '/csp' => page($page, headers =>
        ['Content-Security-Policy' => "script-src 'none'"]),
    '/meta' => page('<!doctype html><html><head><meta http-equiv='
        . '"Content-Security-Policy" content="script-src \'none\'"></head>'
        . '<body>x</body></html>'),
    '/part' => page('<p>a fragment</p>'),
    '/text' => page('no markup'),
    '/frames' => page('<!doctype html><html><frameset><frame src="a"></frameset>'),
    '/open' => page('<!doctype html><html><body><!-- open'),
    '/broken' => ["HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
        . "Content-Length: 1000\r\n\r\n<!doctype html><html><body>",
        close_connection],
    '/gone' => [close_connection],
);
my $redis = redis();

my $dir = tempdir('nginx');
mkdir "$dir/empty";

my $nginx = nginx(dir => $dir, redis => $redis, upstream => $up, rules => {
        hello => rule(if => { 'query.none' => { '$exists' => false } },
            priority => 1),
        more => rule(on => 'idle', if => { 'query.more' => '1' }),
    }, locations => <<'END', http => <<'END2');
        location /off { smartmsg off; proxy_pass http://%UPSTREAM%; }
        location /bypass {
            smartmsg_bypass $arg_a $http_x_bypass;
            proxy_pass http://%UPSTREAM%;
        }
        location /if {
            if ($arg_off) { smartmsg off; }
            proxy_pass http://%UPSTREAM%;
        }
        location /late { smartmsg_timeout 20ms; proxy_pass http://%UPSTREAM%; }
        location /return { return 200 "x"; }
        location /away { return 302 /; }
        location /deny { deny all; }
        location /file { alias %DIR%/; default_type text/html; }
        location /own { proxy_pass http://%UPSTREAM%/gone; error_page 502 /sorry; }
        location /sorry { proxy_pass http://%UPSTREAM%; }
END
    server {
        listen 127.0.0.1:%PORT2%;
        location / { proxy_pass http://%UPSTREAM%; }
    }
    server {
        listen 127.0.0.1:%PORT2%;
        server_name noredis;
        smartmsg_redis off;
        location /smartmsg/ { smartmsg_endpoint; }
        location / { proxy_pass http://%UPSTREAM%; }
    }
    server {
        listen 127.0.0.1:%PORT2%;
        server_name norules;
        smartmsg_redis %REDIS% prefix=other:;
        smartmsg_rules %DIR%/empty;
        location /smartmsg/ { smartmsg_endpoint; }
        location / { proxy_pass http://%UPSTREAM%; }
    }
END2

$nginx->write_file('index.html', $page);

sub status_is {
    my ($uri, $want, $name, %opt) = @_;

    my $visitor = $opt{port} ? Smartmsg::Visitor->new(port => $opt{port})
        : $nginx->visitor;
    my $res = $visitor->page($uri, %opt);
    my ($status, $rule, $id) = logged($nginx, $uri);

    is($status, $want, "$uri: $name");
    is($rule, $opt{rule} // '-', "$uri: rules");
    is($id ne '-', !!$opt{visitor}, "$uri: visitor $id");
    is($res->status, $opt{status} // 200, "$uri: response");
    is($res->body =~ /data-smartmsg/, $want eq 'injected', "$uri: page");

    return $res;
}

my @known = (visitor => 1);


subtest 'by configuration' => sub {
    my @port2 = (port => $nginx->port2);

    status_is('/off', 'off', 'smartmsg off');
    status_is('/if?off=1', 'off', 'in an if');
    status_is('/if?off=', 'injected', 'else', rule => 'hello', @known);
    status_is('/smartmsg/none', 'off', 'the endpoint', status => 404);
    status_is('/bypass?a=1', 'bypass', 'an argument');
    status_is('/bypass?h=1', 'bypass', 'a header', headers => ['X-Bypass' => 'yes']);
    status_is('/bypass?a=0', 'injected', 'zero is no', rule => 'hello', @known);
    status_is('/no-endpoint', 'no_endpoint', 'no endpoint', @port2);
    status_is('/no-redis', 'no_redis', 'no Redis', @port2,
        headers => [Host => 'noredis']);
    status_is('/no-rules', 'no_rules', 'no rules', @port2,
        headers => [Host => 'norules']);
};


subtest 'by request' => sub {
    $nginx->get('/api');
    is(logged($nginx, '/api'), 'not_document', 'no page view');
    status_is('/return', 'not_html', 'no page');
    status_is('/away', 'not_html', 'a redirect', status => 302);
    status_is('/deny', 'not_html', 'forbidden', status => 403);
};


subtest 'by response' => sub {
    status_is('/js', 'not_html', 'no page', @known);
    status_is('/br', 'encoded', 'an encoding that stays', @known);
    status_is('/utf16', 'unsafe', 'two bytes a character', @known);
    status_is('/csp', 'csp', 'policy', @known);
    status_is('/meta', 'csp', 'policy in the page', @known);
    status_is('/part', 'no_markup', 'a fragment', @known);
    status_is('/text', 'no_markup', 'text', @known);
    status_is('/frames', 'unsafe', 'a frameset', @known);
    status_is('/open', 'unsafe', 'an open comment', @known);
    status_is('/gone', 'not_html', 'no answer', @known, status => 502);

    my $res = $nginx->visitor->page('/broken');
    ok(!$res->complete, 'a page that breaks off');
    is(logged($nginx, '/broken'), 'incomplete', 'incomplete');

    status_is('/file/index.html', 'injected', 'a file', @known, rule => 'hello');
    status_is('/own', 'not_html', 'a page instead of an error', @known, status => 502);
};


subtest 'by rules' => sub {
    status_is('/yes', 'injected', 'a message', rule => 'hello', @known);
    status_is('/yes?more=1', 'injected', 'two', rule => 'hello,more', @known);
    status_is('/none?none=1', 'none', 'nothing applies', @known);

    $redis->cmd(HSET => 'smartmsg:rules',
        cart => rule(if => { 'cart.value' => { '$gt' => 5 } }));
    my $i = 0;
    ok((wait_until {
        $nginx->visitor->page('/script?none=' . ++$i);
        logged($nginx, "/script?none=$i") eq 'script';
    }), 'a rule needs the cart');
    my $res = status_is('/script?none=', 'script', 'the runtime alone', @known);
    ok(script_of($res), 'is in the page');

    $redis->cmd(HSET => 'smartmsg:switch', '*' => 'off');
    ok((wait_until {
        $nginx->visitor->page('/main?' . ++$i);
        logged($nginx, "/main?$i") eq 'no_rules';
    }), 'the main switch: no rules');
    $redis->cmd(DEL => 'smartmsg:switch', 'smartmsg:rules');
};


subtest 'by Redis' => sub {
    my $i = 0;
    my $visitor = $nginx->visitor;
    ok((wait_until { armed($visitor->page('/')) }), 'a visitor with a cookie');

    $redis->freeze;
    my $res = $visitor->page('/late');
    is($res->body, $page, 'Redis does not answer: the page is complete');
    is(logged($nginx, '/late'), 'late', 'late');
    $redis->thaw;

    $redis->crash;
    ok((wait_until {
        $visitor->page('/down?' . ++$i);
        logged($nginx, "/down?$i") eq 'redis_down';
    }), 'down');
    is($visitor->page('/down')->body, $page, 'the page is complete');

    $redis->run;
    ok((wait_until {
        $visitor->page('/up?' . ++$i);
        logged($nginx, "/up?$i") eq 'injected';
    }), 'back again');
};

$nginx->stop_ok;
done_testing;
