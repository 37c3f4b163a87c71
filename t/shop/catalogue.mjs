export const GOODS = [
  {
    slug: 'desk-lamp',
    cents: 8900,
    name: { en: 'Desk lamp “Heron”', de: 'Schreibtischlampe „Reiher“' },
    about: {
      en: 'A slender lamp of powder-coated steel. Bends where you need light, stays where you put it.',
      de: 'Eine schlanke Lampe aus pulverbeschichtetem Stahl. Leuchtet, wo Sie Licht brauchen, und bleibt, wo Sie sie hinstellen.',
    },
  },
  {
    slug: 'oak-chair',
    cents: 24900,
    name: { en: 'Oak chair “Three”', de: 'Eichenstuhl „Drei“' },
    about: {
      en: 'Solid oak, oiled by hand. Made to be sat on for three generations.',
      de: 'Massive Eiche, von Hand geölt. Gemacht für drei Generationen.',
    },
  },
  {
    slug: 'teapot',
    cents: 6450,
    name: { en: 'Teapot, 1.2 litres', de: 'Teekanne, 1,2 Liter' },
    about: {
      en: 'Stoneware with a matt glaze and a spout that does not drip.',
      de: 'Steinzeug mit matter Glasur und einer Tülle, die nicht tropft.',
    },
  },
  {
    slug: 'mug-set',
    cents: 3980,
    name: { en: 'Two mugs “Coast”', de: 'Zwei Becher „Küste“' },
    about: {
      en: 'Big enough for the long morning. Goes with the teapot.',
      de: 'Groß genug für den langen Morgen. Passt zur Teekanne.',
    },
  },
  {
    slug: 'wool-blanket',
    cents: 12900,
    name: { en: 'Wool blanket', de: 'Wolldecke' },
    about: {
      en: 'Woven from new wool, 140 × 200 cm, warm without weight.',
      de: 'Aus Schurwolle gewebt, 140 × 200 cm, warm und doch leicht.',
    },
  },
  {
    slug: 'wall-clock',
    cents: 5900,
    name: { en: 'Wall clock', de: 'Wanduhr' },
    about: { en: 'Silent movement, clear numbers, 30 cm.', de: 'Lautloses Werk, klare Ziffern, 30 cm.' },
  },
  {
    slug: 'flower-pot',
    cents: 2450,
    name: { en: 'Flower pot with saucer', de: 'Blumentopf mit Untersetzer' },
    about: {
      en: 'Terracotta that breathes. The plant is yours to choose.',
      de: 'Terrakotta, die atmet. Die Pflanze suchen Sie aus.',
    },
  },
  {
    slug: 'notebook',
    cents: 1490,
    name: { en: 'Notebook, dotted', de: 'Notizbuch, gepunktet' },
    about: {
      en: '160 pages that lie flat, thread-stitched, with two ribbons.',
      de: '160 Seiten, die flach liegen, fadengeheftet, mit zwei Lesebändchen.',
    },
  },
];

export function find(slug) {
  return GOODS.find((item) => item.slug === slug);
}
