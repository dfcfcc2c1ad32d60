import { translation } from '../../shared/affine.js';
import type { ComparisonToMain } from '../../shared/comparison.js';
import { messageOf } from '../../shared/text.js';
import { type FrameLike, findFrame, pageOrSectionOf } from '../canvas/nodes.js';
import { isDevMode } from '../editor.js';
import type { PictureOperation, Plan } from './operations.js';
import { imageFill } from './plan-pictures.js';
import type { EarlierRuns } from './previous.js';

/** Space between the frames and a comparison, in canvas units. */
const GAP = 40;

/** The items of comparisons: a pair of frames has one overlay and one residual, which later runs replace. */
const ITEMS = { overlay: 'comparison-overlay', residual: 'comparison-residual' } as const;

/** Whether a record is about a comparison. */
export function isComparison({ itemId }: { itemId: string }): boolean {
  return Object.values<string>(ITEMS).includes(itemId);
}

/** Finds the free place beside the second version, or that of an earlier run. */
export async function planComparison(
  source: FrameLike,
  request: ComparisonToMain,
  earlier: EarlierRuns,
): Promise<Plan> {
  const { afterId, picture, images } = request;
  const itemId = ITEMS[picture];
  const skipped = (reason: string): Plan => ({ operations: [], skipped: [{ targetId: afterId, itemId, reason }] });
  if (isDevMode()) return skipped('Dev Mode allows no new layers. Switch to Design to place it.');
  const target = await findFrame(afterId);
  if (target === null) return skipped('The frame after the change was deleted.');
  const previous = await earlier.find(source, target, itemId);
  const kept = previous?.node ?? null;
  const parent = (kept === null ? null : parentOf(kept)) ?? pageOrSectionOf(target);
  const corner = kept?.absoluteBoundingBox ?? freePlace(source, target, parent);
  if (corner === null) return skipped('There is no place for it on the canvas.');
  try {
    const operation: PictureOperation = {
      ...{ kind: 'picture', itemId, sourceId: source.id, target, previous, parent },
      name: `${NAMES[picture]}: ${source.name} → ${target.name}`,
      fills: images.map(({ png, opacity }) => imageFill(png, opacity)),
      size: { width: target.width, height: target.height },
      place: translation(corner.x, corner.y),
    };
    return { operations: [operation], skipped: [] };
  } catch (error) {
    return skipped(`Figma rejected the image: ${messageOf(error)}.`);
  }
}

const NAMES = { overlay: 'Overlay', residual: 'Differences' } as const;

function parentOf(node: SceneNode): (BaseNode & ChildrenMixin) | null {
  const { parent } = node;
  return parent !== null && parent.type !== 'DOCUMENT' && 'appendChild' in parent ? parent : null;
}

/** Right of the second version, and of the first where both stand side by side, past everything that is in the way. */
function freePlace(source: FrameLike, target: FrameLike, parent: BaseNode & ChildrenMixin): Vector | null {
  const box = target.absoluteBoundingBox;
  if (box === null) return null;
  const place = { x: box.x + box.width + GAP, y: box.y, width: target.width, height: target.height };
  const others = [source, ...parent.children].flatMap((node) =>
    'absoluteBoundingBox' in node && node.absoluteBoundingBox !== null ? [node.absoluteBoundingBox] : [],
  );
  for (const other of others.sort((a, b) => a.x - b.x)) {
    if (overlaps(place, other)) place.x = other.x + other.width + GAP;
  }
  return { x: place.x, y: place.y };
}

function overlaps(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
