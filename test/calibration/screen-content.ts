import type { ICONS } from '../figma-host/documents/parts.js';

export type IconName = keyof typeof ICONS;

export const ICON_NAMES: readonly IconName[] = [
  'menu',
  'bell',
  'search',
  'chevron',
  'plus',
  'home',
  'chat',
  'calendar',
  'person',
];

export const TITLES = ['Inbox', 'Orders', 'Projects', 'Library', 'Team', 'Invoices', 'Trips', 'Health', 'Wallet'];

export const LABELS = [
  'Notifications',
  'Privacy',
  'Language',
  'Appearance',
  'Storage',
  'Accounts',
  'Security',
  'Billing',
  'Downloads',
  'Members',
  'Reports',
  'Calendar',
  'Messages',
  'Favourites',
  'Help centre',
  'Shortcuts',
];

export const NAMES = [
  'Mara Lind',
  'Tobias Renner',
  'Yuki Tanaka',
  'Ines Duarte',
  'Noah Okafor',
  'Lea Brandt',
  'Omar Haddad',
  'Greta Nowak',
  'Sam Whitfield',
  'Priya Nair',
];

export const SENTENCES = [
  'The draft is in the folder',
  'Can we move it to Monday?',
  'Here are the new colours',
  'Thanks, that was all',
  'Numbers for the second quarter',
  'See you at the station',
  'The list is attached',
  'Waiting for your approval',
  'Two comments on page four',
  'Ready for review',
];

export const ACTIONS = ['Continue', 'Save', 'Sign in', 'Invite', 'Book now', 'Send', 'Pay', 'Publish'];

/** Role of a shape. The theme defines its colour. */
export type Role = 'canvas' | 'surface' | 'sunken' | 'line' | 'ink' | 'faint' | 'accent' | 'onAccent' | 'badge';

/** A piece of a drawn screen, in its own units. Pieces with the same key in two versions of a screen correspond. */
export interface Shape {
  key: string;
  x: number;
  y: number;
  w: number;
  h: number;
  look:
    | { kind: 'box'; role: Role; radius: number }
    | { kind: 'text'; role: Role; text: string; style: 'Regular' | 'Medium' | 'Bold' }
    | { kind: 'icon'; role: Role; icon: IconName }
    /** A photograph, or an avatar if it is round. `seed` selects its content. */
    | { kind: 'picture'; seed: number; round: boolean };
}

export interface Screen {
  width: number;
  height: number;
  shapes: readonly Shape[];
}
