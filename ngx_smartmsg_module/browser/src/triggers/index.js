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
 * Every trigger is a function `(trigger, moment, isTime, message)`: `trigger` is what the rule says, where the server has put
 * in the seconds of `after` if the rule does not have them; `moment` offers the message, see createMoment(); `isTime()`
 * tells whether `after` seconds have passed on the page; and `message` knows what the server had to tell. It is called
 * `during()` the life of the message, which ends once it has been shown or the page has gone. An offer may be refused,
 * because another message is open or the visitor is typing; the trigger then goes on watching.
 */
export const TRIGGERS = { cart, click, copy, dwell, event, exit, form, idle, load, rage, scroll, view };
