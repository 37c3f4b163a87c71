package Smartmsg::Bench::Site;

# What is compared: one nginx with one worker for each candidate, all in front
# of one shop and one Redis.

use strict;
use warnings;

use Exporter qw(import);

use Smartmsg::Bench::Machine qw(worker_core);
use Smartmsg::Rule qw(json false true);
use Smartmsg::Test ();

our @EXPORT_OK = qw(start_candidate landing_rules help_rules other_rules
    lua_is_there @CANDIDATES %TITLE);

# plain again: what a difference has to exceed
our @CANDIDATES = qw(plain again sub_filter lua off none on many);

our %TITLE = (
    plain      => 'plain',
    again      => 'plain again',
    sub_filter => 'sub_filter',
    lua        => 'Lua',
    off        => 'off',
    none       => 'nothing to say',
    on         => 'injecting',
    many       => '10,000 rules',
);

my $MODULES = '/usr/lib/nginx/modules';

my $MESSAGE = {
    when => [{ on => 'exit' }],
    show => { as => 'dialog', title => 'Can we help?',
        text => 'Your cart is kept for you. Questions about an article, delivery or payment?',
        actions => [{ label => 'Write to us', href => 'mailto:help@shop.example' },
            { label => 'No, thanks', close => true }] },
};

# about as long as ours
my $SNIPPET = '<template data-smartmsg=\"{&quot;rule&quot;:&quot;help&quot;,&quot;variation&quot;:'
    . '&quot;&quot;,&quot;when&quot;:[{&quot;on&quot;:&quot;exit&quot;}]}\"><h2>Can we help?</h2>'
    . '<p>Your cart is kept for you. Questions about an article, delivery or payment?</p>'
    . '<a href=\"mailto:help@shop.example\">Write to us</a><button>No, thanks</button></template>'
    . '<script async src=\"/smartmsg/rt.0000000000000000.js\"></script>';


sub lua_is_there {
    return -e "$MODULES/ngx_http_lua_module.so" && -e '/usr/share/lua/5.1/nginx/redis.lua';
}


sub condition_rule {
    my (%condition) = @_;

    return json({ rules => [{ force => $MESSAGE, condition => \%condition }] });
}


# 19 rules about this kind of page that do not apply.  None asks for cart or
# orders: then each page would get the script, for what only the browser knows.
sub landing_rules {
    return map {
        ("landing-$_" => condition_rule('page.type' => 'product', 'visitor.visits' => { '$gte' => 1 },
            'session.views' => { '$gt' => $_ % 3 }, 'page.path' => "/landing/$_",
            'query.campaign' => "c$_", 'request.language' => { '$in' => ['en', 'en-US'] }))
    } 1 .. 19;
}


# the one that does
sub help_rules {
    return (help => condition_rule('page.type' => { '$in' => ['product', 'cart'] },
        'session.views' => { '$gte' => 1 }, 'visitor.visits' => { '$gte' => 1 }));
}


# other_rules(NUMBER): for other kinds of pages.
sub other_rules {
    my ($number) = @_;

    return map {
        ("other-$_" => condition_rule('page.type' => 'type' . $_ % 97,
            'session.views' => { '$gt' => $_ % 50 }))
    } 1 .. $number;
}


my %RULES = (
    none => sub { return { landing_rules(),
        'landing-20' => condition_rule('page.type' => 'product', 'session.views' => { '$lt' => 0 }) } },
    on   => sub { return { landing_rules(), help_rules() } },
    many => sub { return { landing_rules(), help_rules(), other_rules(9980) } },
);


sub locations {
    my ($extra) = @_;

    my %kind = (
        'proxied'      => '',
        'proxied-gzip' => 'gzip on;',
        'cached'       => 'proxy_cache pages;',
        'cached-gzip'  => 'proxy_cache pages; gzip on;',
    );

    return join '', map { <<"END" } sort keys %kind;
        location /$_/ {
            proxy_pass http://shop/;
            $kind{$_}
            $extra
        }
END
}


sub http_text {
    my ($upstream) = @_;

    return <<"END";
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000000;
    gzip_comp_level 6;
    gzip_proxied any;
    gzip_vary on;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host \$http_host;
    proxy_set_header Accept-Encoding "";
    proxy_cache_path %DIR%/cache levels=1:2 keys_zone=pages:1m inactive=1h use_temp_path=off;
    proxy_cache_key \$uri;
    proxy_cache_valid 200 1h;
    upstream shop {
        server $upstream;
        keepalive 64;
        keepalive_requests 1000000000;
    }
END
}


sub lua_text {
    my ($redis) = @_;

    my $bench = Smartmsg::Test::root() . '/t/bench';
    my $socket = $redis->socket_path;

    return (
        main => "load_module $MODULES/ndk_http_module.so;\n"
            . "load_module $MODULES/ngx_http_lua_module.so;\n",
        http => qq(lua_package_path "$bench/?.lua;;";\n), location => <<"END");
            access_by_lua_block { require("session").access("lua:", "$socket") }
            header_filter_by_lua_block { require("session").header() }
            body_filter_by_lua_block { require("session").body() }
END
}


# start_candidate(NAME, UPSTREAM'S ADDRESS, REDIS [, RULES]): a Smartmsg::Nginx
sub start_candidate {
    my ($name, $upstream, $redis, $rules) = @_;

    $rules ||= $RULES{$name} && $RULES{$name}->();

    my %text = (main => '', http => '', location => '');
    my $server = 'access_log off;';
    my $core = worker_core();
    my $affinity = defined $core ? 'worker_cpu_affinity 1' . '0' x $core . ";\n" : '';

    if ($name eq 'sub_filter') {
        $text{location} = "sub_filter '</body>' \"$SNIPPET</body>\"; sub_filter_once on;";
    } elsif ($name eq 'lua') {
        %text = lua_text($redis);
    } elsif ($name eq 'off') {
        $server .= ' smartmsg off;';
    } elsif ($rules) {
        $text{http} = "smartmsg_timeout 50ms; smartmsg_page product;\n    smartmsg_redis "
            . $redis->address . " prefix=$name:;\n";
    }

    return Smartmsg::Test::nginx(module => $rules || $name eq 'off' ? 1 : 0, rules => $rules,
        main => $affinity . $text{main}, http => http_text($upstream) . $text{http}, log_level => 'warn',
        server => $server . "\n" . locations($text{location}));
}


1;
