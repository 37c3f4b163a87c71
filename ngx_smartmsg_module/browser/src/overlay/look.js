/**
 * What an overlay takes over from the shop. It lives outside the shop's tree and inherits nothing, so the few things
 * that make it look at home are read from the page when it opens.
 *
 * @returns {{font: string, dark: boolean}}
 */
export function shopLook() {
  const page = getComputedStyle(document.documentElement);
  const body = getComputedStyle(document.body);
  return {
    font: body.fontFamily,
    dark: isDark(body) ?? isDark(page) ?? isDarkCanvas(page),
  };
}

/** @returns {boolean|undefined} undefined where the colour lets what is below shine through, or is of a newer notation */
function isDark({ backgroundColor }) {
  const [red, green, blue, alpha = 1] = backgroundColor.match(/^rgb/) ? backgroundColor.match(/[\d.]+/g) : [0, 0, 0, 0];
  return alpha < 0.5 ? undefined : red * 0.3 + green * 0.59 + blue * 0.11 < 128;
}

/** The browser's own background is dark only if the shop says that it supports it. */
function isDarkCanvas({ colorScheme }) {
  return /dark/.test(colorScheme) && (!/light/.test(colorScheme) || matchMedia('(prefers-color-scheme: dark)').matches);
}
