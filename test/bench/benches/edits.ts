import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { diffDesigns } from '../../../plugin/src/edits/diff-designs.js';
import { fingerprint } from '../../../plugin/src/edits/fingerprint.js';
import { merge } from '../../../plugin/src/edits/merge.js';
import type { Counterpart, MergedEdit } from '../../../plugin/src/edits/merged-edit.js';
import type { Design } from '../../../plugin/src/shared/design.js';
import { EDIT_CONFIDENCE } from '../../../plugin/src/ui/flow/edits/edits-rows.js';
import type { LayerPair } from '../../calibration/layer-pair.js';
import { LayerMatching } from '../../calibration/match-layers.js';
import { drawDesign } from '../../edits/draw-design.js';
import { EDIT_KINDS, type EditChoice, type EditKind, edited } from '../../edits/random-edits.js';
import { asTarget } from '../../edits/replay.js';
import { type ScreenChoice, screen, screenChoices } from '../../edits/screens.js';
import { EXCLUDED, exactCounterparts } from '../../edits/square.js';
import { VARIATIONS, type VariationChoice, type VariationKind, variationOf } from '../../edits/variations.js';
import type { Bench, BenchOptions, BenchResult } from '../bench.js';

const SCREENS = 6;
/** Edits of each kind in each pair of screens. */
const EDITS_OF_A_KIND = 2;
const SEED = 20;
/** With these, what the right order is depends on the order that the edit gives. */
const ORDER: readonly EditKind[] = ['reorder', 'reparent'];
/** Off by default whatever the counterparts are. */
const OFF: EditKind = 'name';

/** What came of an operation, against the merge of exact counterparts. */
type Result = 'right' | 'missed' | 'wrong, on' | 'off';

interface Judged {
  edit: EditKind;
  variation: VariationKind;
  result: Result;
  isOffered: boolean;
}

/** The merge of random edits into varied screens, with the counterparts that the embedded network finds. */
export const editsBench: Bench = {
  name: 'edits',
  title: 'Edits merged',
  doc: 'evaluation',
  run: runEdits,
};

async function runEdits({ kept, model, log }: BenchOptions): Promise<BenchResult> {
  const matching = new LayerMatching(kept ?? join(mkdtempSync(join(tmpdir(), 'samepoint-')), 'matches.jsonl'), model);
  const judged: Judged[] = [];
  const layers = { right: 0, wrong: 0, missed: 0, absent: 0, invented: 0 };
  for (const choice of sample(screenChoices, SCREENS)) {
    for (const kind of VARIATIONS) {
      const pair = await pairOf(choice, kind);
      const counterparts = await counterpartsOf(matching, pair, layers);
      const found = editsOf(kind).flatMap((edit) => judgeEdit(pair, kind, edit, counterparts));
      judged.push(...found);
      log(
        `${pair.match.name}: ${found.length} operations, ${count(found, 'right')} right, ${count(found, 'wrong, on')} wrong and on`,
      );
    }
  }
  return tableOf(judged, layers);
}

function sample<T>(arbitrary: fc.Arbitrary<T>, numRuns: number): T[] {
  return fc.sample(arbitrary, { seed: SEED, numRuns });
}

/** A screen and its variation, drawn. */
interface Pair {
  base: Design;
  /** Ids are keys. */
  theirs: Design;
  match: LayerPair;
}

async function pairOf(choice: ScreenChoice, kind: VariationKind): Promise<Pair> {
  const base = screen(choice);
  const picks = sample(fc.array(fc.nat(999), { minLength: 3, maxLength: 3 }), 1)[0] ?? [];
  const variation: VariationChoice = { kind, picks };
  const theirs = variationOf(variation, base, base).apply(base);
  const exact = exactCounterparts(base, theirs);
  const truth = new Map(Object.entries(exact).map(([key, { layerId }]) => [key, layerId]));
  const name = `${choice.painting} ${choice.sections.join(' ')}: ${kind}`;
  const match = {
    name,
    change: kind,
    source: await drawDesign(base),
    target: await drawDesign(asTarget(theirs)),
    truth,
  };
  return { base, theirs, match };
}

type Counterparts = { [sourceLayerId: string]: Counterpart };

/** The counterparts that the daemon's matching finds, counted against the exact ones. */
async function counterpartsOf(
  matching: LayerMatching,
  { match }: Pair,
  counts: { right: number; wrong: number; missed: number; absent: number; invented: number },
): Promise<Counterparts> {
  const placements = await matching.place(match);
  const entries = match.source.layers.map(({ layerId }, n): [string, Counterpart] => {
    const placement = placements[n];
    if (placement?.kind !== 'layer') throw new Error('a layer item gives a layer placement');
    const [found, right] = [placement.layerId, match.truth.get(layerId) ?? null];
    if (right === null) counts[found === null ? 'absent' : 'invented']++;
    else counts[found === right ? 'right' : found === null ? 'missed' : 'wrong']++;
    return [layerId, { layerId: found, confidence: placement.confidence, runnersUp: [] }];
  });
  return Object.fromEntries(entries);
}

