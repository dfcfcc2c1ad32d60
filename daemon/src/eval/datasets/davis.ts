import { basename, join } from 'node:path';
import * as z from 'zod';
import { WindowMatcher } from '../../correspond/window-matcher.js';
import { readPalette } from '../../images/decode.js';
import { decodeLabelMask, type LabelMask } from '../../images/label-mask.js';
import type { TrackSettings } from '../../transfer/tracking/track-labels.js';
import { trackMask } from '../../transfer/tracking/track-mask.js';
import { visibleFiles } from '../../visible-files.js';
import {
  type BinaryMask,
  boundaryAccuracy,
  mean,
  regionSimilarity,
  sequenceStatistics,
} from '../metrics/davis-metrics.js';
import type { FigureRow, FigureTable } from '../report/figure-table.js';
import { type Dataset, type DatasetItem, type EvalTools, type GroupedOutcome, videoFrames } from './dataset.js';
import { badDataset, readDatasetBytes, readDatasetText } from './dataset-files.js';

/** J and F of each object, for every frame except the first and the last. */
const outcomeSchema = z.object({ objects: z.array(z.object({ j: z.array(z.number()), f: z.array(z.number()) })) });
export type DavisOutcome = z.infer<typeof outcomeSchema>;

/** Ambiguous pixels. The official evaluation counts them as background. */
const VOID = 255;

/** The first frame is given and the last is not scored. */
const MIN_FRAMES = 3;

/** The published run uses a shorter queue for this sequence, to fit its matrix in memory. */
const SHORT_QUEUES: Readonly<Record<string, number>> = { shooting: 10 };

const LAYOUT =
  'Choose the published folder DAVIS, with ImageSets/2017/val.txt, JPEGImages/480p/ and Annotations/480p/.';

interface Sequence {
  name: string;
  frames: string[];
  masks: string[];
}

/**
 * DAVIS-2017, semi-supervised (Pont-Tuset et al., 2017). Propagates the objects of the first frame like eval_davis.py of Tang
 * et al., 2023, and scores them like the official evaluation.
 * @throws SamepointError `BAD_REQUEST`
 */
export async function openDavis(folder: string): Promise<Dataset<DavisOutcome>> {
  const list = await readDatasetText(join(folder, 'ImageSets', '2017', 'val.txt'), LAYOUT);
  const names = list.split(/\s+/).filter((name) => name !== '');
  const matcher = new WindowMatcher();
  const items: DatasetItem<DavisOutcome>[] = [];
  for (const name of names) items.push(toItem(await readSequence(folder, name), matcher));
  return {
    items,
    outcomeSchema,
    scoreMeaning: 'the mean of J and F over its objects, in percent',
    score: (outcome) => 100 * mean(outcome.objects.flatMap(({ j, f }) => [mean(j), mean(f)])),
    summarise: (outcomes) => [davisTable(outcomes)],
  };
}

async function readSequence(folder: string, name: string): Promise<Sequence> {
  const images = join(folder, 'JPEGImages', '480p', name);
  const files = (await visibleFiles(images).catch(() => [])).filter((file) => file.endsWith('.jpg')).sort();
  if (files.length < MIN_FRAMES) throw badDataset(images, `it has fewer than ${MIN_FRAMES} frames *.jpg`, LAYOUT);
  return {
    name,
    frames: files.map((file) => join(images, file)),
    masks: files.map((file) => join(folder, 'Annotations', '480p', name, `${basename(file, '.jpg')}.png`)),
  };
}

function toItem(sequence: Sequence, matcher: WindowMatcher): DatasetItem<DavisOutcome> {
  const { name, frames, masks } = sequence;
  return {
    id: name,
    group: name,
    files: [...frames, ...masks],
    truth: null,
    evaluate: (tools) => evaluateSequence(sequence, matcher, tools),
  };
}

async function evaluateSequence(
  { name, frames, masks }: Sequence,
  matcher: WindowMatcher,
  tools: EvalTools,
): Promise<DavisOutcome> {
  const first = await readMask(masks[0] ?? '');
  const labels = Array.from({ length: 1 + Math.max(...new Set(first.indices)) }, (_, label) => label);
  if (labels.length === 1) throw badDataset(masks[0] ?? '', 'it contains no objects', LAYOUT);
  const objects = labels.slice(1).map(() => ({ j: [] as number[], f: [] as number[] }));
  // the last frame is not scored
  const tracked = videoFrames(frames, frames.length - 1, tools);
  const settings = propagationOf(name, tools.propagation);
  const options = { settings, sampling: 'centre', lostBelow: 0, drawnCellPx: settings.drawnCellPx } as const;
  for await (const { frame, mask } of trackMask(matcher, tracked, first, labels, options)) {
    if (frame === 0) continue;
    const truth = await readMask(masks[frame] ?? '');
    for (const [n, { j, f }] of objects.entries()) {
      const pair = [objectOf(truth, n + 1), objectOf(mask, n + 1)] as const;
      j.push(regionSimilarity(...pair));
      f.push(boundaryAccuracy(...pair));
    }
  }
  return { objects };
}

/** Settings of one sequence, as in eval_davis.py of Tang et al., 2023. */
export function propagationOf(sequence: string, settings: TrackSettings): TrackSettings {
  const most = SHORT_QUEUES[sequence] ?? Number.POSITIVE_INFINITY;
  return { ...settings, queueFrames: Math.min(settings.queueFrames, most) };
}

async function readMask(path: string): Promise<LabelMask> {
  const bytes = await readDatasetBytes(path);
  if ((await readPalette(bytes, path)) === undefined) throw badDataset(path, 'it is not a PNG with a palette', LAYOUT);
  const mask = await decodeLabelMask(bytes, path, { exact: true });
  return { ...mask, background: 0, indices: mask.indices.map((index) => (index === VOID ? 0 : index)) };
}

function objectOf({ width, height, indices }: LabelMask, object: number): BinaryMask {
  return { width, height, pixels: indices.map((index) => (index === object ? 1 : 0)) };
}

function davisTable(outcomes: readonly GroupedOutcome<DavisOutcome>[]): FigureTable {
  const all = outcomes.flatMap(({ outcome }) => outcome.objects);
  return {
    title: 'DAVIS-2017 val, semi-supervised, in percent',
    note: 'mean over objects; J: region similarity, F: contour accuracy, as in the official evaluation',
    rowTitle: 'sequence',
    columns: ['J&F', 'J mean', 'J recall', 'J decay', 'F mean', 'F recall', 'F decay'],
    rows: [...outcomes.map(({ group, outcome }) => davisRow(group, outcome.objects)), davisRow('all', all)],
  };
}

function davisRow(name: string, objects: DavisOutcome['objects']): FigureRow {
  const over = (values: (object: DavisOutcome['objects'][number]) => number[]) => {
    const statistics = objects.map((object) => sequenceStatistics(values(object)));
    return (['mean', 'recall', 'decay'] as const).map((key) => 100 * mean(statistics.map((one) => one[key])));
  };
  const [j, f] = [over((object) => object.j), over((object) => object.f)];
  return { name, items: objects.length, values: [mean([j[0] ?? 0, f[0] ?? 0]), ...j, ...f] };
}
