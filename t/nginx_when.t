# The moments of messages as pages get them: page views, groups, and what only the server knows.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;

my $up = upstream('*' => page('<!doctype html><html><body><p>x</body></html>'));
my $redis = redis();

my $nginx = nginx(redis => $redis, upstream => $up, rules => {
    views => rule(priority => 9, if => { 'page.path' => '/views' },
        when => [ { on => 'exit', minViews => 3 }, { on => 'idle', minViews => 2 } ]),
    other => rule(if => { 'page.path' => '/views' }, when => [ { on => 'exit' } ]),
    group => rule(priority => 9, if => { 'page.path' => '/group' }, when => [
        { all => [ { on => 'exit' }, { on => 'scroll', depth => 70 } ], minViews => 2 },
        { on => 'click', select => 'a[title="<x>"]' } ]),
    alone => rule(if => { 'page.path' => '/group' }, when => [ { on => 'scroll' } ]),
    dwell => rule(if => { 'page.path' => '/dwell' },
        when => [ { on => 'dwell', session => true, after => 60 } ]),
    cart => rule(if => { 'page.path' => '/cart' }, when => [ { on => 'cart' } ]),
});

sub rules_of { return armed($_[0], kinds => 1) }
sub when_of  { return json((grep { $_->{rule} eq $_[1] } templates($_[0]))[0]{when}) }
sub member   { return (grep { exists $_->{rule} } templates($_[0]))[0]{ $_[1] } }


subtest 'minViews counts the page views of the session' => sub {
    my $visitor = $nginx->visitor;

    is(rules_of($visitor->page('/views')), 'other:exit', 'the first: nothing is taken');
    is(rules_of($visitor->page('/views')), 'views:idle other:exit', 'the second');
    is(rules_of($visitor->page('/views')), 'views:exit,idle', 'the third');
    unlike($visitor->page('/views')->content, qr/minViews/, 'the browser need not know');
};


subtest 'a group takes all of its kinds, or none' => sub {
    my $visitor = $nginx->visitor;
    my $page = $visitor->page('/group');

    is(when_of($page, 'group'), json([ { on => 'click', after => 0, select => 'a[title="<x>"]' } ]),
        'too early for the group');
    is(when_of($page, 'alone'), json([ { on => 'scroll', after => 0 } ]), 'another one scrolls');

    $page = $visitor->page('/group');
    is(when_of($page, 'group'), json([
        { all => [ { on => 'exit', after => 3 }, { on => 'scroll', after => 0, depth => 70 } ] },
        { on => 'click', after => 0, select => 'a[title="<x>"]' } ]), 'the group');
    is((grep { ($_->{rule} // '') eq 'alone' } templates($page)), 0, 'both are taken');
};


subtest 'how old the session is' => sub {
    my $visitor = $nginx->visitor;

    is(member($visitor->page('/dwell'), 'seconds'), 0, 'it begins');
    settle($nginx, $redis);
    my $key = 'smartmsg:{' . $visitor->cookie('smartmsg') . '}:s';
    $redis->cmd(HINCRBY => $key, first => -95);
    cmp_ok(member($visitor->page('/dwell'), 'seconds'), '>=', 95, 'it is older now');
    is(member($visitor->page('/views'), 'seconds'), undef, 'for those who ask');
};


subtest 'what is in the cart' => sub {
    my $visitor = $nginx->visitor;

    my $page = $visitor->page('/cart');
    is(member($page, 'items'), 0, 'nothing is known');
    report($visitor, { event => 'cart', op => 'set', value => 50, items => 3 });
    settle($nginx, $redis);
    is(member($visitor->page('/cart'), 'items'), 3, 'items');
    report($visitor, { event => 'cart', op => 'set', value => 50, items => 0 });
    settle($nginx, $redis);
    is(member($visitor->page('/cart'), 'items'), 1, 'what has a value is something');
    ok(script_of($visitor->page('/')), 'each page tells of the cart');
};


subtest 'the way from a search engine' => sub {
    my $from = sub {
        my @flags = map { $_->{search} // () } templates($nginx->visitor->page($_[0],
            headers => [ Referer => $_[1] ]));
        return "@flags";
    };

    is($from->('/dwell', 'https://www.google.com/'), '1', 'is told');
    is($from->('/dwell', 'https://duckduckgo.com/'), '1', 'whatever its name');
    is($from->('/dwell', 'https://blog.example/'), '', 'another site');
    is($from->('/', 'https://www.google.com/'), '', 'where there is no message');
};

$nginx->stop_ok;
done_testing;
