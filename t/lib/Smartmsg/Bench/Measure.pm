package Smartmsg::Bench::Measure;

# Runs the load generator, and reads what processes have used meanwhile.

use strict;
use warnings;

use Exporter qw(import);
use IPC::Open2 qw(open2);

use Smartmsg::Test ();

our @EXPORT_OK = qw(load cpu_of median memory_of);

my $LOAD = Smartmsg::Test::root() . '/build/drivers/http_load';


# Seconds of processor time that a process has used so far.
sub cpu_of {
    my ($pid) = @_;

    my ($ns) = Smartmsg::Test::slurp("/proc/$pid/schedstat") =~ /^(\d+)/;

    return $ns / 1e9;
}


# Kilobytes of memory that a process has, what it shares with others included:
# the master reads the rules, workers inherit them.
sub memory_of {
    my ($pid) = @_;

    return (Smartmsg::Test::slurp("/proc/$pid/status") =~ /^VmRSS:\s+(\d+)/m)[0];
}


# load(OPTIONS), with nginx, uri, connections, requests, rate, cookies (a file)
# and redis.  Processor time is in microseconds per request, latency too.
# Before, so many pages as warm_up says, two on each connection, are not counted:
# the first of a connection is sent in other pieces than the rest.
sub load {
    my (%opt) = @_;

    my ($worker) = $opt{nginx}->worker_pids;
    my $redis = $opt{redis} && $opt{redis}->pid;
    my $connections = $opt{connections} || 16;
    my $warm_up = $opt{warm_up} // 2 * $connections;

    my @command = ($LOAD, $opt{nginx}->port, $opt{uri}, $connections, $opt{rate} || 0,
        $opt{cookies});
    my $pid = open2(my $answers, my $orders, @command);
    my $ask = sub {
        print {$orders} "$_[0]\n";
        return readline($answers) // die "@command failed\n";
    };

    $ask->($warm_up) if $warm_up;

    my @before = map { cpu_of($_) } $worker, $redis || ();
    my $line = $ask->($opt{requests});
    my @after = map { cpu_of($_) } $worker, $redis || ();

    close $orders;
    waitpid $pid, 0;

    my ($done, $seconds, $bytes, $p50, $p90, $p99, $max) = split ' ', $line;

    return {
        cpu => ($after[0] - $before[0]) / $done * 1e6,
        $redis ? (redis_cpu => ($after[1] - $before[1]) / $done * 1e6) : (),
        rps => $done / $seconds, bytes => $bytes / $done,
        p50 => $p50, p90 => $p90, p99 => $p99, max => $max,
    };
}


sub median {
    my @sorted = sort { $a <=> $b } @_;
    my $middle = $#sorted / 2;

    return ($sorted[int $middle] + $sorted[int($middle + 0.5)]) / 2;
}


1;
