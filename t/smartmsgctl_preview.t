# smartmsgctl preview: the link, its secret, and what it refuses.  What the link
# does is for t/nginx_preview.t.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Ctl;
use Smartmsg::Rule;

use Digest::SHA qw(hmac_sha256_base64);

my $redis = redis();
my @redis = { redis => $redis };
my @url = ('--url', 'https://shop.example/cart');

$redis->cmd(HSET => 'smartmsg:rules', hello => rule(), broken => '[', empty => '{}',
    test => json({ rules => [{ variations => [undef,
        JSON::PP::decode_json(rule())->{rules}[0]{force}],
        meta => [{ key => 'none' }, { key => "a&b ~\x{e4}" }] }] }));

sub secret { return $redis->cmd(HGET => 'smartmsg:config', 'preview.secret') }

# RULE, VARIATION, END of a link whose signature is right
sub token_of {
    my ($link) = @_;

    my ($token) = $link =~ /[?&]smartmsg_preview=([A-Za-z0-9._~%-]+)(?:#|\n?\z)/ or return;
    $token =~ s/%([0-9A-F]{2})/chr hex $1/ge;
    my ($text, $signature) = $token =~ /^(.*)~([\w-]{43})$/ or return;
    (my $right = hmac_sha256_base64($text, secret())) =~ tr{+/}{-_};
    return unless $right eq $signature;

    return $text =~ /^([^~]*)~(.*)~(\d+)$/;
}


subtest 'the link' => sub {
    is(secret(), undef, 'there is no secret');
    is(ctl('preview', 'hello', @url, @redis), 0, 'exit code') or diag(err());
    is(err(), '', 'nothing to say');
    like(out(), qr{^https://shop\.example/cart\?smartmsg_preview=hello~~\d+~[\w-]{43}\n\z},
        'the link alone');

    my $secret = secret();
    like($secret, qr/^[0-9a-f]{64}\z/, 'a secret was made');
    my ($rule, $variation, $end) = token_of(out());
    is("$rule/$variation", 'hello/', 'the token');
    cmp_ok(abs($end - time - 3600), '<', 60, 'is good for an hour');

    ctl('preview', 'hello', @url, '--ttl', 90, @redis);
    is(secret(), $secret, 'the secret stays');
    cmp_ok(abs((token_of(out()))[2] - time - 90), '<', 60, 'as long as is asked for');

    is(ctl('preview', 'test', @url, '--variation', 'a&b ~ä', @redis), 0, 'a variation');
    like(out(), qr/=test~a%26b%20~%C3%A4~\d/, 'is encoded');
    is((token_of(out()))[1], 'a&b ~ä', 'and signed');

    my $made = ctl_json('preview', 'hello', @url, @redis);
    is_deeply([ sort keys %$made ], [qw(end rule url)], 'as JSON');
    ok(token_of($made->{url}), 'the link');
    is((token_of($made->{url}))[2], $made->{end}, 'its end');
};


subtest 'addresses' => sub {
    my %want = (
        'https://shop.example'              => 'https://shop.example/?T',
        'https://shop.example?a=1'          => 'https://shop.example/?a=1&T',
        'http://[::1]:8080/#top'            => 'http://[::1]:8080/?T#top',
        'http://h/a?b=c?d/e#f?g=h'          => 'http://h/a?b=c?d/e&T#f?g=h',
        'http://h/a?'                       => 'http://h/a?T',
        'http://h/?smartmsg_preview=old'    => 'http://h/?T',
        'http://h/?a&smartmsg_preview=o&b#' => 'http://h/?a&b&T#',
    );
    for my $url (sort keys %want) {
        is(ctl('preview', 'hello', '--url', $url, @redis), 0, $url);
        (my $link = out()) =~ s/smartmsg_preview=hello~~\d+~[\w-]{43}/T/;
        is($link, "$want{$url}\n", 'with the token');
    }

    for my $url ('', 'shop.example', '/cart', 'https://', 'https:///x', 'ftp://h/',
        "http://h/\n", 'http://h/a b', 'http://h/ä')
    {
        is(ctl('preview', 'hello', '--url', $url, @redis), 2, "no address: $url");
        is(out(), '', 'no link');
    }
};


subtest 'refused' => sub {
    my @bad = ([2, 'without an address', 'hello'], [2, 'no rule'], [2, 'two', 'a', 'b', @url],
        [2, 'no name of a rule', 'a b', @url], [2, 'too short', 'hello', @url, '--ttl', 1],
        [2, 'too long', 'hello', @url, '--ttl', 604801], [1, 'a broken rule', 'broken', @url],
        [1, 'a rule without a message', 'empty', @url],
        [1, 'no such variation', 'test', @url, '--variation', 'c'],
        [1, 'of a rule that has none', 'hello', @url, '--variation', 'a']);

    for (@bad) {
        my ($code, $name, @args) = @$_;
        is(ctl('preview', @args, @redis), $code, $name);
        is(out(), '', 'no link');
        isnt(err(), '', 'but why');
    }

    is(ctl('preview', 'other', @url, @redis), 0, 'a rule that Redis does not have');
    like(err(), qr/has no rule other/, 'could be in a file');
    ok(token_of(out()), 'a link all the same');

    my $files = tempdir('rules');
    spew("$files/f.json", rule());
    is(ctl('preview', 'f', '--rules', $files, @url, @redis), 0, 'of a directory');
    is(err(), '', 'it is known');

    $redis->cmd(HSET => 'smartmsg:config', 'preview.secret', 'short');
    is(ctl('preview', 'hello', @url, @redis), 1, 'a bad secret');
    unlike(out() . err(), qr/"short"/, 'is not printed');
};

done_testing;
