# What nginx -t says of the directives.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;

my $redis = '127.0.0.1:6379';


# bad(CONF, REASON): the http level has CONF
sub bad {
    my ($conf, $reason, %opt) = @_;

    my ($status, $said) = nginx_t(http => $conf, %opt);
    my $pattern = ref $reason ? $reason : qr/\[emerg\].*\Q$reason\E/;

    isnt($status, 0, "fails: $conf");
    return like($said, $pattern, '... with the reason');
}

sub good {
    my ($conf, %opt) = @_;

    my ($status, $said) = nginx_t(http => $conf, %opt);

    return is($status, 0, "passes: $conf") || diag $said;
}

# A server with these lines in it.
sub server { return "server { listen 127.0.0.1:%PORT2%; @_ }" }


# It passes, but with a warning.
sub doubtful {
    my ($conf, $reason, %opt) = @_;

    my ($status, $said) = nginx_t(http => $conf, %opt);

    is($status, 0, "passes: $conf");
    return like($said, qr/\[warn\].*\Q$reason\E/, '... with a warning');
}


subtest 'half a configuration' => sub {
    doubtful('', '"smartmsg" is on without "smartmsg_redis"');
    doubtful("smartmsg_redis $redis;", 'no server that has a location with '
        . '"smartmsg_endpoint"', endpoint => 0);

    my ($status, $said) = nginx_t(http => "smartmsg_redis $redis;");
    unlike($said, qr/warn/, 'nothing to say of a whole one');
    ($status, $said) = nginx_t(http => server(''), server => 'smartmsg off;');
    like($said, qr/without "smartmsg_redis"/, 'on in the other server');
};


subtest 'smartmsg' => sub {
    good('');
    bad(server('smartmsg maybe;'), 'it must be "on" or "off"');
    bad(server('smartmsg;'), 'invalid number of arguments in "smartmsg"');
    good(server('smartmsg off; location / { if ($arg_x) { smartmsg on; } }'));
    bad(server('smartmsg_timeout soon;'), '"smartmsg_timeout" directive invalid value');
    bad(server('smartmsg_timeout 1s; smartmsg_timeout 2s;'), 'is duplicate');
};


subtest 'smartmsg_redis' => sub {
    my %bad = (
        '127.0.0.1:99999' => 'smartmsg_redis "127.0.0.1:99999": invalid port',
        '127.0.0.1:0' => 'invalid port',
        '"127.0.0.1:x"' => 'invalid port',
        '""' => 'smartmsg_redis "": ',
        'no.such.host.invalid' => 'smartmsg_redis "no.such.host.invalid": host not found',
        'unix:' => 'no path in the unix domain socket',
        'unix:/' . 'x' x 200 => 'too long path in the unix domain socket',
        '[::1' => 'invalid host',
        "$redis x=1" => 'parameter "x=1" of smartmsg_redis is unknown',
        "$redis db=one" => 'parameter "db=one" of smartmsg_redis needs a number',
        "$redis db=-1" => 'needs a number',
        "$redis timeout=0" => 'needs a time above zero',
        "$redis timeout=x" => 'needs a time above zero',
        "$redis connect_timeout=1y1y" => 'needs a time above zero',
        "$redis user=x" => 'has a "user" without a "password"',
        "$redis prefix=" . 'x' x 65 => 'is too long, at most 64 bytes',
        "$redis 'prefix=a{b'" => 'must not have "{"',
        'off db=1' => 'smartmsg_redis "off"',
    );

    bad("smartmsg_redis $_;", $bad{$_}) for sort keys %bad;
    bad("smartmsg_redis $redis; smartmsg_redis $redis;",
        '"smartmsg_redis" directive is duplicate');
    bad(server("location / { smartmsg_redis $redis; }"),
        '"smartmsg_redis" directive is not allowed here');
    bad('smartmsg_redis;', 'invalid number of arguments');

    # a name, where the machine has one that can be had without a network
    my @name = grep { gethostbyname $_ } 'localhost';
    good("smartmsg_redis $_;") for '127.0.0.1', $redis, 'unix:/tmp/none.sock',
        '[::1]:6380', @name, 'off', "$redis user=u password=p db=3 "
        . 'prefix=shop: connect_timeout=50ms timeout=1s', "$redis prefix=";
};


