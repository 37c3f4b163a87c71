// Random documents for the HTML scanner, the same for the same seed.

export class Random {
  constructor(seed) {
    this.state = seed >>> 0;
  }

  // mulberry32
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  below(n) {
    return Math.floor(this.next() * n);
  }

  chance(p) {
    return this.next() < p;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  many(max, make) {
    return Array.from({ length: this.below(max + 1) }, () => make()).join('');
  }
}

const TEXT_TAGS = ['title', 'textarea', 'style', 'script', 'iframe', 'xmp', 'noembed', 'noframes', 'noscript'];
const HTML_TAGS = [
  'div',
  'p',
  'span',
  'a',
  'b',
  'i',
  'ul',
  'li',
  'h1',
  'h2',
  'table',
  'tr',
  'td',
  'tbody',
  'caption',
  'form',
  'button',
  'section',
  'object',
  'marquee',
  'nobr',
  'font',
  'option',
  'custom-tag',
  'pre',
];
const VOID_TAGS = ['br', 'img', 'hr', 'input', 'meta', 'link', 'col', 'wbr', 'image'];
const SVG_TAGS = [
  'g',
  'path',
  'use',
  'circle',
  'foreignObject',
  'desc',
  'title',
  'style',
  'script',
  'textarea',
  'a',
  'text',
  'linearGradient',
  'unknown',
];
const MATH_TAGS = ['mi', 'mo', 'mrow', 'mtext', 'annotation-xml', 'mglyph', 'semantics', 'unknown'];
const RARE_TAGS = ['select', 'colgroup', 'html', 'head', 'body', 'svg', 'math', 'template'];
const TRAPS = [
  '</body>',
  '</BODY>',
  '</body >',
  '</body/>',
  '</body x=">">',
  '</bodyx>',
  '</body\0>',
  '< /body>',
  '</ body>',
  '<!--</body>-->',
  '<!--></body>-->',
  '<!---></body>-->',
  '<!--a--!></body>-->',
  '<!--!></body>-->',
  '<!--a-->',
  '<!-->',
  '<!>',
  '<!x></body>',
  '<?php "</body>" ?>',
  '</>',
  '</1</body>>',
  '<![CDATA[</body>]]>',
  '<![CDATA[',
  '<svg><![CDATA[></svg></body>]]></svg>',
  ']]>',
  '<![cdata[x]]>',
  '<![if IE]></body><![endif]>',
  '<!--[if IE]><html></body><![endif]-->',
  '<a title="</body>">',
  "<a title='</body>'>",
  '<a title=</body>',
  '<a </body>',
  '<script><!--<script></body></script></body>--></script>',
  '<script>"<!--</script>',
  '<script><!--<script>--></body></script>',
  '<script><!--></body></script>',
  '<style></body></style >',
  '<title></body></titl></title\t>',
  '<textarea></body></textarea/>',
  '<plaintext>',
  '<frameset>',
  '<noscript></body></noscript>',
  '<template></body></template>',
  '<svg/>',
  '<svg><path/></path></svg>',
  '<svg><title></body></title></svg>',
  '<svg><style></body></style></svg>',
  '<math></body></math>',
  '<svg><foreignObject><div></body></div></foreignObject></svg>',
  '<select><option></body></select>',
  '<svg><desc><p></desc></svg>',
  '<svg></p>',
  '<svg></br>',
  '<svg><font color=x>',
  '<svg><font x>',
  '<math><annotation-xml encoding="text/html"><div></div></annotation-xml></math>',
  '<math><annotation-xml><svg><desc></desc></svg></annotation-xml></math>',
  '<template><col><textarea></template>',
  '<table></body></table>',
  '<svg><template></body></template></svg>',
  '</template>',
  '</select>',
  '</svg>',
  '<doctype></body>',
  '<!DOCTYPE html>',
  '<!doctype',
  '<!DOCTYPE html PUBLIC ">" "',
  '</html>',
  '</head>',
  '<',
  '&lt;',
  '<select><input>',
  '<select><script></select></script>',
  '<img alt="a>b" x=/>',
  '<p/=/x="\'>',
  '\0',
  '<body ',
];

function attributes(r) {
  return r.many(3, () =>
    r.pick([
      ' class="a b"',
      " id='x'",
      ' data-x=y',
      ' hidden',
      ' title="a > b"',
      ' x = "1"',
      ' x=',
      ' =y',
      '/',
      ' "',
      " '",
      '\n\tonclick="a(\'</body>\')"',
      ' a="1"b=\'2\'',
      ' encoding="text/html"',
      ' size=1',
      ' A=B/',
      ' <',
    ]),
  );
}

function tag(r, name) {
  const spelled = r.chance(0.1) ? name.toUpperCase() : name;
  return `<${spelled}${r.chance(0.4) ? attributes(r) : ''}${r.chance(0.08) ? '/' : ''}>`;
}

function anyTag(r) {
  return r.pick(r.pick([HTML_TAGS, HTML_TAGS, SVG_TAGS, MATH_TAGS, RARE_TAGS, TEXT_TAGS, VOID_TAGS]));
}

// tags and traps in any order
export function soup(r) {
  const parts = r.chance(0.8) ? ['<!doctype html>'] : [];
  for (let n = 1 + r.below(25); n > 0; n--) {
    const kind = r.next();
    if (kind < 0.3) {
      parts.push(r.pick(TRAPS));
    } else if (kind < 0.65) {
      parts.push(tag(r, anyTag(r)));
    } else if (kind < 0.9) {
      parts.push(`</${anyTag(r)}>`);
    } else {
      parts.push(r.pick(['text', ' ', '\r\n', 'a<b', '&amp;']));
    }
  }
  return parts.join('');
}

function element(r, name, content) {
  return `${tag(r, name)}${content}${r.chance(0.93) ? `</${name}>` : ''}`;
}

function foreign(r, names, depth) {
  return r.many(4, () => {
    const name = r.pick(names);
    if (depth <= 0 || r.chance(0.3)) {
      return `<${name} d="M0 0"/>`;
    }
    const points = ['foreignObject', 'desc', 'title', 'mi', 'mtext', 'annotation-xml'];
    const inner = points.includes(name) && r.chance(0.7) ? plainHtml(r, depth - 1) : foreign(r, names, depth - 1);
    return element(r, name, inner);
  });
}

// mostly well nested
function plainHtml(r, depth) {
  if (depth <= 0) {
    return r.pick(['text', '', 'a &amp; b', '<br>', '<img src=x>']);
  }
  return r.many(4, () => {
    const kind = r.next();
    if (kind < 0.45) {
      return element(r, r.pick(HTML_TAGS), plainHtml(r, depth - 1));
    } else if (kind < 0.55) {
      return element(r, r.pick(TEXT_TAGS), r.pick(['', 'x', '</body>', '<b>', '<!--', '<!-- -->']));
    } else if (kind < 0.67) {
      return element(r, 'svg', foreign(r, SVG_TAGS, depth - 1));
    } else if (kind < 0.72) {
      return element(r, 'math', foreign(r, MATH_TAGS, depth - 1));
    } else if (kind < 0.8) {
      return element(r, 'template', plainHtml(r, depth - 1));
    } else if (kind < 0.85) {
      return element(
        r,
        'select',
        r.many(3, () => '<option>x</option>'),
      );
    } else if (kind < 0.9) {
      return r.pick(TRAPS);
    }
    return tag(r, r.pick(VOID_TAGS));
  });
}

export function nested(r) {
  return `<!doctype html><html><head>${r.many(2, () => element(r, r.pick(['title', 'style', 'script']), 'x'))}</head><body>${plainHtml(r, 6)}</body></html>`;
}

const LOREM = 'Shoes &amp; boots, 2 < 3, made with care. Größe wählen: 38–46 '.split(' ');

function words(r, max) {
  return r.many(max, () => `${r.pick(LOREM)} `);
}

function product(r) {
  return r.pick([
    () =>
      `<li class="product"><a href="/p/${r.below(999)}?a=1&b=2"><img src="/i.jpg" alt="${words(r, 3)}"></a><h3>${words(r, 4)}</h3><span class=price>$${r.below(99)}.00</span></li>\n`,
    () =>
      `<form method="post" action="/cart"><input type=hidden name=id value=${r.below(99)}><select name="size"><option value="">–</option><option selected>M<option>L</select><button type="submit" disabled>Add</button></form>\n`,
    () =>
      `<table border=0 cellpadding=0><tr><td>${words(r, 5)}<td><font color=red>${words(r, 2)}</font></td></tr></table>`,
    () =>
      `<svg class="icon" viewBox="0 0 24 24" xmlns="http://www.w3.org/2000/svg"><title>Cart</title><g fill="none"><path d="M3 3h2l.4 2M7 13h10"/><circle cx="9" cy="20" r="1"></circle></g><use xlink:href="#x"/></path></svg>`,
    () =>
      `<svg aria-hidden=true><style>.a{fill:red}</style><linearGradient id=g><stop offset=0 /></linearGradient><desc>made by x</desc><text x=1>a<tspan>b</tspan></text><foreignObject width="1"><div class="x"><p>label</p></div></foreignObject></svg>`,
    () => `<script type="application/ld+json">{"@context":"https://schema.org","html":"<\\/body>"}</script>\n`,
    () =>
      `<script>window.dataLayer=window.dataLayer||[];if(a<b&&c>d){document.write('<scr'+'ipt></scr'+'ipt>')}var t="</body>";</script>\n`,
    () => `<script><!--\nvar x = "</body>";\n//--></script><noscript><img src="https://x/</body>"></noscript>`,
    () => `<noscript><iframe src="//x/ns.html?id=GTM-1" height="0"></iframe></noscript>`,
    () => `<template id="row"><tr><td></td></tr><body></body><script>1</script></template>`,
    () =>
      `<textarea name="note" placeholder="</body>">\n</textarea><!-- </body> --><!--[if lt IE 9]><html class="ie"></body><![endif]-->`,
    () => `<p>${words(r, 20)}<p>${words(r, 9)}<br/>${words(r, 3)}<b><i>${words(r, 2)}</b></i>\n`,
    () => `<div data-props='{"html":"<b>x</b></body>","a":">"}' style="a:b" hidden>${words(r, 6)}</div>`,
    () => `<math><mi>x</mi><mo>=</mo><mn>1</mn></math><video controls><source src=a></video><iframe src="/x"></iframe>`,
    () => `<style>@media (min-width:1px){a>b{content:"</body>"}}</style>`,
  ])();
}

// pages as shops send them: none may stop the scanner
export function shop(r) {
  const lang = r.pick(['', ' lang="de"', " lang='en-US' dir=ltr", ' class="no-js" lang=fr']);
  const meta = r.pick([
    '<meta charset="utf-8">',
    '<meta charset=UTF-8 />',
    '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">',
    `<META CONTENT='text/html; charset="windows-1252"' HTTP-EQUIV=content-type>`,
    '',
  ]);
  const policy = r.pick([
    '',
    '',
    '<meta http-equiv="Content-Security-Policy" content="default-src &#39;self&#x27;; img-src *">',
    `<meta content="script-src 'self' https://x.example/?a=1&amp;b" http-equiv=content-security-policy>`,
    `<meta http-equiv="Content-Security-Policy" content="object-src 'none'"><meta http-equiv='content-security-policy' content="base-uri 'self'">`,
  ]);
  const doctype = r.pick([
    '<!DOCTYPE html>\n',
    '<!doctype html>',
    '\r\n<!-- shop -->\n<!DOCTYPE html>',
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">',
    '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html>',
    '',
  ]);
  const end = r.pick([
    '</body>\n</html>\n',
    '</body></html>',
    '\n</BODY>\n</HTML><!-- 0.1s -->',
    '</html>',
    '',
    '</body >',
  ]);
  return `${doctype}<html${lang}><head>${meta}${policy}<title>${words(r, 4)}</title><link rel=stylesheet href=/a.css>${r.many(2, () => '<script src="/a.js" async></script><style>a{b:c}</style>')}</head>\n<body class="page">${r.many(25, () => product(r))}${end}`;
}

// a few bytes or tags of a document changed
export function mutated(r, text) {
  let doc = text;
  for (let n = 1 + r.below(4); n > 0; n--) {
    const at = r.below(doc.length + 1);
    const length = r.below(12);
    const put = r.pick([
      '',
      '',
      r.pick(TRAPS),
      tag(r, anyTag(r)),
      `</${anyTag(r)}>`,
      r.pick([...'<>/"\'=-!&\0 ']),
      doc.slice(at, at + 20),
    ]);
    doc = doc.slice(0, at) + put + doc.slice(at + length);
  }
  return r.chance(0.1) ? doc.slice(0, r.below(doc.length + 1)) : doc;
}
