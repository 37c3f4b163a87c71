# Consent: without it nothing of a visitor is written, read, set or kept, by
# whatever way; and what was is deleted when it is withdrawn.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Docs;
use Smartmsg::Rule;

my $page = '<!doctype html><html><body><p>x</body></html>';
my $redis = redis();
my $up = upstream('*' => page($page),
    '/public' => page($page, headers => ['Cache-Control' => 'public, max-age=60']));

spew(tempdir() . '/own.json', <<'END');
{ "events": [{ "event": "packed", "path": "/packed", "method": "POST" },
             { "event": "told", "path": "/told", "json": { "ok": "true" } }],
  "cart": { "cookies": [{ "name": "n", "means": "items" }] },
  "browser": { "order": { "id": "#order" } } }
END

my $trackers = <<'END';
    location = /hello { smartmsg_track hello; proxy_pass http://%UPSTREAM%; }
    location = /order { smartmsg_track order id=$arg_id value=9 currency=EUR; return 204; }
    location = /placed { smartmsg_track order_placed; proxy_pass http://%UPSTREAM%; }
    location = /set { smartmsg_track cart items=1 value=9; return 204; }
    location = /add { smartmsg_track cart op=add items=1 value=9 currency=EUR; return 204; }
END

my $message = { when => [{ on => 'idle' }], show => { as => 'bubble', title => 'x' } };

# the server on the first port asks a header, those on the second are told apart by name
my %server = (
    bare => '',
    relaxed => 'smartmsg_consent $http_x_consent gpc=off dnt=off;',
    gpc => 'smartmsg_consent granted dnt=off;',
    dnt => 'smartmsg_consent granted gpc=off;',
    nobody => 'smartmsg_consent no;',
    cookie => 'smartmsg_consent ""; smartmsg_cookie v domain=.example.com path=/x secure=on;',
);

my $nginx = nginx(redis => $redis, upstream => $up, rules => {
        hello => rule(on => 'exit', goal => 'hello', cap => { session => 9 }),
    }, http => 'smartmsg_shop ' . tempdir() . '/own.json;'
        . "log_format consent '\$request_uri \$smartmsg_consent';"
        . join('', map { <<"END" } keys %server),
    server {
        listen 127.0.0.1:%PORT2%;
        server_name $_;
        $server{$_}
        location /smartmsg/ { smartmsg_endpoint; }
        location / { proxy_pass http://%UPSTREAM%; }
    }
END
    server => 'smartmsg_consent $http_x_consent; access_log %DIR%/consent.log consent;',
    locations => $trackers . <<'END');
    location /closed/ { smartmsg_consent denied; proxy_pass http://%UPSTREAM%; }
    location /done/ { smartmsg_page confirmation; proxy_pass http://%UPSTREAM%; }
    location /fact/ {
        smartmsg_fact cart.value 5; smartmsg_fact own.tier gold;
        proxy_pass http://%UPSTREAM%;
    }
END

sub asks { return ('X-Consent' => $_[0]) }

# A visitor who has agreed and was here.
sub somebody {
    my $visitor = $nginx->visitor;
    $visitor->page('/', headers => [asks('yes')]);
    $visitor->page('/', headers => [asks('yes')]);

    return $visitor;
}

sub keys_of {
    my ($visitor) = @_;

    my @keys = sort @{ $redis->cmd(KEYS => "*{$visitor}*") };

    return @keys;
}

sub visitor_keys { return join ' ', sort @{ $redis->cmd(KEYS => 'smartmsg:{*') } }

# All events a page may send, but claims.
my @events = (
    { event => 'impression', rule => 'hello', on => 'exit' },
    { event => 'impression', rule => 'hello', claimed => true },
    { event => 'click', rule => 'hello', action => 0 },
    { event => 'dismiss', rule => 'hello' },
    { event => 'view' },
    { event => 'cart', op => 'set', value => 1, items => 1 },
    { event => 'cart', op => 'add', value => 1, items => 1 },
    { event => 'cart', op => 'remove', value => 1, items => 1 },
    { event => 'order', id => 'o1', value => 1, currency => 'EUR' },
    { event => 'track', name => 'size', data => { a => 1 } },
    { event => 'identify', id => 'c-4711', traits => { tier => 'gold' } },
    { event => 'answer', rule => 'hello', fields => { email => 'a@b.example' } },
);

# Every way to the writers there is, as this visitor with these headers; the
# responses.  The cookie stays as it was, whatever they say.
sub everything {
    my ($id, @headers) = @_;

    my @cookie = $id ? (Cookie => "smartmsg=$id; n=3") : ();
    my $ask = sub {
        my ($method, $uri, $body, @more) = @_;
        return $nginx->request($method, $uri, body => $body,
            headers => [@headers, @cookie, @more]);
    };
    my @document = (Accept => 'text/html', 'Sec-Fetch-Dest' => 'document');
    my @event = ('Sec-Fetch-Site' => 'same-origin');

    return (
        (map { $ask->('GET', $_, undef, @document) }
            qw(/ /cart?utm_source=x /hello /placed /told)),
        $ask->('GET', '/', undef, @document, 'Sec-Purpose' => 'prefetch'),
        $ask->('POST', '/packed', '', Accept => '*/*'),
        (map { $ask->('GET', "/smartmsg/decide?page=$_", undef, @event) } qw(%2F %2Fhello)),
        (map { $ask->('GET', $_, undef, Accept => '*/*') }
            qw(/hello /order?id=o2 /placed /set /add /told)),
        $ask->('POST', '/smartmsg/event', json({ events => \@events }), @event),
        (map { $ask->('POST', '/smartmsg/event', json({ events => [$_] }), @event) }
            @events, { event => 'claim', rule => 'hello' },
            { event => 'consent', granted => false }),
    );
}

# Waits until all that nginx has sent so far is executed: an event that is
# counted whoever sends it.
my $counted = 0;

sub settled {
    my $key = 'smartmsg:stats:hello:' . join '', (gmtime)[5] + 1900,
        map { sprintf '%02d', $_ } (gmtime)[4] + 1, (gmtime)[3];
    my $before = $redis->cmd(HGET => $key, 'click:settle') // 0;
    report($nginx->visitor, { event => 'click', rule => 'hello', variation => 'settle' });

    return wait_until { ($redis->cmd(HGET => $key, 'click:settle') // 0) > $before };
}

# The commands that Redis gets while the code runs.
sub commands(&) {
    my ($code) = @_;

    my $client = $redis->connect;
    print {$client} "MONITOR\r\n";
    readline $client;

    $code->();
    settled() or die 'not settled';
    $redis->cmd(ECHO => 'the end');

    my @lines;
    while (defined(my $line = readline $client)) {
        last if $line =~ /the end/;
        push @lines, $line;
    }

    return @lines;
}


$up->reply('/told' => page('{"ok":true}', type => 'application/json'));


subtest 'with consent all of this writes' => sub {
    my $id = somebody()->cookie('smartmsg');
    my $written = join '', commands { everything($id, asks('yes')) };

    like($written, qr/"$_"/, $_) for qw(HGETALL views shown:hello clicked:hello
        dismissed:hello cart.value cart.items event:hello traits.tier event:packed orders revenue);
    like($written, qr/"\w+" "smartmsg:\{$id\}:$_"/, "key $_") for qw(s v o p);
    is(join(' ', keys_of($id)), '', 'and a withdrawal at the end leaves nothing');
};


my %without = (
    'denied' => [asks('no')],
    'denied by Sec-GPC' => [asks('yes'), 'Sec-GPC' => '1'],
    'denied by DNT' => [asks('yes'), DNT => '1'],
    'a value that nobody understands' => [asks('perhaps')],
);

for my $case (sort keys %without) {
    subtest $case => sub {
        my @headers = @{ $without{$case} };
        my $visitor = somebody;
        my $id = $visitor->cookie('smartmsg');
        ok(settled && keys_of($id) > 0, 'something is known');

        # what is there goes, once, and the cookie with it
        my $response = $visitor->page('/', headers => [@headers]);
        like($response->header('Set-Cookie') // '', qr/^smartmsg=; Max-Age=0; Path=\/; HttpOnly/,
            'the cookie is deleted');
        like($response->header('Cache-Control'), qr/private/, 'on a private page');
        ok(settled, 'then');
        is(join(' ', keys_of($id)), '', 'the keys are gone');

        # a client that goes on sending it
        my $before = visitor_keys;
        my @responses;
        my @got = commands { @responses = everything($id, @headers) };
        is(join(' ', grep { /$id/ && !/"DEL"/ } @got), '', 'no command has the id')
            or diag @got;
        is(join(' ', grep { /smartmsg:\{/ && !/"DEL"/ } @got), '', 'nor any other id');
        is(visitor_keys(), $before, 'no key of a visitor appears');
        is(join(' ', grep { /XADD/ && /cart|order|packed|hello" "page|told|size|c-4711|gold/ } @got), '',
            'nor does the stream tell of carts and orders');
        is((grep { ($_->header('Set-Cookie') // '') =~ /smartmsg=[\w-]{22}/ } @responses), 0,
            'no cookie is set');

        # nobody
        @got = commands { @responses = everything('', @headers) };
        is(join(' ', grep { /smartmsg:\{/ } @got), '', 'without a cookie: no command');
        is((grep { $_->header('Set-Cookie') } @responses), 0, 'no Set-Cookie at all');
    };
}


subtest 'unknown' => sub {
    my @responses;
    my @got = commands { @responses = everything('') };
    is(join(' ', grep { /smartmsg:\{/ } @got), '', 'without a cookie nothing is read or written');
    is(join(' ', grep { /XADD/ && /"cart"|"order"/ } @got), '', 'not even in the stream');
    is((grep { $_->header('Set-Cookie') } @responses), 0, 'no Set-Cookie');
    is((grep { /HINCRBY/ && /stats/ } @got), 2 * 5 + 1, 'messages are counted all the same');
    is((grep { /XADD/ && /"visitor"/ } @got), 0, 'of nobody');
    is((grep { /XADD/ && /"answer"/ && /a\@b\.example/ } @got), 2, 'so is what a visitor has sent');

    my $visitor = somebody;
    is($visitor->page('/')->header('Set-Cookie'), undef, 'with a cookie it was granted');
    ok(settled, 'and');
    is($redis->hgetall('smartmsg:{' . $visitor->cookie('smartmsg') . '}:s')->{views}, 3,
        'the view is counted');
    is(claim($visitor, 'hello'), 'shown', 'so is a message');
};


subtest 'granted in the browser' => sub {
    my $visitor = $nginx->visitor;
    my $res = $visitor->page('/');
    is($res->header('Set-Cookie'), undef, 'a page before');

    is(claim($visitor, 'hello'), 'consent', 'no claim yet');
    $res = report($visitor, { event => 'consent', granted => true });
    is($res->status, 204, 'the event');
    like($res->header('Set-Cookie'),
        qr{^smartmsg=[\w-]{22}; Max-Age=33696000; Path=/; HttpOnly; SameSite=Lax$},
        'brings the cookie');
    like($res->header('Cache-Control'), qr/no-store/, 'and is not kept');
    my $id = $visitor->cookie('smartmsg');
    is(join(' ', keys_of($id)), '', 'nothing is in Redis yet');

    is(report($visitor, { event => 'consent', granted => true })->header('Set-Cookie'), undef,
        'once more: it is known already');
    $visitor->page('/');
    ok(settled, 'the next page');
    is($redis->hgetall("smartmsg:{$id}:s")->{views}, 1, 'begins the session');
    is($redis->hgetall("smartmsg:{$id}:v")->{visits}, 1, 'and the visit');

    # in one batch with what follows from it
    $visitor = $nginx->visitor;
    report($visitor, { event => 'cart', op => 'set', value => 5, items => 1 },
        { event => 'consent', granted => true });
    ok(settled, 'a batch');
    is($redis->hgetall('smartmsg:{' . $visitor->cookie('smartmsg') . '}:s')->{'cart.value'}, 5,
        'is of the new visitor');
};


subtest 'withdrawn in the browser' => sub {
    my $visitor = somebody;
    my $id = $visitor->cookie('smartmsg');
    report($visitor, { event => 'order', id => 'w', value => 1 });
    $visitor->request('GET', '/placed');
    ok((wait_until { keys_of($id) == 4 }), 'four keys');

    my $res = report($visitor, { event => 'cart', op => 'set', value => 7, items => 7 },
        { event => 'consent', granted => false });
    like($res->header('Set-Cookie'), qr/^smartmsg=; Max-Age=0; Path=\/;/, 'the cookie');
    ok(settled, 'and');
    is(join(' ', keys_of($id)), '', 'the keys are deleted');
    $visitor->cookie(smartmsg => undef);
    is($visitor->page('/')->header('Set-Cookie'), undef, 'the next page is of nobody');

    # whatever the operator's value says
    for my $value ('yes', '') {
        $visitor = somebody;
        $id = $visitor->cookie('smartmsg');
        $res = $visitor->request('POST', '/smartmsg/event', headers => [asks($value),
            'Sec-Fetch-Site' => 'same-origin'],
            body => json({ events => [{ event => 'consent', granted => false }] }));
        like($res->header('Set-Cookie'), qr/Max-Age=0/, "withdrawn while it is \"$value\"");
    }
};


subtest 'a value that says no is not overridden' => sub {
    for my $how ([asks('no')], ['Sec-GPC' => '1'], [DNT => '1']) {
        my $res = $nginx->request('POST', '/smartmsg/event',
            headers => [@$how, 'Sec-Fetch-Site' => 'same-origin'],
            body => json({ events => [{ event => 'consent', granted => true }] }));
        is($res->status, 204, "@$how");
        is($res->header('Set-Cookie'), undef, 'no cookie');
    }
};


subtest 'values and signals' => sub {
    my %is = (yes => 'granted', YES => 'granted', 1 => 'granted', true => 'granted',
        granted => 'granted', on => 'granted', no => 'denied', 0 => 'denied',
        False => 'denied', denied => 'denied', off => 'denied', unknown => 'unknown',
        '' => 'unknown', ' ' => 'unknown', yess => 'denied', 'yes, no' => 'denied');
    my $n = 0;
    my $state = sub {
        my (@headers) = @_;
        $nginx->visitor->page('/?n=' . ++$n, headers => \@headers);
        my $line = $nginx->wait_line('consent.log', qr/^\/\?n=$n /);
        return (split / /, $line)[1];
    };

    is($state->(asks($_)), $is{$_}, "\"$_\"") for sort keys %is;
    is($state->(), 'unknown', 'no value');
    is($state->(asks('yes'), 'Sec-GPC' => '0'), 'granted', 'Sec-GPC: 0 is no signal');
    is($state->(asks('yes'), DNT => 'unspecified'), 'granted', 'nor is another DNT');
    is($state->(asks('yes'), Cookie => 'smartmsg=fnymw8RbVLOcjVAFQkG_pw'), 'granted', 'cookie');
    is($state->(Cookie => 'smartmsg=fnymw8RbVLOcjVAFQkG_pw'), 'granted', 'cookie alone');
    is($state->(Cookie => 'smartmsg=nonsense'), 'unknown', 'not one of ours');

    my $cookie_of = sub {
        my ($server, @headers) = @_;
        my $visitor = Smartmsg::Visitor->new(port => $nginx->port2);
        return ($visitor->page('/', headers => [Host => $server, @headers])
            ->header('Set-Cookie') // '') =~ /^\w+=[\w-]{22};/ ? 'set' : 'none';
    };

    is($cookie_of->('bare'), 'set', 'without the directive: as ever');
    is($cookie_of->('bare', 'Sec-GPC' => 1), 'none', 'but signals count');
    is($cookie_of->('bare', DNT => 1), 'none', 'both of them');
    is($cookie_of->('relaxed', asks('yes'), DNT => 1, 'Sec-GPC' => 1), 'set', 'gpc=off dnt=off');
    is($cookie_of->('relaxed', asks('no')), 'none', 'the value counts');
    is($cookie_of->('gpc', DNT => 1), 'set', 'dnt=off');
    is($cookie_of->('gpc', 'Sec-GPC' => 1), 'none', 'Sec-GPC');
    is($cookie_of->('dnt', 'Sec-GPC' => 1), 'set', 'gpc=off');
    is($cookie_of->('dnt', DNT => 1), 'none', 'DNT');
    is($cookie_of->('nobody'), 'none', 'a value without a variable');
    is($nginx->visitor->page('/closed/', headers => [asks('yes')])->header('Set-Cookie'), undef,
        'in a location');

    my $res = Smartmsg::Visitor->new(port => $nginx->port2)->page('/', headers => [
        Host => 'cookie', Cookie => 'v=fnymw8RbVLOcjVAFQkG_pw', DNT => 1 ]);
    is($res->header('Set-Cookie'),
        'v=; Max-Age=0; Path=/x; Domain=.example.com; Secure; HttpOnly; SameSite=Lax',
        'deleted with the attributes it was set with');
};


subtest 'which rules' => sub {
    my %if = (
        always => {}, path => { 'page.path' => '/' }, query => { 'query.a' => '1' },
        language => { 'request.language' => 'de' }, device => { 'device.type' => { '$ne' => 'tv' } },
        time => { 'time.hour' => { '$gte' => 0 } }, utm => { 'utm.source' => 'mail' },
        referrer => { 'referrer.host' => 'search.example' }, consent => { consent => 'denied' },
        header => { 'request.header.x-a' => 'b' }, own => { 'own.tier' => 'gold' },
        id => { id => { '$exists' => false } }, new => { 'visitor.new' => true },
        views => { 'session.views' => { '$lt' => 99 } }, cart => { 'cart.value' => 5 },
        empty => { 'cart.items' => 0 }, seen => { 'seen.always' => 0 },
        profile => { 'profile.x' => { '$exists' => false } }, event => { 'event.x' => 0 },
        either => { '$or' => [{ 'query.a' => '1' }, { 'session.views' => 1 }] },
        both => { 'query.no' => '1', 'session.views' => 1 },
        unless => { '$not' => { 'visitor.orders' => { '$gt' => 0 } } },
    );
    my $open = join ' ', sort qw(always path query language device time utm referrer consent header
        own either);

    # one after the other: each kind of trigger is given to one message only
    my $armed = sub {
        my ($rule, @headers) = @_;
        $redis->cmd(HSET => 'smartmsg:rules', hello => $rule);
        $redis->cmd(HSET => 'smartmsg:rules', mark => rule(on => 'dwell', title => "m" . ++$counted));
        my $res = wait_until {
            my $res = $nginx->visitor->page('/fact/?a=1&utm_source=mail', headers => [@headers,
                'Accept-Language' => 'de', Referer => 'https://search.example/', 'X-A' => 'b']);
            $res->content =~ /m$counted</ ? $res : '';
        };
        return armed($res) =~ /hello/ ? 1 : 0;
    };

    my @got = grep { $armed->(rule(if => { %{ $if{$_} }, $_ eq 'path' ? ('page.path' => '/fact/') : () }),
        asks('no')) } sort keys %if;
    is(join(' ', @got), $open, 'without consent: those that need nothing of the visitor');
    is($armed->(rule(if => $if{$_}), asks('yes')), 1, "with it: $_")
        for qw(new views cart empty seen profile event unless);

    # experiments hash the visitor's id; prerequisites may need anything
    my %rule = (
        coverage => { rules => [{ coverage => 1, force => $message }] },
        experiment => { rules => [{ variations => [$message, $message] }] },
        filters => { rules => [{ filters => [{ seed => 'a', ranges => [[0, 1]] }], force => $message }] },
        later => { rules => [{ condition => { 'session.views' => 99 }, force => undef },
            { force => $message }] },
        default => { defaultValue => $message,
            rules => [{ condition => { 'visitor.new' => false }, force => undef }] },
        parent => { rules => [{ parentConditions => [{ id => 'before',
            condition => { value => { '$exists' => true } } }], force => $message }] },
    );
    $redis->cmd(HSET => 'smartmsg:rules', before => json({ rules => [
        { condition => { 'visitor.new' => true }, force => $message }] }));

    for (sort keys %rule) {
        is($armed->(json({ %{ $rule{$_} }, priority => 5 }), asks('yes')), 1, "$_: with consent");
        is($armed->(json({ %{ $rule{$_} }, priority => 5 }), asks('no')), 0, "$_: without");
    }

    # nobody knows how many pages it were, nor what is in the cart
    for my $views (1, 2) {
        my $when = [{ on => 'idle', minViews => $views }];
        is($armed->(json({ priority => 5, rules => [{ force => { %$message, when => $when } }] }), asks('no')),
            $views == 1 ? 1 : 0, "minViews $views");
    }

    $armed->(json({ priority => 5, rules => [{ force => { %$message, show => { as => 'bubble',
        title => '{{query.a}} {{session.views|or:some}} {{profile.name|or:you}} {{id|or:nobody}}' } } }] }), asks('no'));
    like($nginx->visitor->page('/fact/?a=7', headers => [asks('no')])->content,
        qr/>7 some you nobody</, 'texts are without what is not known');

    # who is in which variation is kept of visitors: nobody is in a test
    my @got_of = commands {
        is($armed->(json({ priority => 5, rules => [{ hashAttribute => 'own.tier',
            variations => [$message, $message] }] }), asks('no')), 0, 'a test by another attribute');
    };
    is(join(' ', grep { /smartmsg:\{/ } @got_of), '', 'which leaves nothing behind');

    $redis->cmd(DEL => 'smartmsg:rules');
    ok((wait_until { armed($nginx->visitor->page('/')) eq 'hello' }), 'as before');
};


subtest 'what the page is told' => sub {
    my $flags = sub {
        my ($res) = @_;
        return join ' ', map { my $t = $_; map { "$_=$t->{$_}" } sort keys %$t }
            grep { !$_->{rule} && !$_->{pack} } Smartmsg::Rule::templates($res);
    };

    is($flags->($nginx->visitor->page('/', headers => [asks('yes')])), '', 'granted');
    is($flags->($nginx->visitor->page('/')), 'anonymous=1 consent=1', 'unknown');
    is($flags->($nginx->visitor->page('/', headers => [asks('no')])), 'anonymous=1', 'denied');
    is($flags->($nginx->visitor->page('/', headers => [Cookie => 'smartmsg=fnymw8RbVLOcjVAFQkG_pw'])),
        'consent=1', 'unknown, with a cookie: it may be withdrawn');
    is($flags->($nginx->visitor->page('/', headers => ['Sec-Purpose' => 'prefetch'])),
        'anonymous=1 consent=1', 'nobody is to be counted');

    my $decide = sub {
        my (@headers) = @_;
        return $flags->($nginx->request('GET', '/smartmsg/decide?page=%2F',
            headers => ['Sec-Fetch-Site' => 'same-origin', @headers]));
    };
    is($decide->(asks('yes')), '', 'a decision without its page: granted');
    is($decide->(), 'anonymous=1 consent=1', 'unknown');
    is($decide->(asks('no')), 'anonymous=1', 'denied');

    my $packs = sub { return scalar grep { $_->{pack} } Smartmsg::Rule::templates($_[0]) };
    is($packs->($nginx->visitor->page('/done/', headers => [asks('yes')])), 1,
        'the order that the page confirms is looked for');
    is($packs->($nginx->visitor->page('/done/', headers => [asks('no')])), 0, 'but not without consent');

    # nothing to say
    $redis->cmd(HSET => 'smartmsg:rules', hello => rule(if => { 'cart.value' => 99 }));
    my $res = wait_until {
        my $res = $nginx->visitor->page('/public', headers => [asks('no')]);
        armed($res) eq '' ? $res : '';
    };
    is($res->content, $page, 'denied: the page is untouched');
    is($res->header('Cache-Control'), 'public, max-age=60', 'may be kept by anybody');
    is($res->header('Vary'), undef, 'as it came');

    $res = $nginx->visitor->page('/public');
    is($flags->($res), 'anonymous=1 consent=1', 'unknown: the browser is asked');
    ok(script_of($res), 'by the runtime');
    like($res->header('Cache-Control'), qr/private/, 'the page is private');
    is($res->header('Vary'), 'Sec-GPC, DNT', 'and depends on the signals');
    $res = Smartmsg::Visitor->new(port => $nginx->port2)->page('/public',
        headers => [Host => 'relaxed']);
    is($res->header('Vary'), undef, 'unless they are not looked at');
    $res = Smartmsg::Visitor->new(port => $nginx->port2)->page('/', headers => [Host => 'cookie']);
    is($res->header('Vary'), 'Sec-GPC, DNT', 'both by default');
    ok(script_of($nginx->visitor->page('/public', headers => [asks('yes')])),
        'granted: the cart is asked for');
    ok(!script_of($nginx->visitor->page('/public', headers => [asks('no')])), 'denied: it is not');
    $redis->cmd(DEL => 'smartmsg:rules');
    ok((wait_until { armed($nginx->visitor->page('/')) eq 'hello' }), 'as before');
};


subtest 'while Redis is away' => sub {
    my $visitor = somebody;
    my $id = $visitor->cookie('smartmsg');
    ok(settled, 'somebody');
    $redis->crash;
    ok((wait_until { script_of($nginx->visitor->page('/', headers => [asks('yes')])) ? 0 : 1 }),
        'it is gone');
    is(report($visitor, { event => 'consent', granted => false })->header('Set-Cookie'), undef,
        'the cookie stays until the keys can be deleted');
    is($visitor->page('/', headers => [asks('no')])->header('Set-Cookie'), undef, 'here, too');
    $redis->run;
    $redis->cmd(HSET => "smartmsg:{$id}:v", visits => 1);
    ok((wait_until {
        ($visitor->page('/', headers => [asks('no')])->header('Set-Cookie') // '') =~ /Max-Age=0/;
    }), 'it goes when Redis is back');
    ok((wait_until { !keys_of($id) }), 'with the keys');
};


# The examples of docs/consent.md, by what is in their directive or map, with
# cookies as these banners set them.
subtest 'documentation' => sub {
    my $one = 'OptanonConsent=isGpcEnabled=0&groups=';
    my $closed = 'OptanonAlertBoxClosed=2026-11-22T08:00:00.000Z';
    my %says = (
        '$cookie_consent $may_remember' => ['' => 'unknown', 'consent=yes' => 'granted',
            'consent=no' => 'denied', 'consent=later' => 'unknown'],
        '$cookie_OptanonAlertBoxClosed' => ['' => 'unknown', "${one}C0001%3A1%2CC0003%3A1" => 'unknown',
            "$closed; ${one}C0001%3A1%2CC0002%3A1%2CC0003%3A1" => 'granted',
            "$closed; ${one}C0001%3A1%2CC0002%3A0%2CC0003%3A1" => 'denied',
            "$closed; ${one}C0001%3A1%2CC0002%3A1%2CC0003%3A0" => 'denied',
            "$closed; ${one}C0001:1,C0002:1,C0003:1" => 'granted'],
        '$cookie_cmplz_preferences' => ['' => 'unknown',
            'cmplz_preferences=allow; cmplz_statistics=allow' => 'granted',
            'cmplz_preferences=allow; cmplz_statistics=deny' => 'denied',
            'cmplz_preferences=deny; cmplz_statistics=allow' => 'denied',
            'cmplz_preferences=allow' => 'unknown'],
        '$cookie_klaro' => ['' => 'unknown', 'klaro=%7B%22messages%22%3Atrue%7D' => 'granted',
            'klaro=%7B%22messages%22%3Afalse%2C%22maps%22%3Atrue%7D' => 'denied',
            'klaro=%7B%22maps%22%3Atrue%7D' => 'unknown'],
        'smartmsg_consent "";' => ['' => 'unknown', 'smartmsg=fnymw8RbVLOcjVAFQkG_pw' => 'granted'],
        '$cookie_consent:$http_sec_gpc' => ['' => 'unknown', 'consent=yes' => 'granted',
            'consent=no' => 'denied', 'gpc' => 'denied', 'consent=yes gpc' => 'granted'],
        'smartmsg_consent granted gpc=off' => ['' => 'granted', 'gpc' => 'granted'],
    );
    my @blocks = grep { $_->{kind} eq 'nginx http' } blocks(root() . '/docs/consent.md');

    for my $key (sort keys %says) {
        my ($block) = grep { index($_->{text}, $key) >= 0 } @blocks;
        ok($block, "there is an example with $key") or next;

        my $nginx = nginx(redis => $redis, upstream => $up, http => $block->{text}
            . "log_format consent '\$request_uri \$smartmsg_consent';",
            server => 'access_log %DIR%/consent.log consent;');
        my @cases = @{ $says{$key} };
        my $n = 0;

        while (my ($cookie, $state) = splice @cases, 0, 2) {
            my @headers = $cookie =~ s/ ?gpc$// ? ('Sec-GPC' => 1) : ();
            push @headers, Cookie => $cookie if $cookie ne '';
            $nginx->visitor->page('/?n=' . ++$n, headers => \@headers);
            is((split / /, $nginx->wait_line('consent.log', qr/^\/\?n=$n /))[1], $state,
                "$block->{where}: $cookie @headers");
        }
        $nginx->stop_ok;
    }
};


subtest 'without Redis' => sub {
    my $alone = nginx(upstream => $up);
    my $res = $alone->request('POST', '/smartmsg/event',
        headers => ['Sec-Fetch-Site' => 'same-origin', Cookie => 'smartmsg=fnymw8RbVLOcjVAFQkG_pw'],
        body => json({ events => [{ event => 'consent', granted => false }] }));
    is($res->status, 204, 'there is nothing to forget');
    is($res->header('Set-Cookie'), undef, 'so nothing is said');
    $alone->stop_ok;
};


subtest 'configuration' => sub {
    my %bad = (
        'smartmsg_consent perhaps;' => qr/invalid value "perhaps" of smartmsg_consent/,
        'smartmsg_consent yes gpc=maybe;' => qr/invalid parameter "gpc=maybe" of smartmsg_consent/,
        'smartmsg_consent yes; smartmsg_consent no;' => qr/"smartmsg_consent" directive is duplicate/,
        'smartmsg_consent;' => qr/invalid number of arguments in "smartmsg_consent"/,
        'smartmsg_consent $nothing_of_this_name;' => qr/unknown "nothing_of_this_name" variable/,
    );

    for (sort keys %bad) {
        my ($status, $out) = nginx_t(redis => $redis, upstream => $up, server => $_);
        isnt($status, 0, "$_ is refused");
        like($out, $bad{$_}, 'for its reason');
    }

    my ($status, $out) = nginx_t(redis => $redis, upstream => $up,
        location => 'smartmsg_consent $cookie_c;');
    is($status, 0, 'in a location alone');
    like($out, qr/\[warn\].*"smartmsg_consent" is not given for the endpoint/, 'is warned of');
    ($status, $out) = nginx_t(redis => $redis, upstream => $up,
        server => 'smartmsg_consent $cookie_c gpc=on dnt=off;');
    unlike($out, qr/warn/, 'not so for all of the server');
};


$nginx->stop_ok;
done_testing;
