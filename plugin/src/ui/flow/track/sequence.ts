import { LIMITS } from '@samepoint/shared-protocol';
import type { FrameSummary, Picks } from '../../../shared/messages.js';
import { MAX_REGIONS, type TrackChoices } from '../../../shared/tracking.js';

/** All frames of the sequence in their order: the annotated one and the others. */
export function sequenceOf({ source, targets }: Picks, { order, hand }: TrackChoices): FrameSummary[] {
  const frames = [...(source === null ? [] : [source]), ...targets];
  switch (order) {
    case 'position':
      return readingOrder(frames);
    case 'name':
      return [...readingOrder(frames)].sort((a, b) => NAMES.compare(a.name, b.name));
    case 'hand': {
      const rank = new Map(hand.map((nodeId, index) => [nodeId, index]));
      const rankOf = ({ nodeId }: FrameSummary) => rank.get(nodeId) ?? hand.length;
      return [...readingOrder(frames)].sort((a, b) => rankOf(a) - rankOf(b));
    }
  }
}

/** “Frame 2” comes before “Frame 10”. */
const NAMES = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Frames of which at least this fraction of the lower one's height is beside the other are in one row. */
const ROW_OVERLAP = 0.5;

/** Rows from top to bottom, each from left to right. Frames whose place is not known come last. */
function readingOrder(frames: readonly FrameSummary[]): FrameSummary[] {
  const placed = frames.flatMap((frame) => {
    const { x, y, height } = frame;
    return x === undefined || y === undefined ? [] : [{ frame, x, y, height }];
  });
  const rows: (typeof placed)[] = [];
  for (const one of placed.sort((a, b) => a.y - b.y || a.x - b.x)) {
    const row = rows.find(([first]) => first !== undefined && overlap(first, one) >= ROW_OVERLAP);
    if (row === undefined) rows.push([one]);
    else row.push(one);
  }
  const ordered = rows.flatMap((row) => row.sort((a, b) => a.x - b.x || a.y - b.y).map(({ frame }) => frame));
  return [...ordered, ...frames.filter((frame) => !ordered.includes(frame))];
}

interface Span {
  y: number;
  height: number;
}

/** How much of the lower of two heights lies beside the other, 0…1. */
function overlap(a: Span, b: Span): number {
  const shared = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return shared / Math.max(1, Math.min(a.height, b.height));
}

/** The order by hand with a frame one place earlier (`-1`) or later (`1`). Starts from the current order. */
export function moved(picks: Picks, tracking: TrackChoices, nodeId: string, by: -1 | 1): TrackChoices {
  const ids = sequenceOf(picks, tracking).map((frame) => frame.nodeId);
  const index = ids.indexOf(nodeId);
  const other = ids[index + by];
  if (index < 0 || other === undefined) return tracking;
  const hand = ids.map((id, place) => (place === index ? other : place === index + by ? nodeId : id));
  return { ...tracking, order: 'hand', hand };
}

/** Proportions may differ by this fraction, since exports have whole pixels. */
const SHAPE_TOLERANCE = 0.01;

/** Whether a frame can be drawn at the size of another without distortion. */
function haveSameShape(one: FrameSummary, other: FrameSummary): boolean {
  // frames of an earlier session have no size until they are exported
  if (one.width === 0 || other.width === 0) return true;
  return Math.abs((one.width * other.height) / (one.height * other.width) - 1) <= SHAPE_TOLERANCE;
}

/** Frames that differ in proportions from the annotated one. */
export function misfits({ source, targets }: Picks): FrameSummary[] {
  return source === null ? [] : targets.filter((frame) => !haveSameShape(source, frame));
}

/** What the picks of “Track through frames…” lack; null if they are complete. */
export function missingTrack(picks: Picks): string | null {
  const { targets, overlays } = picks;
  if (targets.length === 0) return 'Add the other frames of the sequence';
  const frames = targets.length + 1;
  if (frames > LIMITS.targetsPerJob) return `A run takes up to ${LIMITS.targetsPerJob} frames, these are ${frames}`;
  const [other] = misfits(picks);
  if (other !== undefined) return `“${other.name}” has other proportions than the annotated frame`;
  if (overlays.length === 0) return 'Add a region on the annotated frame';
  return overlays.length > MAX_REGIONS ? `A run takes up to ${MAX_REGIONS} regions` : null;
}
