# Facts of the browser.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;
use Smartmsg::Ask;

my $up = upstream('*' => page('<!doctype html><html><body><p>x</body></html>'));
my $redis = redis();
my $nginx = nginx(redis => $redis, upstream => $up);

ask_at($nginx, $redis);

my $webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)';
my $desktop = "Mozilla/5.0 (X11; Linux x86_64) $webkit Chrome/126.0.0.0 Safari/537.36";
my $phone = "Mozilla/5.0 (Linux; Android 10; K) $webkit Chrome/126.0.0.0 Mobile "
    . 'Safari/537.36';
my $ipad = 'Mozilla/5.0 (iPad; CPU OS 16_7 like Mac OS X) AppleWebKit/605.1.15 '
    . '(KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1';
my $tv = "Mozilla/5.0 (Web0S; Linux/SmartTV) $webkit Chrome/94.0 Safari/537.36";

sub device {
    my ($type, $os, $browser, $bot) = @_;

    return { 'device.type' => $type, 'device.os' => $os,
        'device.browser' => $browser, 'device.bot' => $bot ? true : false };
}


subtest 'user agent' => sub {
    holds('desktop', device(qw(desktop linux chrome)), '/', headers => ['User-Agent' => $desktop]);
    holds('phone', device(qw(mobile android chrome)), '/', headers => ['user-agent' => $phone]);
    holds('tablet', device(qw(tablet ios safari)), '/', headers => ['User-Agent' => $ipad]);
    holds('television', device(qw(tv webos chrome)), '/', headers => ['User-Agent' => $tv]);
    holds('bot', device('bot', 'linux', 'chrome', 1), '/',
        headers => ['User-Agent' => "$desktop (compatible; Googlebot/2.1)"]);
};


subtest 'client hints first' => sub {
    my @hints = ('Sec-CH-UA' => '"Chromium";v="126", "Microsoft Edge";v="126"',
        'Sec-CH-UA-Mobile' => '?0', 'Sec-CH-UA-Platform' => '"Windows"');

    holds('all of them', device(qw(desktop windows edge)), '/',
        headers => ['User-Agent' => $phone, @hints]);
    holds('only one', device(qw(mobile linux chrome)), '/',
        headers => ['User-Agent' => $desktop, 'Sec-CH-UA-Mobile' => '?1']);
    holds('without a user agent', device(qw(desktop windows edge)), '/', headers => [@hints]);
};


subtest 'not known' => sub {
    my $unknown = { %{ absent('device.type', 'device.os', 'device.browser') },
        'device.bot' => false };

    holds('no header', $unknown, '/');
    holds('an empty one', $unknown, '/', headers => ['User-Agent' => '']);
    holds('a strange one', $unknown, '/', headers => ['User-Agent' => "\xff\x80 ;)"]);
    holds('no such fact', absent('device.model', 'device.', 'device'), '/',
        headers => ['User-Agent' => $phone]);
};

$nginx->stop_ok;
done_testing;
