import type { Box, Item, Layer, Placement, Point, TransferredTarget } from '@samepoint/shared-protocol';
import type { ComparisonToMain } from './comparison.js';
import type { Design } from './design.js';
import type { InspectToMain, InspectToUi } from './inspect.js';
import type { AppliedRecord, Operation } from './operation.js';
import type { PicturesToMain, PicturesToUi } from './pictures.js';
import type { PlacedToMain, PlacedToUi } from './placed.js';
import type { ExportedRegion, TrackChoices, TrackToMain } from './tracking.js';

/** The menu commands, equal to the `command` values in the manifest. */
export const COMMANDS = [
  'transfer-annotations',
  'transfer-layers',
  'record-edits',
  'transfer-edits',
  'transfer-difference',
  'select-matching',
  'propagate-pictures',
  'inspect-point',
  'track-frames',
  'align-compare',
  'remove-transferred',
  'connect',
  'preferences',
] as const;
export type Command = (typeof COMMANDS)[number];

/** The commands that write nothing to the design but annotations and measurements, and so run in Dev Mode. */
export const DEV_MODE_COMMANDS: ReadonlySet<Command> = new Set<Command>([
  'transfer-annotations',
  'select-matching',
  'inspect-point',
  'align-compare',
  'connect',
  'preferences',
]);

/** `dev` is Dev Mode. */
export type Editor = 'figma' | 'dev';

/** A frame before its export. */
export interface FrameSummary {
  nodeId: string;
  name: string;
  width: number;
  height: number;
  /** Number of native annotations on the frame and its visible layers. */
  annotations: number;
  /** Number of visible layers, with the frame itself. */
  layers: number;
  /** Why the frame cannot be exported (hidden, empty …), or null. */
  blocked: string | null;
  /** The top left corner on the canvas; absent until the frame was read. */
  x?: number;
  y?: number;
}

/** A selected layer in or on a frame, which "Transfer layers…" transfers. */
export interface OverlaySummary {
  nodeId: string;
  name: string;
  type: string;
  /** A filled shape inside of a frame: the picture of the frame shows it in place of what it covers. */
  isFilled?: true;
  /** Its middle on the canvas; only to track it. */
  centre?: Point;
}

/** Any selected layer. */
export interface SelectedLayer {
  nodeId: string;
  name: string;
  type: string;
  /** Nearest first. */
  ancestorIds: string[];
  /** The frame that it is a layer of, one of `layerFrames`; null outside of frames. */
  frameId: string | null;
}

/** The current selection. Its order has no meaning in Figma, so the source is picked explicitly. */
export interface SelectionSummary {
  frames: FrameSummary[];
  overlays: OverlaySummary[];
  layers: SelectedLayer[];
  /** The frames around the selected layers: the outermost ones that no other selected frame is inside of. */
  layerFrames: FrameSummary[];
}

/** A frame whose edits are recorded, as it was when recording began. */
export interface RecordingSummary {
  nodeId: string;
  name: string;
  /** Milliseconds since 1970. */
  recordedAt: number;
  /** The frame as it is now; null if it was deleted. */
  frame: FrameSummary | null;
}

/** What the designer picked. */
export interface Picks {
  source: FrameSummary | null;
  /** The edited version of the source, to transfer the difference of two frames. */
  after: FrameSummary | null;
  targets: FrameSummary[];
  overlays: OverlaySummary[];
  /** Layers of the source whose counterparts are to be selected. */
  layers: SelectedLayer[];
}

/** Stored in Figma's client storage, per user. */
export interface Settings {
  token: string | null;
  port: number;
}

/** Colour maps of heat maps, for the UI's choice. `viridis` is the one of the DIFT demo. */
export const COLOUR_MAPS = ['viridis', 'magma', 'gray'] as const;
export type ColourMap = (typeof COLOUR_MAPS)[number];

