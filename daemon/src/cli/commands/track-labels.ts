import { SamepointError } from '@samepoint/shared-protocol';
import { WindowMatcher } from '../../correspond/window-matcher.js';
import {
  type DecodedMask,
  decodeLabelMask,
  encodeLabelMask,
  type LabelMask,
  type MaskOptions,
} from '../../images/label-mask.js';
import { prepareItems } from '../../transfer/place-items.js';
import { LOST_BELOW } from '../../transfer/tracking/track-labels.js';
import { labelsOfMask, trackMask } from '../../transfer/tracking/track-mask.js';
import { trackPoints } from '../../transfer/tracking/track-points.js';
import { drawMask, drawPoints } from '../files/draw-track.js';
import { writeOutputFile } from '../files/output-files.js';
import { readBytes } from '../files/read-image.js';
import { type NamedPoint, readPoints } from '../files/read-point-file.js';
import { type LabelReport, type TrackReport, trackCsv } from '../format/track-report.js';
import { type ResultOptions, type TrackFrames, TrackResults } from './track-output.js';

interface MaskChoice extends Pick<MaskOptions, 'ignore'> {
  /** Indices of labels; all by default. */
  labels: readonly string[] | undefined;
}

/**
 * Propagates a mask through the frames and writes `<frame>.png` for each.
 * @throws SamepointError
 */
export async function trackMaskFiles(
  frames: TrackFrames,
  maskPath: string,
  { labels: selected, ignore }: MaskChoice,
  options: ResultOptions,
): Promise<TrackReport> {
  const mask = await decodeLabelMask(await readBytes(maskPath), maskPath, { ignore });
  checkSize(mask, maskPath, frames);
  const labels = [mask.background, ...chooseLabels(mask, maskPath, selected)];
  noteChanges(mask, maskPath);
  const results = TrackResults.open(frames, options);
  const tracking = { settings: frames.settings, sampling: 'area', lostBelow: LOST_BELOW.probability } as const;
  for await (const { frame, mask: propagated, outcomes } of trackMask(
    new WindowMatcher(),
    frames,
    mask,
    labels,
    tracking,
  )) {
    const path = results.path(`${results.file(frame).stem}.png`);
    await writeOutputFile(path, encodeLabelMask(propagated));
    const reports = outcomes.map((outcome, n) => ({ label: String(labels[n + 1]), ...outcome }));
    await results.add(frame, { mask: path, labels: reports }, (image) => drawMask(image, propagated));
  }
  return results.finish();
}

/** Reports on stderr how the labels differ from the file. */
function noteChanges({ snapped, ignored }: DecodedMask, maskPath: string): void {
  if (snapped > 0) {
    process.stderr.write(`${maskPath}: smoothed edges, ${snapped} pixels snapped to the labels beside them\n`);
  }
  if (ignored !== undefined) {
    process.stderr.write(`${maskPath}: index ${ignored} is void and not tracked; --void none tracks it\n`);
  }
}

function checkSize(mask: LabelMask, maskPath: string, { annotatedImage: { path, image } }: TrackFrames): void {
  if (mask.width === image.width && mask.height === image.height) return;
  throw new SamepointError(
    'BAD_REQUEST',
    `${maskPath} has ${mask.width}×${mask.height} pixels, but ${path} has ${image.width}×${image.height}.`,
    'The mask must have the size of the annotated frame, which --frame selects.',
  );
}

function chooseLabels(mask: LabelMask, maskPath: string, selected: readonly string[] | undefined): number[] {
  const [, ...labels] = labelsOfMask(mask);
  if (labels.length === 0) {
    throw new SamepointError('BAD_REQUEST', `${maskPath} has no labels.`, 'Paint the objects to track in colour.');
  }
  const unknown = selected?.find((name) => !labels.map(String).includes(name));
  if (unknown !== undefined) {
    const message = `${maskPath} has no label ${unknown}.`;
    throw new SamepointError('BAD_REQUEST', message, `Labels: ${labels.join(', ')}.`);
  }
  return labels.filter((label) => selected === undefined || selected.includes(String(label)));
}

/**
 * Propagates points through the frames and writes `points.csv`.
 * @param selected names of points; all by default
 * @throws SamepointError
 */
export async function trackPointFiles(
  frames: TrackFrames,
  pointsPath: string,
  selected: readonly string[] | undefined,
  options: ResultOptions,
): Promise<TrackReport> {
  const points = choosePoints(await readPoints(pointsPath), pointsPath, selected);
  prepareItems(
    points.map(({ name: itemId, point }) => ({ kind: 'point', itemId, point })),
    [],
    frames.annotatedImage.image,
  );
  const results = TrackResults.open(frames, options);
  const positions = points.map(({ point }) => point);
  for await (const found of trackPoints(
    new WindowMatcher(),
    frames,
    positions,
    frames.settings,
    LOST_BELOW.confidence,
  )) {
    const labels = found.points.map(({ point, confidence }, n): LabelReport => {
      return { label: points[n]?.name ?? '', lost: point === null, confidence, ...point };
    });
    await results.add(found.frame, { labels }, (image) => drawPoints(image, found.points));
    await writeOutputFile(results.path('points.csv'), Buffer.from(trackCsv(results.report)));
  }
  return results.finish();
}

function choosePoints(
  points: readonly NamedPoint[],
  path: string,
  selected: readonly string[] | undefined,
): NamedPoint[] {
  const unknown = selected?.find((name) => points.every((point) => point.name !== name));
  if (unknown !== undefined) {
    const names = points.map(({ name }) => name).join(', ');
    throw new SamepointError('BAD_REQUEST', `${path} has no point ${unknown}.`, `Points: ${names}.`);
  }
  return points.filter(({ name }) => selected === undefined || selected.includes(name));
}
