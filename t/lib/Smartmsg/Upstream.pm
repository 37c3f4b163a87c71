package Smartmsg::Upstream;

# An HTTP server that does exactly what the test says, byte by byte: it answers
# a request with a list of steps, and remembers what it was asked.
#
# A step is a string of bytes to send, or
#     { pause => SECONDS }
#     { gate => NAME }      wait until the test calls open_gate(NAME)
#     { close => 1 }        close the connection
#     { reset => 1 }        close it with a TCP reset
#
# After the last step the connection is kept for the next request, unless the
# request said "Connection: close".

use strict;
use warnings;

use Fcntl qw(O_WRONLY O_APPEND O_CREAT);
use IO::Compress::Gzip ();
use IO::Select;
use IO::Socket::INET;
use JSON::PP ();
use POSIX qw(_exit);
use Socket qw(IPPROTO_TCP TCP_NODELAY SOL_SOCKET SO_LINGER);
use Storable qw(nstore retrieve);
use Time::HiRes qw(sleep time);

use Smartmsg::Process;

my $JSON = JSON::PP->new->latin1->canonical;


# start(DIR, URI => STEP or [STEPS], ...)
sub start {
    my ($class, $dir, @replies) = @_;

    my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 511,
        ReuseAddr => 1) or die "listen: $@";

    my $self = bless { dir => $dir, port => $listen->sockport }, $class;

    mkdir "$dir/$_" or die "$dir/$_: $!" for qw(reply gate);

    while (my ($uri, $steps) = splice @replies, 0, 2) {
        $self->reply($uri, $steps);
    }

    $self->{process} = Smartmsg::Process->fork_code(sub {
        local $SIG{CHLD} = 'IGNORE';
        local $SIG{PIPE} = 'IGNORE';

        while (1) {
            my $client = $listen->accept or next;
            my $pid = fork // die "fork: $!";
            if ($pid == 0) {
                $listen->close;
                eval { $self->serve($client); 1 } or print STDERR $@;
                _exit(0);
            }
        }
    });

    return $self;
}


sub port    { return $_[0]{port} }
sub address { return "127.0.0.1:$_[0]{port}" }


sub stop {
    my ($self) = @_;

    return $self->{process}->stop_group;
}


# Sets the answer to a request URI (exactly, or without its query), or to all
# others with "*".  May be called at any time.
sub reply {
    my ($self, $uri, $steps) = @_;

    $steps = [$steps] if ref $steps ne 'ARRAY';

    my $file = $self->reply_file($uri);
    nstore $steps, "$file.new";
    rename "$file.new", $file or die "$file: $!";

    return;
}


sub reply_file {
    my ($self, $uri) = @_;

    return "$self->{dir}/reply/" . unpack 'H*', $uri;
}


# Lets every connection that waits at this gate, now or later, go on.
sub open_gate {
    my ($self, $name) = @_;

    open my $fh, '>', "$self->{dir}/gate/$name.open" or die "gate $name: $!";

    return;
}


sub close_gate {
    my ($self, $name) = @_;

    unlink map { "$self->{dir}/gate/$name.$_" } qw(open reached);

    return;
}


# True when a connection has come to this gate.
sub reached {
    my ($self, $name) = @_;

    return -e "$self->{dir}/gate/$name.reached";
}


# The file with what was asked, a line of JSON for each request.
sub requests_file { return "$_[0]{dir}/requests" }


# What was asked so far: hashes of method, uri, version, headers (a hash of
# lower-case names, equal ones joined by ", "), fields ([name, value] pairs), body.
sub requests {
    my ($self) = @_;

    open my $fh, '<:raw', $self->requests_file or return;

    return map { $JSON->decode($_) } <$fh>;
}


sub forget_requests {
    my ($self) = @_;

    unlink "$self->{dir}/requests";

    return;
}


