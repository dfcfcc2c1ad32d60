import type { Item, Layer, Placement } from '@samepoint/shared-protocol';

/** The menu commands, equal to the `command` values in the manifest. */
export type Command = 'transfer-annotations' | 'transfer-layers';

/** A frame before its export. */
export interface FrameSummary {
  nodeId: string;
  name: string;
  width: number;
  height: number;
  /** Number of native annotations on the frame and its visible layers. */
  annotations: number;
  /** Why the frame cannot be exported (hidden, empty …), or null. */
  blocked: string | null;
}

/** A selected layer in or on a frame, which "Transfer layers…" transfers. */
export interface OverlaySummary {
  nodeId: string;
  name: string;
  type: string;
}

/** The current selection. Its order has no meaning in Figma, so the source is picked explicitly. */
export interface SelectionSummary {
  frames: FrameSummary[];
  overlays: OverlaySummary[];
}

/** What the designer picked. */
export interface Picks {
  source: FrameSummary | null;
  targets: FrameSummary[];
  overlays: OverlaySummary[];
}

/** Stored in Figma's client storage, per user. */
export interface Settings {
  token: string | null;
  port: number;
}

/** A job that was running when the plugin was closed; the UI rejoins it by its id. */
export interface PendingJob {
  jobId: string;
  command: Command;
  sourceId: string;
  targetIds: string[];
  overlayIds: string[];
}

/** The image and layers of a frame. Boxes are in pixels of `png`. */
export interface ExportedFrame {
  nodeId: string;
  name: string;
  png: Uint8Array;
  width: number;
  height: number;
  layers: Layer[];
}

/** An item to transfer, with its label and detail in the preview. */
export interface ExportedItem {
  item: Item;
  label: string;
  detail: string;
}

/** A placement that is included in the preview. */
export interface AcceptedPlacement {
  targetId: string;
  placement: Placement;
}

export interface SkippedPlacement {
  targetId: string;
  itemId: string;
  reason: string;
}

export interface ApplySummary {
  /** Number of new annotations or layers. */
  created: number;
  /** Number of items of an earlier run that were updated. */
  updated: number;
  /** Number of new notes, for annotations without a matching layer; not part of `created`. */
  notes: number;
  skipped: SkippedPlacement[];
}

/** What happened (`message`) and what to do next (`hint`), for the user. */
export interface Problem {
  message: string;
  hint: string;
}

export type UiToMain =
  /** The UI is loaded; the main thread sends nothing before. */
  | { type: 'ready' }
  | { type: 'settings.save'; settings: Settings }
  | { type: 'pending.save'; pending: PendingJob | null }
  | { type: 'export.start'; command: Command; sourceId: string; targetIds: string[]; overlayIds: string[] }
  | { type: 'export.cancel' }
  /** Scrolls the viewport to a node, or to `box` (pixels of its export) in it. */
  | { type: 'reveal'; nodeId: string; box: { x: number; y: number; w: number; h: number } | null }
  | { type: 'apply'; command: Command; sourceId: string; accepted: AcceptedPlacement[] }
  | { type: 'undo' }
  | { type: 'close' };

export type MainToUi =
  | { type: 'session'; command: Command; settings: Settings; picks: Picks; pending: PendingJob | null }
  | { type: 'selection'; selection: SelectionSummary }
  | { type: 'export.frame'; frame: ExportedFrame; done: number; total: number }
  /** A target that cannot be exported; the others are. */
  | { type: 'export.frame-failed'; nodeId: string; name: string; problem: Problem }
  /** Follows the last frame. `notices` list what cannot be transferred (measurements, comments …). */
  | { type: 'export.done'; items: ExportedItem[]; notices: string[] }
  | { type: 'export.failed'; problem: Problem }
  | { type: 'applied'; summary: ApplySummary }
  | { type: 'apply.failed'; problem: Problem }
  | { type: 'undone' }
  /** The document changed after Apply, so that Apply is no longer the last undo step. */
  | { type: 'undo.failed'; problem: Problem };
