package Smartmsg::HTTP2;

# An HTTP/2 client (t/http2/client.mjs, a process of its own) with many streams
# on one connection:
#
#     my $h2 = Smartmsg::HTTP2->new(port => $port, window => 65535);
#     my $id = $h2->get('/', { accept => 'text/html' });
#     $h2->seen($id, qr/.../);      waits until its body so far is like this
#     my $stream = $h2->finished($id);
#
# A stream is a hash of status, headers, body, and how it ended: "end", or
# "reset" with its code.

use strict;
use warnings;

use Cwd qw(abs_path);
use File::Basename qw(dirname);
use IO::Select;
use JSON::PP ();
use MIME::Base64 qw(decode_base64);
use Time::HiRes qw(time);

use Smartmsg::Process;

my $CLIENT = abs_path(dirname(__FILE__) . '/../../http2/client.mjs');
my $JSON = JSON::PP->new->utf8->canonical;


sub new {
    my ($class, %opt) = @_;

    pipe my $commands, my $to or die "pipe: $!";
    pipe my $from, my $events or die "pipe: $!";

    my $process = Smartmsg::Process->fork_code(sub {
        close $to;
        close $from;
        open STDIN, '<&', $commands or die "stdin: $!";
        open STDOUT, '>&', $events or die "stdout: $!";
        exec 'node', $CLIENT or die "node: $!";
    });

    close $commands;
    close $events;
    $to->autoflush(1);

    my $self = bless { process => $process, to => $to, from => $from, in => '',
        streams => {}, last => 0, session => {} }, $class;
    $self->open(%opt);

    return $self;
}


sub open {
    my ($self, %opt) = @_;

    $self->{session} = {};

    return $self->tell(do => 'open', %opt);
}


# get(URI, HEADERS, OPTIONS): a new stream; its number.
sub get {
    my ($self, $uri, $headers, %opt) = @_;

    my $id = ++$self->{last};
    $self->{streams}{$id} = { body => '' };
    $self->tell(do => 'get', id => $id, path => $uri, headers => $headers || {}, %opt);

    return $id;
}


sub resume  { return $_[0]->tell(do => 'resume', id => $_[1]) }
sub reset   { return $_[0]->tell(do => 'reset', id => $_[1]) }
sub destroy { return $_[0]->tell(do => 'destroy') }


sub tell {
    my ($self, %command) = @_;

    local $SIG{PIPE} = 'IGNORE';
    print { $self->{to} } $JSON->encode(\%command), "\n";

    return;
}


# The stream, once its body is like this; undef when it does not come.
sub seen {
    my ($self, $id, $like) = @_;

    my $stream = $self->{streams}{$id};

    return $self->await(sub { $stream->{body} =~ $like }) ? $stream : undef;
}


sub finished {
    my ($self, $id) = @_;

    my $stream = $self->{streams}{$id};
    $self->await(sub { defined $stream->{ended} });

    return $stream;
}


# Has the server said this about the connection: "goaway", "closed"?
sub told {
    my ($self, $what) = @_;

    return $self->await(sub { $self->{session}{$what} });
}


sub await {
    my ($self, $condition) = @_;

    my $end = time + 20;

    until ($condition->()) {
        my $left = $end - time;
        return 0 if $left <= 0;
        next if !IO::Select->new($self->{from})->can_read($left);
        sysread $self->{from}, $self->{in}, 65536, length $self->{in} or return 0;
        $self->line($1) while $self->{in} =~ s/\A([^\n]*)\n//;
    }

    return 1;
}


sub line {
    my ($self, $line) = @_;

    if ($line =~ /\A(\d+) /) {
        $self->{streams}{$1}{body} .= decode_base64(substr $line, $+[0]);
    } else {
        $self->event($JSON->decode($line));
    }

    return;
}


sub event {
    my ($self, $event) = @_;

    my $is = $event->{is};
    my $stream = defined $event->{id} ? $self->{streams}{ $event->{id} } : undef;

    if (!$stream) {
        $self->{session}{$is} = 1;
    } elsif ($is eq 'head') {
        @$stream{qw(status headers)} = @$event{qw(status headers)};
    } else {
        @$stream{qw(ended code)} = ($is, $event->{code});
    }

    return;
}


sub stop {
    my ($self) = @_;

    close $self->{to};

    return $self->{process}->stop;
}


1;
