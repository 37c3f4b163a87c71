# The examples of docs/smartmsgctl.md print what the page says, and all commands,
# options and exit codes are in it and in the manual page.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Ctl;
use Smartmsg::Docs;

my $root = root();
my $page = slurp("$root/docs/smartmsgctl.md");
my $man = slurp("$root/docs/man/smartmsgctl.1");
my $redis = redis();
my $dir = tempdir('docs');

mkdir "$dir/bin";
symlink "$root/rules", "$dir/rules";

sub tool {
    my ($name, @command) = @_;
    spew("$dir/bin/$name", "#!/bin/sh\nexec @command \"\$@\"\n");
    chmod 0755, "$dir/bin/$name";
    return;
}

tool('redis-cli', (grep { -x } map { "$_/redis-cli" } split /:/, $ENV{PATH})[0],
    '-s', $redis->socket_path);
tool('smartmsgctl', ctl_binary());
$ENV{SMARTMSG_REDIS} = $redis->address;
delete @ENV{qw(SMARTMSG_PASSWORD NO_COLOR)};
$ENV{PATH} = "$dir/bin:$ENV{PATH}";

# "..." stands for anything in a line
sub pattern {
    my ($text) = @_;
    my $pattern = quotemeta $text;
    $pattern =~ s/\\\.\\\.\\\./.*/g;
    return qr/\A$pattern\z/;
}


subtest 'examples' => sub {
    my @blocks = blocks("$root/docs/smartmsgctl.md");

    for my $i (0 .. $#blocks) {
        my $block = $blocks[$i];
        next if $block->{kind} ne 'sh' || $block->{text} =~ /^smartmsgctl COMMAND/;

        spew("$dir/example.sh", $block->{text});
        my $printed = `cd $dir && sh example.sh 2>&1`;
        my $next = $blocks[$i + 1];

        if ($next && $next->{kind} eq 'text') {
            like($printed, pattern($next->{text}), $block->{where});
        } else {
            is($? >> 8, 0, $block->{where}) or diag($printed);
        }
    }
};


subtest 'complete' => sub {
    ctl('--help');
    my ($list) = out() =~ /^Commands:\n(.*?)\n\n/ms;
    my @commands = $list =~ /^  (\w+) /mg;
    cmp_ok(@commands, '>', 10, 'there are commands');

    for my $command (@commands) {
        like($page, qr/^\| .*\[`$command\b/m, "$command is in the page");
        like($man, qr/^\.B\w* .*\b$command\b/m, "$command is in the manual page");

        ctl($command, '--help');
        for my $option (out() =~ /^ .*?(--\w+)/mg) {
            ok($page =~ /`[^`]*$option\b/, "$command $option is in the page");
            (my $quoted = $option) =~ s/--/\\-\\-/;
            ok($man =~ /\Q$quoted\E/, "$command $option is in the manual page");
        }
    }

    like($page, qr/^\| $_ \| /m, "exit status $_ is in the page") for 0 .. 5;
    like($man, qr/^\.B $_$/m, "exit status $_ is in the manual page") for 0 .. 5;
};

done_testing;
