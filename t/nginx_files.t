# Pages that nginx has in a file: the place is remembered, the page is not read
# again, and whatever happens to the file no page is broken.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule qw(rule logged);

my $files = tempdir('files');
my $filler = '<p class="a">word &amp; word</p>' x 4000;
my $head = qq(<!doctype html><html lang="de"><head><title>x</title></head><body>$filler);
my $page = "$head</body></html>\n";

my %pages = (
    plain    => $page,
    bare     => $head,
    tail     => "$head</body>" . ('<!-- more -->' x 500),
    base     => $page =~ s/<title>/<base href="https:\/\/other.example\/"><title>/r,
    csp      => $page =~ s/<title>/<meta http-equiv="Content-Security-Policy" content="script-src 'none'"><title>/r,
    fragment => "$filler</body>",
    unsafe   => $page =~ s/<body>/<body><plaintext>/r,
    huge     => $head . ('x' x 5_000_000) . '</body></html>',
);

spew("$files/$_.html", $pages{$_}) for keys %pages;

my $message = JSON::PP->new->utf8->decode(rule());
$message->{rules}[0]{force}{show}{title} = { en => 'Hello', de => 'Hallo' };
$message->{rules}[0]{force}{cap} = { session => 100_000 };
my $up = upstream(map { ("/$_" => page($pages{$_})) } keys %pages);
my $redis = redis;

my %kind = (
    static    => "alias $files/;",
    sendfile  => "alias $files/; sendfile on;",
    threads   => "alias $files/; sendfile on; aio threads;",
    direct    => "alias $files/; sendfile on; directio 512;",
    small     => "alias $files/; output_buffers 1 512;",
    gzip      => "alias $files/; sendfile on; gzip on;",
    cached    => 'proxy_cache c; proxy_pass http://%UPSTREAM%/;',
    cachefile => 'proxy_cache c; sendfile on; proxy_pass http://%UPSTREAM%/;',
);

my $nginx = nginx(redis => $redis, upstream => $up,
    rules => { help => JSON::PP->new->utf8->encode($message) },
    http => 'proxy_cache_path %DIR%/cache keys_zone=c:1m inactive=1h; smartmsg_timeout 10s;'
        . ' default_type text/html;',
    location => 'proxy_cache c; proxy_cache_valid 200 1h;',
    locations => join '', map { "location /$_/ { $kind{$_} proxy_cache_valid 200 1h;"
        . " proxy_cache_key \$uri; }\n" } keys %kind);

my $visitor = $nginx->visitor;
$visitor->page('/sendfile/plain.html');

my $template = qr{<template data-smartmsg="[^"]*">.*?Hallo.*?</template>};
my $script = qr{<script async src="(?://127\.0\.0\.1:\d+)?/smartmsg/rt\.\w+\.js"[^<>]*></script>};

# What is left of a page without the message; undef when it has none.
sub without {
    my ($res) = @_;

    my $content = $res->content;

    return $content =~ s/$template$script// ? $content : undef;
}


# The files are old enough for the place in them to be remembered.
sub grown_up {
    my $last = time;

    return wait_until { time > $last + 3 };
}


sub ask {
    my ($kind, $name) = @_;

    my $uri = $kind =~ /cache/ ? "/$kind/$name" : "/$kind/$name.html";

    return $visitor->page($uri, $kind eq 'gzip' ? (headers => ['Accept-Encoding' => 'gzip']) : ());
}


