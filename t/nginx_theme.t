# The site's theme in smartmsg:theme, and facts in texts.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Rule;

my $up = upstream('*' => page('<!doctype html><html lang="de"><body><p>x</body></html>'));
my $redis = redis();

my $nginx = nginx(redis => $redis, upstream => $up, rules => {
    hello => json({
        rules => [ {
            force => {
                when => [ { on => 'load' } ],
                cap => { session => 99 },
                show => {
                    as => 'bar',
                    title => 'Hi {{profile.first_name|or:you}}',
                    text => '{{cart.value|money}} {{query.q}}',
                    theme => { radius => '2px' },
                },
            },
        } ],
    }),
});


sub theme {
    my ($visitor) = @_;

    my ($json) = $visitor->page('/')->body =~ /&quot;theme&quot;:(\{.*?\})/;
    $json =~ s/&quot;/"/g if defined $json;

    return $json // '';
}

sub message {
    my ($visitor, $path) = @_;

    my ($title, $text) = $visitor->page($path // '/')->body
        =~ m{<h2 class="title">(.*?)</h2><p class="text">(.*?)</p>};

    return "$title|$text";
}


subtest 'facts in texts' => sub {
    my $visitor = $nginx->visitor;
    is(message($visitor), 'Hi you|0,00 ', 'of somebody unknown');

    my $id = $visitor->cookie('smartmsg');
    $redis->cmd(HSET => "smartmsg:{$id}:v", 'profile.first_name', "J\xc3\xb6rg <b>");
    report($visitor, { event => 'cart', op => 'set', value => 1234.5, items => 2, currency => 'EUR' });
    is(message($visitor, '/?q=%22%3E'), 'Hi J&#246;rg &lt;b&gt;|1.234,50&#160;&#8364; &quot;&gt;',
        'of somebody known, escaped, in the language of the page');
};


subtest 'the theme of a rule and of the site' => sub {
    my $visitor = $nginx->visitor;
    is(theme($visitor), '{"radius":"2px"}', 'the rule alone');

    $redis->cmd(HSET => 'smartmsg:theme', accent => '#123456', radius => '9px');
    ok((wait_until { theme($visitor) eq '{"accent":"#123456","on-accent":"#fff","radius":"2px"}' }),
        'the site, and the rule comes first') or diag theme($visitor);

    $redis->cmd(HSET => 'smartmsg:theme', accent => 'red');
    ok($nginx->error_logged(qr/"accent" of smartmsg:theme must be a colour such as .*; the former theme stays/),
        'a mistake is logged');
    like(theme($visitor), qr/#123456/, 'and the former theme stays');

    $redis->cmd(HSET => 'smartmsg:theme', accent => '#777777', 'on-accent' => '#888888');
    ok($nginx->error_logged(qr/"on-accent" of smartmsg:theme cannot be read well/), 'so are colours too near');

    $redis->cmd(DEL => 'smartmsg:theme');
    ok((wait_until { theme($visitor) eq '{"radius":"2px"}' }), 'gone');
};

$nginx->stop_ok;
done_testing;
