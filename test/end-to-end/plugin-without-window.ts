import { WebSocket } from 'ws';
import type { Design } from '../../plugin/src/shared/design.js';
import {
  type Command,
  DEFAULT_PREFERENCES,
  type ExportedFrame,
  type ExportedItem,
  type FrameSummary,
  type UiToMain,
} from '../../plugin/src/shared/messages.js';
import type { FlowState, StateOf } from '../../plugin/src/ui/flow/state.js';
import { type AppState, Store } from '../../plugin/src/ui/store.js';
import type { DaemonProcess } from './daemon-process.js';

// Node 20 has no WebSocket of its own
Object.assign(globalThis, { WebSocket });

/** What the main thread exports for a run. */
export interface ExportedRun {
  command: Command;
  source: ExportedFrame;
  targets: readonly ExportedFrame[];
  items: readonly ExportedItem[];
  /** The source after its edits. */
  after?: Design;
}

/**
 * The plugin's UI in this process, without a window: it connects, sends its requests in parts and handles the results as
 * in Figma. The caller stands for the main thread.
 */
export class PluginWithoutWindow {
  readonly #store: Store;
  #runs = 0;
  #exported: ExportedRun | null = null;
  readonly #jobs = new Set<string>();
  readonly #watchers = new Set<(state: AppState) => void>();

  private constructor(private readonly daemon: DaemonProcess) {
    this.#store = new Store({
      postToMain: (message) => this.#answer(message),
      onChange: (state) => {
        const { state: step } = state.flow;
        if (step.name === 'running') this.#jobs.add(step.part.jobId);
        for (const watch of [...this.#watchers]) watch(state);
      },
      page: { document: {}, permissions: undefined, userAgent: '' },
    });
  }

  static open(daemon: DaemonProcess): PluginWithoutWindow {
    return new PluginWithoutWindow(daemon);
  }

  /** Number of jobs of the last run. */
  get jobs(): number {
    return this.#jobs.size;
  }

  /**
   * Runs a command on exported frames up to the state that shows its result.
   * @throws Error with the message of a run that fails
   */
  async run<Name extends FlowState['name']>(exported: ExportedRun, result: Name): Promise<StateOf<Name>> {
    this.#exported = exported;
    this.#jobs.clear();
    const store = this.#store;
    const picks = { ...NO_PICKS, source: summaryOf(exported.source), targets: exported.targets.map(summaryOf) };
    const settings = { token: null, port: this.daemon.port };
    const session = { settings, preferences: DEFAULT_PREFERENCES, picks, pending: null, recordings: [] };
    store.fromMain({ type: 'session', command: exported.command, ...session });
    await this.#connect();
    const finished = this.#until(({ flow: { state } }) => isState(state, result) || failureOf(state) !== null);
    this.#runs += 1;
    store.dispatch({ type: 'start', jobId: `run-${this.#runs}` });
    const { state } = (await finished).flow;
    if (!isState(state, result)) throw new Error(failureOf(state) ?? state.name);
    return state;
  }

  async #connect(): Promise<void> {
    const { connection } = await this.#until(({ connection: { state } }) => SETTLED.has(state.name));
    if (connection.state.name === 'ready') return;
    this.#store.connect({ type: 'pair', code: this.daemon.code });
    await this.#until(({ connection: { state } }) => state.name === 'ready');
  }

  #answer(message: UiToMain): void {
    if (message.type !== 'export.start') return;
    const { source, targets, items, after } = this.#exported ?? raise('nothing is exported');
    this.#exported = null;
    const frames = [source, ...targets];
    queueMicrotask(() => {
      for (const [n, frame] of frames.entries()) {
        // as a message between threads
        const copy = structuredClone(frame);
        this.#store.fromMain({ type: 'export.frame', frame: copy, done: n + 1, total: frames.length });
      }
      const done = { items: [...items], notices: [], ...(after === undefined ? {} : { after }) };
      this.#store.fromMain({ type: 'export.done', ...done });
    });
  }

  #until(isReached: (state: AppState) => boolean): Promise<AppState> {
    if (isReached(this.#store.state)) return Promise.resolve(this.#store.state);
    return new Promise((resolve) => {
      const watch = (state: AppState) => {
        if (!isReached(state)) return;
        this.#watchers.delete(watch);
        resolve(state);
      };
      this.#watchers.add(watch);
    });
  }
}

/** The connection waits for the caller, or is there. */
const SETTLED: ReadonlySet<string> = new Set(['ready', 'not-paired']);
const NO_PICKS = { after: null, overlays: [], layers: [] };

function isState<Name extends FlowState['name']>(state: FlowState, name: Name): state is StateOf<Name> {
  return state.name === name;
}

/** What a run that did not come to a result says; null while it runs. */
function failureOf(state: FlowState): string | null {
  if (state.name === 'failed') return state.error.message;
  return state.name === 'pick' ? (state.problem?.message ?? null) : null;
}

/** An exported frame as it can be picked. */
export function summaryOf({ nodeId, name, width, height, layers }: ExportedFrame): FrameSummary {
  return { nodeId, name, width, height, annotations: 0, layers: layers.length, blocked: null };
}

function raise(message: string): never {
  throw new Error(message);
}
