/** Colours of a theme as `#rrggbb`. */
export interface Theme {
  name: string;
  canvas: string;
  surface: string;
  sunken: string;
  line: string;
  ink: string;
  faint: string;
  accent: string;
  onAccent: string;
  badge: string;
  avatars: readonly (readonly [string, string])[];
}

const AVATARS = [
  ['#ff9a76', '#f0476e'],
  ['#6dd5c4', '#1f8a9e'],
  ['#b79bff', '#6246d6'],
  ['#ffd36e', '#f08a24'],
  ['#8fd16f', '#2f9148'],
] as const;

export const LIGHT: Theme = {
  name: 'Light',
  canvas: '#f5f6f8',
  surface: '#ffffff',
  sunken: '#eceef2',
  line: '#e1e4ea',
  ink: '#171a21',
  faint: '#737b8c',
  accent: '#2f6bff',
  onAccent: '#ffffff',
  badge: '#e5484d',
  avatars: AVATARS,
};

export const DARK: Theme = {
  name: 'Dark',
  canvas: '#0f1116',
  surface: '#191c24',
  sunken: '#262a35',
  line: '#2c313d',
  ink: '#f1f3f8',
  faint: '#8e96a8',
  accent: '#5b8cff',
  onAccent: '#0c1020',
  badge: '#ff6369',
  avatars: AVATARS,
};
