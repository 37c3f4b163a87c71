package Smartmsg::Process;

# Child processes of a test: started in a process group of their own, ended by
# pid, and ended in any case when the test ends, however it ends.

use strict;
use warnings;

use POSIX qw(:sys_wait_h _exit);
use Time::HiRes qw(sleep time);

my %running;    # pid => the test process that started it

$SIG{$_} = sub { exit 1 } for qw(INT TERM HUP);


# Runs code in a child process; it ends when the code returns.
sub fork_code {
    my ($class, $code) = @_;

    my $pid = fork;
    die "fork: $!" unless defined $pid;

    if ($pid == 0) {
        setpgrp 0, 0;
        $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP ALRM);
        eval { $code->(); 1 } or print STDERR $@;
        _exit(0);
    }

    # also done here, so that it is done whichever process runs first
    setpgrp $pid, $pid;

    $running{$pid} = $$;

    return bless { pid => $pid }, $class;
}


# Runs a command: argv => [...], output => FILE for both of its outputs,
# env => {...} in addition to ours.
sub start {
    my ($class, %opt) = @_;

    return $class->fork_code(sub {
        %ENV = (%ENV, %{ $opt{env} || {} });

        open STDIN, '<', '/dev/null' or die "/dev/null: $!";
        if ($opt{output}) {
            open STDOUT, '>>', $opt{output} or die "$opt{output}: $!";
            open STDERR, '>&', \*STDOUT or die "stderr: $!";
        }

        no warnings 'exec';
        exec { $opt{argv}[0] } @{ $opt{argv} };
        print STDERR "$opt{argv}[0]: $!\n";
        _exit(127);
    });
}


sub pid { return $_[0]{pid} }


sub signal {
    my ($self, $signal) = @_;

    return $self->alive && kill $signal, $self->{pid};
}


# True while the process runs; takes note of its end.
sub alive {
    my ($self) = @_;

    return 0 if exists $self->{status};

    my $pid = waitpid $self->{pid}, WNOHANG;
    return 1 if $pid == 0;

    $self->{status} = $pid > 0 ? $? : -1;
    delete $running{ $self->{pid} };

    return 0;
}


# The wait status once the process has ended, else undef.
sub status {
    my ($self) = @_;

    $self->alive;
    return $self->{status};
}


# Waits for the end; false when it did not come in time.
sub wait_end {
    my ($self, $timeout) = @_;

    my $end = time + $timeout;

    while ($self->alive) {
        return 0 if time > $end;
        sleep 0.005;
    }

    return 1;
}


# Ends the process; the whole group is killed when it does not end in time.
# True when it ended by itself.
sub stop {
    my ($self, $signal, $timeout) = @_;

    return 1 unless $self->alive;

    kill $signal || 'TERM', $self->{pid};
    return 1 if $self->wait_end($timeout || 60);

    kill 'KILL', -$self->{pid};
    $self->wait_end(10);

    return 0;
}


# What the process has left behind in its group ends with it.
sub stop_group {
    my ($self) = @_;

    kill 'KILL', -$self->{pid};
    $self->wait_end(10);

    return;
}


END {
    my $status = $?;

    for my $pid (grep { $running{$_} == $$ } keys %running) {
        kill 'CONT', -$pid;
        kill 'TERM', $pid;

        my $end = time + 5;
        my $gone;
        until ($gone = waitpid($pid, WNOHANG) != 0) {
            last if time > $end;
            sleep 0.005;
        }

        kill 'KILL', -$pid;
        waitpid $pid, 0 unless $gone;
    }

    $? = $status;
}


1;
