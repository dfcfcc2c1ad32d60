import type { Placement } from '@samepoint/shared-protocol';
import { compose, uniformScale } from '../../shared/affine.js';
import type { AcceptedPlacement } from '../../shared/messages.js';
import {
  type Annotatable,
  annotationFor,
  annotationText,
  fingerprint,
  supportsAnnotations,
} from '../canvas/annotations.js';
import { canvasToPixels, pixelsToCanvas } from '../canvas/export-space.js';
import { type Fingerprints, findAnnotation } from '../canvas/items.js';
import { measurementOf } from '../canvas/measurements.js';
import {
  compareLayerOrder,
  type FrameLike,
  findFrame,
  findSceneNode,
  hasLayout,
  isInside,
  loadFonts,
  pageOrSectionOf,
} from '../canvas/nodes.js';
import { isDevMode } from '../editor.js';
import type { Operation, Plan, Planned } from './operations.js';
import { placeParent } from './place-parent.js';
import { planMeasurement } from './plan-measurement.js';
import { planNote } from './plan-notes.js';
import type { EarlierRuns } from './previous.js';
import { NOTE } from './write-pin.js';

/** No layer was found, and Dev Mode allows no new layers. */
const NO_NOTES = 'There is no matching layer. Switch to Design to leave a note instead.';

/** The smallest scale that `rescale` accepts. */
const MIN_SCALE = 0.01;

/** What a run of placements knows. */
export interface PlacementRun {
  /** Of the annotations at the time of the export. */
  fingerprints: Fingerprints;
  /** Ids of targets in main components that take layers in spite of their instances. */
  intoComponents: ReadonlySet<string>;
  earlier: EarlierRuns;
}

type PlacementOf<K extends Placement['kind']> = Extract<Placement, { kind: K }>;

/** Finds all nodes and loads all fonts that the writes need. Everything asynchronous happens here. */
export async function planApply(
  source: FrameLike,
  accepted: readonly AcceptedPlacement[],
  run: PlacementRun,
): Promise<Plan> {
  const plan: Plan = { operations: [], skipped: [] };
  for (const one of accepted) {
    const { targetId, placement } = one;
    const target = await findFrame(targetId);
    const planned: Planned =
      target === null
        ? { ok: false, reason: 'The target frame was deleted.' }
        : await planPlacement(source, target, one, run);
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
  accepted: AcceptedPlacement,
  run: PlacementRun,
): Promise<Planned> {
  if (target.id === source.id) return { ok: false, reason: 'The source can’t be a target.' };
  const { placement } = accepted;
  const measurementId = measurementOf(placement.itemId);
  if (measurementId !== null) return planMeasurement(source, target, accepted, measurementId);
  switch (placement.kind) {
    case 'layer':
      return planAnnotation(source, target, placement, run);
    case 'overlay':
      return planOverlay(source, target, placement, run);
    default:
      return { ok: false, reason: 'Points and boxes can’t be placed on the canvas.' };
  }
}

async function planAnnotation(
  source: FrameLike,
  target: FrameLike,
  placement: PlacementOf<'layer'>,
  { fingerprints, earlier }: PlacementRun,
): Promise<Planned> {
  const exported = fingerprints.get(placement.itemId);
  const original = await findAnnotation(placement.itemId);
  if (original === null) return { ok: false, reason: 'The annotation was deleted from the source.' };
  // the item id has the index on the layer, which may now be another annotation
  if (exported !== undefined && fingerprint(original) !== exported) {
    return { ok: false, reason: 'The annotation changed after the preview. Find matches again to transfer it.' };
  }
  const { itemId } = placement;
  const layer = await findLayer(target, placement.layerId);
  const annotation = layer === null ? null : annotationFor(layer, original);
  if (layer !== null && annotation !== null) {
    const previous = await earlier.find(source, target, itemId);
    const operation = { kind: 'annotate', itemId, sourceId: source.id, target, previous, layer, annotation } as const;
    return { ok: true, operation };
  }
  if (placement.box === null) return { ok: false, reason: 'No match in this frame.' };
  if (isDevMode()) return { ok: false, reason: NO_NOTES };
  const note = { itemId, source, target, text: annotationText(original), box: placement.box };
  const operation = await planNote(note, earlier);
  return operation === null ? { ok: false, reason: 'No match in this frame.' } : { ok: true, operation };
}

/** The layer, if it is still in the target and supports annotations. */
async function findLayer(target: FrameLike, layerId: string | null): Promise<Annotatable | null> {
  const layer = layerId === null ? null : await findSceneNode(layerId);
  if (layer === null || (layer.id !== target.id && !isInside(layer, target))) return null;
  return supportsAnnotations(layer) ? layer : null;
}

async function planOverlay(
  source: FrameLike,
  target: FrameLike,
  placement: PlacementOf<'overlay'>,
  { earlier, intoComponents }: PlacementRun,
): Promise<Planned> {
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
  const previous = await earlier.find(source, target, placement.itemId);
  const parent = overlayParent(source, node, target, intoComponents.has(target.id));
  const base = { itemId: placement.itemId, sourceId: source.id, target, previous };
  return { ok: true, operation: { ...base, kind: 'overlay', node, transform, parent } };
}

/** A copy of what is on top of the source goes on top of the target. What lies on a picture is not inside of it. */
function overlayParent(source: FrameLike, node: SceneNode, target: FrameLike, intoComponent: boolean) {
  const isPartOf = isInside(node, source) || !('children' in source);
  return isPartOf || !('children' in target) ? placeParent(target, intoComponent) : pageOrSectionOf(target);
}

/** Overlays in the layer order of their originals, notes from top to bottom. */
function byLayerOrder(first: Operation, second: Operation): number {
  if (first.kind === 'overlay' && second.kind === 'overlay') return compareLayerOrder(first.node, second.node);
  if (first.kind === 'note' && second.kind === 'note') return first.y - second.y;
  return KIND_ORDER[first.kind] - KIND_ORDER[second.kind];
}

const KIND_ORDER: Record<Operation['kind'], number> = {
  annotate: 0,
  measure: 1,
  note: 2,
  overlay: 3,
  picture: 4,
  mark: 5,
};
