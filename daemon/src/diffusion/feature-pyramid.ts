import type { FeatureMap } from './feature-map.js';

/** The same image seen at every size of a preset, the smallest first. */
export interface FeaturePyramid {
  width: number;
  height: number;
  levels: readonly FeatureMap[];
  /** Index of the level that a single look would take. */
  firstLook: number;
  /** The image is of one colour; its features say nothing but where the edges are. */
  blank: boolean;
}