function editsOf(variation: VariationKind): EditChoice[] {
  const kinds = EDIT_KINDS.filter(
    (kind) => EXCLUDED[variation]?.includes(kind) !== true && !(variation === 'reordered' && ORDER.includes(kind)),
  );
  const numbers = sample(fc.tuple(fc.nat(999), fc.nat(99), fc.nat(99)), EDITS_OF_A_KIND * kinds.length);
  return numbers.map(([layer, a, b], n) => ({ kind: kinds[n % kinds.length] ?? 'text', layer, a, b }));
}

function judgeEdit({ base, theirs }: Pair, variation: VariationKind, edit: EditChoice, found: Counterparts): Judged[] {
  const ours = edited(base, [edit]);
  const edits = diffDesigns(base, ours);
  const target = asTarget(theirs);
  const mergeWith = (counterparts: Counterparts) =>
    merge({ base, ours, edits, theirs: target, counterparts, applied: [] });
  const [exact, actual] = [mergeWith(exactCounterparts(base, theirs)), mergeWith(found)];
  return exact.flatMap((right, n) => {
    const row = actual[n];
    if (row === undefined) return [];
    return [{ edit: edit.kind, variation, ...judge(right, row) }];
  });
}

/** An operation is right if the merge of exact counterparts has the same one on by default. */
function judge(right: MergedEdit, row: MergedEdit): Pick<Judged, 'result' | 'isOffered'> {
  const [expected, written] = [writtenBy(right), writtenBy(row)];
  const isOffered = row.outcome.kind === 'conflict' && row.outcome.proposal !== null && sameOutcome(right, row);
  if (written !== null) return { result: written === expected ? 'right' : 'wrong, on', isOffered };
  return { result: expected === null ? 'off' : 'missed', isOffered };
}

function writtenBy({ outcome, confidence }: MergedEdit): string | null {
  if (outcome.kind !== 'change' || outcome.include === 'never') return null;
  if (confidence < (outcome.include === 'sure' ? EDIT_CONFIDENCE.sure : EDIT_CONFIDENCE.include)) return null;
  return JSON.stringify(outcome.operation.write);
}

function sameOutcome({ outcome: a }: MergedEdit, { outcome: b }: MergedEdit): boolean {
  return fingerprint(JSON.stringify(a)) === fingerprint(JSON.stringify(b));
}

function count(judged: readonly Judged[], result: Result): number {
  return judged.filter((one) => one.result === result).length;
}

function tableOf(judged: readonly Judged[], layers: { [outcome: string]: number }): BenchResult {
  const group = (name: string, of: readonly Judged[]) => {
    const [right, missed, wrong, off] = (['right', 'missed', 'wrong, on', 'off'] as const).map((one) => count(of, one));
    return { name, total: of.length, right, missed, wrong, off, offered: of.filter((one) => one.isOffered).length };
  };
  const measurements = [
    ...VARIATIONS.map((kind) =>
      group(
        `variation: ${kind}`,
        judged.filter(({ variation }) => variation === kind),
      ),
    ),
    ...EDIT_KINDS.filter((kind) => kind !== OFF).map((kind) =>
      group(
        `edit: ${kind}`,
        judged.filter(({ edit }) => edit === kind),
      ),
    ),
    group('all', judged),
  ];
  return {
    columns: [
      '',
      'operations',
      'right',
      'missed',
      'wrong and on',
      'off',
      'of these offered',
      'right of those possible',
    ],
    rows: measurements.map(({ name, total, right = 0, missed = 0, wrong = 0, off, offered }) => [
      name,
      ...[total, right, missed, wrong, off, offered].map(String),
      percent(right / (right + missed + wrong)),
    ]),
    notes: [
      'Right: on by default, and what the merge does with exact counterparts. Missed: that merge has it on, here it is off. Off: off with exact counterparts too, as conflicts and layers that are not there; offered: with the right proposal. Names are left out, since they are never on by default.',
      `Layers matched: ${layers.right} right, ${layers.wrong} wrong, ${layers.missed} missed; of those without a counterpart ${layers.absent} right, ${layers.invented} wrong.`,
    ],
    measurements,
  };
}

function percent(part: number): string {
  return Number.isNaN(part) ? '–' : `${(100 * part).toFixed(1)} %`;
}
