import type { Placement } from '@samepoint/shared-protocol';
import { applyToBox, compose, uniformScale } from '../../shared/affine.js';
import type { AcceptedPlacement, SkippedPlacement } from '../../shared/messages.js';
import {
  type Annotatable,
  annotationFor,
  annotationText,
  fingerprint,
  supportsAnnotations,
} from '../canvas/annotations.js';
import { canvasToPixels, pixelsToCanvas } from '../canvas/export-space.js';
import { type Fingerprints, findAnnotation } from '../canvas/items.js';
import {
  belongsToInstance,
  compareLayerOrder,
  type FrameLike,
  findFrame,
  findSceneNode,
  hasLayout,
  isInside,
  loadFonts,
  pageOrSectionOf,
} from '../canvas/nodes.js';
import type { Operation } from './operations.js';
import { findPrevious } from './previous.js';
import { NOTE } from './write-note.js';

/** The smallest scale that `rescale` accepts. */
const MIN_SCALE = 0.01;

export interface Plan {
  operations: Operation[];
  skipped: SkippedPlacement[];
}

type Planned = { ok: true; operation: Operation } | { ok: false; reason: string };
type PlacementOf<K extends Placement['kind']> = Extract<Placement, { kind: K }>;

/** Finds all nodes and loads all fonts that the writes need. Everything asynchronous happens here. */
export async function planApply(
  source: FrameLike,
  accepted: readonly AcceptedPlacement[],
  fingerprints: Fingerprints,
): Promise<Plan> {
  const plan: Plan = { operations: [], skipped: [] };
  for (const { targetId, placement } of accepted) {
    const target = await findFrame(targetId);
    const planned: Planned =
      target === null
        ? { ok: false, reason: 'The target frame was deleted.' }
        : await planPlacement(source, target, placement, fingerprints);
    if (planned.ok) plan.operations.push(planned.operation);
    else plan.skipped.push({ targetId, itemId: placement.itemId, reason: planned.reason });
  }
  if (plan.operations.some(({ kind }) => kind === 'note')) await figma.loadFontAsync(NOTE.font);
  plan.operations.sort(byLayerOrder);
  return plan;
}

async function planPlacement(
  source: FrameLike,
  target: FrameLike,
  placement: Placement,
  fingerprints: Fingerprints,
): Promise<Planned> {
  if (target.id === source.id) return { ok: false, reason: 'The source can’t be a target.' };
  switch (placement.kind) {
    case 'layer':
      return planAnnotation(source, target, placement, fingerprints.get(placement.itemId));
    case 'overlay':
      return planOverlay(source, target, placement);
    default:
      return { ok: false, reason: 'Points and boxes can’t be placed on the canvas.' };
  }
}

async function planAnnotation(
  source: FrameLike,
  target: FrameLike,
  placement: PlacementOf<'layer'>,
  exported: string | undefined,
): Promise<Planned> {
  const original = await findAnnotation(placement.itemId);
  if (original === null) return { ok: false, reason: 'The annotation was deleted from the source.' };
  // the item id has the index on the layer, which may now be another annotation
  if (exported !== undefined && fingerprint(original) !== exported) {
    return { ok: false, reason: 'The annotation changed after the preview. Find matches again to transfer it.' };
  }
  const base = {
    itemId: placement.itemId,
    sourceId: source.id,
    target,
    previous: await findPrevious(source, target, placement.itemId),
  };
  const layer = await findLayer(target, placement.layerId);
  const annotation = layer === null ? null : annotationFor(layer, original);
  if (layer !== null && annotation !== null) {
    return { ok: true, operation: { ...base, kind: 'annotate', layer, annotation } };
  }
  const toCanvas = pixelsToCanvas(target);
  if (placement.box === null || toCanvas === null) {
    return { ok: false, reason: 'No match in this frame.' };
  }
  const { y } = applyToBox(toCanvas, placement.box);
  return { ok: true, operation: { ...base, kind: 'note', text: annotationText(original), y } };
}

/** The layer, if it is still in the target and supports annotations. */
async function findLayer(target: FrameLike, layerId: string | null): Promise<Annotatable | null> {
  const layer = layerId === null ? null : await findSceneNode(layerId);
  if (layer === null || (layer.id !== target.id && !isInside(layer, target))) return null;
  return supportsAnnotations(layer) ? layer : null;
}

async function planOverlay(source: FrameLike, target: FrameLike, placement: PlacementOf<'overlay'>): Promise<Planned> {
  const node = await findSceneNode(placement.itemId);
  if (node === null || !hasLayout(node)) return { ok: false, reason: 'The layer was deleted.' };
  const [toPixels, toCanvas] = [canvasToPixels(source), pixelsToCanvas(target)];
  if (placement.transform === null || toPixels === null || toCanvas === null) {
    return { ok: false, reason: 'No match in this frame.' };
  }
  const transform = compose(toCanvas, compose(placement.transform, toPixels));
  const scale = uniformScale(transform);
  if (!Number.isFinite(scale) || scale < MIN_SCALE) {
    return { ok: false, reason: 'It would be too small in this frame.' };
  }
  const missingFont = await loadFonts(node);
  if (missingFont !== null) {
    return {
      ok: false,
      reason: `The font ${missingFont} is missing. Install it and try again.`,
    };
  }
  const previous = await findPrevious(source, target, placement.itemId);
  const parent = overlayParent(source, node, target);
  const base = { itemId: placement.itemId, sourceId: source.id, target, previous };
  return { ok: true, operation: { ...base, kind: 'overlay', node, transform, parent } };
}

/**
 * The target if the original is inside the source, else the page or section. An instance allows no new children, a
 * component set only components, and a mask in the target would clip the copy, so there the copy is placed on top of the
 * target. A copy on a picture is placed in the picture's parent, right above it.
 */
function overlayParent(source: FrameLike, node: SceneNode, target: FrameLike): BaseNode & ChildrenMixin {
  if (!('children' in target)) return pictureParent(target);
  const masked = target.children.some((child) => 'isMask' in child && child.isMask);
  const isClosed = belongsToInstance(target) || target.type === 'COMPONENT_SET';
  // what lies on a picture is not inside of it, but on it
  const isPartOf = isInside(node, source) || !('children' in source);
  return isPartOf && !isClosed && !masked ? target : pageOrSectionOf(target);
}

/** The parent that takes layers above the picture. */
export function pictureParent(picture: FrameLike): BaseNode & ChildrenMixin {
  const { parent } = picture;
  if (parent === null || belongsToInstance(picture) || parent.type === 'COMPONENT_SET') return pageOrSectionOf(picture);
  return parent;
}

/** Overlays in the layer order of their originals, notes from top to bottom. */
function byLayerOrder(first: Operation, second: Operation): number {
  if (first.kind === 'overlay' && second.kind === 'overlay') return compareLayerOrder(first.node, second.node);
  if (first.kind === 'note' && second.kind === 'note') return first.y - second.y;
  return KIND_ORDER[first.kind] - KIND_ORDER[second.kind];
}

const KIND_ORDER: Record<Operation['kind'], number> = { annotate: 0, note: 1, overlay: 2, picture: 3 };
