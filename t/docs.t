# The documentation is complete, and its links lead somewhere.

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Docs;

my $root = root();
my $src = "$root/ngx_smartmsg_module";

sub source { return slurp("$src/$_[0]") }

# The words in backquotes in a column of the tables of a page.
sub words {
    my ($page, $heading, $column) = @_;

    return map { $_->[ $column || 0 ] =~ /`([^`]+)`/g }
        tables("$root/docs/$page", $heading);
}

# Are all of these documented, and is nothing documented that does not exist?
sub same_words {
    my ($name, $have, $want) = @_;

    my %have = map { $_ => 1 } @$have;
    my %want = map { $_ => 1 } @$want;

    ok(@$want > 0, "$name: the sources have some");
    is(join(' ', grep { !$have{$_} } sort keys %want), '', "$name: all are documented");
    is(join(' ', grep { !$want{$_} } sort keys %have), '', "$name: all exist");
}


subtest 'directives' => sub {
    my $page = slurp("$root/docs/directives.md");
    my ($list) = source('http/ngx_smartmsg_module.c')
        =~ /ngx_smartmsg_commands\[\] = \{(.*?)ngx_null_command/s;
    my %flag = (NGX_HTTP_MAIN_CONF => 'http', NGX_HTTP_SRV_CONF => 'server',
        NGX_HTTP_LOC_CONF => 'location', NGX_HTTP_LIF_CONF => 'if in location');
    my %contexts;

    while ($list =~ /ngx_string\("(\w+)"\),\s*([\w|\s]+),/g) {
        my ($name, $flags) = ($1, $2);
        $contexts{$name} = join ', ', map { $flags =~ /\b$_\b/ ? $flag{$_} : () }
            qw(NGX_HTTP_MAIN_CONF NGX_HTTP_SRV_CONF NGX_HTTP_LOC_CONF NGX_HTTP_LIF_CONF);
    }

    same_words('directives', [ $page =~ /^### (smartmsg\w*)$/mg ], [ keys %contexts ]);

    for my $name (sort keys %contexts) {
        my ($section) = $page =~ /^### $name\n(.*?)(?=^##)/ms;
        my ($context) = $section =~ /^Context:\s+(.*)$/m;
        is($context, $contexts{$name}, "$name: context");
        like($section, qr/^Syntax:   $name\b.*;$/ms, "$name: syntax");
        like($section, qr/^Default:  (?:$name .*;|none)$/m, "$name: default");
        like($section, qr/^```nginx /m, "$name: example");
    }

    my @parameters = source('http/ngx_smartmsg_conf_redis.c') =~ /\(value, "(\w+)="/g;
    same_words('parameters of smartmsg_redis',
        [ words('directives.md', 'smartmsg_redis') ], \@parameters);
};


