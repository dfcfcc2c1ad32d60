import fc from 'fast-check';
import type { Design, Value } from '../../plugin/src/shared/design.js';
import { ICONS } from '../figma-host/documents/parts.js';
import { buttonPart } from './components.js';
import { Draft, type Part, type Props } from './draft.js';
import {
  boundPaint,
  FIXED_COLOURS,
  hexOf,
  NUMBER_VARIABLES,
  paint,
  paintsOfStyle,
  type Role,
  styleId,
} from './library.js';

/** How colours of a design are set: as they are, by styles, by variables with modes, by variables of a collection. */
const PAINTING = ['raw', 'style', 'modes', 'collection'] as const;
type Painting = (typeof PAINTING)[number];

export interface ScreenChoice {
  painting: Painting;
  width: number;
  /** The kinds of its sections, top to bottom. */
  sections: readonly Section[];
  /** Sections below each other by auto layout, else at their places with constraints. */
  isLaidOut: boolean;
  rows: number;
  /** Where its words begin in the lists. */
  words: number;
}

const SECTIONS = ['header', 'search', 'list', 'banner', 'tiles', 'form', 'group', 'actions', 'tabs'] as const;
type Section = (typeof SECTIONS)[number];

export const screenChoices: fc.Arbitrary<ScreenChoice> = fc.record({
  painting: fc.constantFrom(...PAINTING),
  width: fc.constantFrom(390, 375, 360),
  sections: fc.subarray([...SECTIONS], { minLength: 2, maxLength: 5 }),
  isLaidOut: fc.boolean(),
  rows: fc.integer({ min: 2, max: 4 }),
  words: fc.nat(20),
});

const TITLES = ['Inbox', 'Trails nearby', 'Your order', 'Settings', 'Team', 'Saved places', 'Payments', 'Library'];
const NAMES = ['Maya Lindqvist', 'Design review', 'Priya Raman', 'Weekly planning', 'Tomas Herrera', 'Lake loop'];
const LINES = [
  'The new flow is ready to try',
  'Can we move the button up',
  'Sent you the export settings',
  'Agenda for Thursday is attached',
  'Four hours with a view of the sea',
  'Delivered on Tuesday morning',
];
const ACTIONS = ['Invite', 'Continue', 'Save changes', 'Start now', 'Share', 'Pay later'];
const FIELDS = ['Email', 'Password', 'Street', 'Full name', 'Phone', 'City'];
const TABS = ['Home', 'Search', 'Saved', 'Profile'];

/** A screen of an app with sections of usual kinds. The ids of its layers are their keys. */
export function screen(choice: ScreenChoice): Design {
  const parts = new Parts(choice);
  let y = 0;
  const sections = choice.sections.map((kind) => {
    const part = parts.section(kind);
    const placed = choice.isLaidOut ? part : { ...part, y };
    y += (part.height ?? 0) + 16;
    return placed;
  });
  const layout: Props = choice.isLaidOut ? { layoutMode: 'VERTICAL', itemSpacing: 16 } : {};
  return Draft.from({
    key: 'screen',
    type: 'FRAME',
    name: 'Screen',
    width: choice.width,
    height: Math.max(844, y),
    props: { ...parts.fill('canvas'), ...layout, clipsContent: true },
    children: sections,
  }).design();
}

const FILL_WIDTH: Props = { layoutSizingHorizontal: 'FILL' };

function constraints(horizontal: string, vertical = 'MIN'): Props {
  return { constraints: { horizontal, vertical } };
}

function padding(x: number, y: number): Props {
  return { paddingLeft: x, paddingRight: x, paddingTop: y, paddingBottom: y };
}

function radius(value: number): Props {
  const corners = ['topLeft', 'topRight', 'bottomLeft', 'bottomRight'].map((corner) => [`${corner}Radius`, value]);
  return { cornerRadius: value, ...Object.fromEntries(corners) };
}

function shadow(): Value {
  const color = { r: 0, g: 0, b: 0, a: 0.1 };
  const offset = { x: 0, y: 4 };
  return [{ type: 'DROP_SHADOW', visible: true, radius: 16, spread: 0, blendMode: 'NORMAL', color, offset }];
}

