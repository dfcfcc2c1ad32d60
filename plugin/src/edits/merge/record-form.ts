import type { Value } from '../../shared/design.js';
import { withoutBound } from '../diff/diff-properties.js';
import { PROPERTIES } from '../properties.js';

/** A value as records keep it. Colours of variables are those of a mode, so records leave them out. */
export function recordForm(property: string, value: Value): Value {
  return PROPERTIES[property] === 'colours' || property === 'runs' ? withoutBound(value) : value;
}
