package Smartmsg::Nginx;

# A private nginx in front of an upstream, with the module or without.

use strict;
use warnings;

use Cwd qw(abs_path);
use File::Basename qw(dirname);
use IO::Socket::INET;
use Time::HiRes qw(sleep time);

use Smartmsg::HTTP;
use Smartmsg::Process;
use Smartmsg::Redis;
use Smartmsg::Visitor;

my $ROOT = abs_path(dirname(__FILE__) . '/../../..');
my @STARTED;


sub binary {
    return $ENV{SMARTMSG_NGINX} if $ENV{SMARTMSG_NGINX};

    my ($found) = grep { -x } map { "$_/nginx" } split(/:/, $ENV{PATH}),
        '/usr/sbin', '/usr/local/sbin';

    return $found || die "nginx was not found\n";
}


# The module's file; '' when it is built into nginx.
sub module {
    return $ENV{SMARTMSG_MODULE} // "$ROOT/build/ngx_smartmsg_module.so";
}


# start(OPTIONS), with
#     dir       => where all of its files are
#     module    => 0: without the module
#     upstream  => has address(): what "location /" passes to
#     redis     => has address(): for smartmsg_redis
#     rules     => DIR, or { ID => JSON, ... } that are written into one
#     workers   => 1
#     untitled  => 1: every child is a worker: valgrind hides what they are
#     top       => text before the line that loads the module
#     main, events, http, server, location, locations => text for that level:
#                  location is inside "location /", locations are more of them
#     endpoint  => 0: no location /smartmsg/
#     log_level => 'info'
# Pages and connections are patient, so that a busy machine makes no test fail:
# unless the text for http has another smartmsg_timeout, and with smartmsg_redis.
# In these texts %PORT%, %PORT2%, %DIR%, %UPSTREAM% and %REDIS% are replaced.
sub start {
    my ($class, %opt) = @_;

    my $self = bless { workers => 1, %opt }, $class;

    $self->write_rules;

    # the port may be taken between the look and the use
    for (1 .. 5) {
        $self->write_conf;
        $self->run;

        if ($self->wait_ready) {
            push @STARTED, $self;
            return $self;
        }

        last if $self->error_log !~ /bind\(\) to .* failed/;
    }

    die "nginx did not start:\n" . join "\n",
        (grep { !/\[(?:debug|info|notice)\]/ } split /\n/, $self->error_log), '';
}


# check(OPTIONS of start): nginx -t; its exit status and what it printed.
sub check {
    my ($class, %opt) = @_;

    my $self = bless { workers => 1, %opt }, $class;

    $self->write_rules;
    $self->write_conf;

    # after -t nginx ends without freeing anything
    my $process = Smartmsg::Process->start(argv => [$self->command, '-t'],
        env => $self->sanitizer_env(detect_leaks => 0), output => "$self->{dir}/check.out");
    $process->wait_end(60) or die "nginx -t did not end\n";

    return ($process->status >> 8, $self->file('check.out'));
}


sub command {
    my ($self) = @_;

    return (binary(), '-p', "$self->{dir}/", '-c', "$self->{dir}/nginx.conf",
        '-e', "$self->{dir}/error.log");
}


sub run {
    my ($self) = @_;

    unlink "$self->{dir}/error.log";

    $self->{process} = Smartmsg::Process->start(argv => [$self->command],
        env => $self->sanitizer_env, output => "$self->{dir}/output");

    return;
}


# Reports go to files that problems() looks for.  Leaks count, too: a worker
# that ends as it should frees its pools.
sub sanitizer_env {
    my ($self, %opt) = @_;

    my $leaks = $opt{detect_leaks} // 1;
    my $log = "log_path=$self->{dir}/sanitizer";

    return {
        ASAN_OPTIONS => "$log:detect_leaks=$leaks",
        UBSAN_OPTIONS => "$log:print_stacktrace=1",
        LSAN_OPTIONS => "suppressions=$ROOT/tools/leaks.supp:"
            . 'print_suppressions=0',
    };
}


sub wait_ready {
    my ($self) = @_;

    my $end = time + 60;

    while ($self->{process}->alive && time < $end) {
        return 1 if $self->worker_pids == $self->{workers}
            && IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                PeerPort => $self->{port});
        sleep 0.01;
    }

    return 0;
}


