import type { Homography } from '@samepoint/shared-protocol';
import { matchPoints } from '../../../daemon/src/correspond/match-points.js';
import { settingsFor } from '../../../daemon/src/correspond/match-settings.js';
import { Matcher } from '../../../daemon/src/correspond/matcher.js';
import { preparePair } from '../../../daemon/src/correspond/neighbourhood-consensus.js';
import type { FeaturePyramid } from '../../../daemon/src/diffusion/feature-pyramid.js';
import { FeatureSource } from '../../../daemon/src/diffusion/feature-source.js';
import { planFeatures } from '../../../daemon/src/diffusion/plan/feature-plan.js';
import { prepareEdit, warpEdit } from '../../../daemon/src/transfer/edits/warp-edit.js';
import { type Bench, type BenchOptions, type BenchResult, median } from '../bench.js';
import {
  drawWarpPair,
  EDIT_SIZES,
  type EditSize,
  editImage,
  readWarpPairs,
  visiblePart,
  type WarpPair,
  warpError,
} from '../warp-cases.js';

const DRAWN_SEEDS = Array.from({ length: 6 }, (_, n) => 8000 + n);

/** Smallest visible part of an edit in the target that counts as placeable. */
const MIN_VISIBLE = 0.5;

/** Error of warped edits, and how many are rejected. */
export const warpBench: Bench = { name: 'warp', title: 'Warped edits', run: runWarp };

interface Measured {
  pair: string;
  size: EditSize;
  /** Warped into its own target, or into that of another pair, without a known position. */
  target: 'own' | 'other';
  accepted: boolean;
  confidence: number | null;
  /** Of the estimated transform, even if it was rejected. */
  errorPx: number | null;
}

async function runWarp({ pairs: folder, log }: BenchOptions): Promise<BenchResult> {
  const pairs = folder === undefined ? await drawPairs() : await readWarpPairs(folder);
  const measurements = await measure(pairs, log);
  const sizes = Object.keys(EDIT_SIZES) as EditSize[];
  const others = measurements.filter(({ target }) => target === 'other');
  const taken = others.filter(({ accepted }) => accepted).length;
  return {
    columns: ['edit', 'number', 'error before refusal', 'worst', 'refused', 'error of accepted', 'worst accepted'],
    rows: [...sizes, 'all' as const].map((size) => row(size, measurements.filter(isOf(size)))),
    notes: [
      `The error of an edit is its mean distance from the true position, in target pixels; the table has the median and the worst. ${pairs.length} pairs ${folder === undefined ? 'of drawn screens: another scale, every other dark or cropped, every third in perspective' : 'of the folder'}. The side of an edit is ${sizes.map((size) => `${EDIT_SIZES[size].side.map((part) => 100 * part).join(' to ')} % (${size})`).join(', ')} of the source's longer side.`,
      `Of ${others.length} edits warped into the target of another pair, ${taken} were accepted; parts of them are in that target too.`,
    ],
    measurements,
  };
}

/** Sequential: rendering SVG is only enabled while one is drawn. */
async function drawPairs(): Promise<WarpPair[]> {
  const pairs: WarpPair[] = [];
  for (const seed of DRAWN_SEEDS) pairs.push(await drawWarpPair(seed));
  return pairs;
}

function isOf(size: EditSize | 'all') {
  return (one: Measured) => one.target === 'own' && (size === 'all' || one.size === size);
}

async function measure(pairs: readonly WarpPair[], log: BenchOptions['log']): Promise<Measured[]> {
  const plan = planFeatures({ backend: 'ui' });
  const settings = settingsFor(plan.parts.map(({ preset }) => preset));
  const matcher = new Matcher();
  const features = new FeatureSource();
  const measured: Measured[] = [];
  const into = async (pair: WarpPair, source: FeaturePyramid, target: FeaturePyramid, truth: Homography | null) => {
    const field = await preparePair(matcher, source, target, settings);
    for (const { size, box } of pair.edits) {
      if (truth !== null && visiblePart(box, truth, target) < MIN_VISIBLE) continue;
      const edit = prepareEdit(editImage(pair.source, box), pair.source);
      const match = (points: Parameters<typeof matchPoints>[3]) =>
        matchPoints(matcher, source, target, points, settings, field);
      const warped = await warpEdit(edit, source, target, match, {});
      const { fit } = warped;
      const errorPx = truth === null || fit === undefined ? null : warpError(box, truth, fit.transform);
      const confidence = fit?.confidence ?? null;
      const where = truth === null ? 'other' : 'own';
      measured.push({ pair: pair.name, size, target: where, accepted: warped.ok, confidence, errorPx });
    }
  };
  let before: FeaturePyramid | undefined;
  for (const pair of pairs) {
    const source = await features.pyramid(`${pair.name} source`, async () => pair.source, plan);
    const target = await features.pyramid(`${pair.name} target`, async () => pair.target, plan);
    await into(pair, source, target, pair.truth);
    if (before !== undefined) await into(pair, source, before, null);
    before = target;
    log(pair.name);
  }
  return measured;
}

function row(size: string, measured: readonly Measured[]): string[] {
  const errors = (among: readonly Measured[]) => among.flatMap(({ errorPx }) => errorPx ?? []);
  const px = (value: number) => (Number.isFinite(value) ? `${value.toFixed(1)} px` : '–');
  const all = errors(measured);
  const accepted = errors(measured.filter((one) => one.accepted));
  const refused = measured.filter((one) => !one.accepted).length;
  return [
    size,
    String(measured.length),
    px(median(all)),
    px(Math.max(...all)),
    `${Math.round((100 * refused) / measured.length)} %`,
    px(median(accepted)),
    px(Math.max(...accepted)),
  ];
}
