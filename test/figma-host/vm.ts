import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { getQuickJS, type QuickJSContext, type QuickJSHandle } from 'quickjs-emscripten';
import { layOutFlow } from './flow-layout.js';
import { createImage, imageBytes, imageSize } from './images.js';
import type { HostCalls } from './sandbox/entry.js';
import type { RenderRequest } from './spec.js';
import { sizeOfText } from './text-layout.js';

/** The connections of a sandbox to its host. */
export interface VmPorts {
  storage: Map<string, string>;
  onPost(json: string, bytes: Map<number, Uint8Array>): void;
  onReport(kind: string, detail: unknown): void;
  /** Renders a node as PNG for `exportAsync`, which rejects if this does. */
  render(request: RenderRequest): Promise<Uint8Array>;
}

/** A QuickJS context with the document and the `figma` API: the counterpart of Figma's plugin sandbox. */
export class Vm {
  private readonly bytes = new Map<number, Uint8Array>();
  private readonly timers = new Map<number, { timer: NodeJS.Timeout; dueMs: number }>();
  private nextBytes = 1;
  private isDisposed = false;
  /** Delays of all timers that the plugin has set, in ms. */
  readonly timerDelays: number[] = [];
  /** Uncaught errors of the plugin. */
  readonly errors: string[] = [];

  private constructor(
    private readonly context: QuickJSContext,
    private readonly ports: VmPorts,
  ) {}

  static async create(ports: VmPorts): Promise<Vm> {
    const [quickjs, sandbox] = await Promise.all([getQuickJS(), bundleSandbox()]);
    const vm = new Vm(quickjs.newContext(), ports);
    vm.installBridge();
    vm.evaluate(sandbox, 'figma-host.js');
    return vm;
  }

  /** Runs a script as one turn. */
  runScript(code: string, name: string): void {
    this.evaluate(code, name);
    this.finishTurn();
  }

  /** Calls a function of the sandbox as one turn. Returns its result as a string, empty for none. */
  call(name: keyof HostCalls, ...texts: string[]): string {
    if (this.isDisposed) return '';
    const result = this.invoke(name, texts);
    this.finishTurn();
    return result;
  }

  putBytes(bytes: Uint8Array): number {
    const number = this.nextBytes;
    this.nextBytes += 1;
    this.bytes.set(number, bytes);
    return number;
  }

  dispose(): void {
    if (this.isDisposed) return;
    this.isDisposed = true;
    for (const { timer } of this.timers.values()) clearTimeout(timer);
    this.context.dispose();
  }

  private invoke(name: keyof HostCalls, texts: string[]): string {
    const { context } = this;
    const host = context.getProp(context.global, '__host');
    const method = context.getProp(host, name);
    const handles = texts.map((text) => context.newString(text));
    const result = context.callFunction(method, host, ...handles);
    for (const handle of [host, method, ...handles]) handle.dispose();
    const value = context.unwrapResult(result);
    const dumped: unknown = context.dump(value);
    value.dispose();
    return dumped === undefined || dumped === null ? '' : String(dumped);
  }

  private finishTurn(): void {
    const { runtime } = this.context;
    const jobs = runtime.executePendingJobs();
    if (jobs.error !== undefined) {
      this.errors.push(JSON.stringify(this.context.dump(jobs.error)));
      jobs.error.dispose();
    }
    this.invoke('endTurn', []);
  }

  private evaluate(code: string, name: string): void {
    const result = this.context.evalCode(code, name);
    this.context.unwrapResult(result).dispose();
  }

