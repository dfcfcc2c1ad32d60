import { sameValue } from '../../plugin/src/edits/fingerprint.js';
import type { Props } from './draft.js';

export const RADII = ['topLeftRadius', 'topRightRadius', 'bottomLeftRadius', 'bottomRightRadius'] as const;

/** `cornerRadius` is there where all corners are the same. */
export function joinRadii(props: Props): void {
  const [first, ...rest] = RADII.map((radius) => props[radius] ?? 0);
  if (rest.every((one) => sameValue(one, first))) props.cornerRadius = first ?? 0;
  else delete props.cornerRadius;
}
