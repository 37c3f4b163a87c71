package Smartmsg::Ask;

# Asks nginx whether a condition holds for a page view.
#
#     ask_at($nginx, $redis);
#     holds('a name', { 'page.type' => 'cart' }, '/cart');
#     fails('a name', { 'page.type' => 'cart' }, '/', visitor => $visitor);
#
# What follows the condition is what Smartmsg::Visitor::page takes, and the
# visitor, by default a new one.  The rules are "asked" and "known".

use strict;
use warnings;

use Exporter qw(import);
use Test::More ();

use Smartmsg::Rule;
use Smartmsg::Test ();

our @EXPORT = qw(ask_at asks holds fails absent key_of);

my ($nginx, $redis);
my $n = 0;


sub ask_at {
    ($nginx, $redis) = @_;

    return;
}


sub asks {
    my ($condition, $uri, %opt) = @_;

    my $title = 'Ask ' . ++$n;
    my $visitor = delete $opt{visitor} || $nginx->visitor;

    # a rule of the same text that always applies tells that both are in force
    $redis->cmd(HSET => 'smartmsg:rules',
        asked => rule(if => $condition, title => $title),
        known => rule(on => 'idle', title => $title));

    my $known = Smartmsg::Test::wait_until {
        $nginx->visitor->page('/')->content =~ /known[^<]*<h2[^>]*>$title</;
    };
    die "the rule was not taken\n" . $nginx->error_log unless $known;

    return armed($visitor->page($uri, %opt)) =~ /asked/ ? 1 : 0;
}


sub holds {
    my ($name, @ask) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    return Test::More::ok(asks(@ask), "$name: @{[ json($ask[0]) ]}");
}


sub fails {
    my ($name, @ask) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    return Test::More::ok(!asks(@ask), "$name: not @{[ json($ask[0]) ]}");
}


# The condition that a fact is missing.
sub absent { return { map { $_ => { '$exists' => false } } @_ } }


# The key of a visitor in Redis, without the last letter.
sub key_of { return 'smartmsg:{' . $_[0]->cookie('smartmsg') . '}:' }


1;
