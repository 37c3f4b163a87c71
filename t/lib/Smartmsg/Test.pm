package Smartmsg::Test;

# What every test of nginx, Redis and the shop begins with:
#
#     use Smartmsg::Test;
#
#     my $redis = redis();
#     my $shop  = upstream('/' => page('<!doctype html>...'));
#     my $nginx = nginx(redis => $redis, upstream => $shop,
#                       rules => { hello => '{...}' });
#
#     is($nginx->get('/')->status, 200, '...');
#
#     $nginx->stop_ok;
#     done_testing;
#
# It brings strict, warnings, Test::More, and the functions below.  All that is
# started lives in a temporary directory and ends with the test.
#
# Environment:
#     SMARTMSG_MODULE   the module to load; empty: nginx has it built in
#     SMARTMSG_NGINX    the nginx to run
#     SMARTMSG_KEEP=1   leave the temporary directory
#     SMARTMSG_DEBUG=1  error_log at debug level

use strict;
use warnings;

use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Temp;
use Test::More ();
use Time::HiRes qw(sleep time);

use Smartmsg::HTTP;
use Smartmsg::Nginx;
use Smartmsg::Process;
use Smartmsg::Redis;
use Smartmsg::Shop;
use Smartmsg::Upstream;

my @EXPORT = qw(nginx nginx_t redis upstream shop page pause gate close_connection
    reset_connection http tempdir root wait_until spew slurp);

my $ROOT = abs_path(dirname(__FILE__) . '/../../..');
my $OWNER = $$;
my $TEMP;


sub import {
    my ($class) = @_;
    my $caller = caller;

    strict->import;
    warnings->import;

    no strict 'refs';
    *{"${caller}::$_"} = \&$_ for @EXPORT;
    eval "package $caller; Test::More->import; 1" or die $@;

    # a test that hangs ends, and what it has started with it
    $SIG{ALRM} = sub { die "the test took too long\n" };
    alarm($ENV{SMARTMSG_TEST_TIMEOUT} || 1200);

    return;
}


# The top of the source tree.
sub root { return $ROOT }


# The temporary directory of this test; with a name, a new one inside.  Short
# and readable for all: it holds unix sockets that nginx's workers connect to.
sub tempdir {
    my ($name) = @_;

    if (!$TEMP) {
        $TEMP = File::Temp->newdir('smartmsg-XXXXXX', TMPDIR => 1,
            CLEANUP => !$ENV{SMARTMSG_KEEP});
        chmod 0755, "$TEMP";
        Test::More::diag("kept: $TEMP") if $ENV{SMARTMSG_KEEP};
    }

    return "$TEMP" unless defined $name;

    my $i = 0;
    my $dir = "$TEMP/$name";
    $dir = "$TEMP/$name" . ++$i while -e $dir;
    mkdir $dir or die "$dir: $!";

    return $dir;
}


# wait_until { CONDITION } [SECONDS]: its value as soon as it is true, else ''.
sub wait_until(&;$) {
    my ($condition, $timeout) = @_;

    my $end = time + ($timeout || 60);

    while (1) {
        my $value = $condition->();
        return $value if $value;
        return '' if time > $end;
        sleep 0.005;
    }
}


sub spew {
    my ($path, $bytes) = @_;

    open my $fh, '>:raw', "$path.new" or die "$path: $!";
    print $fh $bytes or die "$path: $!";
    close $fh or die "$path: $!";
    rename "$path.new", $path or die "$path: $!";

    return;
}


sub slurp {
    my ($path) = @_;

    open my $fh, '<:raw', $path or die "$path: $!";
    local $/;

    return scalar <$fh> // '';
}


sub nginx    { return Smartmsg::Nginx->start(dir => tempdir('nginx'), @_) }
sub nginx_t  { return Smartmsg::Nginx->check(dir => tempdir('nginx'), @_) }
sub redis    { return Smartmsg::Redis->start(dir => tempdir('redis'), @_) }
sub shop     { return Smartmsg::Shop->start(dir => tempdir('shop'), @_) }
sub upstream { return Smartmsg::Upstream->start(tempdir('upstream'), @_) }

# http(PORT): a connection of its own
sub http { return Smartmsg::HTTP->new(port => $_[0]) }

sub page             { return Smartmsg::Upstream::page(@_) }
sub pause            { return { pause => $_[0] } }
sub gate             { return { gate => $_[0] } }
sub close_connection { return { close => 1 } }
sub reset_connection { return { reset => 1 } }


# A test that did not stop its nginx still hears of what its log says.
END {
    if ($$ == $OWNER) {
        my $status = $?;

        alarm 0;
        my @problems = Smartmsg::Nginx->problems_of_all;
        Test::More::diag($_) for @problems;

        $? = $status || (@problems ? 1 : 0);
    }
}


1;
