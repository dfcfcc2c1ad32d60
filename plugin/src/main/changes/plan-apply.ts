import type { Placement } from '@samepoint/shared-protocol';
import { applyToBox, compose, uniformScale } from '../../shared/affine.js';
import type { AcceptedPlacement, SkippedPlacement } from '../../shared/messages.js';
import { type Annotatable, carriesAnnotations, describe, fingerprint, writable } from '../canvas/annotation-rules.js';
import { findAnnotation } from '../canvas/annotations.js';
import { canvasToPixels, pixelsToCanvas } from '../canvas/export-space.js';
import { loadFontsOf } from '../canvas/fonts.js';
import {
  belongsToInstance,
  canvasOf,
  findSceneNode,
  findScreen,
  hasLayout,
  isInside,
  type ScreenNode,
} from '../canvas/nodes.js';
import { MIN_RESCALE, NOTE } from '../tables.js';
import type { Operation, OverlayOperation, Previous } from './operations.js';
import { hasOrigin, type PlacedRecord, readPlaced } from './provenance.js';

export interface Plan {
  operations: Operation[];
  skipped: SkippedPlacement[];
}

type Planned = { ok: true; operation: Operation } | { ok: false; reason: string };
type PlacementOf<K extends Placement['kind']> = Extract<Placement, { kind: K }>;

/** Finds every node and loads every font that the writes will need. All waiting happens here. */
export async function planApply(
  source: ScreenNode,
  accepted: readonly AcceptedPlacement[],
  shown: ReadonlyMap<string, string>,
): Promise<Plan> {
  const plan: Plan = { operations: [], skipped: [] };
  for (const { targetId, placement } of accepted) {
    const target = await findScreen(targetId);
    const planned: Planned =
      target === null
        ? { ok: false, reason: 'The target is no longer in this file.' }
        : await planPlacement(source, target, placement, shown);
    if (planned.ok) plan.operations.push(planned.operation);
    else plan.skipped.push({ targetId, itemId: placement.itemId, reason: planned.reason });
  }
  if (plan.operations.some(({ kind }) => kind === 'note')) await figma.loadFontAsync(NOTE.font);
  plan.operations.sort(byLayerOrder);
  return plan;
}

async function planPlacement(
  source: ScreenNode,
  target: ScreenNode,
  placement: Placement,
  shown: ReadonlyMap<string, string>,
): Promise<Planned> {
  if (target.id === source.id) return { ok: false, reason: 'The source cannot be its own target.' };
  switch (placement.kind) {
    case 'layer':
      return planAnnotation(source, target, placement, shown.get(placement.itemId));
    case 'overlay':
      return planOverlay(source, target, placement);
    default:
      return { ok: false, reason: 'A bare point or box is not something that can be placed on the canvas.' };
  }
}

async function planAnnotation(
  source: ScreenNode,
  target: ScreenNode,
  placement: PlacementOf<'layer'>,
  mark: string | undefined,
): Promise<Planned> {
  const original = await findAnnotation(placement.itemId);
  if (original === null) return { ok: false, reason: 'The annotation is no longer on the source.' };
  // items are counted on their layer, so removing or reordering one makes the id mean another
  if (mark !== undefined && fingerprint(original) !== mark) {
    return { ok: false, reason: 'The annotation was changed since the preview was made. Run again to carry it over.' };
  }
  const base = {
    itemId: placement.itemId,
    sourceId: source.id,
    target,
    previous: await findPrevious(source, target, placement.itemId),
  };
  const layer = await findCarrier(target, placement.layerId);
  const annotation = layer === null ? null : writable(original, layer);
  if (layer !== null && annotation !== null) {
    return { ok: true, operation: { ...base, kind: 'annotate', layer, annotation } };
  }
  const toCanvas = pixelsToCanvas(target);
  if (placement.box === null || toCanvas === null) {
    return { ok: false, reason: 'No place was found for it on this target.' };
  }
  const { y } = applyToBox(toCanvas, placement.box);
  return { ok: true, operation: { ...base, kind: 'note', text: describe(original), y } };
}

