// What parse5 makes of a page: every </body> its tree construction gets to
// see, and where markup put into the page goes.

import { html, Parser, parse, serialize } from 'parse5';

const HTML_NS = html.NS.HTML;
const DATA = 0; // the tokenizer's data state

// insertion modes, as numbered by parse5
const IN_SELECT = 15;
const IN_SELECT_IN_TABLE = 16;
const IN_FRAMESET = 19;
const AFTER_FRAMESET = 20;
const AFTER_AFTER_FRAMESET = 22;

const FRAMESET_MODES = new Set([IN_FRAMESET, AFTER_FRAMESET, AFTER_AFTER_FRAMESET]);

function attribute(token, name) {
  return token.attrs.find((attr) => attr.name === name)?.value;
}

function charsetOf(token) {
  const charset = attribute(token, 'charset');
  if (charset) {
    return charset.trim();
  }
  if (attribute(token, 'http-equiv')?.toLowerCase() === 'content-type') {
    const content = attribute(token, 'content') ?? '';
    const match = /charset\s*=\s*("([^"]*)"|'([^']*)'|[^\s;]*)/i.exec(content);
    return match ? (match[2] ?? match[3] ?? match[1]) : '';
  }
  return '';
}

// parse5 forgets that a template bounds the table scope
function inTableScope(elements, tags) {
  const { TABLE, TEMPLATE, HTML } = html.TAG_ID;
  for (let i = elements.stackTop; i >= 0; i--) {
    const tag = elements.tagIDs[i];
    if (elements.treeAdapter.getNamespaceURI(elements.items[i]) !== HTML_NS) {
      continue;
    }
    if (tags.includes(tag) || [TABLE, TEMPLATE, HTML].includes(tag)) {
      return tags.includes(tag);
    }
  }
  return false;
}

function repairTableScope(elements) {
  const { TBODY, THEAD, TFOOT } = html.TAG_ID;
  elements.hasInTableScope = (tag) => inTableScope(elements, [tag]);
  elements.hasTableBodyContextInTableScope = () => inTableScope(elements, [TBODY, THEAD, TFOOT]);
}

class Oracle extends Parser {
  bodies = []; // {offset, good}: every </body> outside templates
  documentAt = Infinity; // offset of the first sign of a document
  bodyTag = false;
  lang = '';
  charset = '';
  policies = [];
  end = false;

  inTemplate() {
    return this.openElements.tmplCount > 0;
  }

  inForeign() {
    const { items, stackTop } = this.openElements;
    return items.slice(0, stackTop + 1).some((node) => this.treeAdapter.getNamespaceURI(node) !== HTML_NS);
  }

  inSelect() {
    return this.insertionMode === IN_SELECT || this.insertionMode === IN_SELECT_IN_TABLE;
  }

  isGood() {
    return !this.inForeign() && !this.inSelect() && !FRAMESET_MODES.has(this.insertionMode);
  }

  sawDocument(token) {
    if (!this.inTemplate() && !this.inForeign()) {
      this.documentAt = Math.min(this.documentAt, token.location.startOffset);
    }
  }

  onDoctype(token) {
    this.sawDocument(token);
    super.onDoctype(token);
  }

  onStartTag(token) {
    if (['html', 'head', 'body'].includes(token.tagName)) {
      this.sawDocument(token);
    }
    if (!this.inTemplate() && !this.inForeign()) {
      if (token.tagName === 'html') {
        this.lang ||= attribute(token, 'lang') ?? '';
      } else if (token.tagName === 'body') {
        this.bodyTag = true;
      } else if (token.tagName === 'meta') {
        this.sawMeta(token);
      }
    }
    super.onStartTag(token);
  }

  sawMeta(token) {
    this.charset ||= charsetOf(token);
    const equiv = attribute(token, 'http-equiv')?.toLowerCase();
    const content = attribute(token, 'content');
    if (equiv === 'content-security-policy' && content && !this.bodyTag) {
      this.policies.push(content);
    }
  }

  onEndTag(token) {
    if (token.tagName === 'body' && !this.inTemplate()) {
      this.bodies.push({ offset: token.location.startOffset, good: this.isGood() });
    }
    super.onEndTag(token);
  }

  onEof(token) {
    if (!this.atEnd) {
      this.atEnd = true; // the template modes pass the token on
      this.end = this.tokenizer.state === DATA && !this.inTemplate() && this.isGood();
    }
    super.onEof(token);
  }
}

// text: its characters stand for bytes
export function oracle(text) {
  const parser = new Oracle({ sourceCodeLocationInfo: true, scriptingEnabled: true });
  repairTableScope(parser.openElements);
  parser.tokenizer.write(text, true);
  return parser;
}

const SNIPPET =
  '<template data-smartmsg="{}"><h2 class="title">x</h2></template><script async src="/smartmsg/rt.js"></script>';

function isOurs(node) {
  return node.attrs?.some(
    ({ name, value }) => name === 'data-smartmsg' || (name === 'src' && value === '/smartmsg/rt.js'),
  );
}

function takeOut(node, found) {
  if (!node.childNodes) {
    return;
  }
  for (const child of node.childNodes) {
    if (isOurs(child)) {
      const content = child.content ? serialize(child.content) : '';
      found.push(`${child.namespaceURI === HTML_NS ? child.nodeName : 'foreign'} ${content}`);
    }
    takeOut(child, found);
  }
  node.childNodes = node.childNodes.filter((child) => !isOurs(child));
}

// What is wrong with putting the snippet there, or ''. Only a <frameset> that
// follows a </body> without <body> can mind.
export function harm(text, at) {
  if (/<frameset/i.test(text.slice(at))) {
    return '';
  }
  const page = parse(text.slice(0, at) + SNIPPET + text.slice(at));
  const found = [];
  takeOut(page, found);
  if (found.join() !== 'template <h2 class="title">x</h2>,script ') {
    return `the snippet becomes: ${found}`;
  }
  return serialize(page) === serialize(parse(text)) ? '' : 'the snippet changes the page';
}
