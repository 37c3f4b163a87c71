# What is remembered of a visitor: the session, and the visits.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;

my $up = upstream('*' => page('<!doctype html><html><body><p>x</body></html>'));
my $redis = redis();
my $nginx = nginx(redis => $redis, upstream => $up,
    rules => { hello => rule() });

sub key {
    my ($visitor, $kind) = @_;

    return 'smartmsg:{' . $visitor->cookie('smartmsg') . "}:$kind";
}

# The hash of a visitor, after all that was sent so far has been executed.
sub hash_of {
    my ($visitor, $kind) = @_;

    settle($nginx, $redis);

    return $redis->hgetall(key($visitor, $kind));
}

sub ttl_of { return $redis->cmd(TTL => key(@_)) }


subtest 'a first view' => sub {
    my $visitor = $nginx->visitor;
    my $time = time;
    $visitor->page('/shoes/red%20ones?utm_source=News&utm_medium=mail'
        . '&utm_campaign=a%2Bb&utm_term=x+y&utm_content=&q=secret',
        headers => [Referer => 'https://search.example/find?q=shoes']);

    my $s = hash_of($visitor, 's');
    is($s->{views}, 1, 'views');
    ok($s->{first} >= $time && $s->{first} <= time, 'first');
    is($s->{last}, $s->{first}, 'last');
    is($s->{entry}, '/shoes/red ones', 'entry');
    is($s->{referrer}, 'https://search.example/find', 'referrer');
    is($s->{'utm.source'}, 'News', 'utm.source');
    is($s->{'utm.medium'}, 'mail', 'utm.medium');
    is($s->{'utm.campaign'}, 'a+b', 'utm.campaign');
    is($s->{'utm.term'}, 'x y', 'utm.term');
    ok(!exists $s->{'utm.content'}, 'an empty one is not kept');
    unlike(join(' ', %$s), qr/secret/, 'nor is the rest of the query');

    my $ttl = ttl_of($visitor, 's');
    ok($ttl > 100 && $ttl <= 120, 'kept for two minutes only') or diag $ttl;
    is($redis->cmd(EXISTS => key($visitor, 'v')), 0, 'it is no visitor yet');

    # the second view
    $visitor->page('/next?utm_source=other', headers => [
        Referer => 'https://elsewhere.example/']);

    my $next = hash_of($visitor, 's');
    is($next->{views}, 2, 'second view: counted');
    is($next->{$_}, $s->{$_}, "$_ stays") for qw(first entry referrer utm.source);
    $ttl = ttl_of($visitor, 's');
    ok($ttl > 1900 && $ttl <= 1920, 'now kept for half an hour, and a bit') or diag $ttl;

    my $v = hash_of($visitor, 'v');
    is($v->{visits}, 1, 'and it is a visit');
    ok($v->{first} >= $time && $v->{last} >= $time, 'of a visitor');
    $ttl = ttl_of($visitor, 'v');
    ok($ttl > 33695000 && $ttl <= 33696000, 'kept as long as the cookie');
};


subtest 'a new session of a known visitor' => sub {
    my $visitor = $nginx->visitor;
    $visitor->page('/') for 1 .. 3;

    is(hash_of($visitor, 's')->{views}, 3, 'three views');
    is(hash_of($visitor, 'v')->{visits}, 1, 'one visit');

    $redis->cmd(DEL => key($visitor, 's'));
    $visitor->page('/again?utm_source=second');

    my $s = hash_of($visitor, 's');
    is($s->{views}, 1, 'views begin again');
    is($s->{entry}, '/again', 'entry');
    is($s->{'utm.source'}, 'second', 'utm.source');
    is(hash_of($visitor, 'v')->{visits}, 2, 'a second visit');
    ok(ttl_of($visitor, 's') > 120, 'the cookie did come back');
};


# Sends that many requests at once, then reads the answers.
sub parallel {
    my ($visitor, $n) = @_;

    my @http = map { $nginx->http } 1 .. $n;

    $_->send_request('GET', '/', headers => [Accept => 'text/html',
        Cookie => 'smartmsg=' . $visitor->cookie('smartmsg')]) for @http;

    return grep { $_->read_response->status == 200 } @http;
}


subtest 'several tabs at once' => sub {
    my $visitor = $nginx->visitor;
    $visitor->page('/');

    is(parallel($visitor, 10), 10, 'ten pages with the new cookie');
    is(hash_of($visitor, 's')->{views}, 11, 'eleven views');
    is(hash_of($visitor, 'v')->{visits}, 1, 'one visit');

    $redis->cmd(DEL => key($visitor, 's'));
    is(parallel($visitor, 10), 10, 'ten pages of a session that had expired');
    is(hash_of($visitor, 's')->{views}, 10, 'ten views');
    is(hash_of($visitor, 'v')->{visits}, 2, 'one more visit');
};


subtest 'a session that is known from events only' => sub {
    my $visitor = $nginx->visitor;
    $visitor->page('/');
    settle($nginx, $redis);
    $redis->cmd(DEL => key($visitor, 's'));

    report($visitor, { event => 'cart', op => 'set', value => 5, items => 1 });
    is(hash_of($visitor, 's')->{'cart.value'}, 5, 'there is a cart');

    $visitor->page('/late');
    my $s = hash_of($visitor, 's');
    is($s->{views}, 1, 'the first view');
    is($s->{entry}, '/late', 'is the entry');
    is($s->{'cart.value'}, 5, 'the cart stays');
    is(hash_of($visitor, 'v')->{visits}, 1, 'and it is a visit');
};


subtest 'referrers' => sub {
    my %referrer = (
        'http://shop.example/x' => undef,
        'https://SHOP.example:8443/x' => undef,
        'https://shop.example.org/x' => 'https://shop.example.org/x',
        'android-app://com.example' => undef,
        'nonsense' => undef,
    );

    for my $referrer (sort keys %referrer) {
        my $visitor = $nginx->visitor;
        $visitor->page('/', headers => [Host => 'shop.example:8080',
            Referer => $referrer]);
        is(hash_of($visitor, 's')->{referrer}, $referrer{$referrer}, $referrer);
    }
};


subtest 'long and strange addresses' => sub {
    my $visitor = $nginx->visitor;
    my $long = 'ab' x 1000;

    $visitor->page("/$long?utm_source=$long", headers => [
        Referer => "https://x.example/$long"]);

    my $s = hash_of($visitor, 's');
    cmp_ok(length $s->{$_}, '<=', 256, "$_ is bounded")
        for qw(entry referrer utm.source);
    like($s->{entry}, qr{^/abab}, 'and begins as it should');

    $visitor = $nginx->visitor;
    $visitor->page('/%ff%0a?utm_source=%ff%0d%0a<b>',
        headers => [Referer => "https://x.example/\xff"]);

    $s = hash_of($visitor, 's');
    is($s->{views}, 1, 'counted');
    unlike($s->{$_} // '', qr/[\x00-\x1f]/, "$_ has no control characters")
        for qw(entry referrer utm.source);
    ok(utf8::decode(my $copy = $s->{$_} // ''), "$_ is UTF-8")
        for qw(entry referrer utm.source);
};

$nginx->stop_ok;
done_testing;