/** Makes the sections of one screen. */
class Parts {
  readonly #choice: ScreenChoice;

  constructor(choice: ScreenChoice) {
    this.#choice = choice;
  }

  fill(role: Role): Props {
    const { painting } = this.#choice;
    if (painting === 'style')
      return { fills: paintsOfStyle(styleId(role, 'light')), fillStyleId: styleId(role, 'light') };
    if (painting === 'raw') return { fills: [paint(hexOf(role))] };
    return { fills: [boundPaint(role, painting === 'modes' ? 'Theme' : 'Light', 'light')] };
  }

  section(kind: Section): Part {
    const { width, isLaidOut } = this.#choice;
    const part = this[kind](isLaidOut ? width : width - 40);
    const place = isLaidOut ? FILL_WIDTH : constraints('STRETCH');
    return { x: isLaidOut ? 0 : 20, ...part, props: { ...part.props, ...(part.type === 'GROUP' ? {} : place) } };
  }

  #word(list: readonly string[], n: number): string {
    return list[(n + this.#choice.words) % list.length] ?? '';
  }

  #text(key: string, characters: string, role: Role, size: number, style: string, rest: Partial<Part> = {}): Part {
    const fontName = { family: 'Inter', style };
    return {
      width: Math.round(characters.length * size * 0.55),
      height: Math.round(size * 1.25),
      ...rest,
      key,
      type: 'TEXT',
      name: characters,
      props: { characters, fontName, fontSize: size, ...this.fill(role), ...rest.props },
    };
  }

