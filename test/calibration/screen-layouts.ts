import { seededRandom } from '../../daemon/test/support/random.js';
import { measureText } from '../figma-host/fonts.js';
import type { Role, Screen, Shape } from './screen-content.js';
import { ACTIONS, ICON_NAMES, type IconName, LABELS, NAMES, SENTENCES, TITLES } from './screen-content.js';

/** Differences between two versions of a screen. */
export interface Version {
  width: number;
  /** Factor of row heights and gaps. */
  density: number;
  /** Indices of removed rows. */
  leftOut: ReadonlySet<number>;
  /** A row with other content is inserted before the row of this index; −1 for none. */
  insertedAt: number;
}

type Style = 'Regular' | 'Medium' | 'Bold';

/** Collects the shapes of a screen. The seed determines the content, not the layout. */
class Sheet {
  readonly shapes: Shape[] = [];
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  number(below: number): number {
    return Math.floor(this.#random() * below);
  }

  pick<T>(list: readonly T[], fallback: T): T {
    return list[this.number(list.length)] ?? fallback;
  }

  box(key: string, x: number, y: number, w: number, h: number, role: Role, radius = 8): void {
    this.shapes.push({ key, x, y, w, h, look: { kind: 'box', role, radius } });
  }

  text(key: string, text: string, x: number, y: number, size: number, role: Role = 'ink', style: Style = 'Regular') {
    this.shapes.push({
      key,
      x,
      y,
      w: measureText(text, { family: 'Inter', style }, size),
      h: size,
      look: { kind: 'text', role, text, style },
    });
  }

  icon(key: string, icon: IconName, x: number, y: number, size: number, role: Role = 'ink'): void {
    this.shapes.push({ key, x, y, w: size, h: size, look: { kind: 'icon', role, icon } });
  }

  picture(key: string, x: number, y: number, w: number, h: number, round = false): void {
    this.shapes.push({ key, x, y, w, h, look: { kind: 'picture', seed: this.number(1e6), round } });
  }
}

export type Layout = (seed: number, version: Version) => Screen;

/** The rows of a version: index of the content, and position. */
function rowsOf(count: number, { leftOut, insertedAt }: Version): { content: number; place: number }[] {
  const contents = Array.from({ length: count }, (_, content) => content).filter((content) => !leftOut.has(content));
  if (insertedAt >= 0) contents.splice(insertedAt, 0, count + insertedAt);
  return contents.map((content, place) => ({ content, place }));
}

function topBar(sheet: Sheet, width: number): void {
  sheet.box('bar', 0, 0, width, 64, 'surface', 0);
  sheet.icon('bar/menu', sheet.pick(ICON_NAMES, 'menu'), 16, 20, 24);
  sheet.text('bar/title', sheet.pick(TITLES, 'Inbox'), 56, 22, 20, 'ink', 'Bold');
  sheet.icon('bar/action', sheet.pick(ICON_NAMES, 'bell'), width - 40, 20, 24, 'faint');
}

function tabBar(sheet: Sheet, width: number, y: number): void {
  sheet.box('tabs', 0, y, width, 68, 'surface', 0);
  for (let tab = 0; tab < 4; tab++) {
    const centre = ((tab + 0.5) * width) / 4;
    sheet.icon(
      `tab-${tab}/icon`,
      sheet.pick(ICON_NAMES, 'home'),
      centre - 12,
      y + 10,
      24,
      tab === 0 ? 'accent' : 'faint',
    );
    sheet.text(`tab-${tab}/label`, sheet.pick(TITLES, 'Home'), centre - 16, y + 42, 11, 'faint', 'Medium');
  }
}

/** Each row has its own seed, so it keeps its content at any position. */
const list: Layout = (seed, version) => {
  const { width, density } = version;
  const sheet = new Sheet(seed);
  topBar(sheet, width);
  sheet.box('search', 16, 76, width - 32, 40, 'sunken', 20);
  sheet.icon('search/icon', 'search', 28, 86, 20, 'faint');
  sheet.text('search/hint', sheet.pick(SENTENCES, 'Search'), 58, 89, 14, 'faint');
  const rowHeight = 72 * density;
  const rows = rowsOf(8, version);
  for (const { content, place } of rows) {
    const row = new Sheet(seed * 100 + content);
    const y = 128 + place * rowHeight;
    row.picture(`row-${content}/avatar`, 16, y + 8, 44, 44, true);
    row.text(`row-${content}/title`, row.pick(NAMES, ''), 76, y + 12, 15, 'ink', 'Medium');
    row.text(`row-${content}/words`, row.pick(SENTENCES, ''), 76, y + 34, 13, 'faint');
    row.text(`row-${content}/time`, `${row.number(12) + 1}:${row.number(50) + 10}`, width - 56, y + 12, 12, 'faint');
    if (row.number(3) === 0) row.box(`row-${content}/badge`, width - 40, y + 32, 20, 20, 'badge', 10);
    row.box(`row-${content}/line`, 76, y + rowHeight - 4, width - 92, 1, 'line', 0);
    sheet.shapes.push(...row.shapes);
  }
  const end = 140 + rows.length * rowHeight;
  tabBar(sheet, width, end);
  return { width, height: end + 68, shapes: sheet.shapes };
};

const settings: Layout = (seed, version) => {
  const { width, density } = version;
  const sheet = new Sheet(seed);
  topBar(sheet, width);
  const rowHeight = 52 * density;
  const rows = rowsOf(10, version);
  sheet.box('group', 12, 80, width - 24, rows.length * rowHeight + 8, 'surface', 12);
  for (const { content, place } of rows) {
    const row = new Sheet(seed * 100 + content);
    const y = 84 + place * rowHeight;
    row.box(`row-${content}/tile`, 24, y + 10, 30, 30, row.pick(['accent', 'badge', 'faint'] as const, 'accent'), 8);
    row.icon(`row-${content}/icon`, row.pick(ICON_NAMES, 'bell'), 30, y + 16, 18, 'onAccent');
    row.text(`row-${content}/label`, row.pick(LABELS, ''), 68, y + 18, 15, 'ink');
    if (row.number(2) === 0) {
      row.box(`row-${content}/switch`, width - 72, y + 12, 44, 26, 'accent', 13);
      row.box(`row-${content}/knob`, width - 52, y + 14, 22, 22, 'onAccent', 11);
    } else row.icon(`row-${content}/chevron`, 'chevron', width - 48, y + 15, 20, 'faint');
    sheet.shapes.push(...row.shapes);
  }
  const end = 112 + rows.length * rowHeight;
  sheet.box('button', 16, end, width - 32, 48, 'accent', 12);
  sheet.text('button/words', sheet.pick(ACTIONS, ''), width / 2 - 30, end + 17, 16, 'onAccent', 'Medium');
  return { width, height: end + 72, shapes: sheet.shapes };
};

const gallery: Layout = (seed, version) => {
  const { width, density } = version;
  const sheet = new Sheet(seed);
  topBar(sheet, width);
  const columns = Math.max(2, Math.round(width / 200));
  const cell = (width - 16) / columns;
  const cardHeight = 190 * density;
  const rows = rowsOf(8, version);
  for (const { content, place } of rows) {
    const card = new Sheet(seed * 100 + content);
    const x = 16 + (place % columns) * cell;
    const y = 80 + Math.floor(place / columns) * (cardHeight + 12);
    const w = cell - 16;
    card.box(`card-${content}`, x, y, w, cardHeight, 'surface', 12);
    card.picture(`card-${content}/picture`, x + 8, y + 8, w - 16, cardHeight - 70);
    card.text(`card-${content}/title`, card.pick(LABELS, ''), x + 12, y + cardHeight - 50, 14, 'ink', 'Medium');
    card.text(`card-${content}/price`, `${card.number(90) + 10}.00 €`, x + 12, y + cardHeight - 26, 13, 'faint');
    card.icon(`card-${content}/plus`, card.pick(ICON_NAMES, 'plus'), x + w - 34, y + cardHeight - 36, 22, 'accent');
    sheet.shapes.push(...card.shapes);
  }
  const end = 92 + Math.ceil(rows.length / columns) * (cardHeight + 12);
  tabBar(sheet, width, end);
  return { width, height: end + 68, shapes: sheet.shapes };
};

/** For a desktop: navigation, figures, a chart and a table. */
const dashboard: Layout = (seed, version) => {
  const width = version.width * 3;
  const { density } = version;
  const sheet = new Sheet(seed);
  const rows = rowsOf(7, version);
  const rowHeight = 44 * density;
  const height = 460 + rows.length * rowHeight;
  sheet.box('navigation', 0, 0, 220, height, 'surface', 0);
  sheet.text('navigation/title', sheet.pick(TITLES, ''), 24, 26, 20, 'ink', 'Bold');
  for (let item = 0; item < 7; item++) {
    sheet.icon(`navigation-${item}/icon`, sheet.pick(ICON_NAMES, 'home'), 24, 80 + item * 44 * density, 20, 'faint');
    sheet.text(`navigation-${item}/label`, sheet.pick(LABELS, ''), 56, 83 + item * 44 * density, 14, 'ink');
  }
  const card = (width - 244) / 4;
  for (let figure = 0; figure < 4; figure++) {
    const x = 244 + figure * card;
    sheet.box(`figure-${figure}`, x, 24, card - 24, 110, 'surface', 12);
    sheet.text(`figure-${figure}/label`, sheet.pick(LABELS, ''), x + 16, 42, 13, 'faint');
    sheet.text(`figure-${figure}/value`, String(sheet.number(90_000) + 100), x + 16, 72, 28, 'ink', 'Bold');
    sheet.icon(`figure-${figure}/icon`, sheet.pick(ICON_NAMES, 'plus'), x + card - 60, 40, 20, 'accent');
  }
  sheet.box('chart', 244, 152, width - 268, 230, 'surface', 12);
  for (let bar = 0; bar < 12; bar++) {
    const tall = 30 + sheet.number(150);
    sheet.box(`bar-${bar}`, 270 + (bar * (width - 320)) / 12, 362 - tall, 26, tall, 'accent', 4);
  }
  sheet.box('table', 244, 400, width - 268, rows.length * rowHeight + 30, 'surface', 12);
  for (const { content, place } of rows) {
    const row = new Sheet(seed * 100 + content);
    const y = 416 + place * rowHeight;
    row.picture(`row-${content}/avatar`, 262, y + 4, 28, 28, true);
    row.text(`row-${content}/name`, row.pick(NAMES, ''), 304, y + 10, 14, 'ink', 'Medium');
    row.text(`row-${content}/words`, row.pick(SENTENCES, ''), 244 + (width - 268) * 0.3, y + 10, 14, 'faint');
    row.text(`row-${content}/sum`, `${row.number(9000)}.00`, width - 130, y + 10, 14, 'ink');
    row.box(
      `row-${content}/state`,
      width - 260,
      y + 6,
      70,
      24,
      row.pick(['sunken', 'accent', 'badge'] as const, 'sunken'),
      12,
    );
    sheet.shapes.push(...row.shapes);
  }
  return { width, height, shapes: sheet.shapes };
};

export const LAYOUTS: readonly Layout[] = [list, settings, gallery, dashboard];
