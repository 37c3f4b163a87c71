package Smartmsg::Bench::Page;

# Shop pages of a given size, the same each time: the mixture of tags, inline
# scripts, icons and text that a category page of a shop has.

use strict;
use warnings;

use Exporter qw(import);

our @EXPORT_OK = qw(shop_page);

my @WORDS = qw(oak chair walnut table cushion linen lamp brass shelf birch wool carpet
    glass vase mirror round small large natural dark grey blue solid hand made warm light
    soft living room kitchen garden outdoor new classic modern sale set of two with and);

my $TAIL = <<'TAIL' . "</body>\n</html>\n";
<footer class="footer"><div class="container"><ul class="footer-links">
<li><a href="/shipping">Shipping &amp; delivery</a></li><li><a href="/returns">Returns</a></li>
<li><a href="/imprint">Imprint</a></li><li><a href="/privacy">Privacy</a></li>
</ul><p class="copyright">&copy; The Chair Shop. All prices include VAT.</p></div></footer>
<script src="/assets/vendor.8f2c1.js" defer></script>
<script>window.shop=window.shop||{};shop.lang="en";shop.currency="EUR";
(function(w){w.dataLayer=w.dataLayer||[];w.dataLayer.push({event:"view_item_list",items:24});})(window);</script>
TAIL


# words(NUMBER OF THE WORD, HOW MANY)
sub words {
    my ($n, $many) = @_;

    return join ' ', map { $WORDS[($n * 7 + $_ * 11 + $n * $_) % @WORDS] } 1 .. $many;
}


sub head {
    return <<'HEAD';
<!doctype html>
<html lang="en" class="no-js">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Chairs and tables | The Chair Shop</title>
<meta name="description" content="Solid wood, made to last: chairs, tables &amp; more.">
<link rel="canonical" href="https://shop.example/chairs">
<link rel="preload" href="/assets/inter.woff2" as="font" type="font/woff2" crossorigin>
<link rel="stylesheet" href="/assets/main.4be19.css">
<script type="application/ld+json">{"@context":"https://schema.org","@type":"WebSite",
"name":"The Chair Shop","url":"https://shop.example/","potentialAction":{"@type":"SearchAction",
"target":"https://shop.example/search?q={q}","query-input":"required name=q"}}</script>
<style>.hero{display:grid;place-items:center;min-height:40vh}.hero>h1{font:600 2rem/1.2 Inter}</style>
</head>
<body class="category page-layout-2columns-left">
<a class="skip" href="#content">Skip to content</a>
<header class="header" role="banner"><div class="container">
<a class="logo" href="/" aria-label="Home"><svg viewBox="0 0 24 24" width="24" height="24"><path
 d="M12 2 2 7v10l10 5 10-5V7z" fill="currentColor"/></svg></a>
<form class="search" action="/search" method="get"><input type="search" name="q" placeholder="Search">
<button type="submit" title="Search">Search</button></form></div></header>
HEAD
}


sub product {
    my ($n) = @_;

    my $name = ucfirst words($n, 4);
    my $slug = lc $name =~ s/ /-/gr;
    my $text = ucfirst words($n + 3, 30) . '.';
    my $price = sprintf '%d.%02d', 19 + $n * 13 % 480, $n * 29 % 100;

    return <<"PRODUCT";
<li class="product-item" data-id="$n" data-sku="SKU-@{[ 10_000 + $n ]}">
  <article class="card">
    <a class="card-link" href="/product/$slug-$n" title="$name">
      <picture><source type="image/webp" srcset="/media/$slug-320.webp 320w, /media/$slug-640.webp 640w">
      <img src="/media/$slug-320.jpg" alt="$name" loading="lazy" width="320" height="320"></picture>
    </a>
    <h3 class="card-title"><a href="/product/$slug-$n">$name</a></h3>
    <p class="card-text">$text</p>
    <div class="price-box" data-price="$price"><span class="price">&euro;&nbsp;$price</span></div>
    <form action="/cart/add" method="post"><input type="hidden" name="product" value="$n">
      <button class="btn btn-primary" type="submit"><span>Add to cart</span></button></form>
  </article>
</li>
PRODUCT
}


# About each eighth product is followed by what a page builder leaves: state
# for its scripts, as JSON.
sub state_script {
    my ($n) = @_;

    return '<script type="text/x-shop-init">{"[data-role=tile-' . $n . ']":{"Shop_Ui/js/tile":'
        . join(',', map { qq({"id":$_,"options":{"color":"@{[ words($_, 2) ]}","size":[1,2,3]}}) }
            $n .. $n + 11) . "}}</script>\n";
}


# shop_page(SIZE): a page of exactly so many bytes.
sub shop_page {
    my ($size) = @_;

    my $page = head() . qq(<main id="content"><ul class="products">\n);
    my $end = "</ul></main>\n$TAIL";
    my $n = 0;

    while (1) {
        my $more = product(++$n);
        $more .= state_script($n) if $n % 8 == 0;
        last if length($page) + length($more) + length($end) > $size;
        $page .= $more;
    }

    my $left = $size - length($page) - length($end);
    my $text = '';
    $text .= words(length $text, 12) . "\n" while length $text < $left;

    return $page . substr($text, 0, $left) . $end;
}


1;