  #icon(key: string, icon: keyof typeof ICONS, role: Role, rest: Partial<Part> = {}): Part {
    const { fills = [], fillStyleId = '' } = this.fill(role);
    const vectorPaths = [{ windingRule: 'NONE', data: ICONS[icon] }];
    const stroke = { strokes: fills, strokeStyleId: fillStyleId, strokeWeight: 2, strokeCap: 'ROUND', vectorPaths };
    return { width: 24, height: 24, ...rest, key, type: 'VECTOR', name: icon, props: { ...stroke, ...rest.props } };
  }

  #frame(key: string, name: string, rest: Partial<Part>): Part {
    return { ...rest, key, type: 'FRAME', name };
  }

  /** A picture: its colours are the same in every theme. */
  #picture(key: string, size: number, n: number, rest: Partial<Part> = {}): Part {
    const fills = [paint(FIXED_COLOURS[n % FIXED_COLOURS.length] ?? FIXED_COLOURS[0])];
    return {
      ...rest,
      key,
      type: 'ELLIPSE',
      name: 'Picture',
      width: size,
      height: size,
      props: { fills, ...rest.props },
    };
  }

  header(width: number): Part {
    return this.#frame('header', 'Header', {
      width,
      height: 88,
      props: this.fill('surface'),
      children: [
        this.#icon('header/menu', 'menu', 'ink', { x: 20, y: 44 }),
        this.#text('header/title', this.#word(TITLES, 0), 'ink', 24, 'Bold', { x: 60, y: 42 }),
        this.#icon('header/bell', 'bell', 'ink', { x: width - 44, y: 44, props: constraints('MAX') }),
        {
          key: 'header/badge',
          type: 'ELLIPSE',
          name: 'Badge',
          x: width - 30,
          y: 42,
          width: 10,
          height: 10,
          props: { ...this.fill('badge'), strokes: [paint(hexOf('onAccent'))], ...constraints('MAX') },
        },
        {
          key: 'header/line',
          type: 'RECTANGLE',
          name: 'Line',
          y: 87,
          width,
          height: 1,
          props: { ...this.fill('line'), ...constraints('STRETCH', 'MAX') },
        },
      ],
    });
  }

  search(width: number): Part {
    return this.#frame('search', 'Search field', {
      width,
      height: 44,
      props: { ...this.fill('sunken'), ...radius(12), layoutMode: 'HORIZONTAL', itemSpacing: 8, ...padding(12, 10) },
      children: [
        this.#icon('search/icon', 'search', 'faint'),
        this.#text('search/hint', 'Search everything', 'faint', 16, 'Regular', { props: { layoutGrow: 1 } }),
      ],
    });
  }

  list(width: number): Part {
    const { rows } = this.#choice;
    return this.#frame('list', 'List', {
      width,
      height: rows * 72,
      props: { ...this.fill('surface'), layoutMode: 'VERTICAL', layoutSizingVertical: 'HUG' },
      children: Array.from({ length: rows }, (_, n) => this.#row(width, n)),
    });
  }

  #row(width: number, n: number): Part {
    const key = `row-${n + 1}`;
    return this.#frame(key, 'Row', {
      width,
      height: 72,
      props: FILL_WIDTH,
      children: [
        this.#picture(`${key}/picture`, 44, n, { x: 16, y: 14 }),
        this.#text(`${key}/title`, this.#word(NAMES, n), 'ink', 16, 'Semi Bold', { x: 74, y: 15 }),
        this.#text(`${key}/line`, this.#word(LINES, n), 'faint', 14, 'Regular', { x: 74, y: 38 }),
        this.#icon(`${key}/next`, 'chevron', 'faint', { x: width - 40, y: 24, props: constraints('MAX') }),
      ],
    });
  }

  banner(width: number): Part {
    const stroke = { strokes: this.fill('line').fills ?? [], strokeStyleId: this.fill('line').fillStyleId ?? '' };
    const mixed = { text: 'Work on it together', start: 11 };
    return this.#frame('banner', 'Banner', {
      width,
      height: 132,
      props: { ...this.fill('surface'), ...stroke, ...radius(16), effects: shadow() },
      children: [
        this.#text('banner/title', this.#word(TITLES, 3), 'ink', 18, 'Semi Bold', { x: 20, y: 18 }),
        mixedText(this.#text('banner/words', mixed.text, 'faint', 14, 'Regular', { x: 20, y: 46 }), mixed.start),
        buttonPart('banner/button', 'C:primary', this.#word(ACTIONS, 0), { x: 20, y: 76 }),
        this.#picture('banner/picture', 64, 2, { x: width - 84, y: 20, props: constraints('MAX', 'CENTER') }),
      ],
    });
  }

  tiles(width: number): Part {
    const tile = (n: number) =>
      this.#frame(`tile-${n}`, 'Tile', {
        width: (width - 12) / 2,
        height: 96,
        props: {
          ...this.fill('surface'),
          ...radius(12),
          ...FILL_WIDTH,
          layoutMode: 'VERTICAL',
          itemSpacing: 6,
          ...padding(16, 16),
        },
        children: [
          this.#icon(`tile-${n}/icon`, n === 1 ? 'calendar' : 'chat', 'accent'),
          this.#text(`tile-${n}/value`, `${12 * n} days`, 'ink', 18, 'Bold'),
          this.#text(`tile-${n}/name`, this.#word(LINES, n + 2).slice(0, 14), 'faint', 12, 'Medium'),
        ],
      });
    const layout = { layoutMode: 'HORIZONTAL', itemSpacing: 12, 'variable.itemSpacing': 'VariableID:space/m' };
    if (layout.itemSpacing !== NUMBER_VARIABLES[layout['variable.itemSpacing']]) throw new Error('another space');
    return this.#frame('tiles', 'Tiles', { width, height: 96, props: layout, children: [tile(1), tile(2)] });
  }

  form(width: number): Part {
    const field = (n: number) =>
      this.#frame(`field-${n}`, 'Field', {
        width,
        height: 64,
        props: { ...FILL_WIDTH, layoutMode: 'VERTICAL', itemSpacing: 4, layoutSizingVertical: 'HUG' },
        children: [
          this.#text(`field-${n}/label`, this.#word(FIELDS, n), 'faint', 12, 'Medium'),
          this.#frame(`field-${n}/box`, 'Box', {
            width,
            height: 44,
            props: {
              ...this.fill('sunken'),
              ...radius(8),
              ...FILL_WIDTH,
              layoutMode: 'HORIZONTAL',
              ...padding(12, 12),
            },
            children: [this.#text(`field-${n}/value`, this.#word(NAMES, n + 1), 'ink', 16, 'Regular')],
          }),
        ],
      });
    const layout = { layoutMode: 'VERTICAL', itemSpacing: 12, layoutSizingVertical: 'HUG' };
    return this.#frame('form', 'Form', { width, height: 140, props: layout, children: [field(1), field(2)] });
  }

  group(width: number): Part {
    return {
      key: 'group',
      type: 'GROUP',
      name: 'Chart',
      width,
      height: 80,
      children: [12, 34, 20, 46].map((height, n) => ({
        key: `group/bar-${n + 1}`,
        type: 'RECTANGLE',
        name: 'Bar',
        x: 20 + n * 28,
        y: 60 - height,
        width: 18,
        height,
        props: { ...this.fill(n === 3 ? 'accent' : 'line'), ...radius(4) },
      })),
    };
  }

  actions(width: number): Part {
    return this.#frame('actions', 'Actions', {
      width,
      height: 44,
      props: { layoutMode: 'HORIZONTAL', itemSpacing: 12 },
      children: [
        buttonPart('actions/first', 'C:primary', this.#word(ACTIONS, 1)),
        buttonPart('actions/second', 'C:secondary', this.#word(ACTIONS, 2)),
      ],
    });
  }

  tabs(width: number): Part {
    const tab = (label: string, n: number) => {
      const role: Role = n === 0 ? 'accent' : 'faint';
      const icon = (['home', 'search', 'chat', 'person'] as const)[n] ?? 'home';
      return this.#frame(`tab-${n + 1}`, 'Tab', {
        width: 48,
        height: 48,
        props: { layoutMode: 'VERTICAL', counterAxisAlignItems: 'CENTER', itemSpacing: 4 },
        children: [
          this.#icon(`tab-${n + 1}/icon`, icon, role),
          this.#text(`tab-${n + 1}/label`, label, role, 11, 'Medium'),
        ],
      });
    };
    const layout = { layoutMode: 'HORIZONTAL', primaryAxisAlignItems: 'SPACE_BETWEEN', ...padding(32, 12) };
    return this.#frame('tabs', 'Tab bar', {
      width,
      height: 84,
      props: { ...this.fill('surface'), ...layout },
      children: TABS.map(tab),
    });
  }
}

