package Smartmsg::Bench::Machine;

# The machine, made so that it costs each candidate the same: a network of the
# bench's own, and a core for the proxy's worker alone.
#
# What the kernel does for a page of 128 KB or more depends more on the state of
# its connections than on who sends it: congestion control that paces, windows
# that grow and shrink, and what is remembered of earlier connections decide
# whether a page is 60 segments or 130, and keep to it for seconds.  So all of
# that is switched off, and buffers hold a page.

use strict;
use warnings;

use Exporter qw(import);
use IO::Socket::INET;
use POSIX qw(uname);

use Smartmsg::Test ();

our @EXPORT_OK = qw(machine own_machine worker_core);

my $IPV4 = '/proc/sys/net/ipv4';

my %NETWORK = (
    tcp_congestion_control    => 'reno',
    tcp_no_metrics_save       => 1,
    tcp_slow_start_after_idle => 0,
    tcp_rmem                  => '4096 4194304 4194304',
    tcp_wmem                  => '4096 4194304 4194304',
);


# own_machine(): runs the program again in a network namespace, on all cores but
# the worker's.  Where that is not allowed, a line says so.
sub own_machine {
    my $cores = $ENV{BENCH_CORES};

    if (!defined $cores) {
        $ENV{BENCH_CORES} = join ',', cores();
        my (undef, @others) = cores();
        my @wrapper = ('unshare', '--net', $> ? '--map-root-user' : (),
            @others ? ('taskset', '--cpu-list', join ',', @others) : ());

        if (system(@wrapper, 'true') == 0) {
            exec @wrapper, $^X, $0, @ARGV or die "$wrapper[0]: $!\n";
        }

        print "without a network of its own: pages of 128 KB and more will scatter\n";
        delete $ENV{BENCH_CORES};
        return;
    }

    loopback_up();

    for my $name (keys %NETWORK) {
        my $done = open my $setting, '>', "$IPV4/$name";
        $done &&= print {$setting} $NETWORK{$name};
        $done &&= close $setting;
        print "$name: $!\n" unless $done;
    }

    return;
}


# Cores that the program may use.
sub cores {
    my ($list) = Smartmsg::Test::slurp('/proc/self/status') =~ /^Cpus_allowed_list:\s*(\S+)/m;

    return map { my ($first, $last) = split /-/; $first .. $last // $first } split /,/, $list;
}


# The core of the proxy's worker, undef when there is no other.
sub worker_core {
    my ($first, @others) = split /,/, $ENV{BENCH_CORES} // '';

    return @others ? $first : undef;
}


# The loopback interface of a new namespace is down.
sub loopback_up {
    my ($SIOCSIFFLAGS, $IFF_UP) = (0x8914, 1);

    my $socket = IO::Socket::INET->new(Proto => 'udp') or die "socket: $!\n";
    ioctl $socket, $SIOCSIFFLAGS, pack('a16 s x22', 'lo', $IFF_UP) or die "loopback: $!\n";

    return;
}


# In words.
sub machine {
    my ($kernel, $release) = (uname())[0, 2];
    my $info = Smartmsg::Test::slurp('/proc/cpuinfo');
    my ($model) = $info =~ /^model name\s*:\s*(.+)$/m;
    my $cores = () = $info =~ /^processor\s*:/mg;
    my ($control) = Smartmsg::Test::slurp("$IPV4/tcp_congestion_control") =~ /(\w+)/;

    return sprintf '%s, %d cores, %s %s, TCP %s', $model // 'unknown processor', $cores, $kernel,
        $release, $control;
}


1;
