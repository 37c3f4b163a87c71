package Smartmsg::HTTP;

# An HTTP/1.x client connection that hides nothing: bytes out, bytes in.

use strict;
use warnings;

use IO::Select;
use IO::Socket::INET;
use Socket qw(IPPROTO_TCP TCP_NODELAY SOL_SOCKET SO_LINGER);
use Time::HiRes qw(time);

use Smartmsg::Response;

my $TIMEOUT = 60;


sub new {
    my ($class, %opt) = @_;

    my $host = $opt{host} || '127.0.0.1';
    my $socket = IO::Socket::INET->new(PeerAddr => $host,
        PeerPort => $opt{port}, Timeout => $TIMEOUT)
        or die "connect to $host:$opt{port}: $@";

    setsockopt $socket, IPPROTO_TCP, TCP_NODELAY, 1;
    binmode $socket;

    return bless { socket => $socket, in => '', eof => 0,
        host => "$host:$opt{port}", timeout => $opt{timeout} || $TIMEOUT },
        $class;
}


# Sends bytes as they are; false when the peer is gone.
sub send {
    my ($self, $bytes) = @_;

    local $SIG{PIPE} = 'IGNORE';

    my $sent = 0;
    while ($sent < length $bytes) {
        my $n = syswrite $self->{socket}, $bytes, length($bytes) - $sent, $sent;
        return 0 unless defined $n;
        $sent += $n;
    }

    return 1;
}


# send_request(METHOD, URI, headers => [NAME => VALUE, ...], body => BYTES).
# Host is added, and Content-Length where there is a body.
sub send_request {
    my ($self, $method, $uri, %opt) = @_;

    my @headers = @{ $opt{headers} || [] };
    my %has;
    for (my $i = 0; $i < @headers; $i += 2) {
        $has{ lc $headers[$i] } = 1;
    }

    unshift @headers, Host => $self->{host} unless $has{host};
    push @headers, 'Content-Length' => length $opt{body}
        if defined $opt{body} && !$has{'content-length'}
            && !$has{'transfer-encoding'};

    my $bytes = "$method $uri HTTP/" . ($opt{version} || '1.1') . "\r\n";
    while (my ($name, $value) = splice @headers, 0, 2) {
        $bytes .= "$name: $value\r\n";
    }

    $self->{method} = $method;

    return $self->send("$bytes\r\n" . ($opt{body} // ''));
}


# send_request and read_response
sub request {
    my ($self, $method, $uri, %opt) = @_;

    $self->send_request($method, $uri, %opt);

    return $self->read_response(timeout => $opt{timeout});
}


# Reads what there is, waiting at most so long; false at the end or time-out.
sub fill {
    my ($self, $timeout) = @_;

    return 0 if $self->{eof};
    return 0 unless IO::Select->new($self->{socket})->can_read($timeout);

    my $n = sysread $self->{socket}, $self->{in}, 65536, length $self->{in};

    if (!$n) {
        $self->{eof} = 1;
        $self->{reset} = 1 unless defined $n;
        return 0;
    }

    return 1;
}


# Reads until what has come matches; false at the end or after the time-out.
# Nothing is taken out of the buffer.
sub read_until {
    my ($self, $pattern, $timeout) = @_;

    my $end = time + ($timeout || $self->{timeout});

    while ($self->{in} !~ $pattern) {
        my $left = $end - time;
        return 0 if $left <= 0;
        next if $self->fill($left);
        return 0 if $self->{eof};
    }

    return 1;
}


# The bytes that have come and were not taken by read_response.
sub buffered { return $_[0]{in} }


# True when the peer has closed the connection, waiting for it if need be.
sub closed {
    my ($self, $timeout) = @_;

    my $end = time + ($timeout || $self->{timeout});

    until ($self->{eof}) {
        my $left = $end - time;
        return 0 if $left <= 0;
        $self->fill($left);
    }

    return 1;
}


sub close {
    my ($self) = @_;

    return CORE::close $self->{socket};
}


# Closes with a reset instead of the usual FIN.
sub abort {
    my ($self) = @_;

    setsockopt $self->{socket}, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0;

    return CORE::close $self->{socket};
}


# Reads one response; interim (1xx) ones are left out.  Dies when not even a
# header came; a body that breaks off gives a response that is not complete.
sub read_response {
    my ($self, %opt) = @_;

    local $self->{deadline} = time + ($opt{timeout} || $self->{timeout});

    my $head;
    do {
        my $end;
        while (($end = index $self->{in}, "\r\n\r\n") < 0) {
            $self->more
                or die 'no response: ' . $self->why . ": $self->{in}\n";
        }
        $head = substr $self->{in}, 0, $end + 4, '';
    } while ($head =~ m{^HTTP/1\.\d 1\d\d });

    my %response = (head => $head, body => '', complete => 1);
    my ($status) = $head =~ m{^HTTP/\S+ (\d+)};

    if (($self->{method} // '') eq 'HEAD' || $status == 204 || $status == 304) {
        # no body, whatever the header says
    } elsif ($head =~ /^Transfer-Encoding:\s*chunked\s*$/mi) {
        $self->read_chunked(\%response);
    } elsif ($head =~ /^Content-Length:\s*(\d+)\s*$/mi) {
        $self->read_length(\%response, $1);
    } else {
        1 while $self->more;
        $response{body} = $self->{in};
        $self->{in} = '';
        $response{complete} = $self->{eof} && !$self->{reset};
    }

    $response{error} = $self->why unless $response{complete};

    return Smartmsg::Response->new(%response);
}


sub more {
    my ($self) = @_;

    my $left = $self->{deadline} - time;

    return $left > 0 && $self->fill($left);
}


sub why {
    my ($self) = @_;

    return $self->{reset} ? 'reset' : $self->{eof} ? 'closed' : 'timeout';
}


sub read_length {
    my ($self, $response, $length) = @_;

    while (length $self->{in} < $length) {
        next if $self->more;
        $response->{complete} = 0;
        last;
    }

    $response->{body} = substr $self->{in}, 0, $length, '';

    return;
}


sub read_chunked {
    my ($self, $response) = @_;

    my @chunks;

    while (1) {
        if ($self->{in} =~ /^([0-9a-fA-F]+)[^\r\n]*\r\n/) {
            my ($start, $size) = ($+[0], hex $1);

            if ($size == 0) {
                if ($self->{in} =~ /^[^\n]*\n(?:[^\r\n]+\r\n)*\r\n/) {
                    substr $self->{in}, 0, $+[0], '';
                    last;
                }
            } elsif (length $self->{in} >= $start + $size + 2) {
                my $data = substr $self->{in}, $start, $size + 2;
                die "chunk does not end in CRLF\n" if $data !~ s/\r\n\z//;
                push @chunks, $data;
                substr $self->{in}, 0, $start + $size + 2, '';
                next;
            }
        } elsif ($self->{in} =~ /\n/) {
            die "bad chunk size: $self->{in}\n";
        }

        next if $self->more;
        $response->{complete} = 0;
        last;
    }

    $response->{chunks} = \@chunks;
    $response->{body} = join '', @chunks;

    return;
}


1;
