import type { Box } from '@samepoint/shared-protocol';
import { cellCentre, type FeatureMap, sampleFeatures } from './feature-map.js';
import type { FeaturePyramid, FineWindows } from './feature-pyramid.js';

/** One part of a fusion, and its weight. */
export interface WeightedPyramid {
  pyramid: FeaturePyramid;
  weight: number;
}

/**
 * Fuses the features of several backends (Zhang et al., A Tale of Two Features: Stable Diffusion Complements DINO for
 * Zero-Shot Semantic Correspondence, 2023, section 3.3): at every cell of the finest grid, the weighted descriptors of all
 * parts are concatenated and normalised. The similarity of two fused descriptors is the mean of the parts' similarities,
 * weighted by the squared weights. Parts with fewer levels contribute their level of the nearest cell size.
 */
export function fusePyramids(parts: readonly WeightedPyramid[]): FeaturePyramid {
  const most = parts.reduce((a, b) => (b.pyramid.levels.length > a.pyramid.levels.length ? b : a)).pyramid;
  const levels = most.levels.map((level) =>
    fuseMaps(parts.map(({ pyramid, weight }) => ({ map: pyramid === most ? level : nearest(pyramid, level), weight }))),
  );
  // what was learned on one part's similarities does not hold for the fusion
  const { fine, dustbin: _dustbin, elements: _elements, ...whole } = most;
  return { ...whole, levels, ...fuseWindows(parts, fine) };
}

/** Fuses the windows of the part with most levels, if all parts have windows. Each part has its own resolution. */
function fuseWindows(parts: readonly WeightedPyramid[], most: FineWindows | undefined): Pick<FeaturePyramid, 'fine'> {
  const all = parts.flatMap(({ pyramid: { fine }, weight }) => (fine === undefined ? [] : [{ fine, weight }]));
  if (most === undefined || all.length < parts.length) return {};
  const window = async (box: Box) => {
    const maps = [];
    for (const { fine, weight } of all) maps.push({ map: await fine.window(box), weight });
    return fuseMaps(maps);
  };
  return { fine: { size: most.size, window } };
}

function nearest({ levels }: FeaturePyramid, to: FeatureMap): FeatureMap {
  const apart = (map: FeatureMap) => Math.abs(Math.log(cellArea(map) / cellArea(to)));
  return levels.reduce((a, b) => (apart(b) < apart(a) ? b : a));
}

/** Fuses weighted feature maps of one image on the finest of their grids. */
export function fuseMaps(parts: readonly { map: FeatureMap; weight: number }[]): FeatureMap {
  const { map: grid } = parts.reduce((a, b) => (cellArea(b.map) < cellArea(a.map) ? b : a));
  const cells = grid.rows * grid.columns;
  const centres = Array.from({ length: cells }, (_, cell) => cellCentre(grid, cell));
  const channels = parts.reduce((sum, { map }) => sum + map.channels, 0);
  const length = Math.hypot(...parts.map(({ weight }) => weight));
  const chw = new Float32Array(channels * cells);
  let first = 0;
  for (const { map, weight } of parts) {
    const descriptors = sampleFeatures(map, centres);
    for (let cell = 0; cell < cells; cell++) {
      for (let c = 0; c < map.channels; c++) {
        chw[(first + c) * cells + cell] = ((descriptors[cell * map.channels + c] ?? 0) * weight) / length;
      }
    }
    first += map.channels;
  }
  const { rows, columns, cellWidthPx, cellHeightPx } = grid;
  return { channels, rows, columns, cellWidthPx, cellHeightPx, chw };
}

function cellArea({ cellWidthPx, cellHeightPx }: FeatureMap): number {
  return cellWidthPx * cellHeightPx;
}
