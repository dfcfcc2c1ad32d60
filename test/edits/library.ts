import type { Token, Value } from '../../plugin/src/shared/design.js';
import type { Props } from './draft.js';

export type Mode = 'light' | 'dark';

/** Colours of a design by their role, in light and dark. No two are equal, so the dark theme is a map of colours. */
const ROLES = {
  canvas: ['#f5f6f8', '#0f1116'],
  surface: ['#ffffff', '#191c24'],
  sunken: ['#eceef2', '#262a35'],
  line: ['#e1e4ea', '#2c313d'],
  ink: ['#171a21', '#f1f3f8'],
  faint: ['#737b8c', '#8e96a8'],
  accent: ['#2f6bff', '#5b8cff'],
  onAccent: ['#fdfeff', '#0c1020'],
  badge: ['#e5484d', '#ff6369'],
  warm: ['#f08a24', '#ffb15c'],
} as const;

export type Role = keyof typeof ROLES;

export const ROLE_NAMES = Object.keys(ROLES) as readonly Role[];

/** Colours that a dark theme leaves alone, as in pictures. */
export const FIXED_COLOURS = ['#6dd5c4', '#b79bff', '#8fd16f', '#f0476e'] as const;
/** Colours that no design has before an edit. */
export const NEW_COLOURS = ['#00a37a', '#c2255c', '#5f3dc4'] as const;

const DARK_OF: ReadonlyMap<string, string> = new Map([
  ...Object.values(ROLES).map(([light, dark]) => [light, dark] as const),
  ...(['#34d3a6', '#f06595', '#b197fc'] as const).map((dark, n) => [NEW_COLOURS[n] ?? '', dark] as const),
]);

export function hexOf(role: Role, mode: Mode = 'light'): string {
  return ROLES[role][mode === 'light' ? 0 : 1];
}

/** The colour of a light design in its dark version; colours of pictures stay. */
export function darkHex(hex: string): string {
  return DARK_OF.get(hex) ?? hex;
}

export function colour(hex: string): Value {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
  return { r, g, b };
}

export function paint(hex: string): Props {
  return { type: 'SOLID', visible: true, opacity: 1, blendMode: 'NORMAL', color: colour(hex), boundVariables: {} };
}

/** A paint with the colour variable of a role in a collection. */
export function boundPaint(role: Role, collection: Collection, mode: Mode): Props {
  const id = variableId(role, collection);
  return { ...paint(variableHex(id, mode)), boundVariables: { color: { type: 'VARIABLE_ALIAS', id } } };
}

/** `Theme` has a value per mode; the other two have one mode each. */
export type Collection = 'Theme' | 'Light' | 'Dark';

export function variableId(role: Role, collection: Collection): string {
  return `VariableID:${collection}/${role}`;
}

export function variableHex(id: string, mode: Mode): string {
  const [collection, role] = id.slice('VariableID:'.length).split('/') as [Collection, Role];
  return hexOf(role, collection === 'Theme' ? mode : collection === 'Light' ? 'light' : 'dark');
}

export function styleId(role: Role, mode: Mode): string {
  return `S:${mode}/${role}`;
}

export function paintsOfStyle(id: string): Value {
  const [mode, role] = id.slice(2).split('/') as [Mode, Role];
  return [paint(hexOf(role, mode))];
}

/** The same token in the dark library; a variable with modes stays. */
export function darkToken(id: string): string {
  return id.replace('S:light/', 'S:dark/').replace('VariableID:Light/', 'VariableID:Dark/');
}

/** Text styles by id. */
export const TEXT_STYLES: { readonly [id: string]: Props } = {
  'S:heading': textStyle('Bold', 24, 32),
  'S:title': textStyle('Semi Bold', 16, 22),
  'S:body': textStyle('Regular', 14, 20),
  'S:caption': textStyle('Medium', 12, 16),
};

function textStyle(style: string, fontSize: number, lineHeight: number): Props {
  return {
    fontName: { family: 'Inter', style },
    fontSize,
    lineHeight: { unit: 'PIXELS', value: lineHeight },
    letterSpacing: { unit: 'PERCENT', value: 0 },
    textCase: 'ORIGINAL',
    textDecoration: 'NONE',
  };
}

/** Number variables: spaces and radii. */
export const NUMBER_VARIABLES: { readonly [id: string]: number } = {
  'VariableID:space/s': 8,
  'VariableID:space/m': 12,
  'VariableID:space/l': 20,
};

export const TOKENS: { readonly [id: string]: Token } = Object.fromEntries(
  [
    ...ROLE_NAMES.flatMap((role) =>
      (['light', 'dark'] as const).map((mode) => token('style', styleId(role, mode), `${mode}/${role}`)),
    ),
    ...ROLE_NAMES.flatMap((role) =>
      (['Theme', 'Light', 'Dark'] as const).map((name) => token('variable', variableId(role, name), role, name)),
    ),
    ...Object.keys(TEXT_STYLES).map((id) => token('style', id, id.slice(2))),
    ...Object.keys(NUMBER_VARIABLES).map((id) => token('variable', id, id.slice('VariableID:'.length), 'Sizes')),
    ...['primary', 'secondary', 'danger'].map((name) => token('component', `C:${name}`, name, 'Button')),
  ].map((one) => [one.id, one]),
);

function token(kind: Token['kind'], id: string, name: string, collection?: string): Token {
  return { kind, id, key: `key of ${id}`, name, ...(collection === undefined ? {} : { collection }) };
}
