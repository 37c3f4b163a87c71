import { cart } from './cart.js';
import { click } from './click.js';
import { copy } from './copy.js';
import { dwell } from './dwell.js';
import { event } from './event.js';
import { exit } from './exit.js';
import { form } from './form.js';
import { idle } from './idle.js';
import { load } from './load.js';
import { rage } from './rage.js';
import { scroll } from './scroll.js';
import { view } from './view.js';

/**
 * Every trigger is a function `(trigger, fire, signal, message)`: `trigger` is what the rule says, with `after` in
 * seconds, `fire` offers the message, `signal` aborts once it has been shown or the page has gone, and `message` knows
 * what the server had to tell. An offer may be refused, because another message is open or the visitor is typing; the
 * trigger then goes on watching.
 */
export const TRIGGERS = { cart, click, copy, dwell, event, exit, form, idle, load, rage, scroll, view };
