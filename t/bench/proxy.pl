#!/usr/bin/perl

# What the module costs beside what a shop would use instead: processor time of
# the proxy per page, in rounds that visit each candidate, so that a noisy
# machine is noisy for all.
#
# Environment:
#     QUICK=1            some minutes instead of a quarter of an hour
#     BENCH_ROUNDS       5
#     BENCH_SECONDS      of one measurement, 0.5
#     BENCH_ONLY         names of candidates, separated by commas
#     BENCH_KINDS, BENCH_SIZES
#                        proxied,proxied-gzip,cached,cached-gzip and kilobytes
#     BENCH_OUT          DIR for bench.json and bench.svg, else build/

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Bench::Measure qw(load median);
use Smartmsg::Bench::Page qw(shop_page);
use Smartmsg::Bench::Site qw(start_candidate start_upstream lua_is_there @CANDIDATES %TITLE);

$| = 1;
alarm 0;

my $quick = $ENV{QUICK};
my $rounds = $ENV{BENCH_ROUNDS} || ($quick ? 3 : 5);
my $seconds = $ENV{BENCH_SECONDS} || ($quick ? 0.25 : 0.5);
my @sizes = split /,/, $ENV{BENCH_SIZES} || ($quick ? '4,32,128' : '4,32,128,1024');
my @kinds = split /,/, $ENV{BENCH_KINDS}
    || ($quick ? 'proxied,cached' : 'proxied,cached,proxied-gzip,cached-gzip');
my @names = $ENV{BENCH_ONLY} ? split /,/, $ENV{BENCH_ONLY} : @CANDIDATES;

if (!lua_is_there()) {
    print "without Lua: libnginx-mod-http-lua or lua-nginx-redis is not installed\n";
    @names = grep { $_ ne 'lua' } @names;
}

my $redis = redis();
my $shop = start_upstream({ map { ("$_.html" => shop_page($_ * 1024)) } @sizes });
my $address = '127.0.0.1:' . $shop->port;
my %nginx = map { ($_ => start_candidate($_, $address, $redis)) } @names;

# visitors who have been here before, with what else a browser remembers
my $cookies = tempdir() . '/cookies';
spew($cookies, join '', map {
    sprintf "_ga=GA1.1.%d.1700000000; frontend=%032x; smartmsg=%s; consent=1\n",
        $_ * 7919, $_, sprintf('%021dA', $_)
} 1 .. 200);


sub cell {
    my ($name, $kind, $size, %opt) = @_;

    return load(nginx => $nginx{$name}, uri => "/$kind/$size.html", cookies => $cookies,
        redis => $redis, %opt);
}

my %requests;    # kind, size, candidate: how many take the time wanted
my %found;       # the same: the measurements

for my $kind (@kinds) {
    for my $size (@sizes) {
        for my $name (@names) {
            cell($name, $kind, $size, requests => 20);
            my $rps = cell($name, $kind, $size, requests => 200)->{rps};
            $requests{$kind}{$size}{$name} = int($rps * $seconds) + 50;
        }

        for my $round (1 .. $rounds) {
            for my $name (@names) {
                push @{ $found{$kind}{$size}{$name} }, cell($name, $kind, $size,
                    requests => $requests{$kind}{$size}{$name});
            }
        }

        print "$kind $size KB\n";
        for my $name (@names) {
            my @cells = @{ $found{$kind}{$size}{$name} };
            my @plain = @{ $found{$kind}{$size}{ $names[0] } };
            printf "  %-16s %8.1f us %6.2f x  %8.0f/s  p50 %5.0f p99 %6.0f  redis %5.1f  bytes %.0f\n",
                $TITLE{$name}, median(map { $_->{cpu} } @cells),
                median(map { $cells[$_]{cpu} / $plain[$_]{cpu} } 0 .. $#cells),
                median(map { $_->{rps} } @cells), median(map { $_->{p50} } @cells),
                median(map { $_->{p99} } @cells), median(map { $_->{redis_cpu} } @cells),
                $cells[0]{bytes};
        }
    }
}

$_->stop for values %nginx;
