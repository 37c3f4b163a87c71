package Smartmsg::Load;

# Many clients at once, each a process of its own, until they are told to stop:
#
#     my $load = Smartmsg::Load->start(dir => tempdir('load'),
#         clients => [ (sub { ... }) x 4 ]);
#     ...
#     my $report = $load->stop;
#     is_deeply($report->{problems}, [], '...');
#
# A client is a function that is called again and again with its client: it
# does something once, and says with count() what it was, or with problem()
# what went wrong.

use strict;
use warnings;

use Smartmsg::HTTP;
use Smartmsg::Process;


sub start {
    my ($class, %opt) = @_;

    my $self = bless { dir => $opt{dir}, processes => [] }, $class;
    my $number = 0;

    for my $code (@{ $opt{clients} }) {
        my $client = bless { dir => $opt{dir}, number => $number++,
            counts => {}, problems => [] }, 'Smartmsg::Load::Client';

        push @{ $self->{processes} },
            Smartmsg::Process->fork_code(sub { $client->run($code) });
    }

    return $self;
}


# Has each client done something NAMEd so often?
sub done {
    my ($self, $name, $times) = @_;

    for my $number (0 .. $#{ $self->{processes} }) {
        my $file = "$self->{dir}/$number.$name";
        return 0 if (-s $file // 0) < $times;
    }

    return 1;
}


# Lets every client finish what it does: { counts => { NAME => N },
# problems => [ ... ] } of all.
sub stop {
    my ($self, $timeout) = @_;

    open my $fh, '>', "$self->{dir}/stop" or die "$self->{dir}/stop: $!";
    close $fh;

    my %report = (counts => {}, problems => []);

    for my $process (@{ $self->{processes} }) {
        if (!$process->wait_end($timeout || 60)) {
            $process->stop_group;
            push @{ $report{problems} }, 'a client did not end';
        }
    }

    for my $file (glob "$self->{dir}/*.*") {
        if ($file =~ /\.problems$/) {
            open my $in, '<', $file or die "$file: $!";
            chomp(my @lines = <$in>);
            push @{ $report{problems} }, @lines;

        } elsif ($file =~ /\.(\w+)$/) {
            $report{counts}{$1} += -s $file;
        }
    }

    return \%report;
}


package Smartmsg::Load::Client;


sub number { return $_[0]{number} }


sub run {
    my ($self, $code) = @_;

    srand 1000 + $self->{number};

    until (-e "$self->{dir}/stop") {
        eval { $code->($self); 1 } or $self->problem("died: $@");
    }

    return;
}


# One byte in a file for each, so that the test can look at any time.
sub count {
    my ($self, $name) = @_;

    $self->{files}{$name} ||= do {
        open my $fh, '>>', "$self->{dir}/$self->{number}.$name"
            or die "$name: $!";
        $fh;
    };
    syswrite $self->{files}{$name}, '.';

    return;
}


sub problem {
    my ($self, $text) = @_;

    $text =~ s/\s+/ /g;
    open my $fh, '>>', "$self->{dir}/$self->{number}.problems"
        or die "problems: $!";
    print $fh substr($text, 0, 1000), "\n";

    return;
}


# request(PORT, METHOD, URI, keep => 1, OPTIONS of Smartmsg::HTTP): a response,
# with keep over a connection that is used again.  When the server has closed
# that one at rest the request is sent again, as any client does.
sub request {
    my ($self, $port, $method, $uri, %opt) = @_;

    my $keep = delete $opt{keep};
    my @headers = (@{ delete $opt{headers} || [] },
        $keep ? () : (Connection => 'close'));

    if ($keep && $self->{http}{$port}) {
        my $http = $self->{http}{$port};
        my $response = eval {
            $http->request($method, $uri, %opt, headers => \@headers);
        };

        return $self->keep($port, $http, $response) if $response;

        my $error = $@;
        delete $self->{http}{$port};
        die $error if $error !~ /^no response: (?:closed|reset): $/;
        $self->count('again');
    }

    my $http = Smartmsg::HTTP->new(port => $port);
    my $response = $http->request($method, $uri, %opt, headers => \@headers);

    return $keep ? $self->keep($port, $http, $response) : $response;
}


sub keep {
    my ($self, $port, $http, $response) = @_;

    delete $self->{http}{$port};
    $self->{http}{$port} = $http
        if $response->complete
            && ($response->header('Connection') // '') !~ /close/i;

    return $response;
}


1;
