# nginx takes the configurations and rules of the documentation, and refuses
# those that are shown as mistakes.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Docs;
use Smartmsg::Rule;
use JSON::PP ();

my $root = root();
my $module = Smartmsg::Nginx::module();
my $load_module = $module eq '' ? '' : "load_module $module;";
my $dir = tempdir('docs');

mkdir "$dir/$_" for qw(rules log);
spew("$dir/" . s{.*/}{}r, slurp($_)) for glob "$root/rules/shops/*.json";
spew("$dir/rules/" . s{.*/}{}r, slurp($_)) for glob "$root/rules/*.json";


# What is somewhere else here than on the reader's machine.
sub localize {
    my ($text) = @_;

    $text =~ s{(smartmsg_shop )(?!off\b)([a-z]+)}{$1$dir/$2.json}g;
    $text =~ s{/etc/nginx/smartmsg-shop\.json}{$dir/own.json}g;
    $text =~ s{/etc/nginx/smartmsg|/usr/share/smartmsg/rules}{$dir/rules}g;
    $text =~ s{/var/(?:log|cache)/nginx/}{$dir/log/}g;
    $text =~ s{listen +80;}{listen 127.0.0.1:%PORT2%;}g;
    $text =~ s{(server \{\n)(?!\s*listen)}{$1listen 127.0.0.1:%PORT2%;\n}g;

    return $text;
}

# The text for the level http that brings a block into its context.
sub in_context {
    my ($kind, $text) = @_;

    my $server = "smartmsg on;\nsmartmsg_redis 127.0.0.1:6379;\nserver {\n";

    return $text =~ /^http \{\n(.*?)^\}/ms ? $1 : '' if $kind eq 'nginx main';
    return $text if $kind =~ /^nginx http/;
    return "$server$text}\n" if $kind eq 'nginx server';
    return "${server}location /smartmsg/ { smartmsg_endpoint; }\n"
        . "location / {\n${text}proxy_pass http://127.0.0.1:8000;\n}\n}\n";
}

sub test_nginx {
    my ($block) = @_;

    my $lines = () = $block->{text} =~ /^load_module modules\/ngx_smartmsg_module\.so;/mg;
    is($lines, 1, "$block->{where}: loads the module") if $block->{kind} eq 'nginx main';

    my ($status, $said) = nginx_t(module => 0, main => $load_module,
        http => localize(in_context($block->{kind}, $block->{text})));
    is($status, 0, "$block->{where}: $block->{kind}") or diag $said;

    return;
}

sub test_pack {
    my ($block, $next) = @_;

    my $file = "$dir/" . ($block->{name} || 'example') . '.json';
    spew($file, $block->{text});
    my ($status, $said) = nginx_t(http => "smartmsg_shop $file;");

    if ($block->{kind} eq 'json pack') {
        return is($status, 0, "$block->{where}: pack") || diag $said;
    }

    isnt($status, 0, "$block->{where}: broken pack") or return;
    is($next->{kind}, 'text says', "$block->{where}: and why") or return;
    chomp(my $says = $next->{text});
    like($said, qr/example\.json:\d+:\d+: .*\Q$says\E/, 'nginx says what is said here');

    return;
}

sub test_rule {
    my ($block, $next) = @_;

    my ($status, $said) = nginx_t(rules => { $block->{name} || 'example' => $block->{text} });

    if ($block->{kind} eq 'json rule') {
        return is($status, 0, "$block->{where}: rule") || diag $said;
    }

    isnt($status, 0, "$block->{where}: broken rule") or return;
    is($next->{kind}, 'text says', "$block->{where}: and why") or return;
    chomp(my $says = $next->{text});
    like($said, qr/example\.json:\d+:\d+: .*\Q$says\E/, 'nginx says what is said here');

    return;
}


for my $file (doc_files($root)) {
    my @blocks = blocks("$root/$file");

    subtest $file => sub {
        plan(skip_all => 'no examples') if !grep { $_->{kind} =~ /^(?:nginx|json|js)/ } @blocks;

        for my $i (0 .. $#blocks) {
            my $block = $blocks[$i];

            test_nginx($block) if $block->{kind} =~ /^nginx/;
            test_rule($block, $blocks[ $i + 1 ]) if $block->{kind} =~ /^json rule/;
            test_pack($block, $blocks[ $i + 1 ]) if $block->{kind} =~ /^json pack/;
            ok(eval { JSON::PP->new->decode($block->{text}) }, "$block->{where}: JSON")
                if $block->{kind} eq 'json value';

            if ($block->{kind} eq 'js') {
                spew("$dir/example.js", $block->{text});
                is(system('node', '--check', "$dir/example.js"), 0, "$block->{where}: JavaScript");
            }
        }
    };
}


subtest 'events' => sub {
    my $nginx = nginx(redis => redis(), rules => "$root/rules");

    for my $block (grep { $_->{kind} =~ /^json event/ } map { blocks("$root/$_") } doc_files($root)) {
        my $response = $nginx->request('POST', '/smartmsg/event', body => $block->{text},
            headers => ['Sec-Fetch-Site' => 'same-origin']);
        is($response->status, $block->{kind} =~ /broken/ ? 400 : 204, $block->{where});
    }

    $nginx->stop_ok;
};

done_testing;
