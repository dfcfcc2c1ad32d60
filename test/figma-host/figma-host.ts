import { renderPng } from './render.js';
import type {
  Assets,
  DocumentSpec,
  DocumentState,
  HandEdit,
  Json,
  Matrix,
  NodeSpec,
  RawMeasurement,
  RawNode,
  RenderRequest,
} from './spec.js';
import { Vm } from './vm.js';

/** A node with its size and canvas transform. */
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
  /** The bundle of the main thread. */
  mainJs: string;
  /** Seed of the random order of the selection. */
  seed?: number;
  /** Without a manifest id Figma rejects relaunch data. */
  hasManifestId?: boolean;
  /** Whether exports of rotated nodes show their own box (default) or their bounding box on the canvas. */
  rotatedExports?: 'own' | 'canvas';
  /** Default: `figma`. `dev` is Dev Mode, where plugins cannot write to the document but annotations and measurements. */
  editor?: 'figma' | 'dev';
  /** The plugin's client storage, which all files share. */
  storage?: Map<string, string>;
}

/** Who edits the document by hand. */
export type Editor = 'designer' | 'collaborator';

export type BrokenExport = 'fails' | 'truncated';

type Listener = (message: unknown) => void;

interface WindowSize {
  width: number;
  height: number;
}

/** A Figma file with a plugin. Each command runs in a new sandbox; the document survives. */
export class FigmaHost {
  private readonly listeners = new Set<Listener>();
  private onResize: ((size: WindowSize) => void) | null = null;
  private readonly storage: Map<string, string>;
  private readonly brokenExports = new Map<string, BrokenExport>();
  private runs = 0;
  readonly toasts: Toast[] = [];
  /** Toasts that Figma cuts, as they were. */
  readonly cutToasts: string[] = [];
  /** Calls of the window API: showUI, closePlugin, reveal … */
  readonly reports: { kind: string; detail: unknown }[] = [];

  private constructor(
    private vm: Vm,
    private readonly options: HostOptions,
  ) {
    this.storage = options.storage ?? new Map();
  }

  static async create(options: HostOptions): Promise<FigmaHost> {
    const ports = { storage: new Map(), onPost: () => undefined, onReport: () => undefined, render: renderPng };
    const vm = await Vm.create(ports);
    const state = vm.call('build', JSON.stringify(options.document));
    vm.call('load', state);
    return new FigmaHost(vm, options);
  }

  /** Starts the plugin with a menu command and closes a running one. */
  async runCommand(command: string): Promise<void> {
    this.vm.call('commitUndo');
    const state = this.vm.call('dump');
    this.vm.dispose();
    this.runs += 1;
    this.vm = await Vm.create({
      storage: this.storage,
      onPost: (json, bytes) => this.deliver(decode(json, bytes)),
      onReport: (kind, detail) => this.addReport(kind, detail),
      render: (request) => this.render(request),
    });
    this.vm.call('load', state);
    const { seed = 1, hasManifestId = true, rotatedExports = 'own', editor = 'figma' } = this.options;
    const settings = { seed: seed + this.runs, hasManifestId, rotatedExports, editor };
    this.vm.call('start', command, JSON.stringify(settings));
    this.vm.runScript(this.options.mainJs, 'main.js');
  }

  /** Sends a message of the UI: plain objects and bytes only. */
  sendToMain(message: unknown): void {
    this.vm.call('message', encode(message, this.vm));
  }

