import type { Scope } from '../scope.js';
import type { Form } from '../style.js';

/** A kind of part that screens are made of. */
export interface Component {
  /** Columns of twelve that it takes on a tablet and on a desktop; a phone shows everything in one column. */
  columns: 3 | 4 | 6 | 8 | 12;
  /** Where it may stand; everywhere if it does not say. */
  forms?: readonly Form[];
  draw(s: Scope): string;
}
