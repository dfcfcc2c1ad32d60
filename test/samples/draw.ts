/** Icons on a grid of 24, drawn with strokes of 2. */
const ICONS = {
  search: '<circle cx="11" cy="11" r="7"/><path d="m16.5 16.5 4.5 4.5"/>',
  heart: '<path d="M12 20s-8-4.7-8-10.6A4.4 4.4 0 0 1 12 7a4.4 4.4 0 0 1 8 2.4C20 15.3 12 20 12 20Z"/>',
  clock: '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3.5 2"/>',
  route:
    '<circle cx="6" cy="19" r="2.5"/><circle cx="18" cy="5" r="2.5"/><path d="M8.5 19H15a3.5 3.5 0 0 0 0-7H9a3.5 3.5 0 0 1 0-7h6.5"/>',
  climb: '<path d="m3 19 6.5-11 4 6.5L16 11l5 8Z"/>',
  star: '<path d="m12 3 2.8 5.7 6.2.9-4.5 4.4 1.1 6.2L12 17.3l-5.6 2.9 1.1-6.2L3 9.6l6.2-.9Z"/>',
  house: '<path d="M3.5 11 12 4l8.5 7"/><path d="M6 9.5V20h12V9.5"/>',
  map: '<path d="m3 6 6-2 6 2 6-2v14l-6 2-6-2-6 2Z"/><path d="M9 4v14M15 6v14"/>',
  bookmark: '<path d="M6 4h12v17l-6-4.5L6 21Z"/>',
  person: '<circle cx="12" cy="8" r="4"/><path d="M4 21a8 8 0 0 1 16 0"/>',
  back: '<path d="M15 5 8 12l7 7"/>',
  next: '<path d="m9 5 7 7-7 7"/>',
  share: '<path d="M12 15V4M7.5 8 12 3.5 16.5 8"/><path d="M5 13v7h14v-7"/>',
  bell: '<path d="M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15Z"/><path d="M10 21h4"/>',
  download: '<path d="M12 4v11M7.5 11 12 15.5 16.5 11M5 20h14"/>',
  ruler: '<path d="m3 16 13-13 5 5L8 21Z"/><path d="m7 12 2 2M10 9l3 3M13 6l2 2"/>',
  moon: '<path d="M20 14A8.5 8.5 0 1 1 10 4a7 7 0 0 0 10 10Z"/>',
  flame:
    '<path d="M12 21a6 6 0 0 0 6-6c0-4-3-5-3.5-9C11 7 10.5 10 10.5 12 9.5 11.5 9 10.5 9 9.5 7 11 6 13 6 15a6 6 0 0 0 6 6Z"/>',
} as const;

export type IconName = keyof typeof ICONS;

/** An icon as SVG in the colour of the text. */
export function icon(name: IconName, px = 22, attributes = ''): string {
  return (
    `<svg width="${px}" height="${px}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" ` +
    `stroke-linecap="round" stroke-linejoin="round" ${attributes}>${ICONS[name]}</svg>`
  );
}

interface Landscape {
  sky: readonly [string, string];
  sun: { x: number; y: number; r: number; colour: string };
  /** Ridges from far to near: colour, and heights in percent at even distances. */
  ridges: readonly { colour: string; heights: readonly number[] }[];
  water?: readonly [string, string];
  trees?: string;
}

