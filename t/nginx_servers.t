# Several servers in one nginx: what they share, and what is their own.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;

my $up = upstream('*' => page('<!doctype html><html><body><p>x</body></html>'));
my $redis = redis(args => [requirepass => 'secret-word']);
my $second = redis(tcp => 1);
my $address = $redis->address;

my $dir = tempdir('nginx');
for my $name (qw(one two)) {
    mkdir "$dir/$name";
    spew("$dir/$name/$name.json", rule());
}

my %server = (
    plain => '',
    again => '',
    own_rules => "smartmsg_rules $dir/two;",
    own_prefix => "smartmsg_redis $address password=secret-word prefix=shop2:;",
    own_db => "smartmsg_redis $address password=secret-word db=5;",
    own_redis => 'smartmsg_redis ' . $second->address . ';',
    no_redis => 'smartmsg_redis off;',
    wrong => "smartmsg_redis $address password=guess;",
    disabled => 'smartmsg off;',
    locations => 'smartmsg off; location /on { smartmsg on; smartmsg_page inner;
        proxy_pass http://%UPSTREAM%; location /on/off { smartmsg off;
        proxy_pass http://%UPSTREAM%; } }',
);

my $nginx = nginx(dir => $dir, upstream => $up, endpoint => 0, http => <<"END"
    smartmsg_redis $address password=secret-word;
    smartmsg_rules $dir/one;
END
    . join '', map { <<"END" } sort keys %server);
    server {
        listen 127.0.0.1:%PORT2%;
        server_name $_;
        $server{$_}
        location /smartmsg/ { smartmsg_endpoint; }
        location / { proxy_pass http://%UPSTREAM%; }
    }
END

sub visit {
    my ($server, $uri, $visitor) = @_;

    $visitor ||= Smartmsg::Visitor->new(port => $nginx->port2);

    return $visitor->page($uri // '/', headers => [Host => $server]);
}

# The messages on a page of that server, once they are as wanted.
sub says {
    my ($server, $want, $uri) = @_;

    my $armed;
    ok((wait_until { ($armed = armed(visit($server, $uri))) eq $want }),
        "$server: $want") or diag $armed;
}


subtest 'rules' => sub {
    says($_, 'one') for qw(plain again own_prefix own_db own_redis);
    says('own_rules', 'two');
    says($_, '') for qw(no_redis wrong disabled locations);
    says('locations', 'one', '/on');
    says('locations', '', '/on/off');
};


subtest 'switches' => sub {
    $redis->cmd(HSET => 'smartmsg:switch', one => 'off');
    says($_, '') for qw(plain again);
    says('own_rules', 'two');
    says($_, 'one') for qw(own_prefix own_db own_redis);

    $redis->cmd(HSET => 'shop2:switch', '*' => 'off');
    says('own_prefix', '');
    says('own_redis', 'one');
    $redis->cmd(DEL => 'smartmsg:switch');
    says('plain', 'one');
    says('own_prefix', '');
    $redis->cmd(DEL => 'shop2:switch');
    says('own_prefix', 'one');

    $redis->cmd(SELECT => 5);
    $redis->cmd(HSET => 'smartmsg:rules', five => rule(on => 'idle'));
    says('own_db', 'five one');
    $redis->cmd(SELECT => 0);
    says('plain', 'one');

    $second->cmd(HSET => 'smartmsg:rules', other => rule(on => 'idle'));
    says('own_redis', 'one other');
    says('plain', 'one');
};


subtest 'visitors' => sub {
    my $visitor = Smartmsg::Visitor->new(port => $nginx->port2);
    visit($_, '/', $visitor) for qw(plain again own_prefix own_db own_redis);
    my $key = '{' . $visitor->cookie('smartmsg') . '}:s';

    my $views = sub {
        my ($from, $key, $want) = @_;
        return wait_until { ($from->cmd(HGET => $key, 'views') // '') eq $want };
    };
    ok($views->($redis, "smartmsg:$key", 2), 'two servers share their visitors');
    ok($views->($redis, "shop2:$key", 1), 'another prefix');
    ok($views->($second, "smartmsg:$key", 1), 'another Redis');
    $redis->cmd(SELECT => 5);
    ok($views->($redis, "smartmsg:$key", 1), 'another database');
    $redis->cmd(SELECT => 0);
};


subtest 'connections' => sub {
    # two for each pair of a Redis and rules that some server uses: plain and
    # its like, own_rules, own_prefix, own_db; "wrong" comes and goes
    my @clients;
    ok((wait_until {
        @clients = grep { !/cmd=client/ } split /\n/,
            $redis->cmd(CLIENT => 'LIST');
        @clients == 2 * 4;
    }), 'servers that are alike share theirs') or diag join "\n", @clients;
};


subtest 'a wrong password' => sub {
    ok($nginx->error_logged(qr/\[(?:error|warn)\].*smartmsg: redis .* is down: .*(?:WRONGPASS|invalid)/),
        'is in the log');
    is(visit('wrong', '/refused')->header('Set-Cookie'), undef, 'no cookie');
    is(logged($nginx, '/refused'), 'redis_down', 'as if Redis were away');
    unlike($nginx->error_log, qr/guess|secret-word/, 'the log has no password');
};

$nginx->stop_ok;
done_testing;
