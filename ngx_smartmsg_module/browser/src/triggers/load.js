import { afterLoad } from '../border.js';
import { createMoment } from './moment.js';

/** The page has loaded, and `after` seconds have passed since. */
export function load({ after }, fire, signal) {
  const moment = createMoment(fire, signal);
  afterLoad(() => moment(after), signal);
}
