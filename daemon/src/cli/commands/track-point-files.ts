import { SamepointError } from '@samepoint/shared-protocol';
import { WindowMatcher } from '../../correspond/window-matcher.js';
import { trackPoints } from '../../transfer/tracking/track-points.js';
import { LOST_BELOW } from '../../transfer/tracking/track-settings.js';
import { prepareItems } from '../../transfer/transfer.js';
import { drawPoints } from '../files/draw-track.js';
import { type NamedPoint, readPoints } from '../files/read-points.js';
import { writeWhole } from '../files/write-whole.js';
import { type LabelReport, type TrackReport, trackCsv } from '../format/track-report.js';
import type { TrackFrames } from './track-frames.js';
import { type ResultOptions, TrackResults } from './track-results.js';

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
  for await (const found of trackPoints(new WindowMatcher(), frames, places, frames.settings, LOST_BELOW.arrived)) {
    const labels = found.points.map(({ point, confidence }, n): LabelReport => {
      return { label: points[n]?.name ?? '', lost: point === null, confidence, ...point };
    });
    await results.add(found.frame, { labels }, (image) => drawPoints(image, found.points));
    await writeWhole(results.path('points.csv'), Buffer.from(trackCsv(results.report)));
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
