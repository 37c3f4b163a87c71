package Smartmsg::Rule;

# Rules as tests write them, and what a page says about the messages in it.

use strict;
use warnings;

use Exporter qw(import);
use JSON::PP ();
use Time::HiRes qw(time);

our @EXPORT = qw(rule snippet templates armed script_of wants_view report claim claimed settle logged each_worker
    true false json);

my $JSON = JSON::PP->new->utf8->canonical;


sub true  { return JSON::PP::true }
sub false { return JSON::PP::false }
sub json  { return $JSON->encode($_[0]) }


# rule(OPTIONS): the JSON of a rule with one message.
#     title => 'Hello'
#     on    => 'exit', or ['exit', 'idle']: its triggers
#     when  => [{ on => 'exit' }]: the same in full
#     as    => 'dialog'
#     if    => { FACT => CONDITION, ... }
#     cap   => { session => 1, days => 7 }
#     priority, start, end, ...: members of the rule itself
sub rule {
    my (%opt) = @_;

    my $on = delete $opt{on} // 'exit';
    my $when = delete $opt{when} // [ map { { on => $_ } } ref $on ? @$on : $on ];
    my $if = delete $opt{if};
    my $cap = delete $opt{cap};

    my $message = {
        when => $when,
        show => { as => delete $opt{as} // 'dialog', title => delete $opt{title} // 'Hello' },
    };
    $message->{cap} = $cap if $cap;

    my $force = { force => $message };
    $force->{condition} = $if if $if;

    return json({ defaultValue => undef, rules => [$force], %opt });
}


# A pattern for all that a page is given.
sub snippet {
    return qr{(?:<template\ data-smartmsg="[^<]*">.*?</template>)*
        <script\ async\ src="[^"]*/rt\.[0-9a-f]{16}\.js"
        (?:\ (?:nonce|data-smartmsg)="[\w+/=-]*")*></script>}xs;
}


# What the templates of a page say, in their order.
sub templates {
    my ($response) = @_;

    my @found;

    for my $text ($response->content =~ /<template data-smartmsg="([^"]*)">/g) {
        my %char = (quot => '"', amp => '&', lt => '<', gt => '>', '#39' => "'");
        $text =~ s/&(quot|amp|lt|gt|#39);/$char{$1}/g;
        push @found, $JSON->decode($text);
    }

    return @found;
}


# The armed messages: "RULE" or "RULE:KIND,KIND" with kinds => 1.
sub armed {
    my ($response, %opt) = @_;

    return join ' ', map {
        my $kinds = join ',', map { $_->{on} } @{ $_->{when} };
        $opt{kinds} ? "$_->{rule}:$kinds" : $_->{rule};
    } grep { exists $_->{rule} } templates($response);
}


# Does the page ask the browser to report that it was shown?
sub wants_view {
    my ($response) = @_;

    return scalar grep { $_->{view} } templates($response);
}


# The URL of the runtime in the page; undef when there is none.
sub script_of {
    my ($response) = @_;

    return ($response->content =~ m{<script async src="([^"]+)"})[0];
}


# report(VISITOR, EVENT, ...): sends events as the runtime of a page does.
sub report {
    my ($visitor, @events) = @_;

    return $visitor->request('POST', '/smartmsg/event',
        headers => ['Sec-Fetch-Site' => 'same-origin'],
        body => json({ events => \@events }));
}


# claim(VISITOR, RULE, MEMBER => VALUE, ...): may the message be shown now?
# 'shown', or the reason why not.
sub claim {
    my ($visitor, $rule, %member) = @_;

    return claimed(report($visitor, { event => 'claim', rule => $rule, %member }));
}


# The answer to a claim in the same words.
sub claimed {
    my ($response) = @_;

    return 'shown' if $response->status == 204;
    die 'claim: ' . $response->head if $response->status != 200;

    return $JSON->decode($response->body)->{refused};
}


# Waits until Redis has executed all that nginx (with one worker) has sent so
# far: commands are executed in order, and this one leaves a trace.
sub settle {
    my ($nginx, $redis) = @_;

    my $before = $redis->cmd(XLEN => 'smartmsg:events');
    my $response = report($nginx->visitor,
        { event => 'order', id => 'settle', value => 0 });
    die 'event: ' . $response->head if $response->status != 204;

    my $end = time + 20;
    until ($redis->cmd(XLEN => 'smartmsg:events') > $before) {
        die "the event did not reach Redis\n" if time > $end;
    }

    return 1;
}


# $smartmsg_status of the request for a URI, from the access log; in a list:
# status, rule, visitor.
sub logged {
    my ($nginx, $uri) = @_;

    my $line = $nginx->logged(qr/^\d+ \S+ \Q$uri\E /)
        or die "$uri was not logged\n";
    my (undef, undef, undef, $status, @rest) = split / /, $line;

    return wantarray ? ($status, @rest) : $status;
}


# each_worker(NGINX): a connection to each of its workers, as functions that ask
# for a page: $ask->(URI, HEADERS).  Responses must have X-Pid: $pid.
sub each_worker {
    my ($nginx) = @_;

    my %ask;
    my @pids = $nginx->worker_pids;
    my $end = time + 20;

    # kept open meanwhile, so that it is the other worker's turn
    my @all;

    until (@pids == grep { $ask{$_} } @pids) {
        die "not every worker took a connection\n" if time > $end;

        my $http = $nginx->http;
        my $ask = sub {
            my ($uri, @headers) = @_;
            return $http->request('GET', $uri, headers =>
                [Accept => 'text/html', @headers]);
        };

        push @all, $http;
        $ask{ $ask->('/')->header('X-Pid') } = $ask;
    }

    return map { $ask{$_} } @pids;
}


1;
