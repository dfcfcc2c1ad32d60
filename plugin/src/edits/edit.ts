import type { Point } from '@samepoint/shared-protocol';
import type { Size, Value } from '../shared/design.js';

/** What one edit changed. Layer ids are those of the source; `before` and `after` are the values in base and ours. */
export type Change =
  | { kind: 'set'; property: string; before: Value; after: Value }
  /** Position in the coordinates of the nearest ancestor that is not a group. Never what auto layout decides. */
  | { kind: 'move'; before: Point; after: Point }
  | { kind: 'resize'; before: Size; after: Size }
  /** A subtree that base lacks; `layerId` is its root in ours. */
  | { kind: 'add'; parentId: string; previousSiblingId: string | null }
  | { kind: 'remove' }
  /** `previousSiblingId` is the sibling below it in ours; null for the lowest. */
  | { kind: 'reorder'; previousSiblingId: string | null }
  | { kind: 'reparent'; parentId: string; previousSiblingId: string | null };

/** One entry of the difference between base and ours. */
export type Edit = Change & {
  /** Unique in its list, and the same whenever the same two designs are compared. */
  editId: string;
  layerId: string;
  /** 1 for a recording; for two versions the confidence that both layers are the same one. */
  confidence: number;
};