/** Drawn places, each 400 × 240. */
export const LANDSCAPES = {
  tarn: {
    sky: ['#f9c58d', '#fdeed6'],
    sun: { x: 296, y: 74, r: 26, colour: '#fff6df' },
    ridges: [
      { colour: '#c7a6b4', heights: [98, 70, 112, 58, 92, 64, 104, 84] },
      { colour: '#8d7a9d', heights: [120, 104, 74, 118, 132, 96, 122, 110] },
      { colour: '#4f5f83', heights: [134, 142, 128, 150, 146, 152, 130, 118] },
    ],
    water: ['#6d8fb5', '#3a5a80'],
    trees: '#1f3a45',
  },
  gorge: {
    sky: ['#9fd3e6', '#e9f6f4'],
    sun: { x: 236, y: 56, r: 22, colour: '#ffffff' },
    ridges: [
      { colour: '#a9c9b4', heights: [60, 110, 150, 168, 172, 150, 96, 54] },
      { colour: '#5f9a7c', heights: [84, 130, 182, 206, 208, 188, 140, 92] },
      { colour: '#2f6b55', heights: [140, 176, 214, 230, 232, 220, 184, 150] },
    ],
    trees: '#1d4a3c',
  },
  dunes: {
    sky: ['#f6b7a4', '#fde5d2'],
    sun: { x: 210, y: 92, r: 34, colour: '#fff1d8' },
    ridges: [
      { colour: '#e59b74', heights: [150, 128, 116, 132, 150, 138, 120, 112] },
      { colour: '#c9714f', heights: [172, 180, 160, 142, 150, 176, 186, 170] },
      { colour: '#97492f', heights: [204, 190, 198, 212, 200, 186, 196, 214] },
    ],
  },
} as const satisfies Record<string, Landscape>;

/** A drawn place as SVG that fills its element. `id` keeps the gradients of a page apart. */
export function landscape(name: keyof typeof LANDSCAPES, id: string): string {
  const { sky, sun, ridges, ...rest }: Landscape = LANDSCAPES[name];
  const { water, trees } = rest;
  const gradient = (key: string, [from, to]: readonly [string, string]) =>
    `<linearGradient id="${id}${key}" x2="0" y2="1"><stop stop-color="${from}"/><stop offset="1" stop-color="${to}"/></linearGradient>`;
  const lake =
    water === undefined
      ? ''
      : `<path d="M0 168H400V240H0Z" fill="url(#${id}w)"/><path d="M270 178h52M254 190h84M282 202h30M262 214h60" stroke="#fff" stroke-opacity=".5" stroke-width="3" stroke-linecap="round"/>`;
  return (
    `<svg viewBox="0 0 400 240" preserveAspectRatio="xMidYMid slice" width="100%" height="100%" style="display:block">` +
    `<defs>${gradient('s', sky)}${water === undefined ? '' : gradient('w', water)}</defs>` +
    `<path d="M0 0H400V240H0Z" fill="url(#${id}s)"/><circle cx="${sun.x}" cy="${sun.y}" r="${sun.r}" fill="${sun.colour}"/>` +
    `${ridges.map(ridge).join('')}${lake}${trees === undefined ? '' : pines(trees)}</svg>`
  );
}

function ridge({ colour, heights }: Landscape['ridges'][number]): string {
  const step = 400 / (heights.length - 1);
  const line = heights.map((y, n) => `L${(n * step).toFixed(0)} ${y}`).join('');
  return `<path d="M0 240${line}L400 240Z" fill="${colour}"/>`;
}

/** A dark shore with conifers in the lower left corner, and a few on the right. */
function pines(colour: string): string {
  const trees = [14, 40, 62, 92, 118, 352, 384].map((x, n) => {
    const h = 46 + ((n * 29) % 34);
    const base = 216 + ((n * 7) % 10);
    return `<path d="M${x} ${base - h}l${h / 4} ${h}h-${h / 2}Z"/>`;
  });
  return `<g fill="${colour}">${trees.join('')}<path d="M0 206Q70 196 150 226T400 214V240H0Z"/></g>`;
}

/** A portrait of plain shapes. */
export function portrait(): string {
  return (
    '<svg viewBox="0 0 40 40" width="100%" height="100%" style="display:block"><path d="M0 0H40V40H0Z" fill="#f3b994"/>' +
    '<path d="M6 40c0-9 6-13 14-13s14 4 14 13Z" fill="#2d6a5a"/><circle cx="20" cy="17" r="8" fill="#fbe0cd"/>' +
    '<path d="M11 18c-1-9 4-12 9-12s11 2 9 13c-1-4-3-6-5-7-4 2-9 2-13 6Z" fill="#5a3326"/></svg>'
  );
}
