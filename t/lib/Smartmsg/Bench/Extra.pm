package Smartmsg::Bench::Extra;

# What is measured beside the processor time of pages: latency below saturation,
# memory, Redis, the scanner.

use strict;
use warnings;

use Exporter qw(import);
use List::Util qw(shuffle);

use Smartmsg::Bench::Measure qw(cpu_of load median memory_of);
use Smartmsg::Bench::Site qw(help_rules landing_rules other_rules start_candidate);
use Smartmsg::Test ();

our @EXPORT_OK = qw(latency worker_memory visitor_memory redis_cost scanner);


# latency(NGINX => {...}, rounds, cookies, plain and others): p50 and p99 in
# microseconds of each candidate at one rate, half of what the slowest of them
# can do, and what is added to those of plain nginx.
#
# A core that is taken away for some milliseconds, as virtual machines know it,
# makes a p99 of milliseconds out of one of 200 microseconds, for whoever was at
# work just then.  So rounds are short, which most of these miss, and many, half
# of them backwards; the difference is taken within the round, and its median is
# told, beside that of plain nginx to another plain one.
sub latency {
    my ($nginx, $rounds, $cookies, @names) = @_;

    my @common = (uri => '/proxied/32.html', cookies => $cookies);
    my ($slowest) = sort { $a <=> $b }
        map { load(nginx => $nginx->{$_}, requests => 3000, @common)->{rps} } @names;
    my $rate = int($slowest / 2);

    my $requests = 1000;
    my %found;

    for my $round (1 .. $rounds) {
        push @{ $found{$_} }, load(nginx => $nginx->{$_}, requests => $requests, rate => $rate,
            connections => 64, @common) for $round % 2 ? @names : reverse @names;
    }

    my $plain = $found{plain};
    my %result = (rate => $rate);

    for my $name (@names) {
        my $own = $found{$name};
        for my $what (qw(p50 p99)) {
            $result{$name}{$what} = median(map { $_->{$what} } @$own);
            $result{$name}{"added_$what"} = median(map { $own->[$_]{$what} - $plain->[$_]{$what} }
                0 .. $rounds - 1);
        }
    }

    return \%result;
}


# Kilobytes of a worker without the module's work, with 20, and with 1,000 rules.
sub worker_memory {
    my ($address, $redis, $cookies) = @_;

    my %rules = (
        off          => undef,
        20           => { landing_rules(), help_rules() },
        1000         => { landing_rules(), help_rules(), other_rules(980) },
    );
    my %memory;

    for my $name (sort keys %rules) {
        my $nginx = start_candidate($rules{$name} ? 'on' : 'off', $address, $redis, $rules{$name});
        load(nginx => $nginx, uri => '/proxied/32.html', requests => 500, cookies => $cookies);
        $memory{$name} = memory_of($nginx->worker_pids);
        $nginx->stop;
    }

    return \%memory;
}


# Bytes that Redis needs for each of 2,000 visitors who have seen five pages.
sub visitor_memory {
    my ($nginx, $redis) = @_;

    my $file = Smartmsg::Test::tempdir() . '/visitors';
    my $visitors = 2000;
    Smartmsg::Test::spew($file, join '', map { sprintf "smartmsg=m%020dQ\n", $_ } 1 .. $visitors);

    my $used = sub { ($redis->cmd('INFO', 'memory') =~ /^used_memory_dataset:(\d+)/m)[0] };
    my $before = $used->();

    load(nginx => $nginx, uri => '/proxied/4.html?utm_source=mail&utm_campaign=spring',
        requests => $visitors * 5, warm_up => 0, cookies => $file);

    my $keys = grep { /\{m0/ } @{ $redis->cmd(KEYS => 'on:*') };

    return { bytes => ($used->() - $before) / $visitors, keys => $keys / $visitors };
}


# redis_cost(NGINX, REDIS, ROUNDS, COOKIES): microseconds that Redis takes for a
# page view with 16 connections and with 64, and for the least that a session can
# cost it: a group of four commands, with 64 groups in each write.  Each round
# measures all three, as the machine changes its speed.
sub redis_cost {
    my ($nginx, $redis, $rounds, $cookies) = @_;

    my %measure = (reference => redis_reference($redis), map { my $connections = $_;
        ($connections => sub { load(nginx => $nginx, redis => $redis, cookies => $cookies,
            uri => '/proxied/32.html', connections => $connections, requests => 2000)->{redis_cpu} })
    } 16, 64);
    my %found;

    for (1 .. $rounds) {
        push @{ $found{$_} }, $measure{$_}->() for shuffle keys %measure;
    }

    return { map { ($_ => median(@{ $found{$_} })) } keys %found };
}


sub redis_reference {
    my ($redis) = @_;

    my $group = join '', map { my @words = split / /;
        '*' . @words . "\r\n" . join '', map { '$' . length($_) . "\r\n$_\r\n" } @words
    } 'HGETALL reference:v', 'HINCRBY reference:s views 1', 'HSET reference:s last 1700000000',
        'EXPIRE reference:s 1800';

    $redis->cmd(HSET => 'reference:v', map { ("field$_" => "value$_") } 1 .. 4);

    my $client = $redis->connect;

    return sub {
        my $before = cpu_of($redis->pid);
        for (1 .. 50) {
            print {$client} $group x 64;
            Smartmsg::Redis::read_reply($client) for 1 .. 4 * 64;
        }
        return (cpu_of($redis->pid) - $before) / 50 / 64 * 1e6;
    };
}


# GB/s of the scanner, and of memchr() and memmem(), on a page.
sub scanner {
    my ($page) = @_;

    my $file = Smartmsg::Test::tempdir() . '/page.html';
    Smartmsg::Test::spew($file, $page);

    my $line = qx(@{[ Smartmsg::Test::root() ]}/build/bench/scan $file);

    return { $line =~ /(\w+) ([\d.]+)/g };
}


1;