  private installBridge(): void {
    const { context } = this;
    const bridge = context.newObject();
    const define = (name: string, act: (...handles: QuickJSHandle[]) => QuickJSHandle | undefined) => {
      const made = context.newFunction(name, (...handles) => act(...handles) ?? context.undefined);
      context.setProp(bridge, name, made);
      made.dispose();
    };
    const text = (handle: QuickJSHandle | undefined) => (handle === undefined ? '' : context.getString(handle));
    const number = (handle: QuickJSHandle | undefined) =>
      handle === undefined ? Number.NaN : context.getNumber(handle);
    define('schedule', (callId, delay) => this.schedule(number(callId), number(delay)));
    define('unschedule', (callId) => this.unschedule(number(callId)));
    define('postToUi', (json) => this.post(text(json)));
    define('render', (callId, request) => this.render(number(callId), text(request)));
    define('readStorage', (key) => context.newString(this.ports.storage.get(text(key)) ?? ''));
    define('writeStorage', (key, json) => this.store(text(key), text(json)));
    define('storageKeys', () => context.newString(JSON.stringify([...this.ports.storage.keys()])));
    define('sizeOfImage', (hash) => context.newString(sizeOfImage(text(hash))));
    define('readImage', (hash) => this.arrayBuffer(imageBytes(text(hash)) ?? new Uint8Array()));
    define('layOutFlow', (root) => context.newString(JSON.stringify(layOutFlow(JSON.parse(text(root))))));
    define('sizeOfText', (props, width, height) =>
      context.newString(JSON.stringify(sizeOfText(JSON.parse(text(props)), number(width), number(height)))),
    );
    define('report', (kind, detail) => this.ports.onReport(text(kind), JSON.parse(text(detail))) ?? undefined);
    define('log', (line) => this.ports.onReport('log', text(line)) ?? undefined);
    define('putBytes', (buffer) => context.newNumber(this.copyBytes(buffer)));
    define('createImage', (buffer) => context.newString(JSON.stringify(createImage(this.bytesOf(buffer)))));
    define('takeBytes', (id) => this.giveBytes(number(id)));
    context.setProp(context.global, '__bridge', bridge);
    bridge.dispose();
  }

  /** Fires all pending timers at once, in the order in which they are due. */
  fireTimers(): void {
    const pending = [...this.timers].sort(([, a], [, b]) => a.dueMs - b.dueMs);
    for (const [callId, { timer }] of pending) {
      clearTimeout(timer);
      this.fire(callId);
    }
  }

  private schedule(callId: number, delayMs: number): undefined {
    this.timerDelays.push(delayMs);
    const timer = setTimeout(() => this.fire(callId), delayMs);
    this.timers.set(callId, { timer, dueMs: performance.now() + delayMs });
  }

  private fire(callId: number): void {
    if (this.timers.delete(callId)) this.call('fire', String(callId), '0');
  }

  private unschedule(callId: number): undefined {
    clearTimeout(this.timers.get(callId)?.timer);
    this.timers.delete(callId);
  }

  private post(json: string): undefined {
    this.ports.onPost(json, this.bytes);
  }

  private render(callId: number, json: string): undefined {
    const request: RenderRequest = JSON.parse(json);
    this.ports.render(request).then(
      (png) => this.call('fire', String(callId), String(this.putBytes(png))),
      () => this.call('fire', String(callId), '-1'),
    );
  }

  private store(key: string, json: string): undefined {
    if (json === '') this.ports.storage.delete(key);
    else this.ports.storage.set(key, json);
  }

  private copyBytes(handle: QuickJSHandle | undefined): number {
    if (handle === undefined) return -1;
    return this.putBytes(this.bytesOf(handle));
  }

  private bytesOf(handle: QuickJSHandle | undefined): Uint8Array {
    if (handle === undefined) return new Uint8Array();
    const lifetime = this.context.getArrayBuffer(handle);
    const copy = new Uint8Array(lifetime.value);
    lifetime.dispose();
    return copy;
  }

  private giveBytes(number: number): QuickJSHandle {
    const bytes = this.bytes.get(number) ?? new Uint8Array();
    this.bytes.delete(number);
    return this.arrayBuffer(bytes);
  }

  private arrayBuffer(bytes: Uint8Array): QuickJSHandle {
    return this.context.newArrayBuffer(new Uint8Array(bytes).buffer);
  }
}

function sizeOfImage(hash: string): string {
  const bytes = imageBytes(hash);
  return bytes === null ? '' : JSON.stringify(imageSize(bytes));
}

const here = dirname(fileURLToPath(import.meta.url));
let sandbox: Promise<string> | null = null;

/** Bundles the code that runs inside QuickJS. */
export function bundleSandbox(): Promise<string> {
  sandbox ??= bundle(join(here, 'sandbox/entry.ts'));
  return sandbox;
}

async function bundle(entry: string): Promise<string> {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'neutral',
    target: 'es2020',
    logLevel: 'warning',
  });
  const [file] = result.outputFiles;
  if (file === undefined) throw new Error(`esbuild wrote nothing for ${entry}`);
  return file.text;
}