subtest 'variables' => sub {
    my $code = source('http/ngx_smartmsg_variables.c');
    my ($names) = $code =~ /status_names\[\] = \{(.*?)\};/s;
    my @status = $names =~ /ngx_string\("(\w+)"\)/g;
    my ($variables) = $code =~ /smartmsg_vars\[\] = \{(.*?)\};/s;
    my $page = slurp("$root/docs/directives.md");

    same_words('variables', [ $page =~ /^### \$(\w+)$/mg ],
        [ $variables =~ /ngx_string\("(\w+)"\)/g ]);
    same_words('status', [ map { ($_->[0] =~ /`(\w+)`/)[0] // () }
        tables("$root/docs/directives.md", '$smartmsg_status') ], \@status);
    same_words('status in troubleshooting', [ map { ($_->[0] =~ /^`(\w+)`$/)[0] // () }
        tables("$root/docs/troubleshooting.md", 'By status') ], \@status);
};


# What the module computes, what tools know, and what people read.
subtest 'facts' => sub {
    my @sources = map { slurp($_) =~ /\{ ngx_string\("([\w.]+)"\)/g }
        glob "$src/http/ngx_smartmsg_sources_*.c";
    my ($table) = source('core/schema.c') =~ /facts\[\] = \{(.*?)\};/s;
    my %schema = $table =~ /\{ "([\w.]+)", "(\w+)"/g;
    my %documented;

    for my $row (grep { @$_ == 5 && $_->[0] =~ /^`/ } tables("$root/docs/facts.md")) {
        is((grep { /\S/ } @$row), 5, "$row->[0]: name, type, example, source, cost");
        $documented{$_} = $row->[1] for map { s/\.\K(?:NAME|RULE)$//r }
            $row->[0] =~ /`([^`]+)`/g;
    }

    same_words('facts', [ keys %documented ], [ keys %schema ]);
    is($documented{$_}, $schema{$_}, "$_: type") for sort keys %schema;

    # a family may be known by its members, such as utm.source
    for my $source (@sources) {
        ok((grep { $source =~ /\.\z/ ? index($_, $source) == 0 : $_ eq $source }
            keys %schema), "$source is in the schema");
    }
    for my $fact (sort keys %schema) {
        ok((grep { $_ eq $fact || (/\.\z/ && index($fact, $_) == 0) } @sources),
            "$fact exists");
    }

    my @utm = source('http/ngx_smartmsg_session.c') =~ /"(utm\.\w+)"/g;
    same_words('campaign', [ grep { /^utm\./ } keys %schema ], \@utm);

    my ($clicks) = source('core/click.c') =~ /clicks\[\] = \{(.*?)NULL/s;
    same_words('click ids', [ words('facts.md', 'Click ids') ], [ $clicks =~ /"(\w+)",/g ]);
};


# Each claim names the test that proves it.
subtest 'compatibility' => sub {
    my $page = "$root/docs/compatibility.md";
    my @rows = grep { $_->[-1] ne 'test' && $_->[-1] !~ /^-+$/ } tables($page);

    ok(@rows > 20, scalar(@rows) . ' claims');
    for my $row (@rows) {
        my @tests = $row->[-1] =~ /`(t\/[\w.\/]+)`/g;
        ok(@tests && !grep({ !-f "$root/$_" } @tests), "$row->[0]: @tests");
    }

    for my $named (slurp($page) =~ /`(t\/[\w.\/]+)`/g) {
        ok(-e "$root/$named", $named);
    }
};


subtest 'rules' => sub {
    my ($names) = source('core/condition_operator.c') =~ /operator_names\[\] = \{(.*?)NULL/s;
    my ($logical) = source('core/condition_compile.c') =~ /logical_names\[\] = \{(.*?)NULL/s;
    my $page = slurp("$root/docs/rules.md");

    for my $name ("$names $logical" =~ /"(\$\w+)"/g) {
        ok(index($page, "`$name`") >= 0, "$name is documented");
    }
    same_words('operators', [ grep { /^\$/ } words('rules.md', 'condition') ],
        [ grep { !/^\$(?:and|or|nor)$/ } "$names $logical" =~ /"(\$\w+)"/g ]);

    my ($kinds) = source('core/trigger.c') =~ /kinds\[[^=]*= \{(.*?)\n\};/s;
    same_words('triggers', [ words('rules.md', 'when') ], [ 'on', $kinds =~ /"(\w+)"/g ]);

    my $triggers = slurp("$root/docs/triggers.md");
    my ($options) = source('core/trigger.c') =~ /members\[MEMBERS\] = \{(.*?)\n\};/s;
    same_words('sections of triggers.md', [ grep { !/ / } $triggers =~ /^## (.*)$/mg ],
        [ $kinds =~ /"(\w+)"/g ]);
    for my $member ($options =~ /"(\w+)"/g) {
        like($page, qr/`$member`/, "$member is documented");
        like($triggers, qr/`$member`|"$member"/, "$member is explained");
    }

    my $code = join '', map { slurp($_) } glob "$src/core/{show*,message*,cap,when}.c";
    $page .= slurp("$root/docs/messages.md");
    my @members = map { /"(\w+)"/g } $code =~ /const names\[\] = \{(.*?)NULL/sg;
    cmp_ok(@members, '>', 30, 'there are some');
    for my $member (@members) {
        ok($page =~ /`$member`|^## $member$/m, "$member is documented");
    }
};


subtest 'messages' => sub {
    my $file = "$root/docs/messages.md";
    my ($list) = source('core/show.c') =~ /\bkinds\[\] = \{(.*?)NULL/s;
    my @kinds = $list =~ /"(\w+)"/g;
    my %example = map { $_->{name} => $_ } grep { $_->{name} } blocks($file);
    my %picture = map { m{^images/([\w-]+)\.png$} ? ($1 => 1) : () } links($file);

    same_words('kinds', [ map { $_->[0] =~ /^`(?!as`)(\w+)`$/ ? $1 : () }
        grep { @$_ == 2 } tables($file, 'Kinds') ], \@kinds);
    is_deeply([ sort keys %picture ], [ sort keys %example ], 'each example has its picture');

    for my $kind (@kinds) {
        like($example{"message-$kind"}{text}, qr/"as": "$kind"/, "$kind: an example");
    }
    for my $name (sort keys %picture) {
        cmp_ok(-s "$root/docs/images/$name.png", '<', 60 * 1024, "$name: a small picture");
    }
};


subtest 'events' => sub {
    my $code = source('core/event_members.c');
    my ($kinds) = $code =~ /kinds\[[^=]*= \{(.*?)\n\};/s;
    my @rows = tables("$root/docs/events.md", 'The endpoint');

    for my $kind ($kinds =~ /\{"(\w+)"/g) {
        my ($row) = grep { $_->[0] eq "`$kind`" } @rows;
        ok($row, "$kind is documented") or next;
        my ($list) = $code =~ /${kind}_members\[\] = \{(.*?)\n\};/s;
        while ($list =~ /\{"(\w+)", (true|false)/g) {
            my ($member, $required) = ($1, $2);
            next if $member =~ /^(?:event|page)$/;
            my $said = $row->[1] =~ /`$member`(?: \([^)]*\))?(\??)/ ? $1 : 'not at all';
            is($said, $required eq 'true' ? '' : '?', "$kind: $member");
        }
    }
};


subtest 'keys' => sub {
    my $page = slurp("$root/docs/redis-keys.md");

    my $code = join '', map { slurp($_) } glob "$src/redis/ngx_smartmsg_store*.c";
    my %fields = map { $_ => 1 } $code =~ /cmd_text\(&cmd, "([a-z][a-z.]*)"\)/g;
    delete @fields{qw(event op value items currency action time visitor page)};
    ok(index($page, "`$_`") >= 0, "field $_ is documented") for sort keys %fields;

    my ($settings) = source('core/settings.c') =~ /const names\[\] = \{(.*?)NULL/s;
    same_words('settings', [ map { ($_->[0] =~ /`([\w.]+)`/)[0] // () }
        tables("$root/docs/redis-keys.md", 'Settings') ], [ $settings =~ /"([\w.]+)"/g ]);

    my %ttl = source('redis/ngx_smartmsg_store.h') =~ /#define NGX_SMARTMSG_(\w+)\s+(.*)/g;
    is_deeply([ @ttl{qw(SESSION_TTL SESSION_NEW_TTL ORDER_TTL STATS_TTL STREAM_MAXLEN)} ],
        [ '(1800 + SMARTMSG_RENEWAL_PERIOD)', '120', '(90 * 86400)', '(400 * 86400)', '100000' ],
        'life times are those of the page');
    like(source('core/renewal.h'), qr/RENEWAL_PERIOD 120\n/, 'two minutes');
};


subtest 'defaults' => sub {
    my $page = slurp("$root/docs/directives.md");
    my $conf = source('http/ngx_smartmsg_conf.c');
    my $redis = source('redis/ngx_smartmsg_redis_conf.h');

    like($conf, qr/NGX_SMARTMSG_TIMEOUT +50\n/, 'smartmsg_timeout');
    like($conf, qr/COOKIE_MAX_AGE +\(390 \* 24/, 'max_age');
    like($page, qr/smartmsg_timeout 50ms;/, 'is 50ms');
    like($page, qr/max_age=390d/, 'is 390d');
    like($redis, qr/CONNECT_TIMEOUT +200\n/, 'connect_timeout');
    like($redis, qr/REDIS_TIMEOUT +1000\n/, 'timeout');
    like($page, qr/`connect_timeout` \| 200ms/, 'is 200ms');
    like($page, qr/`timeout` \| 1s/, 'is 1s');
};


subtest 'links' => sub {
    for my $file (doc_files($root)) {
        my $dir = $file =~ m{^(.*)/} ? "$1/" : '';

        for my $link (links("$root/$file")) {
            next if $link =~ m{^https://};
            my ($path, $anchor) = $link =~ /^([^#]*)(?:#(.*))?$/;
            my $target = $path eq '' ? $file : "$dir$path";

            ok(-e "$root/$target", "$file: $link") or next;
            ok(anchors("$root/$target")->{$anchor}, "$file: $link, heading")
                if defined $anchor;
        }
    }
};


subtest 'every page is reached from README.md' => sub {
    my %linked = map { s/#.*//r => 1 } links("$root/README.md");
    ok($linked{$_}, $_) for grep { $_ ne 'README.md' } doc_files($root);
};


subtest 'README.md' => sub {
    my ($conf) = grep { $_->{kind} eq 'nginx main' } blocks("$root/README.md");
    my @lines = grep { /smartmsg/ } split /\n/, $conf->{text};
    ok(@lines <= 6, 'six lines of nginx.conf at most');
    cmp_ok(-s "$root/docs/images/exit-dialog.png", '<', 200 * 1024, 'a small picture');
};


subtest 'make' => sub {
    my %target = map { $_ => 1 } slurp("$root/Makefile") =~ /^([a-z-]+)(?:\s+[a-z-]+)*:/mg;
    $target{$_} = 1 for map { split } slurp("$root/Makefile") =~ /^\.PHONY:((?:.*\\\n)*.*)$/m;

    for my $file (doc_files($root)) {
        for my $block (grep { $_->{kind} =~ /^sh/ } blocks("$root/$file")) {
            for my $target ($block->{text} =~ /^(?:sudo )?make ([a-z-]+)/mg) {
                ok($target eq 'modules' || $target{$target}, "$block->{where}: make $target");
            }
        }
    }
};

done_testing;
