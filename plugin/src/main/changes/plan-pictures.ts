import { compose, translation } from '../../shared/affine.js';
import type { PlacedPicture } from '../../shared/pictures.js';
import { messageOf } from '../../shared/text.js';
import { exportWidth } from '../canvas/export-space.js';
import { canvasTransform, type FrameLike, findFrame } from '../canvas/nodes.js';
import type { PictureOperation, Plan } from './operations.js';
import { placeParent } from './place-parent.js';
import type { EarlierRuns } from './previous.js';

/** The item of the edit of a picture: a target has one edit of a source, which a later run replaces. */
const EDIT = 'picture-edit';

/** Finds all nodes that the writes need, and stores the images, which are no part of the document until they are used. */
export async function planPictures(
  source: FrameLike,
  pictures: readonly PlacedPicture[],
  earlier: EarlierRuns,
): Promise<Plan> {
  const plan: Plan = { operations: [], skipped: [] };
  for (const picture of pictures) {
    const planned = await planPicture(source, picture, earlier);
    if (typeof planned === 'string') {
      plan.skipped.push({ targetId: picture.targetId, itemId: EDIT, reason: planned });
    } else plan.operations.push(planned);
  }
  return plan;
}

/** @returns the reason if the edit cannot be placed */
async function planPicture(
  source: FrameLike,
  { targetId, png, box }: PlacedPicture,
  earlier: EarlierRuns,
): Promise<PictureOperation | string> {
  const target = await findFrame(targetId);
  if (target === null) return 'The target picture was deleted.';
  if (target.id === source.id) return 'The source can’t be a target.';
  const perPixel = target.width / exportWidth(target.width, target.height);
  try {
    return {
      ...{ kind: 'picture', itemId: EDIT, sourceId: source.id, target, name: `Edit of ${source.name}` },
      fills: [imageFill(png)],
      parent: placeParent(target),
      size: { width: box.w * perPixel, height: box.h * perPixel },
      place: compose(canvasTransform(target), translation(box.x * perPixel, box.y * perPixel)),
      previous: await earlier.find(source, target, EDIT),
    };
  } catch (error) {
    return `Figma rejected the image: ${messageOf(error)}.`;
  }
}

/**
 * An image fill. The image is no part of the document until a layer has the fill.
 * @throws Error if Figma rejects the image
 */
export function imageFill(png: Uint8Array, opacity = 1): ImagePaint {
  return {
    type: 'IMAGE',
    scaleMode: 'FILL',
    imageHash: figma.createImage(png).hash,
    ...(opacity === 1 ? {} : { opacity }),
  };
}