sub write_rules {
    my ($self) = @_;

    my $rules = $self->{rules};

    if (ref $rules) {
        $self->{rules} = "$self->{dir}/rules";
        mkdir $self->{rules};
        $self->write_file("rules/$_.json", $rules->{$_}) for keys %$rules;
    }

    return;
}


sub write_conf {
    my ($self) = @_;

    $self->{port} = Smartmsg::Redis::free_port();
    $self->{port2} = Smartmsg::Redis::free_port();

    my $conf = $self->conf;

    my %value = (PORT => $self->{port}, PORT2 => $self->{port2},
        DIR => $self->{dir},
        UPSTREAM => $self->{upstream} ? $self->{upstream}->address : '',
        REDIS => $self->{redis} ? $self->{redis}->address : '');
    $conf =~ s/%(PORT2?|DIR|UPSTREAM|REDIS)%/$value{$1}/g;

    $self->write_file('nginx.conf', $conf);

    return;
}


# conf_text(LEVEL): what the test wants there
sub conf_text {
    my ($self, $level) = @_;

    return $self->{$level} // '';
}


sub conf {
    my ($self) = @_;

    my $module = $self->{module} // 1;
    my $level = $self->{log_level} || ($ENV{SMARTMSG_DEBUG} ? 'debug' : 'info');
    my $seen = $module ? ' $smartmsg_status $smartmsg_rule $smartmsg_visitor' : '';

    return join "\n", $self->conf_text('top'),
        ($module && module() ne '' ? 'load_module ' . module() . ';' : ''),
        # root stays root: what the test makes is then in reach of workers
        ($> == 0 ? 'user root;' : ''), <<"END", $self->conf_http($module);
daemon off;
worker_processes $self->{workers};
pid %DIR%/nginx.pid;
error_log %DIR%/error.log $level;
@{[ $self->conf_text('main') ]}
events {
    worker_connections 1024;
    @{[ $self->conf_text('events') ]}
}
http {
    log_format test '\$status \$request_method \$request_uri$seen';
    access_log %DIR%/access.log test;
    client_body_temp_path %DIR%/body;
    proxy_temp_path %DIR%/proxy;
    fastcgi_temp_path %DIR%/fastcgi;
    uwsgi_temp_path %DIR%/uwsgi;
    scgi_temp_path %DIR%/scgi;
END
}


sub conf_http {
    my ($self, $module) = @_;

    my ($smartmsg, $endpoint) = ('', '');

    if ($module) {
        $smartmsg .= "smartmsg on;\n";

        # the defaults are made for visitors, not for a busy test machine
        $smartmsg .= "    smartmsg_timeout 20s;\n"
            if $self->conf_text('http') !~ /\bsmartmsg_timeout\b/;

        $smartmsg .= "    smartmsg_redis %REDIS% connect_timeout=60s timeout=60s;\n"
            if $self->{redis};
        $smartmsg .= "    smartmsg_rules $self->{rules};\n" if $self->{rules};
        $endpoint = 'location /smartmsg/ { smartmsg_endpoint; }'
            if $self->{endpoint} // 1;
    }

    my $location = $self->{upstream} ? <<"END" : '';
        location / {
            proxy_pass http://%UPSTREAM%;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host \$http_host;
            @{[ $self->conf_text('location') ]}
        }
END

    return <<"END";
    $smartmsg
    @{[ $self->conf_text('http') ]}
    server {
        listen 127.0.0.1:%PORT%;
        @{[ $self->conf_text('server') ]}
        $endpoint
$location
        @{[ $self->conf_text('locations') ]}
    }
}
END
}


sub port  { return $_[0]{port} }
sub port2 { return $_[0]{port2} }
sub dir   { return $_[0]{dir} }
sub pid   { return $_[0]{process}->pid }


# A new connection to it, and one request over a connection of its own.
sub http { return Smartmsg::HTTP->new(port => $_[0]{port}) }

sub request {
    my ($self, $method, $uri, %opt) = @_;

    my @headers = @{ delete $opt{headers} || [] };

    return $self->http->request($method, $uri, %opt,
        headers => [@headers, Connection => 'close']);
}


sub get {
    my ($self, $uri, %opt) = @_;

    return $self->request('GET', $uri, %opt);
}


sub visitor { return Smartmsg::Visitor->new(port => $_[0]{port}) }


sub write_file {
    my ($self, $name, $bytes) = @_;

    utf8::encode($bytes) if utf8::is_utf8($bytes);

    open my $fh, '>:raw', "$self->{dir}/$name" or die "$name: $!";
    print $fh $bytes or die "$name: $!";
    close $fh or die "$name: $!";

    return;
}


