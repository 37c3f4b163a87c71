// The shop's product pictures, drawn from a few shapes each on a coloured ground.

const DRAWINGS = {
  logo: {
    ground: '#2f5d50',
    shapes: '<path d="M160 50 90 170h40L80 250h60v40h40v-40h60l-50-80h40z" fill="#f4efe4"/>',
  },
  'desk-lamp': {
    ground: '#f1dcc0',
    shapes: `<ellipse cx="150" cy="268" rx="62" ry="12" fill="#2d3440"/><path d="M150 262 110 160l92-66" fill="none" stroke="#2d3440" stroke-width="9" stroke-linejoin="round"/>
<circle cx="110" cy="160" r="9" fill="#c8683c"/><path d="m180 60 66 52-58 22-30-38z" fill="#c8683c"/><path d="m190 134 60-22 26 120H174z" fill="#fff" opacity=".45"/>`,
  },
  'oak-chair': {
    ground: '#dfe5dc',
    shapes: `<g fill="none" stroke="#a9744a" stroke-width="12" stroke-linecap="round"><path d="M112 62v210M208 62v98M208 186v86"/><path d="M112 84q48 18 96 0M112 118q48 18 96 0"/></g>
<path d="M98 164h124l12 24H90z" fill="#c08a5b"/><path d="M98 190v82M228 190v82" stroke="#8f5f3a" stroke-width="12" stroke-linecap="round"/>`,
  },
  teapot: {
    ground: '#cfdfe3',
    shapes: `<path d="M226 138q54-4 44 42-10 40-54 44" fill="none" stroke="#2f4a57" stroke-width="13"/><path d="M96 172q-30 0-44-52l20-4q12 28 34 28z" fill="#2f4a57"/>
<path d="M88 170q0-54 72-54t72 54q0 74-44 84h-56q-44-10-44-84z" fill="#3f6272"/><path d="M112 118q48-30 96 0z" fill="#2f4a57"/><circle cx="160" cy="92" r="11" fill="#c8683c"/>`,
  },
  'mug-set': {
    ground: '#efe3d3',
    shapes: `<path d="M132 140h20q30 0 30 32t-32 32h-14" fill="none" stroke="#49796b" stroke-width="11"/><path d="M62 116h84v92q0 20-20 20H82q-20 0-20-20z" fill="#5b8f7f"/><path d="M62 150h84v16H62z" fill="#efe3d3" opacity=".7"/>
<path d="M236 172h14q26 0 26 28t-28 28h-10" fill="none" stroke="#b2573a" stroke-width="11"/><path d="M172 150h76v84q0 20-20 20h-36q-20 0-20-20z" fill="#c8683c"/><path d="M172 184h76v14h-76z" fill="#efe3d3" opacity=".7"/>`,
  },
  'wool-blanket': {
    ground: '#e6d9e0',
    shapes: `<path d="M70 96q90-26 180 0v128q-90 30-180 0z" fill="#8c5a72"/><path d="M70 128q90-26 180 0v22q-90-26-180 0zM70 176q90-26 180 0v12q-90-26-180 0z" fill="#e6d9e0" opacity=".65"/>
<path d="M74 226v22m22-16v22m22-18v22m22-20v22m22-22v22m22-22v22m22-24v22m22-26v22m20-26v20" stroke="#8c5a72" stroke-width="5" stroke-linecap="round"/>`,
  },
  'wall-clock': {
    ground: '#d9e2ee',
    shapes: `<circle cx="160" cy="160" r="96" fill="#26364d"/><circle cx="160" cy="160" r="82" fill="#fbf8f1"/><g stroke="#26364d" stroke-width="6" stroke-linecap="round"><path d="M160 90v14M160 216v14M90 160h14M216 160h14"/><path d="M160 160 126 122" stroke-width="8"/><path d="m160 160 46-26"/></g>
<path d="M160 160v58" stroke="#c8683c" stroke-width="4" stroke-linecap="round"/><circle cx="160" cy="160" r="7" fill="#c8683c"/>`,
  },
  'flower-pot': {
    ground: '#dbe8d2',
    shapes: `<path d="M160 180q-6-70-62-86 4 62 62 86zM160 180q0-90 34-118 24 66-34 118zM160 182q20-50 74-54-12 50-74 54z" fill="#4f7d4a"/><path d="M160 190v-60" stroke="#3c6338" stroke-width="5"/>
<path d="M98 176h124v28H98z" fill="#c8683c"/><path d="M108 204h104l-14 62h-76z" fill="#b2573a"/><path d="M100 264h120v12H100z" fill="#c8683c"/>`,
  },
  notebook: {
    ground: '#ece6cf',
    shapes: `<path d="m96 74 128-14 24 186-128 16z" fill="#fff"/><path d="m86 74 128-14 24 186-128 16z" fill="#35577d"/><path d="m98 72 14-2 24 188-14 2z" fill="#26405e"/>
<path d="m186 63 12-1 30 220-10-10-8 14z" fill="#c8683c"/><path d="m138 110 44-5 4 28-44 5z" fill="#ece6cf"/>`,
  },
};

/** @returns {{type: string, body: string}|undefined} */
export function picture(name) {
  if (!Object.hasOwn(DRAWINGS, name)) return undefined;
  const { ground, shapes } = DRAWINGS[name];
  const corner = name === 'logo' ? 72 : 0;
  return {
    type: 'image/svg+xml',
    body: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 320"><rect width="320" height="320" rx="${corner}" fill="${ground}"/>${shapes}</svg>\n`,
  };
}
