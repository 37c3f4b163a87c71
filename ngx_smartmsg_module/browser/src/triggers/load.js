import { afterLoad } from '../border.js';
import { ALWAYS } from './moment.js';

/** The page has loaded, and `after` seconds have passed since. */
export const load = ({ after }, moment) => {
  afterLoad(() => moment(after, ALWAYS));
};
