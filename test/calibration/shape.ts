import type { IconName } from './screen-content.js';

/** What a shape is for; a theme gives it a colour. */
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
    /** A photograph, or an avatar where it is round: `seed` says of what. */
    | { kind: 'picture'; seed: number; round: boolean };
}

export interface Screen {
  width: number;
  height: number;
  shapes: readonly Shape[];
}
