import { createElement as h } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { Page, propsOf, Shop } from './react_shop.mjs';

const props = propsOf(location, true);

if (props.kind === 'document') hydrateRoot(document, h(Page, props));
else hydrateRoot(document.getElementById('root'), h(Shop, props));
