import type { Problem } from './messages.js';

/** What runs placed in or on one frame. */
export interface PlacedFrame {
  nodeId: string;
  name: string;
  items: PlacedItem[];
  /** Annotations that someone changed since; they stay. */
  changed: PlacedItem[];
  /** Number of values that transfers of edits wrote; they stay, since what was there before is not stored. */
  edits: number;
}

export interface PlacedItem {
  /** Unique in all frames. */
  key: string;
  kind: 'annotation' | 'note' | 'layer';
  /** Words of an annotation or note, or the name of a layer. */
  label: string;
  /** Name of the annotated layer; null for others. */
  on: string | null;
  /** To show it on the canvas. */
  nodeId: string;
}

/** Where to look for what was placed. */
export type PlacedScope = 'selection' | 'page';

export interface RemovedSummary {
  annotations: number;
  notes: number;
  layers: number;
  frames: number;
  /** Annotations that someone changed since. */
  changed: { frameName: string; item: PlacedItem }[];
}

export type PlacedToMain = { type: 'placed.list'; scope: PlacedScope } | { type: 'placed.remove'; frameIds: string[] };

export type PlacedToUi =
  | { type: 'placed'; scope: PlacedScope; frames: PlacedFrame[] }
  | { type: 'placed.removed'; summary: RemovedSummary }
  | { type: 'placed.failed'; problem: Problem };
