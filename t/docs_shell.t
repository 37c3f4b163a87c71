# The shell examples of the documentation do what it says: each page's are run
# in their order, against an nginx, a Redis and a shop of their own.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Docs;
use Smartmsg::Rule;
use Time::HiRes qw(sleep time);

my $root = root();
my $module = Smartmsg::Nginx::module();
my $load_module = $module eq '' ? '' : "load_module $module;";
my $shop = shop();

# the shell sees what the reader would see
delete @ENV{ grep { /_proxy\z/i || /^MAKE/ || /^MFLAGS\z/ } keys %ENV };
$ENV{TMPDIR} = tempdir();


# The world of a page: nginx with the blocks of the page that say so.
sub world {
    my (@blocks) = @_;

    my $dir = tempdir('docs');
    my $redis = redis();
    my $conf = join '', map { $_->{text} } grep { $_->{kind} eq 'nginx http world' } @blocks;
    my %world = (dir => $dir, redis => $redis);

    mkdir "$dir/$_" for qw(bin log tmp smartmsg);
    spew("$dir/smartmsg/$_->{name}.json", $_->{text}) for grep { $_->{name} } @blocks;

    $conf =~ s{/etc/nginx/smartmsg}{$dir/smartmsg}g;
    $conf =~ s{/var/log/nginx/}{$dir/log/}g;
    $conf =~ s{127\.0\.0\.1:6379}{%REDIS%}g;
    $conf =~ s{127\.0\.0\.1:8000}{%UPSTREAM%}g;

    my %common = (dir => $dir, redis => $redis, upstream => $shop, workers => 2);

    if ($conf =~ s{listen +80;}{listen 127.0.0.1:%PORT2%;}) {
        # the page has all of it, but for a busy machine
        $conf = "smartmsg_timeout 20s;\n$conf";
        $world{nginx} = nginx(%common, module => 0, main => $load_module, http => $conf);
        $world{port} = $world{nginx}->port2;
    } else {
        my %rules = map { m{(\w[\w-]*)\.json$} ? ($1 => slurp($_)) : () } glob "$root/rules/*.json";
        $world{nginx} = nginx(%common, http => $conf,
            rules => { %rules, hello => rule(title => 'Hello', on => 'load') });
        $world{port} = $world{nginx}->port;
    }

    tool($dir, 'redis-cli', which('redis-cli'), '-s', $redis->socket_path);
    tool($dir, nginx => $world{nginx}->command);

    return \%world;
}

sub which {
    my ($name) = @_;

    my ($path) = grep { -x } map { "$_/$name" } split /:/, $ENV{PATH};

    return $path || die "$name was not found\n";
}

# A command of that name which has some arguments already.
sub tool {
    my ($dir, $name, @command) = @_;

    spew("$dir/bin/$name", "#!/bin/sh\nexec @command \"\$@\"\n");
    chmod 0755, "$dir/bin/$name";

    return;
}

