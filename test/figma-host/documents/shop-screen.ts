import type { Json, NodeSpec } from '../spec.js';
import { frame, gradient, icon, rectangle, shadow, solid, text } from './parts.js';
import type { Theme } from './theme.js';

/** What a version of the screen differs in. */
export interface ShopVersion {
  theme: Theme;
  words: ShopWords;
  width: number;
  margin: number;
  rows: number;
  /** Whether a section with a voucher is above the list. */
  hasVoucher: boolean;
}

export interface ShopWords {
  title: string;
  kicker: string;
  headline: string;
  about: string;
  action: string;
  voucher: string;
  listTitle: string;
  products: readonly (readonly [name: string, detail: string, price: string])[];
  total: string;
  sum: string;
  checkout: string;
  note: string;
}

export const ENGLISH: ShopWords = {
  title: 'Your basket',
  kicker: 'Members',
  headline: 'Summer sale',
  about: 'Save on everything for the garden until Sunday',
  action: 'See offers',
  voucher: 'You have a voucher of $5.00',
  listTitle: 'Items',
  products: [
    ['Linen armchair', 'Sand, with cushion', '$249.00'],
    ['Oak side table', 'Oiled, 45 cm', '$89.00'],
    ['Wool blanket', 'Two sides, washable', '$64.50'],
    ['Clay planter', 'Large, for outdoors', '$38.00'],
    ['Solar lantern', 'Set of two', '$27.90'],
  ],
  total: 'Total',
  sum: '$402.50',
  checkout: 'Check out',
  note: 'Free returns within 30 days',
};

export const GERMAN: ShopWords = {
  title: 'Ihr Warenkorb',
  kicker: 'Mitglieder',
  headline: 'Sommerschlussverkauf',
  about: 'Bis Sonntag sparen Sie auf alles für den Garten',
  action: 'Zu den Angeboten',
  voucher: 'Sie haben einen Gutschein über 5,00 €',
  listTitle: 'Artikel',
  products: [
    ['Leinensessel', 'Sandfarben, mit Kissen', '249,00 €'],
    ['Beistelltisch aus Eiche', 'Geölt, 45 cm', '89,00 €'],
    ['Wolldecke', 'Zweiseitig, waschbar', '64,50 €'],
    ['Tontopf', 'Groß, für draußen', '38,00 €'],
    ['Solarlaterne', 'Im Doppelpack', '27,90 €'],
  ],
  total: 'Summe',
  sum: '402,50 €',
  checkout: 'Zur Kasse',
  note: 'Kostenlose Rückgabe innerhalb von 30 Tagen',
};

type Props = { [property: string]: Json };
const FILL = { layoutSizingHorizontal: 'FILL' };
const HUG = { layoutSizingHorizontal: 'HUG', layoutSizingVertical: 'HUG' };

function padding(x: number, y: number): Props {
  return { paddingLeft: x, paddingRight: x, paddingTop: y, paddingBottom: y };
}

function column(itemSpacing: number, props: Props): Props {
  return { layoutMode: 'VERTICAL', itemSpacing, fills: [], ...props };
}

function row(itemSpacing: number, props: Props): Props {
  return { layoutMode: 'HORIZONTAL', counterAxisAlignItems: 'CENTER', itemSpacing, fills: [], ...props };
}

type KeyOf = (part: string) => string;

/** A basket with a teaser, a list of products and a total, in auto layout throughout. Keys are `prefix:part`. */
export function shopScreen(prefix: string, name: string, version: ShopVersion): NodeSpec {
  const { theme, width, margin, hasVoucher } = version;
  const key = (part: string) => `${prefix}:${part}`;
  const props = column(20, {
    ...{ fills: solid(theme.canvas), layoutSizingVertical: 'HUG', ...padding(margin, 32) },
  });
  return frame(key('screen'), name, {
    ...{ width, props },
    children: [
      header(key, version),
      teaser(key, version),
      ...(hasVoucher ? [voucher(key, version)] : []),
      list(key, version),
      total(key, version),
      text(key('note'), version.words.note, { size: 13, style: 'Regular', color: theme.faint }),
    ],
  });
}

function header(key: KeyOf, { theme, words }: ShopVersion): NodeSpec {
  const props = row(12, { ...FILL, layoutSizingVertical: 'HUG', primaryAxisAlignItems: 'SPACE_BETWEEN' });
  return frame(key('header'), 'Header', {
    props,
    children: [
      text(key('title'), words.title, { size: 28, style: 'Bold', color: theme.ink }),
      icon(key('menu'), 'Menu', 'menu', theme.ink, {}),
    ],
  });
}

function teaser(key: KeyOf, { theme, words }: ShopVersion): NodeSpec {
  const props = column(8, {
    ...{ ...FILL, layoutSizingVertical: 'HUG', ...padding(20, 20), cornerRadius: 20 },
    ...{ fills: gradient('#2f6bff', '#7a4dff'), effects: shadow(6, 18, 0.18) },
  });
  const about = text(
    key('teaser/about'),
    words.about,
    { size: 14, style: 'Regular', color: '#e4e9ff' },
    { props: FILL },
  );
  return frame(key('teaser'), 'Teaser', {
    props,
    children: [
      text(key('teaser/kicker'), words.kicker, { size: 12, style: 'Semi Bold', color: '#cfd9ff' }),
      text(key('teaser/headline'), words.headline, { size: 24, style: 'Bold', color: '#ffffff' }),
      about,
      button(key('teaser/button'), words.action, theme, 'Secondary'),
    ],
  });
}

