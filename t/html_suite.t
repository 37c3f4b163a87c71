# t/browser/html_suite.mjs, which compares the HTML scanner with parse5 on the
# files of foreign suites, on two of our own.  "make html-suite SUITE=..." has
# others.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Browser;

my $driver = ($ENV{SMARTMSG_DRIVERS} || root . '/build/drivers') . '/html_tokens';
my $dir = tempdir('suite');

spew("$dir/trees.dat", <<'END');
#data
<!doctype html><title></body></title><p>x</body>
#errors
#document
| <!DOCTYPE html>

#data
<script><!--<script></body></script></body>--></script></body>
#errors
(1,2): text
#document
| <html>
END

spew("$dir/tokens.test", <<'END');
{"tests": [
    {"description": "end tag", "input": "</body\u0000>", "output": []},
    {"description": "text", "initialStates": ["RCDATA state", "RAWTEXT state"],
     "lastStartTag": "textarea", "input": "</body></textarea>x", "output": []},
    {"description": "escaped", "doubleEscaped": true, "input": "<!\\u002D->", "output": []}
]}
END

my ($status, $output) = run_node('html_suite.mjs', $driver, "$dir/trees.dat", "$dir/tokens.test");
is($status, 0, 'it runs');
like($output, qr/^ok 1 - trees\.dat: found 3, stop fragment 1$/m, 'trees') or diag $output;
like($output, qr/^ok 2 - tokens\.test: found 4, none \d/m, 'tokens') or diag $output;

done_testing;
