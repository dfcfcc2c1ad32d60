/**
 * How each backend looks at an image. The published settings of DIFT take one size; the embedded network is
 * sensitive to scale, so it looks at several and the matching finds the pair of sizes that fits.
 */
export interface Preset {
  backend: string;
  title: string;
  /** Long sides, in pixels, at which the network sees the image; the smallest first. */
  longSides: readonly number[];
  /** The one of `longSides` that a single look would take. */
  firstLook: number;
  /** Sides of the network's input are multiples of this, so that few shapes have to be compiled. */
  bucketPx: number;
}

export const PRESETS = {
  ui: { backend: 'ui', title: 'Embedded model for mockups', longSides: [384, 512, 768], firstLook: 512, bucketPx: 16 },
} as const satisfies Record<string, Preset>;

export type BackendId = keyof typeof PRESETS;

export function isBackendId(id: string): id is BackendId {
  return Object.hasOwn(PRESETS, id);
}
