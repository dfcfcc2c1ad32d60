import { SamepointError } from '@samepoint/shared-protocol';
import { Command } from 'commander';
import { listFrames } from '../files/list-frames.js';
import { CountProgress } from '../format/progress.js';
import { type TrackReport, trackSummary } from '../format/track-report.js';
import { disableDiskCache, type FeatureOptions, withFeatureOptions } from '../options/feature-options.js';
import { deviceOption, type ProviderOptions, providerOption } from '../options/provider-options.js';
import { trackMaskFiles, trackPointFiles } from './track-labels.js';
import { openTrackFrames, type ResultOptions, type TrackFrames } from './track-output.js';

interface TrackOptions extends FeatureOptions, Pick<ProviderOptions, 'provider' | 'device'> {
  mask?: string;
  points?: string;
  frame?: string;
  labels?: string[];
  out: string;
  overlay?: true;
  json?: true;
}

const DETAILS = `
FRAMES_DIR has the frames of a sequence, in the order of their names. A mask is a picture of the annotated frame's size
in which each colour is a label; black and transparent are none. Points are JSON [{ "x", "y", "name"? }] or CSV lines of
name,x,y.

A mask for each frame, in the colours of the given one, or points.csv is written to --out, and track.json with confidences.
Each file is written whole as soon as its frame is done, so what an interrupted run leaves can be used. Confidence is the
share of neighbours that agree (masks) or of the point that arrived in one place (points); it is not calibrated.`;

/** `samepoint track`: where do the labels or points of one frame go in the others? */
export function trackCommand(): Command {
  const command = new Command('track')
    .description('Carry a mask or points of one frame through a sequence.')
    .argument('<frames-dir>', 'folder with the frames')
    .option('--mask <file>', 'mask of the annotated frame')
    .option('--points <file>', 'points of the annotated frame')
    .option('--frame <name>', 'the annotated frame: file name, or number counted from 1 (default: the first)')
    .option('--labels <names...>', 'carry only these: indices of the mask, or names of points')
    .addOption(providerOption())
    .addOption(deviceOption())
    .requiredOption('--out <dir>', 'folder to write to')
    .option('--overlay', 'also write each frame with its labels drawn over it')
    .option('--json', 'print JSON instead of a summary')
    .addHelpText('after', DETAILS)
    .action(runTrack);
  return withFeatureOptions(command);
}

async function runTrack(folder: string, options: TrackOptions): Promise<void> {
  const track = trackerOf(options);
  disableDiskCache(options);
  const files = await listFrames(folder);
  const frames = await openTrackFrames(files, options.frame, options);
  const { out, overlay = false } = options;
  const progress = new CountProgress(files.length, 'frames');
  let done = 0;
  const onFrame = () => {
    done++;
    progress.show(done);
  };
  const report = await track(frames, { folder: out, overlay, onFrame })
    .catch((thrown: unknown) => {
      throw done === 0
        ? thrown
        : sayingWhatIsThere(thrown, `${done} of ${files.length} frames are done and lie in ${out}.`);
    })
    .finally(() => progress.stop());
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : trackSummary(report, out));
}

type Track = (frames: TrackFrames, writing: ResultOptions) => Promise<TrackReport>;

function trackerOf({ mask, points, labels }: TrackOptions): Track {
  if (mask !== undefined && points !== undefined) throw notOne('Both a mask and points were given.');
  if (mask !== undefined) return (frames, writing) => trackMaskFiles(frames, mask, labels, writing);
  if (points !== undefined) return (frames, writing) => trackPointFiles(frames, points, labels, writing);
  throw notOne('Nothing to track was given.');
}

function sayingWhatIsThere(thrown: unknown, what: string): SamepointError {
  const { code, message, hint } = SamepointError.from(thrown);
  return new SamepointError(code, message, `${hint} ${what}`);
}

function notOne(message: string): SamepointError {
  return new SamepointError('BAD_REQUEST', message, 'Add --mask FILE or --points FILE, one of the two.');
}
