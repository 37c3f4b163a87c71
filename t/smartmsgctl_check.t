# smartmsgctl check: every error, where it is, and what was probably meant.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Ctl;
use Smartmsg::Rule;

my $dir = tempdir('files');

sub file {
    my ($name, $bytes) = @_;
    spew("$dir/$name", $bytes);
    return "$dir/$name";
}

# check NAME => BYTES: the lines it prints, without the directory
sub check {
    my ($name, $bytes, @args) = @_;

    ctl('check', file($name, $bytes), @args);

    return out() =~ s/\Q$dir\E\///gr;
}

my $show = '"show": {"as": "dialog", "title": "Hi"}';


subtest 'messages' => sub {
    my $head = qq({\n"rules": [{"force": {"when": [{"on": "exit"}], "show": {);
    my $at = 'rules[0].force.show';

    is(check('fact.json', $head . qq("as": "dialog",\n"title": "Hi {{profil.name|or:you}}",)
        . qq(\n"text": {"en": "{{cart.vlaue|money}} {{cart.items}}"}}}}]})),
        qq(fact.json:3:1: $at.title: unknown fact "profil.name", did you mean profile.name?\n)
        . qq(fact.json:4:10: $at.text.en: unknown fact "cart.vlaue", did you mean cart.value?\n2 errors\n),
        'facts in texts');

    is(check('show.json', $head . qq("as": "inline",\n"title": "Hi",\n"at": "top",)
        . qq(\n"actions": [{"label": "A", "call": {"path": "x"}}],)
        . qq(\n"html": "<b>"}}}]})) =~ s/^\S+ //mgr,
        "$at.select: is missing\n"
        . "$at.at: belongs to a bar\n"
        . "$at.actions[0].call.path: must be a path of this site, such as /cart/coupon\n"
        . "$at.html: <b> is not closed\nerrors\n", 'several mistakes');
};


subtest 'good rules' => sub {
    is(ctl('check', root() . '/rules'), 0, 'the ready rules') or diag(out());
    like(out(), qr/^\d+ rules: no errors\n\z/, 'says so');

    is(check('ok.json', rule(if => { 'cart.value' => { '$gt' => 5 } })),
        "1 rule: no errors\n", 'one file');
    is(code(), 0, 'exit code');
    is(check('bom.json', "\xef\xbb\xbf" . rule()), "1 rule: no errors\n", 'a BOM');
    is(check('many.json', rule(if => { 'profile.vip' => 1, 'query.a' => 'x',
        'utm.source' => 'y', '$or' => [{ 'visitor.new' => true }, { id => 'x' }] })),
        "1 rule: no errors\n", 'facts and families');
};


