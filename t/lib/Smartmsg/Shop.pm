package Smartmsg::Shop;

# The demo shop (t/shop), on a port of its own.

use strict;
use warnings;

use Cwd qw(abs_path);
use File::Basename qw(dirname);
use Time::HiRes qw(sleep time);

use Smartmsg::Process;

my $ROOT = abs_path(dirname(__FILE__) . '/../../..');


# start(dir => DIR, args => ['--gzip', ...]): the options of t/shop/server.mjs;
# program => FILE: another server that says where it listens
sub start {
    my ($class, %opt) = @_;

    my $self = bless { %opt }, $class;
    my $log = "$opt{dir}/shop.log";
    my @server = $opt{program} || ('t/shop/server.mjs', '--port', '0');

    $server[0] = "$ROOT/$server[0]";
    $self->{process} = Smartmsg::Process->start(output => $log,
        argv => ['node', @server, @{ $opt{args} || [] }]);

    my $end = time + 60;

    while ($self->{process}->alive && time < $end) {
        if ($self->read_log =~ m{^listening on http://[^:]+:(\d+)/}m) {
            $self->{port} = $1;
            return $self;
        }
        sleep 0.01;
    }

    die "the shop did not start:\n" . $self->read_log;
}


sub read_log {
    my ($self) = @_;

    open my $fh, '<', "$self->{dir}/shop.log" or return '';
    local $/;

    return scalar <$fh> // '';
}


sub port    { return $_[0]{port} }
sub address { return "127.0.0.1:$_[0]{port}" }
sub stop    { return $_[0]{process}->stop('TERM') }


1;
