package Smartmsg::Ctl;

# Runs smartmsgctl: build/smartmsgctl, or what SMARTMSGCTL names.

use strict;
use warnings;

use Cwd qw(abs_path);
use Exporter qw(import);
use File::Basename qw(dirname);
use File::Temp ();
use JSON::PP ();
use Test::More ();

use Smartmsg::Process;

our @EXPORT = qw(ctl ctl_json ctl_binary code out err);

my $ROOT = abs_path(dirname(__FILE__) . '/../../..');
my %last;

sub ctl_binary { return abs_path($ENV{SMARTMSGCTL} || "$ROOT/build/smartmsgctl") }


# ctl(ARGUMENTS..., [{ OPTIONS }]): its exit code; see out and err.
#     redis => the Redis that it is told of in its environment
#     env   => { more variables }
#     stdin => bytes
sub ctl {
    my @args = @_;
    my %opt = ref $args[-1] ? %{ pop @args } : ();
    my $dir = File::Temp->newdir;

    my %env = (SMARTMSG_PASSWORD => '', NO_COLOR => '', TERM => 'xterm',
        ASAN_OPTIONS => 'detect_leaks=0:exitcode=99',
        UBSAN_OPTIONS => 'exitcode=99',
        SMARTMSG_REDIS => $opt{redis} ? $opt{redis}->address : 'unix:/nowhere',
        %{ $opt{env} || {} });

    spew("$dir/in", $opt{stdin} // '');

    my $pid = fork;
    die "fork: $!" unless defined $pid;

    if ($pid == 0) {
        @ENV{keys %env} = values %env;
        $SIG{ALRM} = 'DEFAULT';
        open STDIN, '<', "$dir/in" or die $!;
        open STDOUT, '>', "$dir/out" or die $!;
        open STDERR, '>', "$dir/err" or die $!;
        alarm 120;
        exec split(/ /, $ENV{SMARTMSGCTL_UNDER} || ''), ctl_binary(), @args
            or POSIX::_exit(127);
    }

    waitpid $pid, 0;

    %last = (code => $? & 127 ? "signal $?" : $? >> 8,
        out => slurp("$dir/out"), err => slurp("$dir/err"));

    return $last{code};
}


sub code { return $last{code} }
sub out  { return $last{out} }
sub err  { return $last{err} }


# Runs it with --json, and returns what it printed as data.
sub ctl_json {
    my @args = @_;
    my $opt = ref $args[-1] ? pop @args : {};

    ctl(@args, '--json', $opt);

    my $data = eval { JSON::PP->new->utf8->decode($last{out}) };
    Test::More::diag("@args: no JSON: $@$last{out}$last{err}") unless defined $data;

    return $data;
}


sub spew {
    my ($path, $bytes) = @_;

    open my $fh, '>:raw', $path or die "$path: $!";
    print $fh $bytes;
    close $fh or die "$path: $!";

    return;
}


sub slurp {
    my ($path) = @_;

    open my $fh, '<:raw', $path or die "$path: $!";
    local $/;

    return scalar <$fh> // '';
}


1;
