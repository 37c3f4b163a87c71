package Smartmsg::Docs;

# The documentation as tests see it: README.md and docs/*.md, their fenced
# blocks, headings, links and tables.
#
# What a block is, its info string says:
#     nginx main|http|server|location   nginx takes it in that context
#         world                         the shell examples of the page need it
#     json rule [file=NAME]             nginx takes it as a rule
#     json rule broken                  it does not; "text says" follows
#     json event [broken]               the endpoint takes it, or answers 400
#     json pack [file=NAME]             smartmsg_shop takes it
#     json pack broken                  it does not; "text says" follows
#     json value                        it is JSON
#     sh                                it can be parsed; not run
#     sh run | sh retry                 it is run, until it prints what follows
#     sh install                        it is run where the Makefile is
#     text output                       what the block before prints; "..." is
#                                       anything, a line "..." any lines
#     js                                node can parse it; those of javascript.md
#                                       are run in a page
#     json told                         the events that the js block before tells
#     text, html                        for people only

use strict;
use warnings;

use Exporter qw(import);

our @EXPORT = qw(doc_files blocks anchors links tables);

my %KINDS = map { $_ => 1 } 'nginx main', 'nginx http', 'nginx http world',
    'nginx http acl', 'nginx server', 'nginx location', 'json rule',
    'json rule broken', 'json event', 'json event broken', 'json pack',
    'json pack broken', 'json value', 'json told', 'sh',
    'sh run', 'sh retry', 'sh install', 'text', 'text output', 'text says',
    'html', 'js';


# Names of all pages, relative to the top.
sub doc_files {
    my ($root) = @_;

    return 'README.md', map { substr $_, length "$root/" } sort glob "$root/docs/*.md";
}


sub lines_of {
    my ($path) = @_;

    open my $fh, '<:encoding(UTF-8)', $path or die "$path: $!";
    my @lines = <$fh>;
    chomp @lines;

    return @lines;
}


# The fenced blocks of a page, in order: { kind, text, where, name }.  Dies of
# one that is not closed or whose info string says nothing a test understands.
sub blocks {
    my ($path) = @_;

    my (@blocks, $block, $indent, $n);

    for my $line (lines_of($path)) {
        $n++;

        if (!$block && $line =~ /^( *)```(.*)$/) {
            my $info = $2;
            $indent = $1;
            my $name = $info =~ s/ file=([\w-]+)$// ? $1 : undef;
            die "$path:$n: what is \"$info\"?\n" unless $KINDS{$info};
            $block = { kind => $info, text => '', where => "$path:$n", name => $name };
        } elsif ($block && $line =~ /^ *```$/) {
            push @blocks, $block;
            undef $block;
        } elsif ($block) {
            $line =~ s/^\Q$indent\E//;
            $block->{text} .= "$line\n";
        }
    }

    die "$block->{where}: is not closed\n" if $block;

    return @blocks;
}


# The lines of a page that are not inside of blocks.
sub prose {
    my ($path) = @_;

    my $inside = 0;

    return grep { /^ *```/ ? ($inside = !$inside, 0)[1] : !$inside } lines_of($path);
}


# The names that links to headings of a page use, as on the usual forges.
sub anchors {
    my ($path) = @_;

    my (%anchors, %seen);

    for my $line (prose($path)) {
        my ($title) = $line =~ /^#+ +(.*)$/ or next;
        $title = lc $title;
        $title =~ s/[^\w\- ]//g;
        $title =~ tr/ /-/;
        my $n = $seen{$title}++;
        $anchors{ $n ? "$title-$n" : $title } = 1;
    }

    return \%anchors;
}


# Targets of all links and images of a page.
sub links {
    my ($path) = @_;

    my $text = join "\n", prose($path);
    $text =~ s/`[^`\n]*`/code/g;

    return $text =~ /\]\(([^)\s]+)\)/g;
}


# The rows of all tables of a page, each a list of its cells; those of the
# section under one heading only, if it is given.
sub tables {
    my ($path, $heading) = @_;

    my $inside = !defined $heading;
    my @rows;

    for my $line (prose($path)) {
        if (defined $heading && $line =~ /^#+ +(.*)$/) {
            $inside = $1 eq $heading;
        }
        next unless $inside && $line =~ /^\|(.*)\|$/;
        next if $line =~ /^[| :-]+$/;
        push @rows, [ map { s/^ +| +$//gr } split /\|/, $1, -1 ];
    }

    return @rows;
}


1;
