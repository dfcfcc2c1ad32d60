import type { Item, Layer, Placement } from '@samepoint/shared-protocol';

/** The menu commands, by what they carry over. The manifest's `command` values are the same words. */
export type Command = 'transfer-annotations' | 'transfer-layers';

/** A frame of the canvas as the UI shows it before anything is exported. */
export interface FrameSummary {
  nodeId: string;
  name: string;
  width: number;
  height: number;
  /** Native annotations on the frame and everything inside it. */
  annotations: number;
  /** Why the frame cannot be exported (hidden, empty …), or null. */
  blocked: string | null;
}

/** A selected layer that lies inside or over a frame: what "Transfer layers…" carries over. */
export interface OverlaySummary {
  nodeId: string;
  name: string;
  type: string;
}

/** What is selected now. Figma gives it in no particular order, so the UI asks which frame is the source. */
export interface SelectionSummary {
  frames: FrameSummary[];
  overlays: OverlaySummary[];
}

/** Explicit choice of the designer. */
export interface Picks {
  source: FrameSummary | null;
  targets: FrameSummary[];
  overlays: OverlaySummary[];
}

/** Kept in Figma's client storage, per user. */
export interface Settings {
  token: string | null;
  port: number;
}

/** A job that was running when the plugin was closed. It is rejoined by its id. */
export interface PendingJob {
  jobId: string;
  command: Command;
  sourceId: string;
  targetIds: string[];
  overlayIds: string[];
}

/** A frame's pixels and layers. Boxes are in pixels of `png`. */
export interface ExportedFrame {
  nodeId: string;
  name: string;
  png: Uint8Array;
  width: number;
  height: number;
  layers: Layer[];
}

/** Something to carry over, with the words the preview shows for it. */
export interface ExportedItem {
  item: Item;
  label: string;
  detail: string;
}

/** A placement the designer accepted in the preview. */
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
  /** Annotations or layers that are new. */
  created: number;
  /** Placed by an earlier run and brought up to date by this one. */
  updated: number;
  /** New notes on the canvas, for items that no layer could carry; not counted as created. */
  notes: number;
  skipped: SkippedPlacement[];
}

/** What happened and what to do next, for a person. */
export interface Problem {
  message: string;
  hint: string;
}

export type UiToMain =
  /** The UI listens; nothing is sent to it before. */
  | { type: 'ready' }
  | { type: 'settings.save'; settings: Settings }
  | { type: 'pending.save'; pending: PendingJob | null }
  /** Remembered in shared plugin data, so that the next run starts with it. */
  | { type: 'source.remember'; nodeId: string }
  | { type: 'export.start'; command: Command; sourceId: string; targetIds: string[]; overlayIds: string[] }
  | { type: 'export.cancel' }
  /** Shows a node, or the place `box` (pixels of its export) inside it. */
  | { type: 'reveal'; nodeId: string; box: { x: number; y: number; w: number; h: number } | null }
  | { type: 'apply'; command: Command; sourceId: string; accepted: AcceptedPlacement[] }
  | { type: 'undo' }
  | { type: 'close' };

export type MainToUi =
  | { type: 'session'; command: Command; settings: Settings; picks: Picks; pending: PendingJob | null }
  | { type: 'selection'; selection: SelectionSummary }
  | { type: 'export.frame'; frame: ExportedFrame; done: number; total: number }
  /** All frames were sent. `notices` tells what cannot be carried over (measurements, comments …). */
  | { type: 'export.done'; items: ExportedItem[]; notices: string[] }
  | { type: 'export.failed'; problem: Problem }
  | { type: 'applied'; summary: ApplySummary }
  | { type: 'apply.failed'; problem: Problem }
  | { type: 'undone' }
  /** The document was changed since Apply, so that undoing would take back something else. */
  | { type: 'undo.failed'; problem: Problem };