/** An instance of the button of a theme. */
function button(key: string, label: string, theme: Theme, kind: 'Primary' | 'Secondary'): NodeSpec {
  const component = `${theme.name}:button-${kind}`;
  return { key, type: 'INSTANCE', name: 'Button', component, componentProperties: { Label: label } };
}

/** The button of a theme as a component set with two variants. */
export function buttonSet(theme: Theme, x: number): NodeSpec {
  const variant = (kind: 'Primary' | 'Secondary', y: number): NodeSpec => {
    const [fill, ink] = kind === 'Primary' ? [theme.accent, theme.onAccent] : ['#ffffff', '#1c2b66'];
    const label = text('label', 'Button', { size: 15, style: 'Semi Bold', color: ink });
    return {
      ...{ key: `${theme.name}:button-${kind}`, type: 'COMPONENT', name: `Kind=${kind}`, x: 20, y },
      props: row(6, { ...HUG, ...padding(18, 12), fills: solid(fill), cornerRadius: 12 }),
      children: [{ ...label, props: { ...label.props, componentPropertyReferences: { characters: 'Label#1:0' } } }],
    };
  };
  return {
    ...{
      key: `${theme.name}:button`,
      type: 'COMPONENT_SET',
      name: `Button / ${theme.name}`,
      x,
      width: 160,
      height: 140,
    },
    props: { componentPropertyDefinitions: { 'Label#1:0': { type: 'TEXT', defaultValue: 'Button' } } },
    children: [variant('Primary', 20), variant('Secondary', 80)],
  };
}

function voucher(key: KeyOf, { theme, words }: ShopVersion): NodeSpec {
  const props = row(10, {
    ...FILL,
    layoutSizingVertical: 'HUG',
    ...padding(16, 14),
    fills: solid(theme.sunken),
    cornerRadius: 12,
  });
  return frame(key('voucher'), 'Voucher', {
    props,
    children: [
      icon(key('voucher/icon'), 'Calendar', 'calendar', theme.accent, {}),
      text(key('voucher/words'), words.voucher, { size: 14, style: 'Medium', color: theme.ink }, { props: FILL }),
    ],
  });
}

function list(key: KeyOf, version: ShopVersion): NodeSpec {
  const { theme, words, rows } = version;
  const products = Array.from({ length: rows }, (_, index) => product(key, version, index));
  return frame(key('list'), 'Items', {
    props: column(12, { ...FILL, layoutSizingVertical: 'HUG' }),
    children: [
      text(key('list-title'), words.listTitle, { size: 18, style: 'Semi Bold', color: theme.ink }),
      ...products,
    ],
  });
}

function product(key: KeyOf, { theme, words }: ShopVersion, index: number): NodeSpec {
  const [name = '', detail = '', price = ''] = words.products[index % words.products.length] ?? [];
  const [from, to] = theme.avatars[index % theme.avatars.length] ?? [theme.accent, theme.accent];
  const part = (part: string) => key(`product-${index + 1}${part}`);
  const props = row(14, {
    ...{ ...FILL, layoutSizingVertical: 'HUG', ...padding(12, 12), fills: solid(theme.surface), cornerRadius: 14 },
    ...{ strokes: solid(theme.line), strokeWeight: 1 },
  });
  return frame(part(''), 'Product', {
    props,
    children: [
      rectangle(part('/picture'), 'Picture', {
        width: 56,
        height: 56,
        props: { fills: gradient(from, to), cornerRadius: 10 },
      }),
      frame(part('/words'), 'Words', {
        props: column(3, { ...FILL, layoutSizingVertical: 'HUG' }),
        children: [
          text(part('/name'), name, { size: 16, style: 'Semi Bold', color: theme.ink }, { props: FILL }),
          text(part('/detail'), detail, { size: 13, style: 'Regular', color: theme.faint }, { props: FILL }),
        ],
      }),
      text(part('/price'), price, { size: 15, style: 'Semi Bold', color: theme.ink }),
    ],
  });
}

function total(key: KeyOf, { theme, words }: ShopVersion): NodeSpec {
  const props = row(12, {
    ...FILL,
    layoutSizingVertical: 'HUG',
    ...padding(16, 16),
    fills: solid(theme.sunken),
    cornerRadius: 16,
  });
  return frame(key('total'), 'Total', {
    props,
    children: [
      frame(key('total/words'), 'Words', {
        props: column(2, { ...FILL, layoutSizingVertical: 'HUG' }),
        children: [
          text(key('total/label'), words.total, { size: 13, style: 'Medium', color: theme.faint }),
          text(key('total/sum'), words.sum, { size: 22, style: 'Bold', color: theme.ink }),
        ],
      }),
      button(key('total/button'), words.checkout, theme, 'Primary'),
    ],
  });
}
