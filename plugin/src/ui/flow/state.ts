import type {
  Backend,
  Box,
  ClientMessage,
  DaemonMessage,
  ErrorPayload,
  JobProgress,
  JobStatus,
  TransferRequest,
  TransferResult,
} from '@samepoint/shared-protocol';
import type { Design } from '../../shared/design.js';
import {
  type ApplySummary,
  type Command,
  DEFAULT_PREFERENCES,
  type Editor,
  type ExportedItem,
  type FinishedTarget,
  type FrameSummary,
  type MainToUi,
  type OverlaySummary,
  type PendingJob,
  type Picks,
  type Preferences,
  type Problem,
  type RecordingSummary,
  type SelectedLayer,
  type SelectionSummary,
  type UiToMain,
} from '../../shared/messages.js';
import { DEFAULT_TRACKING, type ExportedRegion, type TrackChoices } from '../../shared/tracking.js';
import type { AlignEvent, AlignStep } from './align/align-state.js';
import type { LeftEdits } from './edits/edits-left.js';
import type { EditsEvent, EditsState } from './edits/edits-state.js';
import { type FailedTarget, withFrameNames } from './frame-problems.js';
import type { InspectEffect, InspectEvent, InspectStep } from './inspect/inspect-state.js';
import type { PicturesEffect, PicturesEvent, PicturesStep } from './pictures/pictures-state.js';
import type { LeftPreview } from './preview/preview-left.js';
import type { PreviewEvent, PreviewState } from './preview/preview-state.js';
import type { RemoveEvent, RemoveStep } from './remove/remove-state.js';
import type { HashedFrame } from './request.js';
import type { TrackEffect, TrackEvent, TrackStep } from './track/track-state.js';

/** The exported input of one run. It is kept until the run ends, so that a retry needs no second export. */
export interface Run {
  /** Of its first part, and the base of the others' ids. */
  jobId: string;
  frames: readonly HashedFrame[];
  /** Targets that were not exported, or that the daemon does not accept. */
  failed: readonly FailedTarget[];
  items: readonly ExportedItem[];
  /** What cannot be transferred (measurements, comments …). */
  notices: readonly string[];
  /** The frame whose edits were recorded, as it is now; null for other commands. */
  after: Design | null;
  /** The results of the parts that have finished. */
  finished: readonly FinishedTarget[];
  /** Only to track them. */
  regions?: readonly ExportedRegion[];
}

/** A run is sent in parts that fit the limits of the protocol: one job after another. */
export interface Part {
  jobId: string;
  request: TransferRequest;
}

/** The state of the flow. Each state has a file of its own with its transitions. */
export type FlowState =
  /** The main thread has not sent its session yet. */
  | { name: 'waiting' }
  /** “Connect…” and “Preferences…”, which change nothing on the canvas. */
  | { name: 'connect' }
  /** The plugin was run without a command: the list of commands. */
  | { name: 'home'; editor: Editor }
  | { name: 'preferences' }
  | { name: 'pick'; problem: Problem | null; alike?: AlikeFrames | 'searching' }
  | { name: 'pictures'; pictures: PicturesStep }
  | { name: 'inspect'; inspect: InspectStep }
  | { name: 'remove'; remove: RemoveStep }
  | { name: 'align'; align: AlignStep }
  | { name: 'track'; track: TrackStep }
  | {
      name: 'exporting';
      jobId: string;
      frames: readonly HashedFrame[];
      failed: readonly FailedTarget[];
      /** Of an earlier session. */
      finished: readonly FinishedTarget[];
      done: number;
      total: number;
    }
  /** `part` is null until the daemon is connected, since its request names one of the daemon's backends. */
  | { name: 'sending'; run: Run; part: Part | null; unanswered: readonly string[] }
  | { name: 'running'; run: Run; part: Part; position: number; progress: JobProgress | null }
  | { name: 'failed'; run: Run; error: ErrorPayload; download: Download | null }
  | PreviewState
  | { name: 'applying'; preview: PreviewState }
  | SelectedState
  | { name: 'done'; preview: PreviewState; summary: ApplySummary; undo: UndoState; problem: Problem | null }
  | EditsState;

