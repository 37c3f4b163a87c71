package Smartmsg::Redis;

# A private redis-server on a unix socket (tcp => 1: on a loopback port), with
# nothing persisted, and a client for it.

use strict;
use warnings;

use IO::Socket::INET;
use IO::Socket::UNIX;
use Time::HiRes qw(sleep time);

use Smartmsg::Process;

my $SERVER = 'redis-server';


# start(dir => DIR, tcp => BOOL, args => [...]): args are added to the command
# line, such as [requirepass => 'secret', 'rename-command' => [HELLO => '']].
sub start {
    my ($class, %opt) = @_;

    my $self = bless { %opt, socket => "$opt{dir}/redis.sock" }, $class;

    $self->{port} = free_port() if $opt{tcp};
    $self->run;

    return $self;
}


# A port that was free a moment ago.
sub free_port {
    my $socket = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1')
        or die "listen: $@";

    return $socket->sockport;
}


# Starts the server, empty, where it was before.
sub run {
    my ($self) = @_;

    my @args = ('--dir' => $self->{dir}, '--save' => '',
        '--appendonly' => 'no', '--unixsocket' => $self->{socket},
        '--unixsocketperm' => '777', '--enable-debug-command' => 'yes',
        '--port' => $self->{port} || 0, '--bind' => '127.0.0.1');

    my @extra = @{ $self->{args} || [] };
    while (my ($name, $value) = splice @extra, 0, 2) {
        push @args, "--$name" => ref $value ? @$value : $value;
    }

    delete $self->{client};
    unlink $self->{socket};

    $self->{process} = Smartmsg::Process->start(
        argv => [$SERVER, @args], output => "$self->{dir}/redis.log");

    my $end = time + 60;
    until (eval { $self->answers }) {
        die "redis-server did not start: see $self->{dir}/redis.log\n"
            if time > $end || !$self->{process}->alive;
        sleep 0.01;
    }

    return;
}


# Any answer will do: an error says that a password is wanted.
sub answers {
    my ($self) = @_;

    my $client = $self->connect;
    print {$client} "PING\r\n";

    return defined readline $client;
}


sub connect {
    my ($self) = @_;

    my $client = $self->{port}
        ? IO::Socket::INET->new(PeerAddr => '127.0.0.1',
            PeerPort => $self->{port})
        : IO::Socket::UNIX->new(Peer => $self->{socket});

    die "connect to redis: $!\n" unless $client;

    $client->autoflush(1);
    binmode $client;

    return $client;
}


# Where it is, as smartmsg_redis takes it.
sub address {
    my ($self) = @_;

    return $self->{port} ? "127.0.0.1:$self->{port}" : "unix:$self->{socket}";
}


sub socket_path { return $_[0]{socket} }
sub port        { return $_[0]{port} }
sub pid         { return $_[0]{process}->pid }


# cmd(NAME, ARGUMENTS...): the reply; arrays as references, nil as undef.  An
# error reply dies.
sub cmd {
    my ($self, @args) = @_;

    my $client = $self->{client} ||= $self->login;

    print {$client} join '', '*' . @args . "\r\n",
        map { my $arg = "$_"; utf8::encode($arg) if utf8::is_utf8($arg);
            '$' . length($arg) . "\r\n$arg\r\n" } @args;

    my $reply = eval { read_reply($client) };
    if (my $error = $@) {
        delete $self->{client} unless $error =~ /^redis: /;
        die $error;
    }

    return $reply;
}


sub login {
    my ($self) = @_;

    my $client = $self->connect;
    my %args = @{ $self->{args} || [] };

    if (defined $args{requirepass}) {
        print {$client} "AUTH $args{requirepass}\r\n";
        read_reply($client);
    }

    return $client;
}


sub read_reply {
    my ($client) = @_;

    my $line = do { local $/ = "\r\n"; readline $client };
    die "redis has closed the connection\n" unless defined $line;
    $line =~ s/\r\n\z//;

    my $type = substr $line, 0, 1, '';

    return $line if $type eq '+' || $type eq ':';
    die "redis: $line\n" if $type eq '-';

    if ($type eq '$') {
        return if $line < 0;
        read $client, my $bytes, $line + 2;
        return substr $bytes, 0, $line;
    }

    if ($type eq '*') {
        return if $line < 0;
        my @items;
        push @items, scalar read_reply($client) for 1 .. $line;
        return \@items;
    }

    die "not a redis reply: $type$line\n";
}


# A hash as a Perl hash.
sub hgetall {
    my ($self, $key) = @_;

    return { @{ $self->cmd(HGETALL => $key) } };
}


# Stops it from answering, with its connections left open; and lets it go on.
sub freeze {
    my ($self) = @_;

    return $self->{process}->signal('STOP');
}


sub thaw {
    my ($self) = @_;

    return $self->{process}->signal('CONT');
}


# Ends it at once, as a crash would.
sub crash {
    my ($self) = @_;

    delete $self->{client};
    $self->{process}->stop_group;

    return;
}


sub stop {
    my ($self) = @_;

    delete $self->{client};
    $self->thaw;

    return $self->{process}->stop('TERM');
}


1;
