package Smartmsg::Gateway;

# An application server as Smartmsg::Upstream is an HTTP server, for what else
# nginx can pass a request to:
#
#     my $app = Smartmsg::Gateway->start(tempdir('app'), 'fastcgi',
#         '/' => page('<!doctype html>...'));
#
# Protocols: fastcgi, scgi, uwsgi, memcached.  Steps are those of Upstream; the
# status line of a page becomes what the protocol has instead.  Each connection
# takes one request.

use strict;
use warnings;

use parent 'Smartmsg::Upstream';

my %PROTOCOL = (
    fastcgi   => { read => \&read_fastcgi, wrap => \&wrap_fastcgi, end => \&end_fastcgi },
    scgi      => { read => \&read_scgi },
    uwsgi     => { read => \&read_uwsgi },
    memcached => { read => \&read_memcached },
);

# the process that serves knows its protocol by its class
for my $protocol (keys %PROTOCOL) {
    no strict 'refs';
    @{"Smartmsg::Gateway::${protocol}::ISA"} = 'Smartmsg::Gateway';
}


sub start {
    my ($class, $dir, $protocol, @replies) = @_;

    die "$protocol?\n" unless $PROTOCOL{$protocol};

    return "${class}::$protocol"->SUPER::start($dir, @replies);
}


sub serve {
    my ($self, $client) = @_;

    binmode $client;

    my ($name) = ref($self) =~ /(\w+)\z/;
    my $protocol = $PROTOCOL{$name};
    my $uri = $protocol->{read}->($client) // return;
    my $wrap = $protocol->{wrap} || sub { $_[0] };
    my @steps = @{ $self->steps($uri) };

    if (!ref $steps[0]) {
        if ($name eq 'memcached') {
            my $length = length join '', grep { !ref } @steps[1 .. $#steps];
            $steps[0] = "VALUE $uri 0 $length\r\n";
            push @steps, "\r\nEND\r\n";
        } else {
            $steps[0] =~ s{\AHTTP/1\.1 (.*?)\r\n}{Status: $1\r\n};
        }
    }

    for my $step (@steps) {
        $self->step($client, ref $step ? $step : $wrap->($step)) or return;
    }

    $self->step($client, $protocol->{end}->()) if $protocol->{end};

    return;
}


sub get {
    my ($client, $length) = @_;

    my $bytes = '';
    while (length $bytes < $length) {
        sysread $client, $bytes, $length - length $bytes, length $bytes or return;
    }

    return $bytes;
}


# FastCGI: records of type, request and content; parameters and input end with
# an empty record of their type.

sub read_fastcgi {
    my ($client) = @_;

    my ($uri, $parameters) = (undef, '');

    while (1) {
        my $header = get($client, 8) // return;
        my (undef, $type, undef, $length, $padding) = unpack 'CCnnC', $header;
        my $content = get($client, $length) // return;
        get($client, $padding) // return if $padding;

        $parameters .= $content if $type == 4;
        last if $type == 5 && $length == 0;
    }

    while (length $parameters) {
        my @length = map {
            my $n = unpack 'C', $parameters;
            my $size = $n > 127 ? 4 : 1;
            my $bytes = substr $parameters, 0, $size, '';
            $size == 4 ? unpack('N', $bytes) & 0x7fffffff : $n;
        } 1, 2;
        my $name = substr $parameters, 0, $length[0], '';
        my $value = substr $parameters, 0, $length[1], '';
        $uri = $value if $name eq 'REQUEST_URI';
    }

    return $uri;
}


sub record_fastcgi {
    my ($type, $content) = @_;

    my $padding = -length($content) % 8;

    return pack('CCnnCC', 1, $type, 1, length $content, $padding, 0) . $content
        . "\0" x $padding;
}


sub wrap_fastcgi {
    my ($bytes) = @_;

    my $records = '';
    while (length $bytes) {
        $records .= record_fastcgi(6, substr $bytes, 0, 30_000, '');
    }

    return $records;
}


sub end_fastcgi { return record_fastcgi(6, '') . record_fastcgi(3, "\0" x 8) }


# SCGI: a netstring of names and values that end with a zero byte.
sub read_scgi {
    my ($client) = @_;

    my $length = '';
    while ((my $c = get($client, 1) // return) ne ':') {
        $length .= $c;
    }

    my $values = get($client, $length + 1) // return;
    my %value = split /\0/, substr($values, 0, -2), -1;

    return $value{REQUEST_URI};
}


# uwsgi: a header with the size of the names and values, each with its own.
sub read_uwsgi {
    my ($client) = @_;

    my (undef, $size) = unpack 'Cv', get($client, 4) // return;
    my %value = unpack '(v/a)*', get($client, $size) // return;

    return $value{REQUEST_URI};
}


sub read_memcached {
    my ($client) = @_;

    my $line = '';
    until ($line =~ /\r\n\z/) {
        $line .= get($client, 1) // return;
    }

    return ($line =~ /^get (\S+)/)[0];
}


1;