sub check_kind {
    my ($kind) = @_;

    for my $name (qw(plain bare tail base huge)) {
        my $res = ask($kind, $name);
        ok($res->complete, "$name: complete");
        ok((without($res) // '') eq $pages{$name}, "$name: a message, nothing else");
        is(index($res->content, '<template'), $name eq 'bare' ? length $head
            : rindex($pages{$name}, '</body>'), "$name: at the place");
        is($res->content =~ m{src="//127} ? 1 : 0, $name eq 'base' ? 1 : 0,
            "$name: the script comes from here");
    }

    ok(ask($kind, $_)->content eq $pages{$_}, "$_: untouched") for qw(csp fragment unsafe);

    return;
}

for my $round (1 .. 3) {
    for my $kind (sort keys %kind) {
        subtest "$kind, round $round" => sub { check_kind($kind) };
    }

    grown_up() if $round == 1;
}

for my $kind (sort keys %kind) {
    my $suffix = $kind =~ /cache/ ? '' : '.html';
    is(logged($nginx, "/$kind/csp$suffix"), 'csp', "$kind: a policy of the page");
    is(logged($nginx, "/$kind/fragment$suffix"), 'no_markup', "$kind: a fragment");
    is(logged($nginx, "/$kind/unsafe$suffix"), 'unsafe', "$kind: no place");
}


subtest 'the decision comes later than the file' => sub {
    for my $uri (qw(/sendfile/plain.html /sendfile/bare.html /sendfile/tail.html)) {
        $redis->freeze;
        my $http = $nginx->http;
        $http->send_request('GET', $uri, headers => ['Sec-Fetch-Dest' => 'document',
            Cookie => 'smartmsg=' . $visitor->cookie('smartmsg')]);
        ok($http->read_until(qr{word</p>(?:\r\n)?\z}), "$uri: the page up to the place does not wait");
        $redis->thaw;
        my ($name) = $uri =~ m{(\w+)\.html};
        ok((without($http->read_response) // '') eq $pages{$name}, 'then comes the rest');
    }
};


# Bytes that the worker has read, from files and from others; sendfile counts.
sub bytes_read {
    my ($pid) = $nginx->worker_pids;

    return (slurp("/proc/$pid/io") =~ /^rchar: (\d+)/m)[0];
}


subtest 'a page is read once' => sub {
    spew("$files/once.html", $page);
    my @read;

    for my $round (0 .. 3) {
        my $before = bytes_read();
        ok(without($visitor->page('/sendfile/once.html')), 'a message');
        push @read, bytes_read() - $before;
        grown_up() if $round == 0;
    }

    my $size = length $page;
    ok($read[1] > 2 * $size, 'scanned, and sent');
    ok($read[$_] < 1.1 * $size, "only sent: $read[$_] of $size") for 2, 3;
};


sub write_into {
    my ($path, $bytes) = @_;

    open my $fh, '+<:raw', $path or die "$path: $!";
    print $fh $bytes or die "$path: $!";
    close $fh or die "$path: $!";

    return $bytes;
}


subtest 'a file that changes' => sub {
    my $same = substr $page, 0, length($head) - length($filler) / 2;
    $same .= '</body>' . ('x' x (length($page) - length($same) - 7));
    is(length $same, length $page, 'the same length');

    my %change = (
        replaced => sub { spew($_[0], $same); return $same },
        inplace  => sub { return write_into($_[0], $same) },
        longer   => sub { return write_into($_[0], "$head<p>more</p></body>") },
        shorter  => sub {
            truncate $_[0], 0;
            return write_into($_[0], '<!doctype html><p>Hallo</p></body>');
        },
    );

    my $then = time - 100;

    for my $name (keys %change) {
        spew("$files/$name.html", $page);
        utime $then, $then, "$files/$name.html" or die "utime: $!";
    }

    grown_up();

    my %new;
    for my $name (sort keys %change) {
        ok(without($visitor->page("/sendfile/$name.html")), "$name: remembered") for 1, 2;
        $new{$name} = $change{$name}->("$files/$name.html");
        utime $then, $then, "$files/$name.html" or die "utime: $!";
    }

    for my $round (1 .. 3) {
        for my $name (sort keys %change) {
            my $res = $visitor->page("/sendfile/$name.html");
            my $got = $res->content =~ s/<template.*<.template>$script//sr;
            ok($got eq $new{$name} && $res->complete, "$name: the new page");
            is(index($res->content, '<template'), index($new{$name}, '</body>'),
                'at the new place');
        }
        grown_up() if $round == 1;
    }
};


# More files than are remembered.
subtest 'many files' => sub {
    spew("$files/many$_.html", "<!doctype html><html lang=de><body>$_</body>" . ('x' x $_)) for 1 .. 600;

    for my $round (1, 2) {
        my $good = grep {
            (without($visitor->page("/sendfile/many$_.html")) // '')
                eq "<!doctype html><html lang=de><body>$_</body>" . ('x' x $_)
        } 1 .. 600;
        is($good, 600, 'each has its place');
        grown_up() if $round == 1;
    }
};

$nginx->stop_ok;
done_testing;
