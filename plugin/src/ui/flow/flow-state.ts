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
import type {
  ApplySummary,
  Command,
  ExportedItem,
  FrameSummary,
  MainToUi,
  OverlaySummary,
  Picks,
  Problem,
  SelectionSummary,
  UiToMain,
} from '../../shared/messages.js';
import type { HashedFrame } from './build-request.js';

/** Everything that was exported for one run; kept until the run is over, so that a failure costs nothing. */
export interface Work {
  jobId: string;
  frames: readonly HashedFrame[];
  items: readonly ExportedItem[];
  /** What cannot be carried over (measurements, comments …). */
  notices: readonly string[];
}

/** Where the designer is. */
export type Step =
  /** Nothing came from the main thread yet. */
  | { name: 'waiting' }
  | { name: 'pick'; problem: Problem | null }
  | { name: 'exporting'; jobId: string; frames: readonly HashedFrame[]; done: number; total: number }
  /** `request` is null until the daemon is there to say which backend it has. */
  | { name: 'sending'; work: Work; request: TransferRequest | null; unanswered: readonly string[] }
  | {
      name: 'running';
      work: Work;
      request: TransferRequest;
      position: number;
      progress: JobProgress | null;
    }
  | { name: 'failed'; work: Work; error: ErrorPayload; download: Download | null }
  | Previewing
  | { name: 'applying'; preview: Previewing }
  | {
      name: 'done';
      preview: Previewing;
      summary: ApplySummary;
      undo: 'possible' | 'pointless' | 'asked' | 'done';
      problem: Problem | null;
    };

export interface Previewing {
  name: 'preview';
  work: Work;
  result: TransferResult;
  /** Keys of the included rows. */
  included: ReadonlySet<string>;
  problem: Problem | null;
}

export interface Download {
  modelId: string;
  receivedBytes: number;
  totalBytes: number;
}

/** What the flow knows of the connection. */
interface Link {
  connected: boolean;
  backends: readonly Backend[];
}

export interface Flow {
  command: Command;
  picks: Picks;
  selection: SelectionSummary;
  link: Link;
  /** Id of the backend the designer chose; null leaves the choice to the plugin. */
  backend: string | null;
  step: Step;
}

export type FlowEvent =
  | { type: 'main'; message: MainToUi }
  | { type: 'daemon'; message: DaemonMessage }
  | { type: 'connected'; backends: readonly Backend[]; jobs: readonly JobStatus[] }
  | { type: 'disconnected' }
  | { type: 'pick.source'; frame: FrameSummary | null }
  | { type: 'pick.targets'; frames: readonly FrameSummary[] }
  | { type: 'pick.remove-target'; nodeId: string }
  | { type: 'pick.overlays'; overlays: readonly OverlaySummary[] }
  | { type: 'pick.remove-overlay'; nodeId: string }
  | { type: 'pick.backend'; id: string }
  | { type: 'go'; jobId: string }
  | { type: 'cancel' }
  | { type: 'retry' }
  | { type: 'back' }
  | { type: 'pull-model' }
  | { type: 'include'; keys: readonly string[]; on: boolean }
  | { type: 'reveal'; nodeId: string; box: Box | null }
  | { type: 'apply' }
  | { type: 'undo' }
  | { type: 'close' };

export type FlowEffect =
  | { type: 'main'; message: UiToMain }
  | { type: 'daemon'; message: ClientMessage }
  | { type: 'image'; imageId: string; png: Uint8Array };

export interface FlowStep {
  flow: Flow;
  effects: FlowEffect[];
}

export const INITIAL_FLOW: Flow = {
  command: 'transfer-annotations',
  picks: { source: null, targets: [], overlays: [] },
  selection: { frames: [], overlays: [] },
  link: { connected: false, backends: [] },
  backend: null,
  step: { name: 'waiting' },
};

export function stay(flow: Flow): FlowStep {
  return { flow, effects: [] };
}

export function enter(flow: Flow, step: Step, effects: FlowEffect[] = []): FlowStep {
  return { flow: { ...flow, step }, effects };
}

/** Tells main which job to come back to after the plugin was closed; null: none. */
export function savePending(flow: Flow, jobId: string | null): FlowEffect {
  const { command, picks } = flow;
  const pending =
    jobId === null || picks.source === null
      ? null
      : {
          jobId,
          command,
          sourceId: picks.source.nodeId,
          targetIds: picks.targets.map((target) => target.nodeId),
          overlayIds: picks.overlays.map((overlay) => overlay.nodeId),
        };
  return { type: 'main', message: { type: 'pending.save', pending } };
}

/** Back to the picks, which are all kept; nothing is pending any more. */
export function toPick(flow: Flow, problem: Problem | null = null, effects: FlowEffect[] = []): FlowStep {
  return enter(flow, { name: 'pick', problem }, [...effects, savePending(flow, null)]);
}
