package Smartmsg::Visitor;

# A visitor of a site: asks for pages as a browser's navigation does, and keeps
# the cookies it is given.

use strict;
use warnings;

use Smartmsg::HTTP;


sub new {
    my ($class, %opt) = @_;

    return bless { port => $opt{port}, cookies => {} }, $class;
}


# page(URI, headers => [...], method => 'GET', body => BYTES): a document.
sub page {
    my ($self, $uri, %opt) = @_;

    return $self->request($opt{method} || 'GET', $uri, %opt, headers => [
        'Accept' => 'text/html,application/xhtml+xml,*/*;q=0.8',
        'Sec-Fetch-Dest' => 'document', 'Sec-Fetch-Mode' => 'navigate',
        'Sec-Fetch-Site' => 'none', @{ $opt{headers} || [] } ]);
}


# request(METHOD, URI, headers => [...], body => BYTES)
sub request {
    my ($self, $method, $uri, %opt) = @_;

    my @headers = @{ $opt{headers} || [] };
    push @headers, Cookie => join '; ',
        map { "$_=$self->{cookies}{$_}" } sort keys %{ $self->{cookies} }
        if %{ $self->{cookies} };

    my $http = Smartmsg::HTTP->new(port => $self->{port});
    my $response = $http->request($method, $uri, %opt,
        headers => [@headers, Connection => 'close']);

    for ($response->headers('Set-Cookie')) {
        $self->{cookies}{$1} = $2 if /^([^=;]+)=([^;]*)/;
    }

    return $response;
}


# cookie(NAME) is its value; cookie(NAME, VALUE) sets it, undef takes it away.
sub cookie {
    my ($self, $name, @value) = @_;

    if (@value) {
        delete $self->{cookies}{$name};
        $self->{cookies}{$name} = $value[0] if defined $value[0];
    }

    return $self->{cookies}{$name};
}


1;