# page(BODY, OPTIONS): the steps of a complete response with that body.
#     status => 200, type => 'text/html; charset=utf-8',
#     headers => [NAME => VALUE, ...]
#     gzip    => 1: compress
#     framing => 'length' (default), 'chunked' (each piece is a chunk) or 'close'
#     split   => [OFFSETS]: where the (compressed) body is cut into pieces
#     between => STEP or [STEPS] between the pieces
sub page {
    my ($body, %opt) = @_;

    my $framing = $opt{framing} || 'length';
    my @headers = ('Content-Type' => $opt{type} // 'text/html; charset=utf-8',
        @{ $opt{headers} || [] });

    if ($opt{gzip}) {
        my $plain = $body;
        IO::Compress::Gzip::gzip(\$plain, \$body, Minimal => 1)
            or die "gzip: $IO::Compress::Gzip::GzipError";
        push @headers, 'Content-Encoding' => 'gzip';
    }

    push @headers, 'Content-Length' => length $body if $framing eq 'length';
    push @headers, 'Transfer-Encoding' => 'chunked' if $framing eq 'chunked';
    push @headers, 'Connection' => 'close' if $framing eq 'close';

    my $head = 'HTTP/1.1 ' . ($opt{status} || '200 OK') . "\r\n";
    while (my ($name, $value) = splice @headers, 0, 2) {
        $head .= "$name: $value\r\n";
    }

    my @between = !$opt{between} ? ()
        : ref $opt{between} eq 'ARRAY' ? @{ $opt{between} } : $opt{between};
    my @steps = "$head\r\n";
    my $from = 0;

    for my $to ((grep { $_ <= length $body } @{ $opt{split} || [] }), length $body) {
        my $piece = substr $body, $from, $to - $from;
        $piece = sprintf "%x\r\n%s\r\n", length $piece, $piece
            if $framing eq 'chunked' && length $piece;
        push @steps, @between if $from > 0 || @steps > 1;
        push @steps, $piece if length $piece;
        $from = $to;
    }

    push @steps, "0\r\n\r\n" if $framing eq 'chunked';
    push @steps, { close => 1 } if $framing eq 'close';

    return \@steps;
}


# The server's side.

sub serve {
    my ($self, $client) = @_;

    setsockopt $client, IPPROTO_TCP, TCP_NODELAY, 1;
    binmode $client;

    my $in = '';

    while (my $request = read_request($client, \$in)) {
        $self->record($request);

        for my $step (@{ $self->steps($request->{uri}) }) {
            $self->step($client, $step) or return;
        }

        last if ($request->{headers}{connection} // '') =~ /\bclose\b/i;
    }

    return;
}


# Sends or waits; false when the connection is at its end.
sub step {
    my ($self, $client, $step) = @_;

    if (!ref $step) {
        my $sent = 0;
        while ($sent < length $step) {
            my $n = syswrite $client, $step, length($step) - $sent, $sent;
            return 0 unless defined $n;
            $sent += $n;
        }
        return 1;
    }

    if (defined $step->{pause}) {
        return !IO::Select->new($client)->can_read($step->{pause});
    }

    if (defined $step->{gate}) {
        my $gate = "$self->{dir}/gate/$step->{gate}";
        open my $fh, '>', "$gate.reached" or die "$gate: $!";

        until (-e "$gate.open") {
            # readable before the answer is complete: the peer has gone
            return 0 if IO::Select->new($client)->can_read(0.003);
        }
        return 1;
    }

    if ($step->{reset}) {
        setsockopt $client, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0;
    }

    return 0;
}


sub steps {
    my ($self, $uri) = @_;

    for my $key ($uri, $uri =~ /^([^?]*)\?/, '*') {
        my $file = $self->reply_file($key);
        return retrieve($file) if -e $file;
    }

    return page('', status => '404 Not Found');
}


sub record {
    my ($self, $request) = @_;

    # one write, so that lines of several connections do not mix
    sysopen my $fh, "$self->{dir}/requests", O_WRONLY | O_APPEND | O_CREAT
        or die "$self->{dir}/requests: $!";
    syswrite $fh, $JSON->encode($request) . "\n";

    return;
}


sub read_request {
    my ($client, $in) = @_;

    my $end;
    while (($end = index $$in, "\r\n\r\n") < 0) {
        return unless sysread $client, $$in, 65536, length $$in;
    }

    my ($line, @lines) = split /\r\n/, substr $$in, 0, $end + 4, '';
    my ($method, $uri, $version) = split / /, $line;
    my @fields = map { [ /^([^:]+):[ \t]*(.*?)[ \t]*$/s ] } @lines;

    my %headers;
    for (@fields) {
        my $name = lc $_->[0];
        $headers{$name} = defined $headers{$name}
            ? "$headers{$name}, $_->[1]" : $_->[1];
    }

    my $length = $headers{'content-length'} || 0;
    while (length $$in < $length) {
        return unless sysread $client, $$in, 65536, length $$in;
    }

    return { method => $method, uri => $uri, version => $version,
        fields => \@fields, headers => \%headers,
        body => substr $$in, 0, $length, '' };
}


1;