/** The text with a bold end. */
function mixedText(part: Part, start: number): Part {
  const { fontName, ...props } = part.props ?? {};
  const end = String(props.characters).length;
  const runs: Value = [
    { start: 0, end: start, values: { fontName: fontName ?? null } },
    { start, end, values: { fontName: { family: 'Inter', style: 'Bold' } } },
  ];
  const { fontName: _, ...rest } = part.props ?? {};
  return { ...part, props: { ...rest, runs } };
}

export const NEW_PARTS = ['note', 'card', 'icon', 'button'] as const;

/** A subtree that an edit adds: a note, a card with two texts, an icon, a button. */
export function newPart(kind: (typeof NEW_PARTS)[number], key: string, colours: (role: Role) => Props): Part {
  const text = (name: string, characters: string, y: number): Part => ({
    key: `${key}/${name}`,
    type: 'TEXT',
    name: characters,
    x: 12,
    y,
    width: 90,
    height: 18,
    props: { characters, ...colours('ink') },
  });
  const box = { ...colours('surface'), ...radius(10) };
  switch (kind) {
    case 'note':
      return { ...text('note', 'Now with maps', 0), key };
    case 'card':
      return {
        key,
        type: 'FRAME',
        name: 'Card',
        width: 140,
        height: 60,
        props: { ...box, ...padding(12, 8) },
        children: [text('title', 'Fresh snow', 8), text('line', 'Since this morning', 32)],
      };
    case 'icon':
      return {
        key,
        type: 'RECTANGLE',
        name: 'Dot',
        width: 16,
        height: 16,
        props: { ...colours('accent'), ...radius(8) },
      };
    case 'button':
      return buttonPart(key, 'C:secondary', 'Read more');
  }
}
