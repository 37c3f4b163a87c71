/** ms after which a refused offer is made again by the triggers that do not wait for a gesture. */
export const RETRY = 1000;