  /** Subscribes to messages to the UI. Returns a function that unsubscribes. */
  onMainMessage(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Calls the listener, in place of an earlier one, when the plugin resizes its window. */
  onWindowResize(listener: (size: WindowSize) => void): void {
    this.onResize = listener;
  }

  /** Selects nodes of the current page by hand. */
  select(nodeIds: readonly string[]): void {
    this.vm.call('select', JSON.stringify(nodeIds));
  }

  /** The selected nodes of the current page, or of another one. */
  selection(pageId?: string): readonly string[] {
    const { currentPageId, selections }: DocumentState = JSON.parse(this.vm.call('dump'));
    return selections[pageId ?? currentPageId] ?? [];
  }

  /** The measurements of all pages. */
  measurements(): readonly RawMeasurement[] {
    const { measurements }: DocumentState = JSON.parse(this.vm.call('dump'));
    return measurements;
  }

  get currentPageId(): string {
    const { currentPageId }: DocumentState = JSON.parse(this.vm.call('dump'));
    return currentPageId;
  }

  /** Shows another page by hand. */
  showPage(pageId: string): void {
    this.vm.call('showPage', pageId);
  }

  /** Undo by the user. */
  undo(): void {
    this.vm.call('undo');
  }

  get undoSteps(): number {
    return Number(this.vm.call('undoSteps'));
  }

  /** How many properties of each node the running plugin has read since the last call. */
  takeReads(): { [nodeId: string]: number } {
    return JSON.parse(this.vm.call('takeReads'));
  }

  /** Delays of all timers that the running plugin has set, in ms. */
  get timerDelays(): readonly number[] {
    return this.vm.timerDelays;
  }

  /** Fires the plugin's pending timers immediately. */
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

  /** Makes all exports of a node fail, or lose the end of their bytes. */
  breakExport(nodeId: string, how: BrokenExport): void {
    this.brokenExports.set(nodeId, how);
  }

  /** All nodes. */
  nodes(): InspectedNode[] {
    const nodes: InspectedNode[] = JSON.parse(this.vm.call('inspect'));
    return nodes;
  }

  node(nodeId: string): InspectedNode {
    const found = this.nodes().find((node) => node.id === nodeId);
    if (found === undefined) throw new Error(`the document has no node ${nodeId}`);
    return found;
  }

  /** The node with this key in the document spec. */
  byKey(key: string): InspectedNode {
    const found = this.nodes().find((node) => node.key === key);
    if (found === undefined) throw new Error(`the document has no node with the key ${key}`);
    return found;
  }

  annotations(nodeId: string): Json[] {
    const value = this.node(nodeId).props.annotations;
    return Array.isArray(value) ? value : [];
  }

  /** Changes annotations by hand. */
  editAnnotations(nodeId: string, annotations: Json[]): Json[] {
    this.vm.call('editAnnotations', nodeId, JSON.stringify(annotations));
    return this.annotations(nodeId);
  }

  /** Sets properties of a node by hand; `HandEdit` says what is special. */
  edit(nodeId: string, properties: { [property: string]: Json }, who: Editor = 'designer'): void {
    this.byHand({ kind: 'set', nodeId, properties }, who);
  }

  editText(nodeId: string, characters: string): void {
    this.edit(nodeId, { characters });
  }

  /** Sets properties of a node as a collaborator: undo leaves them, and the plugin hears of them as REMOTE. */
  remoteEdit(nodeId: string, properties: { [property: string]: Json }): void {
    this.edit(nodeId, properties, 'collaborator');
  }

  /** Adds nodes by hand, on top or at an index. Returns the id of the first. */
  insertNode(spec: NodeSpec, parentId: string, index: number | null = null, who: Editor = 'designer'): string {
    return this.byHand({ kind: 'insert', spec, parentId, index }, who);
  }

  /** Moves a node by hand, in its parent or to another one. It keeps its position in the parent's coordinates. */
  moveNode(nodeId: string, parentId: string, index: number | null = null, who: Editor = 'designer'): void {
    this.byHand({ kind: 'move', nodeId, parentId, index }, who);
  }

  /** Duplicates a node by hand, including plugin data. Returns the id of the duplicate. */
  duplicate(nodeId: string): string {
    return this.byHand({ kind: 'duplicate', nodeId }, 'designer');
  }

  /** Deletes a node by hand. */
  removeNode(nodeId: string, who: Editor = 'designer'): void {
    this.byHand({ kind: 'remove', nodeId }, who);
  }

  private byHand(edit: HandEdit, who: Editor): string {
    return this.vm.call('editByHand', JSON.stringify(edit), who);
  }

  /** Uncaught errors of the plugin. */
  get errors(): readonly string[] {
    return this.vm.errors;
  }

  /** The styles, variables and collections of the document. */
  assets(): Assets {
    const state: DocumentState = JSON.parse(this.vm.call('dump'));
    return state.assets;
  }

  /** All nodes sorted by id, to compare documents. */
  snapshot(): RawNode[] {
    const state: DocumentState = JSON.parse(this.vm.call('dump'));
    return state.nodes.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Renders a node at `scale`. */
  export(nodeId: string, scale = 1, contentsOnly = true): Promise<Uint8Array<ArrayBuffer>> {
    const { width, height, absolute } = this.node(nodeId);
    const size = { widthPx: Math.round(width * scale), heightPx: Math.round(height * scale) };
    return renderPng({ nodes: this.snapshot(), rootId: nodeId, width, height, absolute, ...size, contentsOnly });
  }

  dispose(): void {
    this.listeners.clear();
    this.vm.dispose();
  }

  private async render(request: RenderRequest): Promise<Uint8Array> {
    const broken = this.brokenExports.get(request.rootId);
    if (broken === 'fails') throw new Error('the export fails');
    const png = await renderPng(request);
    return broken === undefined ? png : png.subarray(0, png.length / 2);
  }

  private deliver(message: unknown): void {
    // asynchronous, like Figma's messages between threads
    setImmediate(() => {
      for (const listener of [...this.listeners]) listener(message);
    });
  }

  private addReport(kind: string, detail: unknown): void {
    this.reports.push({ kind, detail });
    if (kind === 'resize') this.onResize?.(detail as WindowSize);
    if (kind === 'notify') this.toasts.push(detail as Toast);
    if (kind === 'cut toast') this.cutToasts.push(String(detail));
  }
}

/** Opens a document with the plugin. */
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
