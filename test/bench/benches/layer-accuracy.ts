import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { documentLayerPairs } from '../../calibration/document-layer-pairs.js';
import { drawnLayerPairs } from '../../calibration/drawn-layer-pairs.js';
import { type LayerExample, layerExamples } from '../../calibration/layer-examples.js';
import type { LayerPair } from '../../calibration/layer-pair.js';
import { LayerMatching } from '../../calibration/match-layers.js';
import {
  absencePrecisionAt,
  type ElementConfidence,
  type JudgedLayer,
  judgeLayers,
  type LayerScore,
  likeliestByElements,
  scoreLayers,
} from '../../calibration/score-layers.js';
import { setLayerPairs } from '../../calibration/set-layer-pairs.js';
import { type Bench, type BenchOptions, type BenchResult, median } from '../bench.js';

const DRAWN_SCREENS = 4;
/** Number of pairs that are also measured with frames and texts, as in a design tool. */
const NESTED_PAIRS = 60;
const RECALL = 0.8;
const COMPONENTS = / *, with components$/;
const COMPONENTS_LABEL = ', with components';
const ANOTHER = /another screen/;
const SET = /^set: /;
const NESTED = /^set, nested: /;
const GROUPS: { readonly [change: string]: string } = {
  dark: 'document, new version',
  order: 'document, new version',
  locale: 'document, new version',
  removed: 'document, new version',
  'drawn version': 'drawn screen, new version',
  'drawn, other words': 'drawn screen, other texts',
  'drawn, other content': 'drawn screen, other texts',
  'another screen': 'drawn screen, unrelated target',
};

/** Accuracy of layer matching, including layers without a counterpart. */
export const layerAccuracyBench: Bench = {
  name: 'layer-accuracy',
  title: 'Layers found',
  doc: 'evaluation',
  run: runLayerAccuracy,
};

async function runLayerAccuracy({ pairs: folder, setPairs, kept, model, log }: BenchOptions): Promise<BenchResult> {
  const matching = new LayerMatching(kept ?? join(mkdtempSync(join(tmpdir(), 'samepoint-')), 'matches.jsonl'), model);
  const byGroup = new Map<string, JudgedLayer[]>();
  const byChange = new Map<string, JudgedLayer[]>();
  const ofSet: LayerExample[] = [];
  const byElements: ElementConfidence[] = [];
  const nested: LayerExample[] = [];
  for await (const pair of allPairs(folder, setPairs)) {
    const judged = judgeLayers(pair, await matching.place(pair));
    append(byGroup, groupOf(pair.change), judged);
    if (SET.test(pair.change) && !ANOTHER.test(pair.change)) append(byChange, pair.change.replace(SET, ''), judged);
    if (!ANOTHER.test(pair.change)) {
      const seen = await matching.evidenceByLayer(pair);
      const examples = layerExamples(pair, seen);
      if (SET.test(pair.change)) {
        ofSet.push(...examples);
        byElements.push(...likeliestByElements(pair, seen));
      }
      if (NESTED.test(pair.change)) nested.push(...examples);
    }
    log(`${pair.name}: ${JSON.stringify(scoreLayers(judged, median).counts)}`);
  }
  const scoresOf = (groups: Map<string, JudgedLayer[]>) =>
    [...groups].map(([change, judged]) => ({ change, ...scoreLayers(judged, median) }));
  const [rows, changes] = [scoresOf(byGroup), scoresOf(byChange)];
  const all = scoreLayers([...byGroup.values()].flat(), median);
  return {
    columns: ['layers', 'right', 'wrong', 'missed', 'none: right', 'none: wrong', 'accuracy'],
    rows: rows.map(toRow),
    notes: [
      'The first three columns count layers with a counterpart, the next two layers without one. "Missed": reported as having none. Accuracy: right ones of all layers.',
      ...(changes.length === 0
        ? []
        : [
            `Accuracy of the generated pairs by main change: ${listChanges(changes)}.`,
            `Generated pairs, at any confidence: the likeliest candidate is the right one for ${percent(likeliestRight(ofSet))} of the layers with a counterpart, for ${percent(likeliestRight(nested))} with frames and texts, and for ${percent(likeliestRight(byElements))} by the element matcher alone.`,
            `Precision of "none" at ${percent(RECALL)} recall, ranked by confidence: ${percent(absencePrecisionAt(RECALL, ofSet))}, with frames and texts ${percent(absencePrecisionAt(RECALL, nested))}, by the element matcher alone ${percent(absencePrecisionAt(RECALL, byElements))}.`,
          ]),
      `Boxes predicted from pixels alone: median IoU ${all.boxes.medianIou.toFixed(2)}; the centre is off by ${percent(all.boxes.medianMiddleErrorPart)} of the longer side of the target (median).`,
    ],
    measurements: [...rows, ...changes],
  };
}

function append(groups: Map<string, JudgedLayer[]>, name: string, judged: readonly JudgedLayer[]): void {
  groups.set(name, [...(groups.get(name) ?? []), ...judged]);
}

function groupOf(change: string): string {
  const target = ANOTHER.test(change) ? 'unrelated target' : 'new version';
  if (SET.test(change)) return `generated pair, ${target}`;
  if (NESTED.test(change)) return `generated pair with frames and texts, ${target}`;
  const plain = change.replace(COMPONENTS, '');
  return (GROUPS[plain] ?? plain) + (plain === change ? '' : COMPONENTS_LABEL);
}

function listChanges(changes: readonly (LayerScore & { change: string })[]): string {
  return [...changes]
    .sort((a, b) => b.accuracy - a.accuracy)
    .map(({ change, accuracy }) => `${change} ${(100 * accuracy).toFixed(1)}`)
    .join(', ');
}

function likeliestRight(layers: readonly Pick<LayerExample, 'right' | 'hasCounterpart'>[]): number {
  const there = layers.filter(({ hasCounterpart }) => hasCounterpart);
  return there.filter(({ right }) => right).length / there.length;
}

/** Sequential, to limit memory for images. */
async function* allPairs(folder: string | undefined, setPairs: number): AsyncGenerator<LayerPair> {
  yield* documentLayerPairs(true);
  yield* drawnLayerPairs(DRAWN_SCREENS, true);
  if (folder === undefined) return;
  yield* setLayerPairs(folder, setPairs, 'flat');
  yield* setLayerPairs(folder, NESTED_PAIRS, 'nested');
}

function toRow({ change, counts, accuracy }: LayerScore & { change: string }) {
  return [
    change,
    String(counts.right),
    String(counts.wrong),
    String(counts.missed),
    String(counts['absent right']),
    String(counts.false),
    percent(accuracy),
  ];
}

function percent(part: number): string {
  return Number.isNaN(part) ? '–' : `${(100 * part).toFixed(1)} %`;
}