subtest 'all errors of a file' => sub {
    my $out = check('bad.json', <<'END');
{
  "priority": "x",
  "rules": [
    { "condition": { "page.type": {"$inn": ["cart"]}, "cart.vlaue": {"$gt": 5} },
      "force": { "when": [{"on":"exitt"}, {"on":"exit","after":-1}],
        "show": {"as":"dialog","titel":"x","actions":[{"label":"a"},{"label":"x","href":"javascript:1"}]} } },
    { "condition": { "profil.vip": 1, "$nto": {} } }
  ]
}
END
    is(code(), 1, 'exit code');

    my @expected = (
        [ '2:3', 'priority', qr/must be a number/ ],
        [ '4:36', 'rules[0].condition.page.type.$inn', qr/did you mean \$in\?/ ],
        [ '4:55', 'rules[0].condition.cart.vlaue',
            qr/unknown fact "cart.vlaue", did you mean cart\.value\?/ ],
        [ '5:28', 'rules[0].force.when[0].on', qr/is "exit" meant\?/ ],
        [ '5:56', 'rules[0].force.when[1].after', qr/0 to 86400/ ],
        [ '6:9', 'rules[0].force.show.title', qr/missing/ ],
        [ '6:32', 'rules[0].force.show.titel', qr/is "title" meant\?/ ],
        [ '6:55', 'rules[0].force.show.actions[0]', qr/does nothing/ ],
        [ '6:82', 'rules[0].force.show.actions[1].href', qr/not allowed/ ],
        [ '7:5', 'rules[1]', qr/does nothing/ ],
        [ '7:22', 'rules[1].condition.profil.vip', qr/did you mean profile\.vip\?/ ],
        [ '7:39', 'rules[1].condition.$nto', qr/did you mean \$not\?/ ],
    );

    my @lines = split /\n/, $out;
    is(pop @lines, '12 errors', 'how many');
    is(scalar @lines, scalar @expected, 'lines') or diag($out);

    for my $i (0 .. $#expected) {
        my ($pos, $path, $reason) = @{ $expected[$i] };
        like($lines[$i] // '', qr/^bad\.json:$pos: \Q$path\E: .*$reason/, $path);
    }

    my $json = ctl_json('check', "$dir/bad.json");
    is(scalar @$json, 12, 'as JSON');
    is($json->[2]{kind}, 'fact', 'a fact');
    is($json->[3]{kind}, 'error', 'an error');
    is("$json->[1]{line}:$json->[1]{column}", '4:36', 'its place');
    is($json->[1]{path}, 'rules[0].condition.page.type.$inn', 'its path');
};


subtest 'elements of a list keep their numbers' => sub {
    my $out = check('list.json', qq({"rules": [{"force": {"when":
        [{"on": "exit", "x": 1}, {"on": "load", "y": 1}], $show}},
        {"condition": {"\$and": [1, {"id": {"\$a1": 1}}, 2, {"id": {"\$a3": 1}}]},
         "force": null}]}));
    is(join(' ', $out =~ /: ((?:rules|\$)\S+): /g), join(' ', 'rules[0].force.when[0].x',
        'rules[0].force.when[1].y', map { "rules[1].condition.\$and[$_]" } 0, '1].id.$a1',
        2, '3].id.$a3') =~ s/(\$a\d)\]/$1/gr, 'all of them') or diag($out);
};


subtest 'facts of one\'s own' => sub {
    my $rule = rule(if => { 'customer.tier' => 'gold', 'crm.a' => 1 });

    check('own.json', $rule);
    is(code(), 1, 'are unknown');
    is(check('own.json', $rule, '--fact', 'customer.tier', '--fact=crm.'),
        "1 rule: no errors\n", 'unless they are named');
    is(code(), 0, 'exit code');
};


subtest 'bad input' => sub {
    my $deep = '{"rules": ' . '[' x 40 . ']' x 40 . '}';
    my $deeper = '[' x 100000 . ']' x 100000;

    my @cases = (
        [ 'no JSON', '{"rules": [}', qr/^x\.json:1:\d+: / ],
        [ 'empty', '', qr/^x\.json:1:\d+: / ],
        [ 'nothing but white space', "\n\n", qr/^x\.json:\d+:\d+: / ],
        [ 'no object', '[]', qr/must be an object/ ],
        [ 'invalid UTF-8', "{\"a\": \"\xff\"}", qr/^x\.json:1:\d+: .*decode byte 0xff/ ],
        [ 'a NUL', "{\"a\": \0}", qr/^x\.json:1:\d+: / ],
        [ 'a key twice', '{"priority": 1, "priority": 2}', qr/^x\.json:1:\d+: duplicate/ ],
        [ 'NaN', '{"priority": NaN}', qr/^x\.json:1:\d+: / ],
        [ 'a huge number', '{"priority": 1e999}', qr/^x\.json:1:\d+: / ],
        [ 'deep', $deep, qr/nested more than 32/ ],
        [ 'very deep', $deeper, qr/too long/ ],
        [ 'very deep, but short', '[' x 30000 . ']' x 30000, qr/depth/ ],
        [ '10 MB', '{"description": "' . 'x' x 10_485_760 . '"}',
            qr/too long: 10485779 bytes, at most 65536/ ],
        [ 'a bad regex', rule(if => { 'page.path' => { '$regex' => '(' } }),
            qr/bad regular expression/ ],
    );

    for my $case (@cases) {
        my ($name, $bytes, $reason) = @$case;
        my $out = check('x.json', $bytes);
        is(code(), 1, "$name: exit code");
        like($out, $reason, $name);
        is(scalar(() = $out =~ /\n/g), 2, "$name: one clear message") or diag($out);
    }
};


