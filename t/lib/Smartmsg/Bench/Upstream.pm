package Smartmsg::Bench::Upstream;

# The shop of the bench (t/drivers/http_shop.c).  It shares its core with load
# generator and Redis: if they were busier there than the proxy's worker is on
# its own, the worker would fall asleep between pages, and sleep is dear.

use strict;
use warnings;

use Time::HiRes qw(sleep time);

use Smartmsg::Process;
use Smartmsg::Test ();


# start(PAGES): serves { NAME => TEXT }.
sub start {
    my ($class, $pages) = @_;

    my $dir = Smartmsg::Test::tempdir('shop');
    my @files = map { "$dir/$_" } sort keys %$pages;
    Smartmsg::Test::spew("$dir/$_", $pages->{$_}) for keys %$pages;

    my $log = "$dir/log";
    my $process = Smartmsg::Process->start(output => $log,
        argv => [Smartmsg::Test::root() . '/build/drivers/http_shop', @files]);
    my $end = time + 60;

    while ($process->alive && time < $end) {
        if (-e $log && Smartmsg::Test::slurp($log) =~ /^listening on (\d+)$/m) {
            return bless { process => $process, port => $1 }, $class;
        }
        sleep 0.01;
    }

    die "the shop did not start:\n" . (-e $log ? Smartmsg::Test::slurp($log) : '');
}


sub address { return "127.0.0.1:$_[0]{port}" }


1;
