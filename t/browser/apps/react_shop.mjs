// A shop in React, whichever version "react" stands for in the bundle.
import { createElement as h, useEffect, useState } from 'react';

const PAGES = ['first', 'second'];

/** @param {URL} url `/react18/document/first?mismatch`: what is hydrated, and the name of the page */
export function propsOf({ pathname, search }, isClient) {
  const [, version, kind, page] = pathname.split('/');
  return { base: `/${version}/${kind}`, kind, page, word: search === '?mismatch' && isClient ? 'client' : 'server' };
}

export function Shop({ base, page, word }) {
  const [current, setCurrent] = useState(page);
  const [count, setCount] = useState(0);

  useEffect(() => {
    const back = () => setCurrent(location.pathname.split('/').pop());
    addEventListener('popstate', back);
    window.isHydrated = true;
    return () => removeEventListener('popstate', back);
  }, []);

  function link(name) {
    const href = `${base}/${name}`;
    const follow = (event) => {
      event.preventDefault();
      history.pushState({}, '', href);
      setCurrent(name);
    };
    return h('a', { key: name, id: name, href, onClick: follow }, name);
  }

  return h(
    'main',
    null,
    h('h1', null, `Page ${current}`),
    h('p', null, word),
    h('nav', null, PAGES.map(link)),
    h('button', { id: 'count', type: 'button', onClick: () => setCount(count + 1) }, `${count}`),
  );
}

/** The shop as a whole document, for `hydrateRoot(document)`. */
export function Page(props) {
  return h(
    'html',
    { lang: 'en' },
    h(
      'head',
      null,
      h('meta', { charSet: 'utf-8' }),
      h('title', null, 'Shop'),
      h('link', { rel: 'icon', href: 'data:,' }),
    ),
    h('body', null, h(Shop, props)),
  );
}
