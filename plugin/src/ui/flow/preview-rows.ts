import type { Box, Evidence, Item, Layer, Placement, Point } from '@samepoint/shared-protocol';
import { applyToBox } from '../../shared/affine.js';
import type { AcceptedPlacement } from '../../shared/messages.js';
import { percent } from '../../shared/text.js';
import type { HashedFrame } from './request.js';
import type { PreviewState, Run } from './state.js';

/** Confidence thresholds of all previews. */
export const THRESHOLDS = {
  /** Placements from this confidence on are included by default; evidence below it is called weak. */
  include: 0.5,
  /** From here on a confidence is called high. */
  high: 0.75,
} as const;

/** What Apply does with a row: places the item, leaves a note on the canvas, or nothing. */
export type Outcome = 'place' | 'note' | 'none';

/** One item in one target. */
export interface PreviewRow {
  key: string;
  targetId: string;
  placement: Placement;
  label: string;
  detail: string;
  outcome: Outcome;
  confidence: number;
  /** In pixels of the source's export. */
  sourceBox: Box | null;
  /** In pixels of the target's export. */
  targetBox: Box | null;
}

export interface PreviewGroup {
  target: HashedFrame;
  rows: PreviewRow[];
}

/** Groups a result by target in the order of the result, without failed ones; rows are in the order of the source's items. */
export function previewGroups(run: Run, result: PreviewState['result'], sourceId: string): PreviewGroup[] {
  const source = run.frames.find((frame) => frame.nodeId === sourceId);
  const sourceBoxes = boxesById(source?.layers ?? []);
  return result.targets.flatMap((placed) => {
    if (placed.state === 'failed') return [];
    const { targetId, placements } = placed;
    const target = run.frames.find((frame) => frame.nodeId === targetId);
    if (target === undefined) return [];
    const boxes = boxesById(target.layers);
    const byItem = new Map(placements.map((placement) => [placement.itemId, placement]));
    const rows = run.items.flatMap(({ label, detail, item }) => {
      const placement = byItem.get(item.itemId);
      if (placement === undefined) return [];
      return {
        key: `${targetId} ${item.itemId}`,
        targetId,
        placement,
        label,
        detail,
        outcome: outcomeOf(placement),
        confidence: placement.confidence,
        sourceBox: itemBox(item, sourceBoxes),
        targetBox: placementBox(placement, item, boxes),
      };
    });
    return { target, rows };
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

/** Keys of the rows that are included by default. */
export function includedByDefault(groups: readonly PreviewGroup[]): ReadonlySet<string> {
  const rows = groups.flatMap((group) => group.rows);
  return new Set(
    rows.filter((row) => row.outcome !== 'none' && row.confidence >= THRESHOLDS.include).map((row) => row.key),
  );
}

/** The included placements that have an outcome. */
export function acceptedPlacements(
  groups: readonly PreviewGroup[],
  included: ReadonlySet<string>,
): AcceptedPlacement[] {
  return groups.flatMap((group) =>
    group.rows
      .filter((row) => row.outcome !== 'none' && included.has(row.key))
      .map(({ targetId, placement }) => ({ targetId, placement })),
  );
}

type ConfidenceLevel = 'high' | 'medium' | 'low';

/** `low` is exactly what is excluded by default. */
export function confidenceLevel(confidence: number): ConfidenceLevel {
  if (confidence < THRESHOLDS.include) return 'low';
  return confidence >= THRESHOLDS.high ? 'high' : 'medium';
}

/** The reasons for a placement, strongest first: `Same text · similar structure · weak visual match`. */
export function evidenceLabel(evidence: Evidence): string {
  const reasons = [
    ...(evidence.text === 'equal' ? ['same text'] : []),
    ...scoresOf(evidence).map(({ strong, weak, score }) => (score < THRESHOLDS.include ? weak : strong)),
    ...(evidence.text === 'different' ? ['different text'] : []),
  ].join(' · ');
  return reasons.charAt(0).toUpperCase() + reasons.slice(1);
}

/** The scores behind the label, strongest first: `Structure 80% · visual match 31%`. */
export function evidenceScores(evidence: Evidence): string {
  const scores = scoresOf(evidence)
    .map(({ name, score }) => `${name} ${percent(score)}`)
    .join(' · ');
  return scores.charAt(0).toUpperCase() + scores.slice(1);
}

function scoresOf({ image, structure }: Evidence) {
  const visual = { name: 'visual match', strong: 'visual match', weak: 'weak visual match', score: image };
  if (structure === undefined) return [visual];
  const layers = { name: 'structure', strong: 'similar structure', weak: 'different structure', score: structure };
  return [visual, layers].sort((one, other) => other.score - one.score);
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
