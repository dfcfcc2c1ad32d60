import { SamepointError } from '@samepoint/shared-protocol';
import { WindowMatcher } from '../../correspond/window-matcher.js';
import { decodeLabelMask, encodeLabelMask, type LabelMask } from '../../images/label-mask.js';
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

/**
 * Carries a mask through the frames and writes `<frame>.png` for each.
 * @param wanted indices to carry; all of the mask where none are named
 * @throws SamepointError
 */
export async function trackMaskFiles(
  frames: TrackFrames,
  maskPath: string,
  wanted: readonly string[] | undefined,
  options: ResultOptions,
): Promise<TrackReport> {
  const mask = await decodeLabelMask(await readBytes(maskPath), maskPath);
  checkSize(mask, maskPath, frames);
  const labels = [mask.background, ...chooseLabels(mask, maskPath, wanted)];
  const results = await TrackResults.open(frames, options);
  const tracking = { settings: frames.settings, sampling: 'area', lostBelow: LOST_BELOW.probability } as const;
  for await (const { frame, mask: carried, outcomes } of trackMask(
    new WindowMatcher(),
    frames,
    mask,
    labels,
    tracking,
  )) {
    const path = results.path(`${results.file(frame).stem}.png`);
    await writeOutputFile(path, encodeLabelMask(carried));
    const reports = outcomes.map((outcome, n) => ({ label: String(labels[n + 1]), ...outcome }));
    await results.add(frame, { mask: path, labels: reports }, (image) => drawMask(image, carried));
  }
  return results.report;
}

function checkSize(mask: LabelMask, maskPath: string, { annotatedImage: { path, image } }: TrackFrames): void {
  if (mask.width === image.width && mask.height === image.height) return;
  throw new SamepointError(
    'BAD_REQUEST',
    `${maskPath} has ${mask.width}×${mask.height} pixels and ${path} has ${image.width}×${image.height}.`,
    'Give a mask of the size of the annotated frame; --frame says which one that is.',
  );
}

function chooseLabels(mask: LabelMask, maskPath: string, wanted: readonly string[] | undefined): number[] {
  const [, ...labels] = labelsOfMask(mask);
  if (labels.length === 0) {
    throw new SamepointError('BAD_REQUEST', `${maskPath} has no label.`, 'Paint what is to be tracked in a colour.');
  }
  const unknown = wanted?.find((name) => !labels.map(String).includes(name));
  if (unknown !== undefined) {
    const message = `${maskPath} has no label ${unknown}.`;
    throw new SamepointError('BAD_REQUEST', message, `Its labels are: ${labels.join(', ')}.`);
  }
  return labels.filter((label) => wanted === undefined || wanted.includes(String(label)));
}

/**
 * Carries points through the frames and writes `points.csv`.
 * @param wanted names of points to carry; all of the file where none are named
 * @throws SamepointError
 */
export async function trackPointFiles(
  frames: TrackFrames,
  pointsPath: string,
  wanted: readonly string[] | undefined,
  options: ResultOptions,
): Promise<TrackReport> {
  const points = choosePoints(await readPoints(pointsPath), pointsPath, wanted);
  prepareItems(
    points.map(({ name: itemId, point }) => ({ kind: 'point', itemId, point })),
    [],
    frames.annotatedImage.image,
  );
  const results = await TrackResults.open(frames, options);
  const places = points.map(({ point }) => point);
  for await (const found of trackPoints(new WindowMatcher(), frames, places, frames.settings, LOST_BELOW.confidence)) {
    const labels = found.points.map(({ point, confidence }, n): LabelReport => {
      return { label: points[n]?.name ?? '', lost: point === null, confidence, ...point };
    });
    await results.add(found.frame, { labels }, (image) => drawPoints(image, found.points));
    await writeOutputFile(results.path('points.csv'), Buffer.from(trackCsv(results.report)));
  }
  return results.report;
}

function choosePoints(
  points: readonly NamedPoint[],
  path: string,
  wanted: readonly string[] | undefined,
): NamedPoint[] {
  const unknown = wanted?.find((name) => points.every((point) => point.name !== name));
  if (unknown !== undefined) {
    const names = points.map(({ name }) => name).join(', ');
    throw new SamepointError('BAD_REQUEST', `${path} has no point ${unknown}.`, `Its points are: ${names}.`);
  }
  return points.filter(({ name }) => wanted === undefined || wanted.includes(name));
}
