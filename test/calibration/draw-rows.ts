import { measureText } from '../figma-host/fonts.js';
import { LABELS, NAMES, type Role, type Screen, SENTENCES, type Shape, TITLES } from './screen-content.js';

/** The rows of a screen: their contents, in order, and the width of the screen. */
export interface RowVersion {
  contents: readonly number[];
  width: number;
}

/** Contents differ in this many rows at most. */
export const MOST_ROWS = NAMES.length;

type RowLayout = (seed: number, version: RowVersion) => Screen;

const ROLES = ['Designer', 'Engineer', 'Product manager'];
const STATES = ['Open', 'In review', 'Done'];

/** Shapes of a screen. Keys are paths: `list/row-3/actions/follow/label`. A layer of each prefix contains its shapes. */
class Shapes {
  readonly all: Shape[] = [];

  box(key: string, x: number, y: number, w: number, h: number, role: Role, radius = 8): void {
    this.all.push({ key, x, y, w, h, look: { kind: 'box', role, radius } });
  }

  text(key: string, text: string, x: number, y: number, size: number, role: Role = 'ink'): void {
    const style = role === 'ink' ? 'Medium' : 'Regular';
    const w = measureText(text, { family: 'Inter', style }, size);
    this.all.push({ key, x, y, w, h: size, look: { kind: 'text', role, text, style } });
  }

  icon(key: string, icon: 'bell' | 'chevron' | 'plus' | 'menu' | 'chat' | 'calendar', x: number, y: number): void {
    this.all.push({ key, x, y, w: 20, h: 20, look: { kind: 'icon', role: 'faint', icon } });
  }

  picture(key: string, x: number, y: number, w: number, h: number, seed: number, round = false): void {
    this.all.push({ key, x, y, w, h, look: { kind: 'picture', seed, round } });
  }

  button(key: string, text: string, x: number, y: number, w: number, role: Role): void {
    this.box(key, x, y, w, 32, role, 16);
    this.text(`${key}/label`, text, x + 14, y + 9, 13, role === 'accent' ? 'onAccent' : 'ink');
  }
}

function startScreen(seed: number, width: number): Shapes {
  const shapes = new Shapes();
  shapes.box('bar', 0, 0, width, 64, 'surface', 0);
  shapes.icon('bar/menu', 'menu', 16, 22);
  shapes.text('bar/title', pick(TITLES, seed), 56, 22, 20);
  shapes.icon('bar/action', 'bell', width - 40, 22);
  return shapes;
}

function pick(list: readonly string[], index: number): string {
  return list[index % list.length] ?? '';
}

/** Cards of people: the name is unique, the buttons are all alike. */
const people: RowLayout = (seed, { contents, width }) => {
  const shapes = startScreen(seed, width);
  for (const [place, content] of contents.entries()) {
    const [key, y] = [`list/row-${content}`, 80 + place * 128];
    shapes.box(key, 16, y, width - 32, 116, 'surface', 12);
    shapes.picture(`${key}/head/avatar`, 28, y + 12, 44, 44, seed * 100 + content, true);
    shapes.text(`${key}/head/name`, pick(NAMES, seed + content), 84, y + 16, 15);
    shapes.text(`${key}/head/role`, pick(ROLES, seed + content), 84, y + 38, 13, 'faint');
    shapes.button(`${key}/actions/follow`, 'Follow', 28, y + 72, 72, 'accent');
    shapes.button(`${key}/actions/message`, 'Message', 112, y + 72, 88, 'sunken');
    shapes.icon(`${key}/actions/more`, 'chevron', width - 56, y + 78);
  }
  return { width, height: 96 + contents.length * 128, shapes: shapes.all };
};

/** Rows of a table without pictures: one cell is unique. */
const table: RowLayout = (seed, { contents, width }) => {
  const shapes = startScreen(seed, width);
  for (const [column, label] of ['Task', 'State', 'Due'].entries()) {
    shapes.text(`head/cell-${label}`, label, 24 + (column * width) / 3, 84, 12, 'faint');
  }
  for (const [place, content] of contents.entries()) {
    const [key, y] = [`list/row-${content}`, 108 + place * 48];
    shapes.box(key, 8, y, width - 16, 44, 'surface', 4);
    shapes.text(`${key}/name`, pick(LABELS, seed + content), 24, y + 14, 14);
    shapes.box(`${key}/state`, 8 + width / 3, y + 9, 84, 26, 'sunken', 13);
    shapes.text(`${key}/state/label`, pick(STATES, seed + content), 20 + width / 3, y + 16, 12, 'faint');
    shapes.text(`${key}/due`, `${1 + ((seed + content * 7) % 28)} May`, 24 + (2 * width) / 3, y + 15, 13, 'faint');
    shapes.icon(`${key}/edit`, 'plus', width - 44, y + 12);
  }
  return { width, height: 124 + contents.length * 48, shapes: shapes.all };
};

/** Messages: a unique name, a sentence, a time that says little. */
const messages: RowLayout = (seed, { contents, width }) => {
  const shapes = startScreen(seed, width);
  for (const [place, content] of contents.entries()) {
    const [key, y] = [`list/row-${content}`, 76 + place * 72];
    shapes.box(key, 0, y, width, 71, 'surface', 0);
    shapes.picture(`${key}/avatar`, 16, y + 12, 44, 44, seed * 100 + content, true);
    shapes.text(`${key}/words/title`, pick(NAMES, seed + content), 76, y + 14, 15);
    shapes.text(`${key}/words/line`, pick(SENTENCES, seed + (content % 4)), 76, y + 38, 13, 'faint');
    shapes.text(`${key}/time`, `${1 + ((seed + content * 5) % 12)}:15`, width - 56, y + 14, 12, 'faint');
    shapes.icon(`${key}/open`, 'chevron', width - 36, y + 36);
  }
  return { width, height: 92 + contents.length * 72, shapes: shapes.all };
};

/** Cards of products in two columns: the title is unique, price and button are not. */
const products: RowLayout = (seed, { contents, width }) => {
  const shapes = startScreen(seed, width);
  const cell = (width - 16) / 2;
  for (const [place, content] of contents.entries()) {
    const [key, x, y] = [`list/row-${content}`, 16 + (place % 2) * cell, 80 + Math.floor(place / 2) * 200];
    shapes.box(key, x, y, cell - 16, 188, 'surface', 12);
    shapes.picture(`${key}/picture`, x + 8, y + 8, cell - 32, 92, seed * 100 + content);
    shapes.text(`${key}/title`, pick(LABELS, seed + content), x + 12, y + 112, 14);
    shapes.text(`${key}/price`, `${10 + (content % 3) * 5}.00 €`, x + 12, y + 134, 13, 'faint');
    shapes.button(`${key}/add`, 'Add', x + 12, y + 152, 56, 'accent');
  }
  return { width, height: 96 + Math.ceil(contents.length / 2) * 200, shapes: shapes.all };
};

export const ROW_LAYOUTS: readonly RowLayout[] = [people, table, messages, products];
