import fc from 'fast-check';
import { diffDesigns } from '../../../plugin/src/edits/diff-designs.js';
import { fingerprint } from '../../../plugin/src/edits/fingerprint.js';
import { layersByNeed } from '../../../plugin/src/edits/layers-by-need.js';
import { merge } from '../../../plugin/src/edits/merge.js';
import type { Counterpart, MergedEdit } from '../../../plugin/src/edits/merged-edit.js';
import type { Design } from '../../../plugin/src/shared/design.js';
import { DEFAULT_PREFERENCES, type ExportedFrame } from '../../../plugin/src/shared/messages.js';
import { CONFIDENCE } from '../../../plugin/src/ui/flow/preview/confidence.js';
import { exportDesign } from '../../edits/draw-design.js';
import { EDIT_KINDS, type EditChoice, type EditKind, edited } from '../../edits/random-edits.js';
import { asTarget } from '../../edits/replay.js';
import { type ScreenChoice, screen, screenChoices } from '../../edits/screens.js';
import { EXCLUDED, exactCounterparts } from '../../edits/square.js';
import { VARIATIONS, type VariationChoice, type VariationKind, variationOf } from '../../edits/variations.js';
import { DaemonProcess } from '../../end-to-end/daemon-process.js';
import { PluginWithoutWindow } from '../../end-to-end/plugin-without-window.js';
import type { Bench, BenchOptions, BenchResult } from '../bench.js';

const SCREENS = 6;
/** Targets of each screen with two variations, one on top of the other. */
const DOUBLE_TARGETS = 5;
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
  variations: readonly VariationKind[];
  result: Result;
  isOffered: boolean;
}

/** The merge of random edits into varied screens, with the counterparts of a daemon that runs as for a user. */
export const editsBench: Bench = {
  name: 'edits',
  title: 'Edits merged',
  doc: 'evaluation',
  run: runEdits,
};

async function runEdits({ log }: BenchOptions): Promise<BenchResult> {
  const daemon = await DaemonProcess.start();
  try {
    const plugin = PluginWithoutWindow.open(daemon);
    const judged: Judged[] = [];
    const layers = { right: 0, wrong: 0, missed: 0, absent: 0, invented: 0 };
    for (const [n, choice] of sample(screenChoices, SCREENS).entries()) {
      const pairs = await pairsOf(choice, n);
      const counterparts = await askDaemon(plugin, pairs);
      for (const pair of pairs) {
        const found = counterparts.get(pair.frame.nodeId) ?? {};
        countLayers(pair, found, layers);
        const own = editsOf(pair.variations).flatMap((edit) => judgeEdit(pair, edit, found));
        judged.push(...own);
        log(
          `${pair.frame.name}: ${own.length} operations, ${count(own, 'right')} right, ${count(own, 'wrong, on')} wrong and on`,
        );
      }
    }
    return tableOf(judged, layers);
  } finally {
    await daemon.stop();
  }
}

function sample<T>(arbitrary: fc.Arbitrary<T>, numRuns: number, seed = SEED): T[] {
  return fc.sample(arbitrary, { seed, numRuns });
}

/** A screen and one that varies it. */
interface Pair {
  base: Design;
  /** Ids are keys. */
  theirs: Design;
  variations: readonly VariationKind[];
  /** Of `theirs`, with ids of its own. */
  frame: ExportedFrame;
}

/** Each variation of the screen, and some pairs of variations. */
async function pairsOf(choice: ScreenChoice, seed: number): Promise<Pair[]> {
  const base = screen(choice);
  const [picks = []] = sample(fc.array(fc.nat(999), { minLength: 3, maxLength: 3 }), 1);
  const two = fc.shuffledSubarray(
    [...VARIATIONS].filter((kind) => kind !== 'none'),
    { minLength: 2, maxLength: 2 },
  );
  const kinds = [...VARIATIONS.map((kind) => [kind]), ...sample(two, DOUBLE_TARGETS, SEED + seed)];
  const pairs: Pair[] = [];
  for (const [n, variations] of kinds.entries()) {
    const choices = variations.map((kind): VariationChoice => ({ kind, picks }));
    const theirs = choices.reduce((design, one) => variationOf(one, base, base).apply(design), base);
    const name = `${choice.painting} ${choice.sections.join(' ')}: ${variations.join(', ')}`;
    pairs.push({ base, theirs, variations, frame: await exportDesign(asTarget(theirs), `target-${n}`, name) });
  }
  return pairs;
}

type Counterparts = { readonly [sourceLayerId: string]: Counterpart };

