import type { Scope } from '../scope.js';
import type { Form } from '../style.js';

/** A kind of section of a screen. */
export interface Component {
  /** Width in columns of twelve on tablets and desktops. Phones have one column. */
  columns: 3 | 4 | 6 | 8 | 12;
  /** Allowed forms; all by default. */
  forms?: readonly Form[];
  draw(s: Scope): string;
}
