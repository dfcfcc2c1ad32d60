import type { LabelMask, MaskOptions } from './label-mask.js';

/** Pixels of this index are void in DAVIS, Pascal VOC, Cityscapes and others: ambiguous, part of no object. */
const VOID = 255;

/** The colour of that index in the palette of Pascal VOC. */
const VOC_VOID: readonly number[] = [224, 224, 192];

/** A grey mask without a palette holds indices if none of its values but void is above this; otherwise they are shades. */
const GREATEST_INDEX = 40;

/**
 * Makes the void pixels of a mask background.
 * @param isIndexed the file has a palette, so that its labels are its indices
 * @returns the index or grey value of the void pixels; undefined if there are none
 */
export function ignoreVoid(
  mask: LabelMask,
  isIndexed: boolean,
  ignore: NonNullable<MaskOptions['ignore']>,
): number | undefined {
  if (ignore === 'none') return undefined;
  const value = ignore === 'auto' ? VOID : ignore;
  const label = isIndexed ? value : mask.palette.findIndex((colour) => colour.every((channel) => channel === value));
  const used = new Set(mask.indices);
  used.delete(mask.background);
  if (!used.delete(label)) return undefined;
  if (ignore === 'auto' && !isVoid(mask, label, [...used], isIndexed)) return undefined;
  for (const [pixel, index] of mask.indices.entries()) if (index === label) mask.indices[pixel] = mask.background;
  return value;
}

/** Without other labels, 255 is the one object of a black and white mask. */
function isVoid({ palette }: LabelMask, label: number, others: readonly number[], isIndexed: boolean): boolean {
  if (isIndexed && VOC_VOID.every((value, c) => palette[label]?.[c] === value)) return true;
  if (others.length === 0) return false;
  return isIndexed || others.every((other) => isGreyIndex(palette[other] ?? []));
}

function isGreyIndex([first = 0, ...rest]: readonly number[]): boolean {
  return first <= GREATEST_INDEX && rest.every((value) => value === first);
}
