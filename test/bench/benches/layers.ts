import type { Item, Layer, Point } from '@samepoint/shared-protocol';
import type { Match } from '../../../daemon/src/correspond/match-points.js';
import { placeItems, prepareItems } from '../../../daemon/src/transfer/place-items.js';
import { layer } from '../../../daemon/test/support/layers.js';
import { seededRandom } from '../../../daemon/test/support/random.js';
import { type Bench, type BenchOptions, type BenchResult, median } from '../bench.js';

const CASES = [
  [100, 100],
  [200, 200],
  [500, 500],
  [500, 1000],
] as const;

/** Share of wrong matches. */
const ASTRAY = [0, 0.3] as const;
const ROW_PX = 40;
const WIDTH_PX = 400;

/** Cues and assignment of layers, without the network. */
export const layersBench: Bench = { name: 'layers', title: 'Layer matching', run: runLayers };

async function runLayers({ rounds, log }: BenchOptions): Promise<BenchResult> {
  // exclude one-time compilation
  await assignOnce(...CASES[0], 0);
  const measurements: { sources: number; candidates: number; astray: number; seconds: number; right: number }[] = [];
  for (const [sources, candidates] of CASES) {
    for (const astray of ASTRAY) {
      const runs = [];
      for (let round = 0; round < rounds; round++) runs.push(await assignOnce(sources, candidates, astray));
      const seconds = median(runs.map((run) => run.seconds));
      measurements.push({ sources, candidates, astray, seconds, right: runs[0]?.right ?? 0 });
      log(JSON.stringify(measurements.at(-1)));
    }
  }
  const [smallest] = measurements;
  return {
    columns: ['source layers', 'target layers', 'wrong matches', 'time', 'relative to the first', 'right'],
    rows: measurements.map(({ sources, candidates, astray, seconds, right }) => [
      String(sources),
      String(candidates),
      `${100 * astray} %`,
      `${seconds.toFixed(2)} s`,
      (seconds / (smallest?.seconds ?? Number.NaN)).toFixed(1),
      `${right}`,
    ]),
    notes: ['Rows of five layers, with one row inserted at the top of the target. 16 synthetic matches per layer.'],
    measurements,
  };
}

async function assignOnce(sources: number, candidates: number, astray: number) {
  const [from, to] = [rows(sources, 0), rows(candidates, ROW_PX)];
  const size = { width: WIDTH_PX, height: (candidates / 5 + 1) * ROW_PX };
  const items: Item[] = from.map(({ layerId }) => ({ kind: 'layer', itemId: layerId, layerId }));
  const random = seededRandom(sources);
  const match = ({ x, y }: Point): Match => {
    const isAstray = random() < astray;
    const point = isAstray ? { x: random() * size.width, y: random() * size.height } : { x, y: y + ROW_PX };
    return { point, similarity: 0.9, confidence: 0.9, scale: 1, mirrored: false };
  };
  const begin = performance.now();
  const prepared = prepareItems(items, from, size);
  const placements = await placeItems(prepared, from, to, size, { match: async (points) => points.map(match) });
  const seconds = (performance.now() - begin) / 1000;
  return { seconds, right: placements.filter((one) => one.kind === 'layer' && one.layerId === one.itemId).length };
}

function rows(layers: number, downPx: number): Layer[] {
  return Array.from({ length: layers / 5 }, (_, row) => {
    const [y, parentId] = [row * ROW_PX + downPx, `row ${row}`];
    return [
      layer(parentId, { x: 10, y, w: 380, h: 36 }, { name: 'Frame 1' }),
      layer(`${row} icon`, { x: 14, y: y + 4, w: 28, h: 28 }, { parentId, type: 'ELLIPSE', name: 'Avatar' }),
      layer(`${row} title`, { x: 60, y: y + 4, w: 140, h: 14 }, { parentId, type: 'TEXT', text: `Person ${row}` }),
      layer(`${row} more`, { x: 60, y: y + 20, w: 200, h: 10 }, { parentId, type: 'TEXT', text: `About ${row % 9}` }),
      layer(`${row} time`, { x: 340, y: y + 8, w: 40, h: 10 }, { parentId, type: 'TEXT', text: `${row % 24}:00` }),
    ];
  }).flat();
}
