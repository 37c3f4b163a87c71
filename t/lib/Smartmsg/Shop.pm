package Smartmsg::Shop;

# The demo shop (t/shop), on a port of its own.

use strict;
use warnings;

use Cwd qw(abs_path);
use File::Basename qw(dirname);
use IO::Socket::INET;
use Time::HiRes qw(sleep time);

use Smartmsg::Process;
use Smartmsg::Redis;

my $ROOT = abs_path(dirname(__FILE__) . '/../../..');


# start(dir => DIR, env => {...}, args => [...])
sub start {
    my ($class, %opt) = @_;

    my $self = bless { %opt }, $class;

    # the port may be taken between the look and the use
    for (1 .. 5) {
        $self->{port} = Smartmsg::Redis::free_port();
        $self->{process} = Smartmsg::Process->start(
            argv => ['node', "$ROOT/t/shop/server.mjs", @{ $opt{args} || [] }],
            env => { %{ $opt{env} || {} }, PORT => $self->{port} },
            output => "$opt{dir}/shop.log");

        return $self if $self->wait_ready;
    }

    die "the shop did not start: see $opt{dir}/shop.log\n";
}


sub wait_ready {
    my ($self) = @_;

    my $end = time + 30;

    while ($self->{process}->alive && time < $end) {
        return 1 if IO::Socket::INET->new(PeerAddr => '127.0.0.1',
            PeerPort => $self->{port});
        sleep 0.01;
    }

    return 0;
}


sub port    { return $_[0]{port} }
sub address { return "127.0.0.1:$_[0]{port}" }
sub stop    { return $_[0]{process}->stop('TERM') }


1;
