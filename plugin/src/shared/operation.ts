import type { Affine, Point } from '@samepoint/shared-protocol';
import type { Size, Value } from './design.js';

/** A layer of the target, or the copy of a source layer that an `add` of the same run makes. */
export type LayerRef = { layerId: string } | { addedFrom: string };

/** A property of the copy of a source layer. */
export interface CopySet {
  sourceLayerId: string;
  property: string;
  value: Value;
}

/**
 * One write to the target. `before` is what the target must still have before the first write, else the write is left
 * out. An axis of `resize` with the same value before and after keeps its sizing. New `characters` keep the styles of
 * runs outside of what differs.
 */
export type Write =
  | { kind: 'set'; layerId: string; property: string; before: Value; after: Value }
  /** `unlessResized`: where it goes instead if the same run does not resize that container. */
  | {
      kind: 'move';
      layerId: string;
      before: Point;
      after: Point;
      unlessResized?: { layerId: string; after: Point };
    }
  | { kind: 'resize'; layerId: string; before: Size; after: Size }
  /**
   * Copies a subtree of the source. `transform` is in the parent's coordinates; null where auto layout decides. The copy
   * is first scaled by `scale`, then gets `size` unless null. `without` lists layers of the source that are not new and
   * leave the copy after the last reparent into it. `colours` are set on layers of the copy, a style after its paints.
   * `sourceLayerId`, `without` and those of `colours` are ids on the canvas.
   */
  | {
      kind: 'add';
      sourceLayerId: string;
      parent: LayerRef;
      previousSibling: LayerRef | null;
      transform: Affine | null;
      scale: number;
      size: Size | null;
      without: readonly string[];
      colours?: readonly CopySet[];
    }
  | { kind: 'remove'; layerId: string }
  | { kind: 'reorder'; layerId: string; previousSibling: LayerRef | null }
  | {
      kind: 'reparent';
      layerId: string;
      parent: LayerRef;
      previousSibling: LayerRef | null;
      transform: Affine | null;
    };

/**
 * What was written where, kept on the target. A later run takes the source's value of then as the base, so that running
 * again finds everything "already so" and a second edit merges on top of the first.
 */
export interface AppliedRecord {
  sourceLayerId: string;
  /** The property, or `move`, `resize`, `add`, `remove`, `reorder`, `reparent`. */
  what: string;
  /** The layer of the target; of `add` the copy. */
  layerId: string;
  /** The value in the source: as JSON if short, else `#` and a hash. */
  source: string;
  /** The value that was written to the target, in the same form. */
  written: string;
}

/** An operation of the merge: a write, and its record. The writer fills in the copy's id in the record of an `add`. */
export interface Operation {
  editId: string;
  write: Write;
  record: AppliedRecord;
}