sub file {
    my ($self, $name) = @_;

    open my $fh, '<:raw', "$self->{dir}/$name" or return '';
    local $/;

    return scalar <$fh> // '';
}


sub error_log { return $_[0]->file('error.log') . $_[0]->file('output') }


# The lines "STATUS METHOD URI [SMARTMSG_STATUS RULE VISITOR]" so far.  A line is
# written after its response: see logged.
sub access_log { return split /\n/, $_[0]->file('access.log') }


# logged(PATTERN [, SECONDS]): waits for a line of the access log that matches,
# and error_logged for one of the error log; '' when it does not come.
sub logged {
    my ($self, $pattern, $timeout) = @_;

    return $self->wait_line('access.log', $pattern, $timeout);
}


sub error_logged {
    my ($self, $pattern, $timeout) = @_;

    return $self->wait_line('error.log', $pattern, $timeout);
}


sub wait_line {
    my ($self, $name, $pattern, $timeout) = @_;

    my $end = time + ($timeout || 60);

    while (1) {
        for (split /\n/, $self->file($name)) {
            return $_ if $_ =~ $pattern;
        }
        return '' if time > $end;
        sleep 0.005;
    }
}


# The workers that take requests; all => 1: also those that are shutting down.
sub worker_pids {
    my ($self, %opt) = @_;

    my $master = $self->pid;
    my @pids;

    for my $stat (glob '/proc/[0-9]*/stat') {
        open my $fh, '<', $stat or next;
        my ($pid, $parent) = (<$fh> // '') =~ /^(\d+) \(.*\) \S (\d+) / or next;
        next if $parent != $master;

        open $fh, '<', "/proc/$pid/cmdline" or next;
        my $title = <$fh> // '';
        next if $title !~ /^nginx: worker process/ && !$self->{untitled};
        push @pids, $pid if $opt{all} || $title !~ /shutting down/;
    }

    @pids = sort { $a <=> $b } @pids;

    return @pids;
}


# HUP; returns when only new workers are left to take requests.
sub reload {
    my ($self) = @_;

    my %old = map { $_ => 1 } $self->worker_pids;
    my $end = time + 60;

    $self->{process}->signal('HUP') or die "nginx has gone\n";

    while (time < $end) {
        my @now = $self->worker_pids;
        return 1 if @now == $self->{workers} && !grep { $old{$_} } @now;
        sleep 0.01;
    }

    return 0;
}


# problems() leaves out log lines that match: allow_log(qr/.../, ...)
sub allow_log {
    my ($self, @patterns) = @_;

    push @{ $self->{allowed} }, @patterns;

    return;
}


# Ends nginx as an operator would (QUIT: when all requests are done).
sub stop {
    my ($self, $signal) = @_;

    return if $self->{stopped} || !$self->{process};

    my $ended = $self->{process}->stop($signal || 'QUIT', 60);
    push @{ $self->{wrong} }, 'nginx did not end when told to' unless $ended;

    my $status = $self->{process}->status;
    push @{ $self->{wrong} }, "nginx ended with status $status" if $status;

    $self->{stopped} = 1;

    return;
}


# What went wrong that no answer shows: a list of lines.
sub problems {
    my ($self) = @_;

    my @allowed = @{ $self->{allowed} || [] };
    my @lines = grep {
        /\[(?:alert|crit|emerg)\]|exited on signal|runtime error:|Sanitizer/
    } split /\n/, $self->error_log;

    for my $allowed (@allowed) {
        @lines = grep { $_ !~ $allowed } @lines;
    }

    for my $report (glob "$self->{dir}/sanitizer.*") {
        $report =~ s{.*/}{};
        push @lines, $report . ":\n" . $self->file($report);
    }

    return @{ $self->{wrong} || [] }, @lines;
}


# stop and problems as a test.
sub stop_ok {
    my ($self, $name) = @_;

    require Test::More;

    $self->stop;
    $self->{reported} = 1;

    my @problems = $self->problems;

    return Test::More::ok(!@problems, $name || 'nginx ended, its log is clean')
        || Test::More::diag(join "\n", @problems);
}


# Stops all that a test has left running; the problems of those that did not
# report them.
sub problems_of_all {
    my @problems;

    for my $self (@STARTED) {
        $self->stop('TERM');
        push @problems, $self->problems unless $self->{reported};
    }

    return @problems;
}


1;
