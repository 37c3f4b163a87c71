# A worker that has just begun knows the rules of the directory at once, but not
# what was switched off in Redis: pages wait for that.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;

my $page = '<!doctype html><html><body><p>x</body></html>';
my $up = upstream('*' => page($page));
my $redis = redis();
my $address = $redis->address;

my $nginx = nginx(upstream => $up, http => <<"END", locations => <<'END2',
    smartmsg_timeout 60s;
    smartmsg_redis $address connect_timeout=60s timeout=60s;
END
        location /brief { smartmsg_timeout 10ms; proxy_pass http://%UPSTREAM%; }
        location /file { alias %DIR%/; default_type text/html; }
END2
    rules => { off => rule(), on => rule(on => 'idle') });

$nginx->write_file('page.html', $page);

sub ask {
    my ($uri, @headers) = @_;

    my $http = $nginx->http;
    $http->send_request('GET', $uri, headers => [Accept => 'text/html', @headers]);

    return $http;
}

# Returns when each of the pages has come as far as to the place of messages.
sub all_held {
    my (@http) = @_;

    return @http == grep { $_->read_until(qr/<p>x/) } @http;
}


$redis->cmd(HSET => 'smartmsg:switch', off => 'off');

my $visitor = $nginx->visitor;
ok((wait_until { armed($visitor->page('/')) eq 'on' }), 'one rule is off');
my @cookie = (Cookie => 'smartmsg=' . $visitor->cookie('smartmsg'));


subtest 'Redis is slow' => sub {
    $redis->freeze;
    ok($nginx->reload, 'a new worker');

    my @http = (ask('/'), ask('/', @cookie), ask('/file/page.html'));
    ok(all_held(@http), 'the beginning of each page is sent');

    # the client may go before
    my @gone = (ask('/'), ask('/', @cookie));
    ok(all_held(@gone), 'of others, too');
    $_->abort for @gone;

    my $res = ask('/brief')->read_response;
    is($res->body, $page, 'nothing is shown that may be off');
    is(logged($nginx, '/brief'), 'late', 'the decision was late');

    unlike($_->buffered, qr/template/, 'the others are still held') for @http;
    $redis->thaw;
    is(armed($_->read_response), 'on', 'what is off is not in the page') for @http;
};


subtest 'all is off' => sub {
    $redis->cmd(HSET => 'smartmsg:switch', '*' => 'off');
    ok((wait_until { armed($visitor->page('/')) eq '' }), 'the main switch');

    $redis->freeze;
    ok($nginx->reload, 'a new worker');
    my @http = (ask('/'), ask('/', @cookie));
    ok(all_held(@http), 'the beginning of each page is sent');
    $redis->thaw;
    is($_->read_response->body, $page, 'the page is the shop\'s') for @http;
};


subtest 'what cannot be read' => sub {
    $redis->cmd(DEL => 'smartmsg:switch');
    $redis->cmd(SET => 'smartmsg:switch', 'a string');
    ok($nginx->reload, 'a new worker');
    is(armed(ask('/')->read_response), 'off on', 'the directory serves');
};

subtest 'rules that are in Redis only' => sub {
    my $redis = redis();
    my $address = $redis->address;
    my $nginx = nginx(upstream => $up, http => "smartmsg_timeout 60s;
        smartmsg_redis $address connect_timeout=60s timeout=60s;");
    $redis->cmd(HSET => 'smartmsg:rules', only => rule());
    ok((wait_until { armed($nginx->visitor->page('/')) eq 'only' }), 'armed');

    $redis->freeze;
    ok($nginx->reload, 'a new worker');
    my $http = $nginx->http;
    $http->send_request('GET', '/', headers => [Accept => 'text/html']);
    ok(all_held($http), 'the page waits for the rules');
    $redis->thaw;
    is(armed($http->read_response), 'only', 'and gets its message');
    $nginx->stop_ok;
};


$nginx->stop_ok;
done_testing;
