import type { Point } from '@samepoint/shared-protocol';
import type { FeaturePyramid } from '../diffusion/feature-pyramid.js';
import { type AnchorField, settleAnchors } from './agreement.js';
import { findCandidates } from './candidates.js';
import type { MatchSettings } from './match-settings.js';
import type { Matcher } from './matcher.js';

/** Anchors: points spread over the source, whose matches tell the asked points apart. */
const ANCHORS = 200;

/**
 * What can be said about a pair of images before any point is asked for; most of the work of matching, so keep it for
 * the next points of the same pair and settings. It is small (tens of kilobytes) and holds no feature maps.
 */
export async function preparePair(
  matcher: Matcher,
  source: FeaturePyramid,
  target: FeaturePyramid,
  settings: MatchSettings,
): Promise<AnchorField> {
  const anchors = settings.agreement ? anchorGrid(source) : [];
  const candidates = await findCandidates(matcher, source, target, anchors, settings);
  return settleAnchors(anchors, candidates, longSidePx(source), longSidePx(target));
}

export function longSidePx({ width, height }: { width: number; height: number }): number {
  return Math.max(width, height);
}

/** A grid of about `ANCHORS` points, every second row shifted by half a step. */
function anchorGrid({ width, height }: FeaturePyramid): Point[] {
  const step = Math.sqrt((width * height) / ANCHORS);
  // a strip thinner than a step still gets one row, or one column
  const [stepX, stepY] = [Math.min(step, width), Math.min(step, height)];
  const points: Point[] = [];
  for (let row = 0; (row + 0.5) * stepY < height; row++) {
    for (let x = (row % 2 === 0 ? 0.25 : 0.75) * stepX; x < width; x += stepX)
      points.push({ x, y: (row + 0.5) * stepY });
  }
  return points;
}
