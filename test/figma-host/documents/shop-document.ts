import type { DocumentSpec, NodeSpec } from '../spec.js';
import { frame, solid, text } from './parts.js';
import { scrambleLayers } from './scramble-layers.js';
import { buttonSet, ENGLISH, GERMAN, type ShopVersion, shopScreen } from './shop-screen.js';
import { DARK, LIGHT } from './theme.js';

const PHONE: ShopVersion = { theme: LIGHT, words: ENGLISH, width: 390, margin: 20, rows: 3, hasVoucher: false };

/** The frames that an edit of `before` is transferred to, by how they differ from it. */
export const SHOP_TARGETS = ['dark', 'german', 'tablet', 'v2', 'long'] as const;

/**
 * A basket (`before`), the same after an edit (`after`), and others with equal keys behind their prefix: dark, German, on
 * a tablet, a second version with a section more (`v2`), and with rows added (`long`). The layers of `german` and `v2`
 * have generated names.
 */
export function shopDocument(): DocumentSpec {
  const at = (spec: NodeSpec, x: number): NodeSpec => ({ ...spec, x, y: 300 });
  return {
    name: 'Shop',
    children: [
      buttonSet(LIGHT, 0),
      buttonSet(DARK, 220),
      at(shopScreen('before', 'Basket', PHONE), 0),
      at(edited(shopScreen('after', 'Basket, edited', PHONE)), 450),
      at(shopScreen('dark', 'Basket / Dark', { ...PHONE, theme: DARK }), 900),
      at(scrambleLayers(shopScreen('german', 'Warenkorb', { ...PHONE, words: GERMAN })), 1350),
      at(shopScreen('tablet', 'Basket / Tablet', { ...PHONE, width: 768, margin: 48 }), 1800),
      at(scrambleLayers(shopScreen('v2', 'Basket 2', { ...PHONE, hasVoucher: true })), 2650),
      at(shopScreen('long', 'Basket, five items', { ...PHONE, rows: 5 }), 3100),
    ],
  };
}

/** What the designer changed in `after`. */
export const SHOP_EDIT = {
  headline: 'Autumn sale',
  teaserRadius: 28,
  listGap: 16,
  sumColor: '#d9364f',
  badge: 'New',
} as const;

/** Another headline, corner, gap, colour and button variant, a badge more and the note removed. */
function edited(screen: NodeSpec): NodeSpec {
  const part = (node: NodeSpec) => node.key?.slice('after:'.length) ?? '';
  const visit = (node: NodeSpec): NodeSpec => {
    const children = node.children?.filter((child) => part(child) !== 'note').map(visit);
    const next = { ...node, ...(children === undefined ? {} : { children }) };
    return edits[part(node)]?.(next) ?? next;
  };
  return visit(screen);
}

const edits: { readonly [part: string]: (node: NodeSpec) => NodeSpec } = {
  'teaser/headline': (node) => ({ ...node, props: { ...node.props, characters: SHOP_EDIT.headline } }),
  'teaser/button': (node) => ({ ...node, component: `${LIGHT.name}:button-Primary` }),
  teaser: (node) => ({ ...node, props: { ...node.props, cornerRadius: SHOP_EDIT.teaserRadius } }),
  list: (node) => ({ ...node, props: { ...node.props, itemSpacing: SHOP_EDIT.listGap } }),
  'total/sum': (node) => ({ ...node, props: { ...node.props, fills: solid(SHOP_EDIT.sumColor) } }),
  header: ({ children: [title, menu] = [], ...node }) => ({
    ...node,
    children: [title, shopBadge('after'), menu].flatMap((one) => one ?? []),
  }),
};

/** The layer that the edit adds to the header. */
export function shopBadge(prefix: string): NodeSpec {
  const padding = { paddingLeft: 10, paddingRight: 10, paddingTop: 4, paddingBottom: 4 };
  const sizing = { layoutSizingHorizontal: 'HUG', layoutSizingVertical: 'HUG' };
  return frame(`${prefix}:badge`, 'Badge', {
    props: { layoutMode: 'HORIZONTAL', ...padding, ...sizing, fills: solid('#ffd84d'), cornerRadius: 10 },
    children: [text(`${prefix}:badge/words`, SHOP_EDIT.badge, { size: 12, style: 'Bold', color: '#3b2a00' })],
  });
}