/** Frames of the page that look like the source, and can be added as targets. */
export type AlikeFrames = Pick<Extract<MainToUi, { type: 'alike' }>, 'nodeId' | 'byName' | 'bySize'>;

/** One of the states by its name. */
export type StateOf<Name extends FlowState['name']> = Extract<FlowState, { name: Name }>;

/** The result of "Select matching layers": what is selected in Figma, and what could be. */
export interface SelectedState {
  name: 'selected';
  run: Run;
  result: TransferResult;
  /** Whether doubtful counterparts are included. */
  doubtful: boolean;
  /** Whether the layers of the source are included. */
  source: boolean;
  /** What Figma has selected; null while it does. */
  outcome: { count: number; notices: readonly string[] } | null;
  problem: Problem | null;
}

/** Whether the last Apply can be undone from the plugin; `pending` while the main thread undoes it. */
export type UndoState = 'available' | 'unavailable' | 'pending' | 'done';

/** A model download; sizes in bytes, 0 until the daemon reports them. */
export interface Download {
  modelId: string;
  receivedBytes: number;
  totalBytes: number;
}

/** The part of the connection that the flow depends on. */
interface DaemonLink {
  connected: boolean;
  backends: readonly Backend[];
  /** Optional features of the protocol that the daemon supports. */
  features: readonly string[];
}

export interface Flow {
  command: Command;
  picks: Picks;
  selection: SelectionSummary;
  recordings: readonly RecordingSummary[];
  /** PNGs by node id; null for a frame that cannot be exported. */
  thumbnails: ReadonlyMap<string, Uint8Array | null>;
  preferences: Preferences;
  /** The choices of “Track through frames…”. */
  tracking: TrackChoices;
  daemon: DaemonLink;
  /** What was decided in the preview of edits that “Back” left; null for none. */
  left: LeftEdits | null;
  /** The same of the preview of annotations and layers. */
  leftPreview: LeftPreview | null;
  state: FlowState;
}

export type FlowEvent =
  | { type: 'main'; message: MainToUi }
  /** `payload` is the binary part of a result. */
  | { type: 'daemon'; message: DaemonMessage; payload?: Uint8Array }
  | PicturesEvent
  | InspectEvent
  | RemoveEvent
  | TrackEvent
  | { type: 'connected'; backends: readonly Backend[]; features: readonly string[]; jobs: readonly JobStatus[] }
  | { type: 'disconnected' }
  | { type: 'pick.source'; frame: FrameSummary | null }
  | { type: 'pick.targets'; frames: readonly FrameSummary[] }
  | { type: 'pick.remove-target'; nodeId: string }
  | { type: 'pick.overlays'; overlays: readonly OverlaySummary[] }
  | { type: 'pick.remove-overlay'; nodeId: string }
  | { type: 'pick.after'; frame: FrameSummary | null }
  /** Exchanges the source with its second version, or with the only target. */
  | { type: 'pick.swap' }
  | { type: 'pick.clear' }
  /** Picks by the roles that the selection proposes. */
  | { type: 'pick.all'; picks: Picks }
  /** Looks for frames that look like the source. */
  | { type: 'pick.find-alike' }
  | { type: 'thumbnail.want'; nodeId: string; isWanted: boolean }
  /** Layers of one frame, which becomes the source. */
  | { type: 'pick.layers'; frame: FrameSummary; layers: readonly SelectedLayer[] }
  | { type: 'pick.remove-layer'; nodeId: string }
  | { type: 'delete-recording'; nodeId: string }
  /** Changes and stores preferences. */
  | { type: 'preferences'; preferences: Partial<Preferences> }
  /** A command of the home screen. */
  | { type: 'command'; command: Command }
  | { type: 'start'; jobId: string }
  | { type: 'cancel' }
  | { type: 'retry' }
  | { type: 'back' }
  | { type: 'download' }
  | { type: 'include'; keys: readonly string[]; on: boolean }
  | { type: 'reveal'; nodeId: string; box: Box | null }
  | { type: 'apply' }
  /** Selects the counterparts in Figma, again or with others included. */
  | { type: 'select'; doubtful: boolean; source: boolean }
  | { type: 'undo' }
  /** Selects layers in Figma and closes the window. */
  | { type: 'finish'; nodeIds: readonly string[] }
  | { type: 'close' }
  | PreviewEvent
  | AlignEvent
  | EditsEvent;