subtest 'files' => sub {
    is(ctl('check', "$dir/none.json"), 1, 'a file that is not there');
    like(out(), qr/none\.json: cannot open the file: No such file/, 'says so');

    is(ctl('check', '/dev/zero'), 1, 'no file');
    like(out(), qr/no regular file/, 'says so');

    system('mkfifo', "$dir/pipe.json");
    is(ctl('check', "$dir/pipe.json"), 1, 'a pipe does not stop it');

    check('-bad name.json', rule());
    is(code(), 1, 'a bad name');
    like(out(), qr/the name of the file/, 'says so');

    my $evil = "$dir/a\e[31m.json";
    spew($evil, rule());
    ctl('check', $evil);
    unlike(out(), qr/\e/, 'no control characters in the output');
    like(out(), qr/a\\x1b\[31m\.json: /, 'but what they were');

    check('key.json', "{\"rules\": [{\"force\": {\"a\\u001bb\xe2\x80\xae\": 1}}]}");
    unlike(out(), qr/\e|\xe2\x80\xae/, 'nor from JSON');

    mkdir "$dir/a";
    mkdir "$dir/b";
    spew("$dir/$_/same.json", rule()) for 'a', 'b';
    is(ctl('check', "$dir/a", "$dir/b"), 1, 'the same rule twice');
    like(out(), qr/b\/same\.json: is the same rule as .*a\/same\.json/, 'says so');
};


subtest 'circles' => sub {
    my $set = tempdir('circle');
    my $needs = sub {
        return json({ rules => [{ force => undef, parentConditions =>
            [{ id => $_[0], condition => { value => { '$exists' => true } } }] }] });
    };

    spew("$set/a.json", $needs->('b'));
    spew("$set/b.json", $needs->('c'));
    spew("$set/c.json", rule());
    is(ctl('check', $set), 0, 'a chain') or diag(out());

    spew("$set/c.json", $needs->('a'));
    is(ctl('check', $set), 1, 'a circle');
    like(out(), qr/c\.json:1:\d+: rules\[0\]\.parentConditions\[0\]\.id: .*circle: "a" needs "c"/,
        'where it closes');

    spew("$set/c.json", $needs->('c'));
    is(ctl('check', "$set/c.json"), 1, 'of one');
};

subtest 'groups' => sub {
    my $dir = tempdir('groups');
    my $rule = json({ rules => [{ condition => {
            id => { '$not' => { '$inGroup' => 'vpi' } }, 'cart.value' => { '$notInGroup' => 'vip' },
            '$and' => [{ '$savedGroup' => { id => 'none' } }] },
        force => undef }] });
    spew("$dir/a.json", $rule);
    is(ctl('check', "$dir/a.json"), 0, 'groups are not known without a file') or diag(out());

    spew("$dir/groups", json({ vip => ['a'], other => [] }));
    is(ctl('check', '--groups', "$dir/groups", "$dir/a.json"), 1, 'with one they are');
    like(out(), qr/: rules\[0\]\.condition\.id\.\$not\.\$inGroup: unknown group "vpi", did you mean vip\?$/m,
        'a suggestion');
    like(out(), qr/: rules\[0\]\.condition\.\$and\[0\]\.\$savedGroup: unknown group "none"$/m,
        'a saved group');
    unlike(out(), qr/"vip"/, 'one that is there');

    for my $bad ('[]', '{', '{"a": [{}]}', '{"a": {"type": "x"}}') {
        spew("$dir/groups", $bad);
        is(ctl('check', '--groups', "$dir/groups", "$dir/a.json"), 1, "no groups: $bad");
        isnt(err(), '', 'why');
    }
};

done_testing;
