# What every source file keeps to, without which it compiles here but not
# everywhere.

use strict;
use warnings;

use File::Basename qw(dirname);
use Test::More;

my $src = dirname(__FILE__) . '/../ngx_smartmsg_module';

# The first file that this one includes, in the end.
sub first_included {
    my ($path) = @_;

    open my $fh, '<', $path or die "$path: $!";
    my ($name) = map { /^#include [<"]([^>"]+)[>"]/ } <$fh>;

    return $name && -e "$src/$name" ? first_included("$src/$name") : $name // 'none';
}


# nginx's headers set what the C library is asked for.  One that came earlier
# may have been read without that: nginx 1.26 does not compile then.
my @files = map { glob "$src/$_/*.[ch]" } qw(http redis);
my @late = grep { !/runtime\.h$/ && first_included($_) !~ /^ngx_(?:config|core)\.h$/ } @files;

ok(@files > 60, scalar(@files) . ' files');
is(join(' ', map { s{.*/}{}r } @late), '', "nginx's headers come first");

done_testing;
