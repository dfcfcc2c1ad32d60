import type { Item, Placement, Point } from '@samepoint/shared-protocol';
import { SamepointError } from '@samepoint/shared-protocol';
import { agreeing, allWays } from '../../transfer/all-ways.js';
import type { ImageFile } from '../files/read-image.js';
import type { MatchedTarget } from '../format/match-report.js';

/** Transfers items of one image to others; placements by target. */
export type Transfer = (
  source: ImageFile,
  targets: readonly ImageFile[],
  items: readonly Item[],
) => Promise<readonly (readonly Placement[])[]>;

/**
 * Adds to every point of a report where it ends through each of the other targets.
 * @throws SamepointError `BAD_REQUEST` where there is something else than points
 */
export async function withWays(
  matched: readonly MatchedTarget[],
  targets: readonly ImageFile[],
  transfer: Transfer,
): Promise<MatchedTarget[]> {
  const direct = matched.map(({ items }) => items.map(({ target }) => pointOf(target)));
  const ways = await allWays(direct, async (source, points, others) => {
    const items = points.map((point, n): Item => ({ kind: 'point', itemId: `#${n + 1}`, point }));
    const placed = await transfer(
      imageAt(targets, source),
      others.map((n) => imageAt(targets, n)),
      items,
    );
    return placed.map((placements) => placements.map((one) => (one.kind === 'point' ? one.point : null)));
  });
  return matched.map((one, n) => {
    const { image } = imageAt(targets, n);
    const items = one.items.map((item, k) => {
      const own = ways[n]?.[k] ?? [];
      const through = own.map(({ via, point }) => ({ via: imageAt(targets, via).path, target: point }));
      const agree = agreeing(direct[n]?.[k] ?? null, own, Math.max(image.width, image.height));
      return { ...item, ways: { agree, through } };
    });
    return { ...one, items };
  });
}

/** @throws SamepointError `BAD_REQUEST` where there is something else than points, or no way round */
export function checkAllPairs(shapes: readonly object[], layers: unknown, targets: number): void {
  if (layers !== undefined || shapes.some((shape) => 'w' in shape))
    throw new SamepointError('BAD_REQUEST', '--all-pairs follows points, not boxes or layers.', 'Give --points alone.');
  if (targets < 2)
    throw new SamepointError(
      'BAD_REQUEST',
      '--all-pairs looks through each target into the others, and there is only one.',
      'Give two targets or more, or leave --all-pairs out.',
    );
}

function pointOf(target: MatchedTarget['items'][number]['target']): Point | null {
  return target === null ? null : { x: target.x, y: target.y };
}

function imageAt(targets: readonly ImageFile[], n: number): ImageFile {
  const image = targets[n];
  if (image === undefined) throw new Error(`there is no target ${n}`);
  return image;
}
