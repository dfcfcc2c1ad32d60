import type { Affine } from '@samepoint/shared-protocol';
import type { Annotatable } from '../canvas/annotation-rules.js';
import type { ScreenNode } from '../canvas/nodes.js';
import type { PlacedRecord } from './provenance.js';

/** What an earlier run placed for an item, and where it still is. */
export interface Previous {
  record: PlacedRecord;
  /** Null when the designer removed it meanwhile. */
  node: SceneNode | null;
}

interface OperationBase {
  itemId: string;
  sourceId: string;
  target: ScreenNode;
  previous: Previous | null;
}

export interface AnnotateOperation extends OperationBase {
  kind: 'annotate';
  layer: Annotatable;
  annotation: Annotation;
}

export interface NoteOperation extends OperationBase {
  kind: 'note';
  text: string;
  /** Canvas height of the place it speaks of. */
  y: number;
}

export interface OverlayOperation extends OperationBase {
  kind: 'overlay';
  node: SceneNode & LayoutMixin;
  /** Moves the source's canvas place to the target's. */
  move: Affine;
  parent: BaseNode & ChildrenMixin;
}

/** One write on one target, with everything it needs already at hand: nothing in it waits. */
export type Operation = AnnotateOperation | NoteOperation | OverlayOperation;

/** What became of an operation; `null` record: nothing of ours was written. */
export type Written =
  | { outcome: 'created' | 'updated'; record: PlacedRecord }
  | { outcome: 'skipped'; record: PlacedRecord | null; reason: string };
