/** ms since the page began. */
export const now = () => performance.now();
