// The page contract, written down a second time: what the module puts into a page for armed messages.

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function reference(char) {
  return ENTITIES[char] ?? `&#${char.codePointAt(0)};`;
}

function escapeHtml(text) {
  return text.replace(/[&<>"']|[^\n -~]/gu, reference);
}

function escapeJson(value) {
  const ascii = JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return escapeHtml(ascii);
}

function action({ label, href, close, primary }, place) {
  const classes = (primary ?? place === 0) ? 'action primary' : 'action';
  if (close) return `<button class="${classes}" type="button" data-close>${escapeHtml(label)}</button>`;
  return `<a class="${classes}" href="${escapeHtml(href)}">${escapeHtml(label)}</a>`;
}

function content({ title, text, actions = [], close = 'Close' }) {
  const lines = text && escapeHtml(text).replace(/\n/g, '<br>');
  return [
    `<h2 class="title">${escapeHtml(title)}</h2>`,
    text ? `<p class="text">${lines}</p>` : '',
    actions.length ? `<div class="actions">${actions.map(action).join('')}</div>` : '',
    `<button class="close" type="button" aria-label="${escapeHtml(close)}" data-close></button>`,
  ].join('');
}

/** Seconds that the server puts in where a rule has none. */
const AFTER = { exit: 3, idle: 30, dwell: 30, view: 1, form: 15, cart: 60 };

function moment({ all, ...trigger }) {
  return all ? { all: all.map(moment) } : { ...trigger, after: trigger.after ?? AFTER[trigger.on] ?? 0 };
}

/**
 * One message as the server renders it.
 *
 * @param {{rule: string, variation?: string, number?: number, seconds?: number, items?: number, when: object[], as?: string, lang?: string, title: string, text?: string,
 *   actions?: object[], close?: string}} message
 */
export function template(message) {
  const { rule, variation = '', number, seconds, items, when, as = 'dialog', lang = 'en', preview } = message;
  const data = escapeJson({
    rule,
    variation,
    message: number,
    preview,
    seconds,
    items,
    when: when.map(moment),
    as,
    lang,
  });
  return `<template data-smartmsg="${data}">${content(message)}</template>`;
}

/** What concerns the page as a whole. */
export function flags(data) {
  return `<template data-smartmsg="${escapeJson(data)}"></template>`;
}

/** Asks the runtime to report the page view. */
export const COUNT_VIEW = flags({ view: 1 });

/** `mark`: how many templates there are, or "fetch". */
export function scriptTag(url, nonce, mark) {
  const known = mark ? ` data-smartmsg="${mark}"` : '';
  const attribute = nonce ? ` nonce="${nonce}"` : '';
  return `<script async src="${url}"${known}${attribute}></script>`;
}
