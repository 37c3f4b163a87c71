package Smartmsg::Response;

# One HTTP response as it came over the wire.

use strict;
use warnings;

use IO::Uncompress::Gunzip ();


# head: status line and header lines as sent; body: without the chunking;
# chunks: the chunks one by one; complete: its end was seen; error: else why not
sub new {
    my ($class, %self) = @_;

    my ($line, @fields) = split /\r\n/, $self{head};

    if ($line =~ m{^HTTP/(\d\.\d) (\d{3})(?: (.*))?$}) {
        @self{qw(version status reason)} = ($1, $2, $3 // '');
    } else {
        die "no status line: $line";
    }

    $self{fields} = [ map { [ /^([^:]+):[ \t]*(.*?)[ \t]*$/s ] } @fields ];

    return bless \%self, $class;
}


sub status   { return $_[0]{status} }
sub head     { return $_[0]{head} }
sub body     { return $_[0]{body} }
sub chunks   { return @{ $_[0]{chunks} || [] } }
sub complete { return $_[0]{complete} }
sub error    { return $_[0]{error} }


# The first field of that name; undef when there is none.
sub header {
    my ($self, $name) = @_;

    return ($self->headers($name))[0];
}


# All fields of that name, in order.
sub headers {
    my ($self, $name) = @_;

    return map { $_->[1] } grep { lc $_->[0] eq lc $name } @{ $self->{fields} };
}


# [name, value] pairs, in order.
sub fields { return @{ $_[0]{fields} } }


# The value of a cookie that this response sets; undef when it does not.
sub cookie {
    my ($self, $name) = @_;

    for ($self->headers('Set-Cookie')) {
        return $1 if /^\Q$name\E=([^;]*)/;
    }

    return;
}


# The body without its Content-Encoding (gzip or none).
sub content {
    my ($self) = @_;

    my $encoding = lc($self->header('Content-Encoding') // '');
    return $self->{body} if $encoding eq '';

    die "Content-Encoding $encoding" if $encoding ne 'gzip';

    my $out;
    IO::Uncompress::Gunzip::gunzip(\$self->{body}, \$out, MultiStream => 1)
        or die "gunzip: $IO::Uncompress::Gunzip::GunzipError";

    return $out;
}


1;
