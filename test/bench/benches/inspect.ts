import { inspectPoint } from '../../../daemon/src/correspond/match-points.js';
import { DEFAULT_SETTINGS } from '../../../daemon/src/correspond/match-settings.js';
import { Matcher } from '../../../daemon/src/correspond/matcher.js';
import { preparePair } from '../../../daemon/src/correspond/neighbourhood-consensus.js';
import type { FeatureMap } from '../../../daemon/src/diffusion/feature-map.js';
import type { FeaturePyramid } from '../../../daemon/src/diffusion/feature-pyramid.js';
import { GraphBuilder } from '../../../daemon/src/graph/onnx/graph-builder.js';
import { normaliseDescriptors, reshape } from '../../../daemon/src/graph/onnx/ops.js';
import { createSession, ort } from '../../../daemon/src/graph/runtime/session.js';
import { seededRandom } from '../../../daemon/test/support/random.js';
import { type Bench, type BenchOptions, type BenchResult, median } from '../bench.js';

const IMAGE_PX = 768;
const CLICKS = 30;
const PLACES = 5;

/** Shapes of feature maps: the sides of the levels in cells. The published presets of Stable Diffusion have one level. */
const CASES = [
  { title: 'embedded model, three levels', channels: 96, sidesCells: [96, 128, 192], baseLevel: 1 },
  { title: 'Stable Diffusion, `up_ft_index` 1', channels: 1280, sidesCells: [48], baseLevel: 0 },
] as const;

/** Latency of a click, with cached features. */
export const inspectBench: Bench = { name: 'inspect', title: 'A click on cached features', run: runInspect };

async function runInspect({ rounds, log }: BenchOptions): Promise<BenchResult> {
  const rows: string[][] = [];
  const measurements: unknown[] = [];
  for (const shape of CASES) {
    const [source, target] = [randomPyramid(shape, 1), randomPyramid(shape, 2)];
    const matcher = new Matcher();
    await preparePair(matcher, source, target, DEFAULT_SETTINGS);
    const prepareMs = await timesMs(rounds, () => preparePair(matcher, source, target, DEFAULT_SETTINGS));
    const field = await preparePair(matcher, source, target, DEFAULT_SETTINGS);
    const random = seededRandom(3);
    const clickMs = await timesMs(CLICKS, () => {
      const point = { x: random() * IMAGE_PX, y: random() * IMAGE_PX };
      return inspectPoint(matcher, source, target, point, PLACES, DEFAULT_SETTINGS, field);
    });
    const published = await publishedWay(target.levels[shape.baseLevel]);
    const publishedMs = await timesMs(rounds, published);
    measurements.push({ ...shape, prepareMs, clickMs, publishedMs });
    const ms = (values: readonly number[]) => `${median(values).toFixed(0)} ms`;
    rows.push([shape.title, ms(prepareMs), ms(clickMs), `${Math.max(...clickMs).toFixed(0)} ms`, ms(publishedMs)]);
    log(rows.at(-1)?.join('  ') ?? '');
  }
  return {
    columns: [
      'features of 768×768 pixels',
      'once per pair',
      'click, median',
      'click, slowest',
      'published method, median',
    ],
    rows,
    notes: [
      `A click is \`inspectPoint\` on a prepared pair: ${PLACES} candidates with confidence, and the heat map. The features are random.`,
      'The published method up-samples the base level of the target to the image size, normalises it, multiplies it with one query and takes the arg-max, in the same ONNX Runtime. It returns one point and no confidence.',
    ],
    measurements,
  };
}

async function timesMs(count: number, act: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < count; n++) {
    const start = performance.now();
    await act();
    times.push(performance.now() - start);
  }
  return times;
}

/** One query against a map upsampled to image size (Tang et al., 2023, public code). */
async function publishedWay(map: FeatureMap | undefined): Promise<() => Promise<unknown>> {
  if (map === undefined) throw new Error('the first look is one of the levels');
  const { channels, rows, columns, chw } = map;
  const b = new GraphBuilder();
  const query = b.input('query', [1, channels]);
  const features = b.input('map', [1, channels, rows, columns]);
  const stretched = b.node(
    'Resize',
    [features, { name: '', dims: [] }, { name: '', dims: [] }, b.int64(1, channels, IMAGE_PX, IMAGE_PX)],
    [1, channels, IMAGE_PX, IMAGE_PX],
    { mode: { string: 'linear' }, coordinate_transformation_mode: { string: 'half_pixel' } },
  );
  const pixels = reshape(b, normaliseDescriptors(b, stretched), [channels, IMAGE_PX * IMAGE_PX]);
  const similarity = b.node('MatMul', [query, pixels], [1, IMAGE_PX * IMAGE_PX]);
  b.output('pixel', b.node('ArgMax', [similarity], [1], { axis: { int: 1 }, keepdims: { int: 0 } }), 'int64');
  const session = await createSession({ model: b.toModel() });
  const feeds = {
    query: new ort.Tensor('float32', chw.slice(0, channels), [1, channels]),
    map: new ort.Tensor('float32', chw, [1, channels, rows, columns]),
  };
  return () => session.run(feeds);
}

function randomPyramid({ channels, sidesCells, baseLevel }: (typeof CASES)[number], seed: number): FeaturePyramid {
  const levels = sidesCells.map((side, level) => randomUnitMap(channels, side, 10 * seed + level));
  return { width: IMAGE_PX, height: IMAGE_PX, levels, baseLevel, blank: false };
}

function randomUnitMap(channels: number, side: number, seed: number): FeatureMap {
  const random = seededRandom(seed);
  const cells = side * side;
  const chw = Float32Array.from({ length: channels * cells }, () => random() - 0.5);
  for (let cell = 0; cell < cells; cell++) {
    let squared = 0;
    for (let at = cell; at < chw.length; at += cells) squared += (chw[at] ?? 0) ** 2;
    const length = Math.sqrt(squared);
    for (let at = cell; at < chw.length; at += cells) chw[at] = (chw[at] ?? 0) / length;
  }
  return { channels, rows: side, columns: side, chw, cellWidthPx: IMAGE_PX / side, cellHeightPx: IMAGE_PX / side };
}