# Runs a block: its exit status, and what it printed to standard output.
sub run_block {
    my ($world, $block) = @_;

    my $dir = $world->{dir};
    my %place = ('/etc/nginx/' => "$dir/", '/var/log/nginx/' => "$dir/log/", '/tmp/' => "$dir/tmp/",
        'http://localhost/' => "http://127.0.0.1:$world->{port}/");
    my $text = $block->{text} =~ s{(/etc/nginx/|/var/log/nginx/|(?<=[ =])/tmp/|http://localhost/)}{$place{$1}}gr;

    spew("$dir/example.sh", "PATH=$dir/bin:\$PATH\nset -e\n$text");
    my $printed = `sh $dir/example.sh 2>$dir/example.err`;

    return ($? >> 8, $printed);
}

# What is said to be printed, as a pattern.
sub pattern {
    my ($text) = @_;

    my $pattern = quotemeta $text;
    $pattern =~ s/^\\\.\\\.\\\.\\\n/(?:.*\\n)*/mg;
    $pattern =~ s/\\\.\\\.\\\./.*/g;

    return qr/\A$pattern\z/;
}

sub test_block {
    my ($world, $block, $next) = @_;

    my $want = $next && $next->{kind} eq 'text output' ? pattern($next->{text}) : undef;
    my $end = time + ($block->{kind} eq 'sh retry' ? 60 : 0);
    my ($status, $printed);

    while (1) {
        ($status, $printed) = run_block($world, $block);
        last if (defined $want ? $printed =~ $want : $status == 0) || time > $end;
        sleep 0.1;
    }

    my $name = "$block->{where}: $block->{kind}";
    my $errors = slurp("$world->{dir}/example.err");

    if (defined $want) {
        return like($printed, $want, $name) || diag $errors;
    }

    return is($status, 0, $name) || diag $printed, $errors;
}


# nginx as the user that was made can do all it has to, and says so.
sub test_rights {
    my ($world, $conf) = @_;

    my $redis = $world->{redis};
    my $uses = $conf =~ s/127\.0\.0\.1:6379/unix:${\ $redis->socket_path}/r;
    $redis->cmd(qw(ACL LOG RESET));
    $redis->cmd(HSET => 'smartmsg:rules', live => rule(title => 'Live', on => 'dwell'), broken => '[');

    my $nginx = nginx(upstream => $shop, http => $uses);
    my $visitor = $nginx->visitor;

    ok((wait_until { armed($visitor->page('/')) =~ /live/ }), 'rules are read');
    is($visitor->page('/')->status, 200, 'the cookie comes back');
    is(report($visitor, { event => 'impression', rule => 'live' }, { event => 'click', rule => 'live' },
        { event => 'cart', op => 'set', value => 5, items => 1 },
        { event => 'cart', op => 'add', value => 5, items => 1, currency => 'EUR' },
        { event => 'order', id => '1', value => 10 })->status, 204, 'events are taken');

    my $key = 'smartmsg:{' . $visitor->cookie('smartmsg') . '}';
    ok((wait_until { ($redis->hgetall("$key:v")->{revenue} // 0) == 10 }), 'and written');
    ok((wait_until { ($redis->hgetall("$key:v")->{visits} // 0) == 1 }), 'a visit');

    $redis->cmd(HSET => 'smartmsg:switch', live => 'off');
    ok((wait_until { armed($nginx->visitor->page('/')) eq '' }), 'switches are heard of');
    ok((wait_until { ($redis->cmd(HGET => 'smartmsg:status', 'broken') // '') =~ /error/ }), 'states');
    $redis->cmd(DEL => 'smartmsg:rules', 'smartmsg:switch');
    ok((wait_until { !$redis->cmd(EXISTS => 'smartmsg:good') }), 'are written');

    is_deeply([ map { { @$_ }->{object} } @{ $redis->cmd(qw(ACL LOG)) } ], [], 'nothing was refused');
    unlike($nginx->error_log, qr/NOPERM|NOAUTH|refuses/, 'the log says nothing of rights');
    $nginx->stop_ok;

    return;
}

sub test_editor {
    my ($world, $text) = @_;

    my ($password) = $text =~ /'>([^']+)'/;
    tool($world->{dir}, 'editor', "$world->{dir}/bin/redis-cli", '--no-auth-warning', '--user', 'editor',
        '--pass', $password);
    my $run = sub { return (run_block($world, { text => "editor $_[0]\n" }))[1] };

    like($run->('HSET smartmsg:switch x off'), qr/^[01]$/m, 'an editor may switch');
    like($run->('HDEL smartmsg:switch x'), qr/^1$/m, 'and back');
    unlike($run->('HGETALL smartmsg:status'), qr/NOPERM/, 'and read states');
    like($run->("HGETALL 'smartmsg:{fnymw8RbVLOcjVAFQkG_pw}:v'"), qr/NOPERM/, 'but not visitors');

    return;
}


for my $file (doc_files($root)) {
    my @blocks = blocks("$root/$file");
    my @run = grep { $blocks[$_]{kind} =~ /^sh (?:run|retry)$/ } 0 .. $#blocks;
    next if !@run;

    subtest $file => sub {
        my $world = world(@blocks);
        my ($acl) = map { $_->{text} } grep { $_->{kind} eq 'nginx http acl' } @blocks;

        for my $i (@run) {
            test_block($world, $blocks[$i], $blocks[ $i + 1 ]);
            test_rights($world, $acl) if $blocks[$i]{text} =~ /ACL SETUSER smartmsg/;
            test_editor($world, $blocks[$i]{text}) if $blocks[$i]{text} =~ /ACL SETUSER editor/;
        }

        $world->{nginx}->stop_ok;
    };
}


subtest 'the rest can be parsed' => sub {
    for my $block (grep { $_->{kind} eq 'sh' } map { blocks("$root/$_") } doc_files($root)) {
        spew(tempdir() . '/example.sh', $block->{text});
        is(system('sh', '-n', tempdir() . '/example.sh'), 0, $block->{where});
    }
};


subtest 'make install' => sub {
    plan(skip_all => 'the module is another one') if $module ne "$root/build/ngx_smartmsg_module.so";

    my $dir = tempdir('package');
    my ($block) = grep { $_->{kind} eq 'sh install' } blocks("$root/docs/install.md");
    my $command = $block->{text} =~ s{/tmp/package}{$dir}r;

    # the module as it is: others may be building it at the moment
    $command =~ s{^make install\b}{make -o build/ngx_smartmsg_module.so install};

    is(system("cd $root && exec >$dir/out 2>&1 && $command"), 0, 'runs') or diag slurp("$dir/out");
    ok((glob "$dir/usr/lib/nginx/modules/ngx_smartmsg_module.so"), 'the module');
    ok(-e "$dir/usr/local/share/smartmsg/rules/exit-cart.json", 'the rules');
};

done_testing;
