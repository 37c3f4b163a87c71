import { safely } from './border.js';

/** As JSON.parse(), but undefined for what is no JSON. */
export const parse = safely(JSON.parse);
