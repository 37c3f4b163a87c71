#!/usr/bin/perl

# What the visitors' browsers pay: Core Web Vitals of the demo shop behind
# nginx without the module and with it, in Chromium (t/browser/vitals.mjs).
#
# Environment:
#     QUICK=1            about a minute instead of three
#     BENCH_ROUNDS       12
#     BENCH_OUT          DIR for vitals.json, else build/

use lib 't/lib';
use Smartmsg::Test;
use Smartmsg::Browser;
use Smartmsg::Rule;

$| = 1;
alarm 0;

my $shop = shop();
my $redis = redis();
my %site = (
    without => nginx(module => 0, upstream => $shop),
    with => nginx(upstream => $shop, redis => $redis, rules => {
            waits => rule(title => 'Can we help?', if => { 'page.path' => '/' }),
            opens => rule(title => 'Questions?', on => 'load', as => 'bubble',
                if => { 'page.path' => { '$regex' => '^/product/' } }),
        }),
);

$ENV{"VITALS_\U$_"} = 'http://127.0.0.1:' . $site{$_}->port . '/' for keys %site;
$ENV{BENCH_ROUNDS} ||= $ENV{QUICK} ? 4 : 12;
$ENV{BENCH_OUT} ||= root . '/build';

my ($status, $said) = run_node('vitals.mjs');
print $said;
$_->stop for values %site;
exit($status ? 1 : 0);