subtest 'smartmsg_rules' => sub {
    my $dir = tempdir('rules');

    bad("smartmsg_rules $dir/none;", qr{smartmsg_rules: $dir/none: .*No such file});
    bad('smartmsg_rules "";', 'needs the name of a directory');
    bad("smartmsg_rules $dir; smartmsg_rules $dir;", 'is duplicate');
    bad(server("location / { smartmsg_rules $dir; }"), 'is not allowed here');
    good("smartmsg_rules $dir;");

    spew("$dir/good.json", rule());
    spew("$dir/README", 'no rule');
    good("smartmsg_rules $dir;");

    my %bad = (
        syntax => ["{\n  \"priority\": ,\n}", qr/:2:\d+: unexpected token/],
        empty => ['', qr/: /],
        list => ['[]', qr/a rule must be an object/],
        link => ['{"rules": [{"force": {"when": [{"on": "exit"}],
            "show": {"as": "dialog", "title": "a",
            "actions": [{"label": "b", "href": "javascript:x"}]}}}]}',
            qr/:3:\d+: rules\[0\]\.force\.show\.actions\[0\]\.href/],
        member => ["{\"rules\": [{\n\"force\": {\"wen\": 1}}]}",
            qr/:2:\d+: rules\[0\]\.force\.wen: /],
        regex => [rule(if => { 'page.path' => { '$regex' => '(' } }), qr/regex/],
        large => [' ' x 70_000, qr/too long|too large/],
    );

    for my $name (sort keys %bad) {
        my ($text, $reason) = @{ $bad{$name} };
        spew("$dir/$name.json", $text);
        bad("smartmsg_rules $dir;",
            qr{\[emerg\].*smartmsg_rules: $dir/$name\.json.*$reason});
        unlink "$dir/$name.json";
    }

    spew("$dir/a b.json", rule());
    bad("smartmsg_rules $dir;", qr{$dir/a b\.json.*name});
    unlink "$dir/a b.json";
    good("smartmsg_rules $dir;");

    my ($status, $said) = nginx_t(http => 'smartmsg_rules rules;',
        rules => undef, dir => do {
            my $own = tempdir('own');
            mkdir "$own/rules";
            spew("$own/rules/bad.json", 'x');
            $own;
        });
    isnt($status, 0, 'a relative directory');
    like($said, qr{/own/rules/bad\.json:1:1: }, 'is relative to the configuration');
};


subtest 'smartmsg_cookie' => sub {
    my %bad = (
        'v max_age=0' => 'invalid parameter "max_age=0" of smartmsg_cookie',
        'v max_age=x' => 'invalid parameter "max_age=x"',
        'v samesite=some' => 'invalid parameter "samesite=some"',
        'v secure=maybe' => 'invalid parameter "secure=maybe"',
        'v nonsense' => 'invalid parameter "nonsense"',
        '"a b"' => 'smartmsg_cookie "a b": ',
        '""' => 'smartmsg_cookie "": ',
        'v path=a' => 'smartmsg_cookie "v": ',
        '"v" "path=/;x"' => 'smartmsg_cookie "v": ',
        'v "domain=a b"' => 'smartmsg_cookie "v": ',
        'v samesite=none secure=off' => 'smartmsg_cookie "v": ',
        '__Host-v secure=off' => 'smartmsg_cookie "__Host-v": ',
        '__Host-v path=/x' => 'smartmsg_cookie "__Host-v": ',
        '__Host-v domain=a.b' => 'smartmsg_cookie "__Host-v": ',
    );

    bad("smartmsg_cookie $_;", $bad{$_}) for sort keys %bad;
    bad('smartmsg_cookie a; smartmsg_cookie b;', 'is duplicate');
    bad(server('location / { smartmsg_cookie a; }'), 'is not allowed here');
    good("smartmsg_cookie $_;") for 'v', '__Host-v', 'v domain=.a.example path=/b '
        . 'max_age=1y samesite=Strict secure=on';
};


subtest 'smartmsg_endpoint' => sub {
    my $plain = 'needs a location with a plain prefix';

    bad(server("location $_ { smartmsg_endpoint; }"), $plain)
        for '~ ^/smartmsg/', '~* /x', '= /smartmsg/', '@named', '/';
    bad(server('smartmsg_endpoint;'), 'is not allowed here');
    bad(server('location /a/ { smartmsg_endpoint x; }'), 'invalid number');
    bad(server('location /a/ { smartmsg_endpoint; }',
        'location /b/ { smartmsg_endpoint; }'), 'a server has one endpoint');
    bad(server('location /a/ { smartmsg_endpoint; smartmsg_endpoint; }'),
        'is duplicate');
    good(server("location $_ { smartmsg_endpoint; }"))
        for '/a/', '/a', '^~ /a/', '/a/ { smartmsg off; } location /b/';
};


subtest 'smartmsg_fact, smartmsg_page, smartmsg_bypass' => sub {
    bad('smartmsg_fact a b c;', 'invalid type "c" of smartmsg_fact "a"');
    bad('smartmsg_fact "" b;', 'needs the name of a fact');
    bad('smartmsg_fact a;', 'invalid number of arguments');
    bad('smartmsg_fact a $nothing_such;', 'unknown "nothing_such" variable');
    bad('smartmsg_page $nothing_such;', 'unknown "nothing_such" variable');
    bad('smartmsg_page a; smartmsg_page b;', 'is duplicate');
    bad('smartmsg_bypass $nothing_such;', 'unknown "nothing_such" variable');
    bad('smartmsg_bypass;', 'invalid number of arguments');
    good("smartmsg_fact a b $_;") for qw(auto string number boolean);
    good('smartmsg_fact a b; smartmsg_fact a $uri; smartmsg_page "x$uri";'
        . ' smartmsg_bypass $arg_a $cookie_b;');
    good('log_format x $smartmsg_status$smartmsg_rule$smartmsg_visitor;');
};

done_testing;
