import type { Box, Item, Layer, Placement, Point } from '@samepoint/shared-protocol';
import { applyToBox } from '../../../shared/affine.js';
import type { ExportedItem } from '../../../shared/messages.js';
import type { HashedFrame } from '../request.js';
import type { Run } from '../state.js';
import type { PreviewState } from './preview-state.js';
import { placeOf, type TargetPlace } from './target-place.js';

/** What Apply does with a row: places the item, leaves a note on the canvas, or nothing. */
export type Outcome = 'place' | 'note' | 'none';

/** One item in one target. */
export interface PreviewRow {
  key: string;
  target: HashedFrame;
  placement: Placement;
  /** Of the layer at the end of a measurement. */
  end?: Placement;
  item: Item;
  label: string;
  detail: string;
  outcome: Outcome;
  confidence: number;
  /** In pixels of the source's export. */
  sourceBox: Box | null;
  /** In pixels of the target's export. */
  targetBox: Box | null;
  /** Where the item goes; null for nowhere. */
  place: TargetPlace | null;
  /** The words of an earlier run's annotation that someone has changed since; null for none. */
  changedTo: string | null;
  /** Whether the designer corrected the placement. */
  isCorrected: boolean;
  /** Whether the target has no layers that could have been found, such as a picture. */
  isFlat: boolean;
}

export interface PreviewGroup {
  target: HashedFrame;
  rows: readonly PreviewRow[];
}

type Placements = Pick<PreviewState, 'run' | 'result' | 'corrections'>;

/** Groups a result by target in the order of the result, without failed ones; rows are in the order of the source's items. */
export function previewGroups({ run, result, corrections }: Placements, sourceId: string): PreviewGroup[] {
  const frames = new Map(run.frames.map((frame) => [frame.nodeId, frame]));
  const sourceBoxes = boxesById(frames.get(sourceId)?.layers ?? []);
  return result.targets.flatMap((placed) => {
    const target = frames.get(placed.targetId);
    if (placed.state === 'failed' || target === undefined) return [];
    const byItem = new Map(placed.placements.map((placement) => [placement.itemId, placement]));
    return { target, rows: rowsOf({ run, target, byItem, corrections, sourceBoxes }) };
  });
}

interface TargetPlacements {
  run: Run;
  target: HashedFrame;
  byItem: ReadonlyMap<string, Placement>;
  corrections: PreviewState['corrections'];
  sourceBoxes: Boxes;
}

function rowsOf({ run, target, byItem, corrections, sourceBoxes }: TargetPlacements): PreviewRow[] {
  const boxes = boxesById(target.layers);
  const layers = new Map(target.layers.map((layer) => [layer.layerId, layer]));
  const isFlat = !target.layers.some(({ layerId, candidate }) => candidate && layerId !== target.nodeId);
  const changed = new Map(target.changed?.map(({ itemId, text }) => [itemId, text]));
  // a measurement is one row, that of its start
  const ends = new Set(run.items.flatMap(({ endId }) => endId ?? []));
  return run.items.flatMap((exported: ExportedItem): PreviewRow[] => {
    const { label, detail, item, endId } = exported;
    const key = `${target.nodeId} ${item.itemId}`;
    const corrected = corrections.get(key);
    const placement = corrected ?? byItem.get(item.itemId);
    if (placement === undefined || ends.has(item.itemId)) return [];
    const end = endId === undefined ? undefined : byItem.get(endId);
    const targetBox = placementBox(placement, item, boxes);
    const layerId = placement.kind === 'layer' ? placement.layerId : null;
    return [
      {
        ...{ key, target, placement, item, label, detail, targetBox, isFlat },
        ...(end === undefined ? {} : { end }),
        outcome: endId === undefined ? outcomeOf(placement) : outcomeOfMeasurement(placement, end),
        confidence: Math.min(placement.confidence, end?.confidence ?? 1),
        sourceBox: itemBox(item, sourceBoxes),
        place: targetBox === null ? null : placeOf({ target, layers }, layerId, targetBox),
        changedTo: changed.get(item.itemId) ?? null,
        isCorrected: corrected !== undefined,
      },
    ];
  });
}

/** A layer placement with a box but no layer becomes a note at the box. */
export function outcomeOf(placement: Placement): Outcome {
  switch (placement.kind) {
    case 'point':
      return placement.point === null ? 'none' : 'place';
    case 'box':
      return placement.box === null ? 'none' : 'place';
    case 'layer':
      if (placement.layerId !== null) return 'place';
      return placement.box === null ? 'none' : 'note';
    case 'overlay':
      return placement.transform === null ? 'none' : 'place';
  }
}

/** A measurement needs a layer at both ends. */
function outcomeOfMeasurement(start: Placement, end: Placement | undefined): Outcome {
  return outcomeOf(start) === 'place' && end !== undefined && outcomeOf(end) === 'place' ? 'place' : 'none';
}

type Boxes = ReadonlyMap<string, Box>;

function boxesById(layers: readonly Layer[]): Boxes {
  return new Map(layers.map(({ layerId, box }) => [layerId, box]));
}

/** The box of an item in the source; null if its layer was not exported. */
function itemBox(item: Item, boxes: Boxes): Box | null {
  switch (item.kind) {
    case 'point':
      return boxAt(item.point);
    case 'layer':
      return boxes.get(item.layerId) ?? null;
    case 'box':
    case 'overlay':
      return item.box;
  }
}

/** The box of a placement in the target; null if the item has no counterpart. */
function placementBox(placement: Placement, item: Item, boxes: Boxes): Box | null {
  switch (placement.kind) {
    case 'point':
      return placement.point === null ? null : boxAt(placement.point);
    case 'box':
      return placement.box;
    case 'layer':
      return boxes.get(placement.layerId ?? '') ?? placement.box;
    case 'overlay':
      return placement.transform === null || item.kind !== 'overlay' ? null : applyToBox(placement.transform, item.box);
  }
}

function boxAt(point: Point): Box {
  return { x: point.x, y: point.y, w: 0, h: 0 };
}
