import { join } from 'node:path';
import type { Point } from '@samepoint/shared-protocol';
import * as z from 'zod';
import { WindowMatcher } from '../../correspond/window-matcher.js';
import { trackPoints } from '../../transfer/tracking/track-points.js';
import { visibleFiles } from '../../visible-files.js';
import { jointErrors, jointPck } from '../metrics/jhmdb-metrics.js';
import type { FigureRow, FigureTable } from '../report/figure-table.js';
import { type Dataset, type DatasetItem, type EvalTools, type GroupedOutcome, videoFrames } from './dataset.js';
import { badDataset, readDatasetText } from './dataset-files.js';
import { readMatArray } from './mat-file.js';

/** Errors of each frame except the first, in the order of the joints. */
const outcomeSchema = z.object({ errors: z.array(z.array(z.number().nullable())) });
export type JhmdbOutcome = z.infer<typeof outcomeSchema>;

const ALPHAS = [0.1, 0.2, 0.3, 0.4, 0.5] as const;

const SPLIT_SUFFIX = '_test_split1.txt';
/** Marks test videos in a split. */
const TEST = '2';

/** Joints are pixels counted from 1; Samepoint's origin is the corner of the first pixel. */
const TO_CORNER_PX = -0.5;

const LAYOUT =
  'Choose the published folder JHMDB, with splits/, joint_positions/<class>/<video>/ and Rename_Images/<class>/<video>/.';

interface Video {
  category: string;
  name: string;
  frames: string[];
  joints: string;
}

/**
 * JHMDB, test videos of split 1 (Jhuang et al., 2013). Propagates the joints of the first frame and scores them like UVC (Li et
 * al., 2019).
 * @throws SamepointError `BAD_REQUEST`
 */
export async function openJhmdb(folder: string): Promise<Dataset<JhmdbOutcome>> {
  const splits = join(folder, 'splits');
  const files = (await visibleFiles(splits).catch(() => [])).filter((name) => name.endsWith(SPLIT_SUFFIX)).sort();
  if (files.length === 0) throw badDataset(splits, `it has no *${SPLIT_SUFFIX}`, LAYOUT);
  const matcher = new WindowMatcher();
  const items: DatasetItem<JhmdbOutcome>[] = [];
  for (const file of files) {
    const category = file.slice(0, -SPLIT_SUFFIX.length);
    for (const name of testVideos(await readDatasetText(join(splits, file), LAYOUT))) {
      items.push(toItem(await readVideo(folder, category, name), matcher));
    }
  }
  return {
    items,
    outcomeSchema,
    scoreMeaning: `the percentage of its joints within ${ALPHAS[0]} of the size of the person`,
    score: ({ errors }) => jointPck(errors, ALPHAS[0]) ?? 0,
    summarise: (outcomes) => [jhmdbTable(outcomes)],
  };
}

/** Lines are `<video>.avi <1 to train on, 2 to test on>`. */
function testVideos(split: string): string[] {
  const lines = split.split(/\r?\n/).map((line) => line.trim().split(/\s+/));
  return lines.flatMap(([file, part]) => (file !== undefined && part === TEST ? [file.replace(/\.avi$/, '')] : []));
}

async function readVideo(folder: string, category: string, name: string): Promise<Video> {
  const images = join(folder, 'Rename_Images', category, name);
  const frames = (await visibleFiles(images).catch(() => [])).filter((file) => file.endsWith('.png')).sort();
  if (frames.length < 2) throw badDataset(images, 'it has fewer than two frames *.png', LAYOUT);
  return {
    category,
    name,
    frames: frames.map((file) => join(images, file)),
    joints: join(folder, 'joint_positions', category, name, 'joint_positions.mat'),
  };
}

function toItem(video: Video, matcher: WindowMatcher): DatasetItem<JhmdbOutcome> {
  return {
    id: `${video.category}/${video.name}`,
    group: video.category,
    files: [...video.frames, video.joints],
    truth: null,
    evaluate: (tools) => evaluateVideo(video, matcher, tools),
  };
}

async function evaluateVideo(
  { frames, joints }: Video,
  matcher: WindowMatcher,
  tools: EvalTools,
): Promise<JhmdbOutcome> {
  const truth = await readJoints(joints);
  const { width, height } = await tools.features(frames[0] ?? '');
  const inImage = (point: Point) => point.x >= 0 && point.y >= 0 && point.x <= width && point.y <= height;
  const first = truth[0] ?? [];
  const tracked = first.filter(inImage);
  const errors: (number | null)[][] = [];
  const sequence = videoFrames(frames, Math.min(frames.length, truth.length), tools);
  if (tracked.length === 0) return { errors };
  for await (const { frame, points } of trackPoints(matcher, sequence, tracked, tools.propagation, 0)) {
    if (frame === 0) continue;
    const found = points[Symbol.iterator]();
    // joints outside the first frame are not tracked
    const all = first.map((joint) => (inImage(joint) ? (found.next().value?.point ?? null) : null));
    errors.push(jointErrors(truth[frame] ?? [], all));
  }
  return { errors };
}

/** `pos_img` of the annotation: (2, joints, frames), x above y. */
async function readJoints(path: string): Promise<Point[][]> {
  const { dims, data } = await readMatArray(path, 'pos_img');
  const [axes, joints = 0, frames = 1] = dims;
  if (axes !== 2 || joints === 0) {
    throw badDataset(path, `its pos_img has the shape ${dims.join('×')}, not 2×joints×frames`, LAYOUT);
  }
  return Array.from({ length: frames }, (_, frame) =>
    Array.from({ length: joints }, (_, joint) => {
      const at = 2 * (frame * joints + joint);
      return { x: (data[at] ?? 0) + TO_CORNER_PX, y: (data[at + 1] ?? 0) + TO_CORNER_PX };
    }),
  );
}

function jhmdbTable(outcomes: readonly GroupedOutcome<JhmdbOutcome>[]): FigureTable {
  const groups = [...new Set(outcomes.map(({ group }) => group))].sort();
  const rows = groups.map((name) =>
    jhmdbRow(
      name,
      outcomes.filter(({ group }) => group === name),
    ),
  );
  return {
    title: 'JHMDB test, split 1, PCK in percent',
    note: 'mean over joints; thresholds relative to 0.6 × the diagonal of the bounding box of the joints',
    rowTitle: 'class',
    columns: ALPHAS.map((alpha) => `@${alpha}`),
    rows: groups.length > 1 ? [...rows, jhmdbRow('all', outcomes)] : rows,
  };
}

function jhmdbRow(name: string, outcomes: readonly GroupedOutcome<JhmdbOutcome>[]): FigureRow {
  const frames = outcomes.flatMap(({ outcome }) => outcome.errors);
  return { name, items: outcomes.length, values: ALPHAS.map((alpha) => jointPck(frames, alpha)) };
}
