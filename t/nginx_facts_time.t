# Facts of the clock, and smartmsg_timezone.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;
use Smartmsg::Ask;

use POSIX qw(strftime tzset);

my $up = upstream('*' => page('<!doctype html><html><body><p>x</body></html>'));
my $redis = redis();

my $nginx = nginx(redis => $redis, upstream => $up,
    http => 'smartmsg_timezone Asia/Tokyo;', locations => <<'END');
        location /inherited { proxy_pass http://%UPSTREAM%; }
        location /utc { proxy_pass http://%UPSTREAM%; smartmsg_timezone UTC; }
        location /etc { proxy_pass http://%UPSTREAM%; smartmsg_timezone Etc/UTC; }
        location /berlin { proxy_pass http://%UPSTREAM%; smartmsg_timezone Europe/Berlin; }
        location /nepal { proxy_pass http://%UPSTREAM%; smartmsg_timezone Asia/Kathmandu; }
        location /labrador { proxy_pass http://%UPSTREAM%; smartmsg_timezone America/St_Johns; }
        location /path {
            proxy_pass http://%UPSTREAM%;
            smartmsg_timezone /usr/share/zoneinfo/America/Los_Angeles;
        }
END

ask_at($nginx, $redis);

# The facts of this minute in a zone, as the C library has them.
sub facts_in {
    my ($zone) = @_;

    local $ENV{TZ} = $zone;
    tzset();
    my @now = localtime;
    my $offset = strftime('%z', @now) =~ s/(\d\d)$/:$1/r;
    my $facts = {
        'time.hour' => $now[2], 'time.minute' => $now[1], 'time.weekday' => $now[6],
        'time.date' => strftime('%Y-%m-%d', @now),
        'time.iso' => { '$regex' => '^' . quotemeta(strftime('%Y-%m-%dT%H:%M', @now))
            . ':[0-5]\d' . quotemeta($offset) . '$' },
    };
    tzset();

    return $facts;
}

# All of them at once; again, if the minute was over meanwhile.
sub is_time_of {
    my ($zone, $uri) = @_;

    my ($facts, $held);

    do {
        $facts = facts_in($zone);
        $held = asks($facts, $uri);
    } until $held || json($facts) eq json(facts_in($zone));

    return ok($held, "$uri: $zone: @{[ json($facts) ]}");
}


subtest 'zones' => sub {
    is_time_of('Asia/Tokyo', '/');
    is_time_of('Asia/Tokyo', '/inherited');
    is_time_of('UTC', '/utc');
    is_time_of('UTC', '/etc');
    is_time_of('Europe/Berlin', '/berlin');
    is_time_of('Asia/Kathmandu', '/nepal');
    is_time_of('America/St_Johns', '/labrador');
    is_time_of('America/Los_Angeles', '/path');
};


subtest 'types' => sub {
    holds($_, { "time.$_" => { '$type' => 'number' } }, '/') for qw(hour minute weekday);
    holds($_, { "time.$_" => { '$type' => 'string' } }, '/') for qw(date iso);
    holds('dates compare', { 'time.date' => { '$gt' => '2020-01-01', '$lt' => '9999-01-01' } },
        '/');
    holds('no such fact', absent('time.zone', 'time', 'time.'), '/');
};

$nginx->stop_ok;


subtest 'without the directive' => sub {
    my $plain = nginx(redis => $redis, upstream => $up, main => 'env TZ=Asia/Tokyo;');

    ask_at($plain, $redis);
    is_time_of('UTC', '/');
    $plain->stop_ok;
};


subtest 'nginx -t' => sub {
    my @wrong = (
        [ 'Nowhere/Land', qr{"Nowhere/Land": /usr/share/zoneinfo/Nowhere/Land cannot be opened} ],
        [ 'Europe', qr/"Europe": this is no time zone/ ],
        [ '../../../etc/passwd', qr/this is no time zone/ ],
        [ '/etc/passwd', qr/this is no time zone file/ ],
        [ '""', qr/this is no time zone/ ],
        [ 'UTC; smartmsg_timezone UTC', qr/"smartmsg_timezone" directive is duplicate/ ],
        [ 'Asia/Tokyo; smartmsg_timezone UTC', qr/"smartmsg_timezone" directive is duplicate/ ],
        [ 'Europe/Berlin CET', qr/invalid number of arguments/ ],
    );

    for my $case (@wrong) {
        my ($value, $reason) = @$case;
        my ($status, $said) = nginx_t(redis => $redis, upstream => $up,
            http => "smartmsg_timezone $value;");
        isnt($status, 0, $value);
        like($said, $reason, 'says why');
    }
};

done_testing;
