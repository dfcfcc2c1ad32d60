import type { Affine, Point } from '@samepoint/shared-protocol';
import type { SkippedPlacement } from '../../shared/messages.js';
import type { TrackChoices, TrackedMark } from '../../shared/tracking.js';
import type { Annotatable } from '../canvas/annotations.js';
import type { FrameLike, PictureNode } from '../canvas/nodes.js';
import type { Previous } from './previous.js';
import type { PlacedRecord } from './provenance.js';

interface OperationBase {
  itemId: string;
  sourceId: string;
  target: FrameLike;
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
  /** The place that the note is about, on the canvas. */
  point: Point;
  /** Canvas y of its box. */
  y: number;
  pinParent: BaseNode & ChildrenMixin;
  /** The lowest free number of a note on the target. */
  firstNumber: number;
}

export interface OverlayOperation extends OperationBase {
  kind: 'overlay';
  node: SceneNode & LayoutMixin;
  /** Maps the canvas around the source to the canvas around the target. */
  transform: Affine;
  parent: BaseNode & ChildrenMixin;
}

/** An image: the edit of a picture, or a comparison. */
export interface PictureOperation extends OperationBase {
  kind: 'picture';
  name: string;
  fills: readonly ImagePaint[];
  parent: BaseNode & ChildrenMixin;
  /** In canvas units. */
  size: { width: number; height: number };
  /** Maps the image's box to the canvas. */
  place: Affine;
}

/** A measurement between two layers of the target. Figma allows it in Dev Mode only. */
export interface MeasureOperation extends OperationBase {
  kind: 'measure';
  page: PageNode;
  start: Measurement['start'];
  end: Measurement['end'];
  measurement: Pick<Measurement, 'offset' | 'freeText'>;
}

/** A tracked region. */
export interface MarkOperation extends OperationBase {
  kind: 'mark';
  mark: TrackedMark;
  parent: BaseNode & ChildrenMixin;
  /** Only for a mask group: what is masked, a picture of the target or its image. */
  masked: PictureNode | { imageHash: string } | null;
  look: MarkLook;
}

/** Paints of a mark, as the region has them. */
export interface MarkLook
  extends Pick<VectorNode, 'strokes' | 'strokeAlign' | 'strokeJoin' | 'dashPattern' | 'opacity' | 'blendMode'> {
  fills: readonly Paint[];
  strokeWeight: number;
}

/** One write on one target. All nodes and fonts are loaded, so that it runs synchronously. */
export type Operation =
  | AnnotateOperation
  | NoteOperation
  | OverlayOperation
  | PictureOperation
  | MeasureOperation
  | MarkOperation;

/** The outcome of an operation; `record` is null if nothing was written, or for what cannot be updated. */
export type Written =
  | { outcome: 'created' | 'updated'; record: PlacedRecord | null }
  | { outcome: 'skipped'; record: PlacedRecord | null; reason: string };

/** What a run is going to write. */
export interface Plan {
  operations: Operation[];
  skipped: SkippedPlacement[];
  /** Of regions, to run again. */
  tracking?: TrackChoices;
}

/** One write, or why it is left out. */
export type Planned = { ok: true; operation: Operation } | { ok: false; reason: string };