/** The counterparts that the plugin gets from the daemon, by the id of the target. */
async function askDaemon(plugin: PluginWithoutWindow, pairs: readonly Pair[]): Promise<Map<string, Counterparts>> {
  const [first] = pairs;
  if (first === undefined) return new Map();
  const { base } = first;
  const source = await exportDesign(base, 'source', 'Source');
  const items = layersByNeed([], base, base).map((layerId) => ({
    item: { kind: 'layer', itemId: layerId, layerId } as const,
    label: layerId,
    detail: '',
  }));
  const shown = new Set(source.layers.map(({ layerId }) => layerId));
  const { targets } = await plugin.run(
    {
      command: 'transfer-edits',
      source,
      targets: pairs.map(({ frame }) => frame),
      items: items.filter(({ label }) => shown.has(label)),
      after: base,
    },
    'edits',
  );
  return new Map(targets.map(({ frame, counterparts }) => [frame.nodeId, counterparts]));
}

type Counts = { right: number; wrong: number; missed: number; absent: number; invented: number };

/** Counts the counterparts against the exact ones. */
function countLayers({ base, theirs }: Pair, found: Counterparts, counts: Counts): void {
  const exact = exactCounterparts(base, theirs);
  for (const [id, { layerId }] of Object.entries(found)) {
    const right = exact[id]?.layerId ?? null;
    if (right === null) counts[layerId === null ? 'absent' : 'invented']++;
    else counts[layerId === right ? 'right' : layerId === null ? 'missed' : 'wrong']++;
  }
}

function editsOf(variations: readonly VariationKind[]): EditChoice[] {
  const isExcluded = (kind: EditKind) =>
    variations.some((one) => EXCLUDED[one]?.includes(kind) === true || (one === 'reordered' && ORDER.includes(kind)));
  const kinds = EDIT_KINDS.filter((kind) => !isExcluded(kind));
  const numbers = sample(fc.tuple(fc.nat(999), fc.nat(99), fc.nat(99)), EDITS_OF_A_KIND * kinds.length);
  return numbers.map(([layer, a, b], n) => ({ kind: kinds[n % kinds.length] ?? 'text', layer, a, b }));
}

function judgeEdit({ base, theirs, variations }: Pair, edit: EditChoice, found: Counterparts): Judged[] {
  const ours = edited(base, [edit]);
  const edits = diffDesigns(base, ours);
  const target = asTarget(theirs);
  const mergeWith = (counterparts: Counterparts) =>
    merge({ base, ours, edits, theirs: target, counterparts, applied: [] });
  const [exact, actual] = [mergeWith(exactCounterparts(base, theirs)), mergeWith(found)];
  return exact.flatMap((right, n) => {
    const row = actual[n];
    if (row === undefined) return [];
    return [{ edit: edit.kind, variations, ...judge(right, row) }];
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
  if (confidence < (outcome.include === 'sure' ? CONFIDENCE.high : DEFAULT_PREFERENCES.threshold)) return null;
  return JSON.stringify(outcome.operation.write);
}

function sameOutcome({ outcome: a }: MergedEdit, { outcome: b }: MergedEdit): boolean {
  return fingerprint(JSON.stringify(a)) === fingerprint(JSON.stringify(b));
}

function count(judged: readonly Judged[], result: Result): number {
  return judged.filter((one) => one.result === result).length;
}

function tableOf(judged: readonly Judged[], layers: Counts): BenchResult {
  const group = (name: string, of: readonly Judged[]) => {
    const [right, missed, wrong, off] = (['right', 'missed', 'wrong, on', 'off'] as const).map((one) => count(of, one));
    return { name, total: of.length, right, missed, wrong, off, offered: of.filter((one) => one.isOffered).length };
  };
  const measurements = [
    ...VARIATIONS.map((kind) =>
      group(
        `variation: ${kind}`,
        judged.filter(({ variations: [only, second] }) => only === kind && second === undefined),
      ),
    ),
    group(
      'two variations',
      judged.filter(({ variations }) => variations.length > 1),
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
      'The counterparts come from `samepoint start` with the embedded model, through its socket, by the requests of the plugin.',
      `Layers matched: ${layers.right} right, ${layers.wrong} wrong, ${layers.missed} missed; of those without a counterpart ${layers.absent} right, ${layers.invented} wrong.`,
    ],
    measurements,
  };
}

function percent(part: number): string {
  return Number.isNaN(part) ? '–' : `${(100 * part).toFixed(1)} %`;
}