export type FlowEffect =
  | { type: 'main'; message: UiToMain }
  | { type: 'daemon'; message: ClientMessage }
  | { type: 'image'; imageId: string; png: Uint8Array }
  | PicturesEffect
  | InspectEffect
  | TrackEffect;

/** The flow after an event, and the effects that the store runs. */
export interface Transition {
  flow: Flow;
  effects: FlowEffect[];
}

export const INITIAL_FLOW: Flow = {
  command: 'transfer-annotations',
  picks: { source: null, after: null, targets: [], overlays: [], layers: [] },
  selection: { frames: [], overlays: [], layers: [], layerFrames: [] },
  recordings: [],
  thumbnails: new Map(),
  preferences: DEFAULT_PREFERENCES,
  tracking: DEFAULT_TRACKING,
  daemon: { connected: false, backends: [], features: [] },
  left: null,
  leftPreview: null,
  state: { name: 'waiting' },
};

/** States that cannot continue without the daemon. An export runs on without it, and so does a preview. */
export function needsDaemon(state: FlowState): boolean {
  switch (state.name) {
    case 'connect':
    case 'pick':
    case 'sending':
    case 'running':
    case 'failed':
      return true;
    case 'pictures':
      return ['comparing', 'failed'].includes(state.pictures.step);
    case 'inspect':
      return state.inspect.step === 'failed';
    case 'align':
      return state.align.step !== 'result';
    case 'track':
      return ['tracking', 'failed'].includes(state.track.step);
    case 'waiting':
    case 'home':
    case 'preferences':
    case 'remove':
    case 'exporting':
    case 'preview':
    case 'applying':
    case 'selected':
    case 'done':
    case 'edits':
    case 'applying-edits':
    case 'edits-done':
      return false;
  }
}

export function stay(flow: Flow): Transition {
  return { flow, effects: [] };
}

export function enter(flow: Flow, state: FlowState, effects: FlowEffect[] = []): Transition {
  return { flow: { ...flow, state }, effects };
}

/** Returns to the pick state. The picks stay, and no job is pending any more. */
export function toPick(flow: Flow, problem: Problem | null = null, effects: FlowEffect[] = []): Transition {
  return enter(flow, { name: 'pick', problem }, [...effects, savePending(flow, null)]);
}

/** Ends the run with an error, which names the frame that it is about. */
export function toFailed(flow: Flow, run: Run, error: ErrorPayload): Transition {
  const named = withFrameNames(error, run.frames);
  return enter(flow, { name: 'failed', run, error: named, download: null }, [savePending(flow, null)]);
}

/** Results of finished parts are stored up to this size as JSON; larger ones are computed again. */
const MAX_STORED_CHARS = 1_000_000;

/** Stores the run to resume if the plugin is closed; null for none. */
export function savePending(flow: Flow, run: Pick<Run, 'jobId' | 'finished'> | null): FlowEffect {
  const { command, picks, tracking } = flow;
  if (run === null || picks.source === null) return { type: 'main', message: { type: 'pending.save', pending: null } };
  const isStored = run.finished.length > 0 && JSON.stringify(run.finished).length <= MAX_STORED_CHARS;
  const pending: PendingJob = {
    jobId: run.jobId,
    command,
    sourceId: picks.source.nodeId,
    ...(picks.after === null ? {} : { afterId: picks.after.nodeId }),
    targetIds: picks.targets.map((target) => target.nodeId),
    overlayIds: picks.overlays.map((overlay) => overlay.nodeId),
    ...(picks.layers.length === 0 ? {} : { layerIds: picks.layers.map((layer) => layer.nodeId) }),
    ...(command === 'track-frames' ? { tracking } : {}),
    ...(isStored ? { finished: [...run.finished] } : {}),
  };
  return { type: 'main', message: { type: 'pending.save', pending } };
}