/** What the designer prefers in all files. Stored in Figma's client storage. */
export interface Preferences {
  /** Previews include what is at least this confident, 0…1. */
  threshold: number;
  /** Opacity of heat maps over the picture, 0…1. */
  heatmapOpacity: number;
  colourMap: ColourMap;
  /** Id of the backend to compare frames with; null for the daemon's first. */
  backend: string | null;
}

export const DEFAULT_PREFERENCES: Preferences = {
  threshold: 0.5,
  heatmapOpacity: 0.6,
  colourMap: 'viridis',
  backend: null,
};

/** The id of stored picks of which no job was started. */
export const NO_JOB = '';

/** A job that was running when the plugin was closed; the UI rejoins it by its id. Or picks, with the id `NO_JOB`. */
export interface PendingJob {
  jobId: string;
  command: Command;
  sourceId: string;
  /** Only to transfer the difference of two frames. */
  afterId?: string;
  targetIds: string[];
  overlayIds: string[];
  /** Only to select matching layers. */
  layerIds?: string[];
  /** Only to track regions. */
  tracking?: TrackChoices;
  /** The results of finished parts of the run, unless they are too large to store. */
  finished?: FinishedTarget[];
}

/** The result of one target. */
export interface FinishedTarget {
  /** A hash of what was compared; another one means that the design has changed. */
  key: string;
  target: TransferredTarget;
}

/** The image and layers of a frame. Boxes are in pixels of `png`. */
export interface ExportedFrame {
  nodeId: string;
  name: string;
  png: Uint8Array;
  width: number;
  height: number;
  layers: Layer[];
  /** Name of the main component that the frame is or is in; absent for none. */
  mainComponent?: string;
  /** Only for commands that transfer edits. */
  edits?: EditableFrame;
  /** Only for targets of annotations. */
  changed?: ChangedAnnotation[];
}

/** An annotation that an earlier run placed on the frame for an item, and that someone has changed since. */
export interface ChangedAnnotation {
  itemId: string;
  /** Its words of now. */
  text: string;
}

/** What the merge of edits needs of a frame. */
export interface EditableFrame {
  design: Design;
  /** What earlier runs wrote to the frame. */
  applied: AppliedRecord[];
  /** What to know of the frame, to show after its name: `is a main component: all its instances change with it.` */
  warnings: string[];
}

/** An item to transfer, with its label and detail in the preview. */
export interface ExportedItem {
  item: Item;
  label: string;
  detail: string;
  /** Id of the item at the end of a measurement; this is the one at its start. */
  endId?: string;
}

/** A placement that is included in the preview. */
export interface AcceptedPlacement {
  targetId: string;
  placement: Placement;
  /** Of the layer at the end of a measurement; `placement` is that at its start. */
  end?: Placement;
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
  /** Sentences about what was written; absent without any. */
  notices?: string[];
  /** Ids of the layers that were made, or that carry what was; absent for none. */
  made?: string[];
}

/** A note to put beside a frame, with a pin at the place that it is about. */
export interface RequestedNote {
  targetId: string;
  /** A later note of the same source and item replaces this one. */
  itemId: string;
  text: string;
  /** In pixels of the target's export; a point has no size. */
  box: Box;
}

/** The included operations of one target. */
export interface AcceptedOperations {
  targetId: string;
  operations: Operation[];
}

export interface EditsSummary {
  /** Number of operations written, and of the targets that they changed. */
  written: number;
  targets: number;
  skipped: { targetId: string; editId: string; reason: string }[];
  /** Sentences about what was written; absent without any. */
  notices?: string[];
  /** Ids of the layers that were changed; absent for none. */
  made?: string[];
}

/** What happened (`message`) and what to do next (`hint`), for the user. */
export interface Problem {
  message: string;
  hint: string;
}

/** `wide` is for screens that compare pictures. */
export type WindowSize = 'standard' | 'wide';

