/**
 * Whether words of this colour, as computed, stand on dark ground, whatever that is painted with. The notations that are
 * younger than rgb() begin with the lightness.
 */
export const isLight = (color) => {
  const [first, green, blue] = color.match(/\b[\d.]+/g) ?? [];
  if (/^rgb/.test(color)) return first * 3 + green * 6 + +blue > 1280;
  return first > (/^l/.test(color) ? 50 : 0.5);
};
