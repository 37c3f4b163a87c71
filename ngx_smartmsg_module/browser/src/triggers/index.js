import { dwell } from './dwell.js';
import { exit } from './exit.js';
import { idle } from './idle.js';
import { load } from './load.js';

/**
 * Every trigger is a function `(after, fire, signal)`: `after` is in seconds or undefined, `fire` offers the message,
 * and `signal` aborts once the message has been shown or the page has gone. An offer may be refused, because another
 * message is open or the visitor is typing; the trigger then goes on watching.
 */
export const TRIGGERS = { dwell, exit, idle, load };
