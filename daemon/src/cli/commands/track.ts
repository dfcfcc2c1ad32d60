import { SamepointError } from '@samepoint/shared-protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { EXIT_CODES } from '../exit-codes.js';
import { listFrames } from '../files/list-frames.js';
import { failureLine } from '../format/failed-files.js';
import { CountProgress } from '../format/progress.js';
import { type TrackReport, trackSummary } from '../format/track-report.js';
import { createCommand } from '../options/create-command.js';
import { disableDiskCache, type FeatureOptions, withFeatureOptions } from '../options/feature-options.js';
import { forceOption } from '../options/output-options.js';
import { type ProviderOptions, withDeviceOptions } from '../options/provider-options.js';
import { trackMaskFiles, trackPointFiles } from './track-labels.js';
import { claimTrackOutputs, openTrackFrames, type ResultOptions, type TrackFrames } from './track-output.js';

interface TrackOptions extends FeatureOptions, Pick<ProviderOptions, 'provider' | 'device'> {
  mask?: string;
  points?: string;
  frame?: string;
  labels?: string[];
  void?: number | 'none';
  out: string;
  force?: true;
  overlay?: true;
  json?: true;
}

const DETAILS = `
FRAMES_DIR contains the frames of a sequence, in the order of their names. A mask is an image of the size of the annotated
frame, with one colour a label; black and transparent are background. Smoothed edges are snapped to the labels beside them.
Index 255 beside other labels is void, as in DAVIS and Pascal VOC: part of no object, unless --void none. Points are JSON
[{ "x", "y", "name"? }] or CSV lines of name,x,y.

Writes a mask for each frame in the colours of the given mask, or points.csv, and track.json with confidences. Files are
written atomically, frame by frame, so the results of an interrupted run are usable. Confidence is the share of neighbours
that agree (masks) or the share of the point that arrives at one position (points). It is not calibrated.
A frame that cannot be read is left out, and labels continue across it; the exit code is then 2.`;

/** `samepoint track`: propagates labels or points of one frame to the others. */
export function trackCommand(): Command {
  const command = createCommand(
    'track',
    'Propagate a mask or points of one frame through a sequence.',
    'track frames --mask first.png --out masks --overlay',
  )
    .argument('<frames-dir>', 'folder with the frames')
    .option('--mask <file>', 'mask of the annotated frame')
    .option('--points <file>', 'points of the annotated frame')
    .option('--frame <name>', 'annotated frame, by file name or number from 1 (default: first)')
    .option('--labels <names...>', 'labels to propagate: indices of the mask, or names of points (default: all)')
    .option('--void <index>', 'index or grey value of void pixels in the mask, or none (default: 255)', voidIndex)
    .requiredOption('--out <dir>', 'output folder')
    .addOption(forceOption())
    .option('--overlay', 'also draw the labels over each frame')
    .option('--json', 'print JSON instead of a summary')
    .addHelpText('after', DETAILS)
    .action(runTrack);
  return withDeviceOptions(withFeatureOptions(command));
}

async function runTrack(folder: string, options: TrackOptions): Promise<void> {
  const track = selectTracker(options);
  disableDiskCache(options);
  const files = await listFrames(folder);
  await claimTrackOutputs(folder, files, options);
  const frames = await openTrackFrames(files, options.frame, options);
  const { out, overlay = false } = options;
  const progress = new CountProgress(files.length, 'frames', { blocks: true });
  progress.prepare('Loading the network');
  let done = 0;
  const onFrame = () => {
    done++;
    progress.show(done + frames.failed.length);
  };
  const report = await track(frames, { folder: out, overlay, onFrame })
    .then((finished) => {
      progress.show(files.length);
      return finished;
    })
    .catch((thrown: unknown) => {
      throw done === 0 ? thrown : withNote(thrown, `${done} of ${files.length} frames are done; see ${out}.`);
    })
    .finally(() => progress.stop());
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : trackSummary(report, out));
  for (const one of report.failed) process.stderr.write(failureLine(one));
  if (report.failed.length > 0) process.exitCode = EXIT_CODES.badInput;
}

type Track = (frames: TrackFrames, writing: ResultOptions) => Promise<TrackReport>;

function selectTracker({ mask, points, labels, void: ignore }: TrackOptions): Track {
  if (mask !== undefined && points !== undefined) throw invalidInput('--mask and --points exclude each other.');
  if (mask !== undefined) return (frames, writing) => trackMaskFiles(frames, mask, { labels, ignore }, writing);
  if (points !== undefined) return (frames, writing) => trackPointFiles(frames, points, labels, writing);
  throw invalidInput('There is nothing to track.');
}

function voidIndex(text: string): number | 'none' {
  if (text === 'none') return 'none';
  if (/^\d+$/.test(text) && Number(text) <= MAX_INDEX) return Number(text);
  throw new InvalidArgumentError(`Expected a number from 0 to ${MAX_INDEX}, or none.`);
}

/** Indices and grey values are bytes. */
const MAX_INDEX = 255;

function withNote(thrown: unknown, note: string): SamepointError {
  const { code, message, hint } = SamepointError.from(thrown);
  return new SamepointError(code, message, `${hint} ${note}`);
}

function invalidInput(message: string): SamepointError {
  return new SamepointError('BAD_REQUEST', message, 'Add either --mask FILE or --points FILE.');
}