/** The layer if it is still in the target and annotations can hang on it. */
async function findCarrier(target: ScreenNode, layerId: string | null): Promise<Annotatable | null> {
  const layer = layerId === null ? null : await findSceneNode(layerId);
  if (layer === null || (layer.id !== target.id && !isInside(layer, target))) return null;
  return carriesAnnotations(layer) ? layer : null;
}

async function planOverlay(
  source: ScreenNode,
  target: ScreenNode,
  placement: PlacementOf<'overlay'>,
): Promise<Planned> {
  const node = await findSceneNode(placement.itemId);
  if (node === null || !hasLayout(node)) return { ok: false, reason: 'The layer is no longer in this file.' };
  const [toPixels, toCanvas] = [canvasToPixels(source), pixelsToCanvas(target)];
  if (placement.transform === null || toPixels === null || toCanvas === null) {
    return { ok: false, reason: 'No place was found for it on this target.' };
  }
  const move = compose(toCanvas, compose(placement.transform, toPixels));
  const scale = uniformScale(move);
  if (!Number.isFinite(scale) || scale < MIN_RESCALE) {
    return { ok: false, reason: 'It would become too small to see on this target.' };
  }
  const missingFont = await loadFontsOf(node);
  if (missingFont !== null) {
    return {
      ok: false,
      reason: `It uses the font ${missingFont}, which is not available. Install it, then try again.`,
    };
  }
  const previous = await findPrevious(source, target, placement.itemId);
  const parent = overlayParent(source, node, target);
  const base = { itemId: placement.itemId, sourceId: source.id, target, previous };
  return { ok: true, operation: { ...base, kind: 'overlay', node, move, parent } };
}

/**
 * Inside the target when the original is inside the source, else beside it. Nothing can be added to an instance,
 * and a mask in the target would cut off what is put over it, so there the copy lies over the target instead.
 */
function overlayParent(source: ScreenNode, node: SceneNode, target: ScreenNode): BaseNode & ChildrenMixin {
  const masked = target.children.some((child) => 'isMask' in child && child.isMask);
  return isInside(node, source) && !belongsToInstance(target) && !masked ? target : canvasOf(target);
}

async function findPrevious(source: ScreenNode, target: ScreenNode, itemId: string): Promise<Previous | null> {
  const record = readPlaced(target).find((known) => known.sourceId === source.id && known.itemId === itemId);
  if (record === undefined) return null;
  const node = await findSceneNode(record.nodeId);
  return { record, node: node !== null && isOurs(node, record, target) ? node : null };
}

/** A duplicate of a target carries records of what hangs on the original, which is no business of a run on the duplicate. */
function isOurs(node: SceneNode, record: PlacedRecord, target: ScreenNode): boolean {
  if (record.kind === 'node') return hasOrigin(node, record, target.id);
  return node.id === target.id || isInside(node, target);
}

/** Copies are stacked as their originals are; notes go from top to bottom. */
function byLayerOrder(first: Operation, second: Operation): number {
  if (first.kind === 'overlay' && second.kind === 'overlay') return compareOrder(first, second);
  if (first.kind === 'note' && second.kind === 'note') return first.y - second.y;
  return KIND_ORDER[first.kind] - KIND_ORDER[second.kind];
}

const KIND_ORDER: Record<Operation['kind'], number> = { annotate: 0, note: 1, overlay: 2 };

function compareOrder(first: OverlayOperation, second: OverlayOperation): number {
  const [a, b] = [pathOf(first.node), pathOf(second.node)];
  for (const [depth, index] of a.entries()) {
    const other = b[depth];
    if (other === undefined) return 1;
    if (index !== other) return index - other;
  }
  return a.length - b.length;
}

/** The node's index in its parent, the parent's in its own, and so on, outermost first. */
function pathOf(node: BaseNode): number[] {
  const path: number[] = [];
  for (let child = node, parent = node.parent; parent !== null; child = parent, parent = parent.parent) {
    path.unshift(parent.children.findIndex((sibling) => sibling.id === child.id));
  }
  return path;
}
