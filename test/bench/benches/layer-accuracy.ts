import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { documentLayerPairs } from '../../calibration/document-layer-pairs.js';
import { drawnLayerPairs } from '../../calibration/drawn-layer-pairs.js';
import { type LayerExample, layerExamples } from '../../calibration/layer-examples.js';
import type { LayerPair } from '../../calibration/layer-pair.js';
import { type LooksBelief, likeliestByLooks } from '../../calibration/likeliest-by-looks.js';
import { LayerMatching } from '../../calibration/match-layers.js';
import {
  absencePrecisionAt,
  type JudgedLayer,
  judgeLayers,
  type LayerScore,
  scoreLayers,
} from '../../calibration/score-layers.js';
import { setLayerPairs } from '../../calibration/set-layer-pairs.js';
import { type Bench, type BenchOptions, type BenchResult, median } from '../bench.js';

const DRAWN_SCREENS = 4;
/** Of so many pairs of a set, too, the same layers as a design tool has them. */
const NESTED_PAIRS = 60;
const RECALL = 0.8;
const ANOTHER = /another screen/;
const SET = /^set: /;
const NESTED = /^set, nested: /;

/** Do layers find their counterparts, and is "no counterpart" said where there is none? */
export const layerAccuracyBench: Bench = {
  name: 'layer-accuracy',
  title: 'Layers found',
  doc: 'evaluation',
  run: runLayerAccuracy,
};

async function runLayerAccuracy({ pairs: folder, setPairs, kept, model, log }: BenchOptions): Promise<BenchResult> {
  const matching = new LayerMatching(kept ?? join(mkdtempSync(join(tmpdir(), 'samepoint-')), 'matches.jsonl'), model);
  const byChange = new Map<string, JudgedLayer[]>();
  const versions: LayerExample[] = [];
  const ofSet: LayerExample[] = [];
  const byLooks: LooksBelief[] = [];
  const nested: LayerExample[] = [];
  for await (const pair of allPairs(folder, setPairs)) {
    const judged = judgeLayers(pair, await matching.place(pair));
    const change = NESTED.test(pair.change) && !ANOTHER.test(pair.change) ? 'set, nested: all changes' : pair.change;
    byChange.set(change, [...(byChange.get(change) ?? []), ...judged]);
    if (!ANOTHER.test(pair.change)) {
      const seen = await matching.seenByLayer(pair);
      const examples = layerExamples(pair, seen);
      versions.push(...examples);
      if (SET.test(pair.change)) {
        ofSet.push(...examples);
        byLooks.push(...likeliestByLooks(pair, seen));
      }
      if (NESTED.test(pair.change)) nested.push(...examples);
    }
    log(`${pair.name}: ${JSON.stringify(scoreLayers(judged, median).counts)}`);
  }
  const rows = [...byChange].map(([change, judged]) => ({ change, ...scoreLayers(judged, median) }));
  const all = { change: 'all', ...scoreLayers([...byChange.values()].flat(), median) };
  return {
    columns: [
      'what changed',
      'right',
      'wrong',
      'missed',
      'absent: said so',
      'absent: given one',
      'accuracy',
      '"none": precision',
      'recall',
      'boxes: IoU',
      'middle off',
    ],
    rows: [...rows, all].map(toRow),
    notes: [
      '"Missed" are layers with a counterpart that were said to have none. Boxes are those that the pixels alone give: medians of the intersection over union, and of the distance of the middle as a part of the longer side of the target. Layers of a set have a type and a box, no names and no words; "nested" are those of sixty pairs as a design tool has them, in frames and with their words.',
      `In versions of the same screen, the likeliest candidate of those with a counterpart is the right one in ${percent(likeliestRight(versions))}, in the set alone in ${percent(likeliestRight(ofSet))}, with frames and words in ${percent(likeliestRight(nested))}, whether it is believed or not.`,
      `In versions of the same screen, "none" said of the layers that are least sure of their likeliest candidate, so many that ${percent(RECALL)} of those without counterpart are among them, is right in ${percent(absencePrecisionAt(RECALL, versions))}, in the set alone in ${percent(absencePrecisionAt(RECALL, ofSet))}, with frames and words in ${percent(absencePrecisionAt(RECALL, nested))}.`,
      `By what the matcher of elements says alone, whatever the points of a layer find and of whatever type it is, these are ${percent(likeliestRight(byLooks))} and ${percent(absencePrecisionAt(RECALL, byLooks))} in the set alone.`,
    ],
    measurements: [...rows, all],
  };
}

function likeliestRight(layers: readonly Pick<LayerExample, 'right' | 'hasCounterpart'>[]): number {
  const there = layers.filter(({ hasCounterpart }) => hasCounterpart);
  return there.filter(({ right }) => right).length / there.length;
}

/** One after another, as their images take memory. */
async function* allPairs(folder: string | undefined, setPairs: number): AsyncGenerator<LayerPair> {
  yield* documentLayerPairs();
  yield* drawnLayerPairs(DRAWN_SCREENS);
  if (folder === undefined) return;
  yield* setLayerPairs(folder, setPairs, 'flat');
  yield* setLayerPairs(folder, NESTED_PAIRS, 'nested');
}

function toRow({ change, counts, accuracy, absentPrecision, absentRecall, boxes }: LayerScore & { change: string }) {
  return [
    change,
    String(counts.right),
    String(counts.wrong),
    String(counts.missed),
    String(counts['absent right']),
    String(counts.false),
    percent(accuracy),
    percent(absentPrecision),
    percent(absentRecall),
    Number.isNaN(boxes.medianIou) ? '–' : boxes.medianIou.toFixed(2),
    percent(boxes.medianMiddleErrorPart),
  ];
}

function percent(part: number): string {
  return Number.isNaN(part) ? '–' : `${(100 * part).toFixed(1)} %`;
}
