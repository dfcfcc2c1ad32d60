import type { NodeSpec } from '../spec.js';
import { type InboxLayout, inboxScreen } from './inbox-screen.js';
import { scrambleLayers } from './scramble-layers.js';
import { DARK, type Theme } from './theme.js';

const TRANSLATIONS: { readonly [part: string]: string } = {
  title: 'Posteingang',
  'search-hint': 'Nachrichten durchsuchen',
  'row-1/title': 'Jana Albrecht',
  'row-1/subtitle': 'Der Entwurf liegt im Ordner',
  'row-2/title': 'Gestaltung am Montag',
  'row-2/subtitle': 'Ben: geht das auch kleiner?',
  'row-3/title': 'Ole Petersen',
  'row-3/subtitle': 'Hier sind die Farben',
  'row-4/title': 'Planung der Woche',
  'row-4/subtitle': 'Die Liste hängt an',
  'row-5/title': 'Ida Sommer',
  'row-5/subtitle': 'Danke, das war es',
  'banner-title': 'Team einladen',
  'banner-words': 'Zusammen geht es leichter',
  'button-words': 'Einladen',
  'tab-1/label': 'Start',
  'tab-2/label': 'Post',
  'tab-3/label': 'Termine',
  'tab-4/label': 'Profil',
};

/** A small tablet. */
const TABLET: InboxLayout = {
  width: 600,
  height: 960,
  margin: 32,
  topBar: 96,
  searchHeight: 48,
  rowHeight: 84,
  avatar: 52,
  bannerBelow: false,
};

/** The inbox in German and wider, with generated names, another layer order and an additional first row. */
export function harderScreen(prefix: string, name: string, theme: Theme = DARK): NodeSpec {
  const screen = inboxScreen(prefix, name, theme, TABLET);
  const translated = change(screen, (node) => {
    const text = TRANSLATIONS[partOf(node)];
    return text === undefined ? node : { ...node, name: text, props: { ...node.props, characters: text } };
  });
  return scrambleLayers(change(translated, (node) => (partOf(node) === 'list' ? withExtraRow(node) : node)));
}

/** Inserts a copy of the last row, without keys, as first row. */
function withExtraRow(list: NodeSpec): NodeSpec {
  const rows = list.children ?? [];
  const last = rows.at(-1);
  if (last === undefined) return list;
  const { rowHeight } = TABLET;
  const extra = change(last, ({ key: _, ...node }) => node);
  return {
    ...list,
    height: rowHeight * (rows.length + 1),
    children: [{ ...extra, y: 0 }, ...rows.map((row) => ({ ...row, y: (row.y ?? 0) + rowHeight }))],
  };
}

function change(node: NodeSpec, act: (node: NodeSpec) => NodeSpec): NodeSpec {
  const { children, ...own } = act(node);
  return children === undefined ? own : { ...own, children: children.map((child) => change(child, act)) };
}

function partOf({ key = '' }: NodeSpec): string {
  return key.slice(key.indexOf(':') + 1);
}