export type UiToMain =
  /** The UI is loaded; the main thread sends nothing before. */
  | { type: 'ready' }
  /** A command of the home screen. */
  | { type: 'command'; command: Command }
  | { type: 'settings.save'; settings: Settings }
  | { type: 'preferences.save'; preferences: Preferences }
  | { type: 'pending.save'; pending: PendingJob | null }
  | {
      type: 'export.start';
      command: Command;
      sourceId: string;
      afterId?: string;
      targetIds: string[];
      overlayIds: string[];
      /** Only to select matching layers: those in the source. */
      layerIds: string[];
    }
  | { type: 'export.cancel' }
  /** Asks for a small image of a frame, which is drawn when nothing else is to do; `isWanted: false` takes it back. */
  | { type: 'thumbnail.want'; nodeId: string; isWanted: boolean }
  /** Asks for the frames of the page that look like this one. */
  | { type: 'alike.find'; nodeId: string }
  /** Shows the page of a node and scrolls to it, or to `box` (pixels of its export) in it. */
  | { type: 'reveal'; nodeId: string; box: { x: number; y: number; w: number; h: number } | null }
  /** `intoComponents`: ids of targets in main components that take layers in spite of their instances. */
  | {
      type: 'apply';
      command: Command;
      sourceId: string;
      accepted: AcceptedPlacement[];
      intoComponents?: string[];
    }
  /** Answered like `apply`. */
  | { type: 'notes.apply'; command: Command; sourceId: string; notes: RequestedNote[] }
  | { type: 'edits.apply'; command: Command; sourceId: string; afterId?: string; targets: AcceptedOperations[] }
  /** Replaces Figma's selection. */
  | { type: 'select'; targets: { targetId: string; layerIds: string[] }[] }
  | { type: 'recording.delete'; nodeId: string }
  | PicturesToMain
  | InspectToMain
  | ComparisonToMain
  /** Resizes the plugin window. */
  | { type: 'window'; size: WindowSize }
  | PlacedToMain
  | TrackToMain
  | { type: 'undo' }
  /** Selects layers on the page that has most of them, if the current one has none, and closes the plugin. */
  | { type: 'finish'; nodeIds: string[] }
  | { type: 'close' };

export type MainToUi =
  /** The plugin was run without a command, or with one that does not run in this editor: the window lists those that do. */
  | { type: 'home'; editor: Editor }
  | {
      type: 'session';
      command: Command;
      settings: Settings;
      preferences: Preferences;
      picks: Picks;
      pending: PendingJob | null;
      recordings: RecordingSummary[];
      /** How the last run tracked regions. */
      tracking?: TrackChoices;
    }
  | { type: 'selection'; selection: SelectionSummary }
  /** Frames of earlier messages that have changed, as they are now. Their thumbnails are out of date. */
  | { type: 'frames.changed'; frames: FrameSummary[] }
  /** Null if the frame cannot be exported. */
  | { type: 'thumbnail'; nodeId: string; png: Uint8Array | null }
  | { type: 'alike'; nodeId: string; byName: FrameSummary[]; bySize: FrameSummary[] }
  | { type: 'export.frame'; frame: ExportedFrame; done: number; total: number }
  /** A target that cannot be exported; the others are. */
  | { type: 'export.frame-failed'; nodeId: string; name: string; problem: Problem }
  /** Follows the last frame. `notices` list what cannot be transferred (measurements, comments …). */
  /** `after` is the current state of a frame whose edits were recorded, `regions` are those to track. */
  | { type: 'export.done'; items: ExportedItem[]; notices: string[]; after?: Design; regions?: ExportedRegion[] }
  | { type: 'export.failed'; problem: Problem }
  | { type: 'applied'; summary: ApplySummary }
  | { type: 'edits.applied'; summary: EditsSummary }
  /** `edit` is the one whose write Figma rejected; all others were undone. */
  | { type: 'apply.failed'; problem: Problem; edit?: { targetId: string; editId: string; reason: string } }
  | { type: 'selected'; count: number; notices: string[] }
  | { type: 'select.failed'; problem: Problem }
  | PicturesToUi
  | InspectToUi
  | PlacedToUi
  | { type: 'undone' }
  /** The document changed after Apply, so that Apply is no longer the last undo step. */
  | { type: 'undo.failed'; problem: Problem };
