# Sticky buckets: a visitor keeps the variation of a test when its weights
# change; kept in the visitor's hash, without a further round trip.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Ctl;
use Smartmsg::Rule;

my $redis = redis();
my $up = upstream('*' => page('<!doctype html><html><body><p>x</body></html>'));
my $nginx = nginx(redis => $redis, upstream => $up,     location => 'smartmsg_fact profile.customer $arg_customer string;');

my $message = JSON::PP::decode_json(rule(cap => { session => 1000 }))->{rules}[0]{force};

# A test of two texts; all of the visitors are given this one
sub test_of {
    my ($wins, %more) = @_;

    my @keys = qw(red blue);

    return json({ rules => [{ key => 'colour', meta => [ map { { key => $_ } } @keys ],
        weights => [ map { $_ eq $wins ? 1 : 0 } @keys ],
        variations => [ map { { %$message, show => { as => 'dialog', title => $_ } } } @keys ],
        %more }] });
}

sub variation_of {
    my ($page) = @_;

    my ($said) = grep { ($_->{rule} // '') eq 'test' } Smartmsg::Rule::templates($page);

    return $said ? $said->{variation} : '';
}

sub shown_to { return variation_of($_[0]->page($_[1] // '/')) }

# Puts a rule into Redis, waits until it is in force, and tells what new
# visitors get.
my $marks = 0;
sub put_rule {
    my ($text, $want) = @_;

    my $mark = 'mark ' . ++$marks . '.';
    my $page;
    $redis->cmd(HSET => 'smartmsg:rules', test => $text,
        mark => rule(on => 'load', title => $mark, cap => { session => 1000 }));
    wait_until { ($page = $nginx->visitor->page('/'))->content =~ /$mark/ }
        or die "the rule is not in force\n";
    is(variation_of($page), $want, 'a new visitor');

    return;
}

sub field {
    my ($visitor, $name) = @_;

    settle($nginx, $redis);

    return $redis->cmd(HGET => 'smartmsg:{' . $visitor->cookie('smartmsg') . '}:v', $name);
}


subtest 'a visitor keeps what he was given' => sub {
    put_rule(test_of('red'), 'red');

    my $once = $nginx->visitor;
    is(shown_to($once), 'red', 'the first page');
    is(field($once, 'sticky:colour__0:id'), undef,
        'nothing is kept as long as the cookie has not come back');

    my $visitor = $nginx->visitor;
    is(shown_to($visitor), 'red', 'another visitor') for 1 .. 2;
    like(field($visitor, 'sticky:colour__0:id'), qr/^[0-9a-f]{8}:red\z/, 'is kept');
    my $key = 'smartmsg:{' . $visitor->cookie('smartmsg') . '}:v';
    cmp_ok($redis->cmd(TTL => $key), '>', 389 * 86400, 'as long as the cookie');

    put_rule(test_of('blue'), 'blue');
    is(shown_to($visitor), 'red', 'the weights have changed, and he keeps it') for 1 .. 2;
    is(shown_to($once), 'blue', 'whoever has been here once does not');

    my $report = ctl_json('explain', '--visitor', $visitor->cookie('smartmsg'), { redis => $redis });
    is($report->{chosen}{exit}, 'test', 'smartmsgctl explain');

    put_rule(test_of('blue', coverage => 0, weights => [0.5, 0.5]), '');
    is(shown_to($visitor), 'red', 'nobody else takes part: he does');
    $report = ctl_json('explain', '--visitor', $visitor->cookie('smartmsg'), { redis => $redis });
    is($report->{chosen}{exit}, 'test', 'smartmsgctl explain knows');
    $report = ctl_json('explain', '--fact', 'id=x', { redis => $redis });
    is($report->{chosen}{exit}, undef, 'of others, too');

    my $id = $visitor->cookie('smartmsg');
    $visitor->cookie('smartmsg', 'A' x 21 . 'A');
    is(shown_to($visitor), '', 'another id');
    $visitor->cookie('smartmsg', $id);
};


subtest 'when it ends' => sub {
    put_rule(test_of('red'), 'red');
    my $visitor = $nginx->visitor;
    shown_to($visitor) for 1 .. 2;
    settle($nginx, $redis);

    put_rule(test_of('blue', disableStickyBucketing => JSON::PP::true), 'blue');
    is(shown_to($visitor), 'blue', 'a test that wants none');
    put_rule(test_of('blue', bucketVersion => 1), 'blue');
    is(shown_to($visitor), 'blue', 'another version begins anew');
    like(field($visitor, 'sticky:colour__1:id'), qr/:blue\z/, 'and is kept beside the first');
    put_rule(test_of('blue', bucketVersion => 2, minBucketVersion => 2), 'blue');
    is(shown_to($visitor), '', 'who was in a version that is blocked stays out');
};


subtest 'another attribute' => sub {
    my %by = (hashAttribute => 'profile.customer', fallbackAttribute => 'id');
    put_rule(test_of('red', %by), 'red');

    my $visitor = $nginx->visitor;
    shown_to($visitor);
    is(shown_to($visitor, '/?customer=ann'), 'red', 'a customer');
    settle($nginx, $redis);
    my $fields = $redis->hgetall('smartmsg:{' . $visitor->cookie('smartmsg') . '}:v');
    my ($name) = grep { /^sticky:/ } sort keys %$fields;
    is($name, 'sticky:colour__0:profile.customer', 'is kept under the attribute');
    unlike("@{[ %$fields ]}", qr/ann/, 'not with what it says');

    put_rule(test_of('blue', %by), 'blue');
    is(shown_to($visitor, '/?customer=ann'), 'red', 'the same customer');
    is(shown_to($visitor, '/?customer=bob'), 'blue', 'another one in the same browser');
    is(shown_to($visitor), 'blue', 'nobody: by the fallback');
};


subtest 'without consent, or ahead of time' => sub {
    put_rule(test_of('red'), 'red');
    my $visitor = $nginx->visitor;
    shown_to($visitor);
    $visitor->page('/', headers => ['Sec-Purpose' => 'prefetch']);
    is(field($visitor, 'sticky:colour__0:id'), undef, 'a page that is fetched ahead');
    shown_to($visitor);
    isnt(field($visitor, 'sticky:colour__0:id'), undef, 'one that is seen');
};

$nginx->stop_ok;
done_testing;
