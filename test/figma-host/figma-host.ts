import { renderPng } from './render.js';
import type { DocumentSpec, DocumentState, Json, Matrix, RawNode } from './spec.js';
import { Vm } from './vm.js';

/** A node as tests look at it: with its size and place on the canvas. */
export interface InspectedNode extends RawNode {
  absolute: Matrix;
}

export interface Toast {
  message: string;
  button: string | null;
  action: number;
}

export interface HostOptions {
  document: DocumentSpec;
  /** The built plugin main. */
  mainJs: string;
  /** Of the shuffles of the selection. */
  seed?: number;
  /** Figma refuses relaunch data to a plugin whose manifest has no id. */
  hasManifestId?: boolean;
}

type Listener = (message: unknown) => void;

/** A Figma file with a plugin in it. Each command runs in a fresh sandbox; the document outlives them. */
export class FigmaHost {
  private readonly listeners = new Set<Listener>();
  private readonly storage = new Map<string, string>();
  private runs = 0;
  readonly toasts: Toast[] = [];
  /** What the plugin asked of the window: showUI, closePlugin, reveal … */
  readonly reports: { kind: string; detail: unknown }[] = [];

  private constructor(
    private vm: Vm,
    private readonly options: HostOptions,
  ) {}

  static async create(options: HostOptions): Promise<FigmaHost> {
    const ports = { storage: new Map(), onPost: () => undefined, onReport: () => undefined };
    const vm = await Vm.create(ports);
    const state = vm.call('build', JSON.stringify(options.document));
    vm.call('load', state);
    return new FigmaHost(vm, options);
  }

  /** Starts the plugin with a menu command, as if from the menu. A running one is closed. */
  async runCommand(command: string): Promise<void> {
    const state = this.vm.call('dump');
    this.vm.dispose();
    this.runs += 1;
    this.vm = await Vm.create({
      storage: this.storage,
      onPost: (json, bytes) => this.deliver(decode(json, bytes)),
      onReport: (kind, detail) => this.note(kind, detail),
    });
    this.vm.call('load', state);
    const { seed = 1, hasManifestId = true } = this.options;
    this.vm.call('start', command, JSON.stringify({ seed: seed + this.runs, hasManifestId }));
    this.vm.runScript(this.options.mainJs, 'main.js');
  }

  /** A message from the UI. Plain objects and bytes only. */
  sendToMain(message: unknown): void {
    this.vm.call('message', encode(message, this.vm));
  }

  /** Calls back for each message to the UI until the returned function is called. */
  onMainMessage(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  select(nodeIds: readonly string[]): void {
    this.vm.call('select', JSON.stringify(nodeIds));
  }

  /** The user's own undo. */
  undo(): void {
    this.vm.call('undo');
  }

  get undoSteps(): number {
    return Number(this.vm.call('undoSteps'));
  }

  /** Fires the plugin's pending timers, as if their time had passed. */
  fireTimers(): void {
    this.vm.fireTimers();
  }

  pressToast(toast: Toast): void {
    this.vm.call('pressToast', String(toast.action));
  }

  /** Makes the next write of a property of a node throw. */
  breakWrite(nodeId: string, property: string): void {
    this.vm.call('breakWrite', nodeId, property);
  }

  /** Every node there is. */
  nodes(): InspectedNode[] {
    const nodes: InspectedNode[] = JSON.parse(this.vm.call('inspect'));
    return nodes;
  }

  node(nodeId: string): InspectedNode {
    const found = this.nodes().find((node) => node.id === nodeId);
    if (found === undefined) throw new Error(`the document has no node ${nodeId}`);
    return found;
  }

  /** The node a document builder gave this key. */
  byKey(key: string): InspectedNode {
    const found = this.nodes().find((node) => node.key === key);
    if (found === undefined) throw new Error(`the document has no node with the key ${key}`);
    return found;
  }

  annotations(nodeId: string): Json[] {
    const value = this.node(nodeId).props.annotations;
    return Array.isArray(value) ? value : [];
  }

  /** Changes annotations by hand, as a designer does. */
  editAnnotations(nodeId: string, annotations: Json[]): Json[] {
    this.vm.call('editAnnotations', nodeId, JSON.stringify(annotations));
    return this.annotations(nodeId);
  }

  /** Duplicates a node by hand, with the data plugins left on it. Gives the copy's id. */
  duplicate(nodeId: string): string {
    return this.vm.call('duplicate', nodeId);
  }

  /** Deletes a node by hand, as a designer does. */
  removeNode(nodeId: string): void {
    this.vm.call('removeNode', nodeId);
  }

  /** What the plugin threw without catching it. */
  get errors(): readonly string[] {
    return this.vm.errors;
  }

  /** The document without undo history, for comparing before and after. */
  snapshot(): RawNode[] {
    const state: DocumentState = JSON.parse(this.vm.call('dump'));
    return state.nodes.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** A picture of a node at `scale`. */
  export(nodeId: string, scale = 1, contentsOnly = true): Promise<Uint8Array<ArrayBuffer>> {
    const { width, height } = this.node(nodeId);
    const size = { widthPx: Math.round(width * scale), heightPx: Math.round(height * scale) };
    return renderPng({ nodes: this.snapshot(), rootId: nodeId, ...size, contentsOnly });
  }

  dispose(): void {
    this.listeners.clear();
    this.vm.dispose();
  }

  private deliver(message: unknown): void {
    // in a later turn, as between Figma's two halves
    setImmediate(() => {
      for (const listener of [...this.listeners]) listener(message);
    });
  }

  private note(kind: string, detail: unknown): void {
    this.reports.push({ kind, detail });
    if (kind === 'notify') this.toasts.push(detail as Toast);
  }
}

/** Opens a file with the plugin installed. */
export function createFigmaHost(options: HostOptions): Promise<FigmaHost> {
  return FigmaHost.create(options);
}

function decode(json: string, bytes: Map<number, Uint8Array>): unknown {
  return JSON.parse(json, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('$bytes' in value)) return value;
    const number = Number(value.$bytes);
    const found = bytes.get(number);
    bytes.delete(number);
    return found;
  });
}

function encode(message: unknown, vm: Vm): string {
  return JSON.stringify(message, (_, value: unknown) =>
    value instanceof Uint8Array ? { $bytes: vm.putBytes(value) } : value,
  );
}
