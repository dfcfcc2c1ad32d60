import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ClientMessage, PORTS } from '@samepoint/shared-protocol';
import type { Browser } from 'playwright-core';
import type { Command, MainToUi, UiToMain } from '../../plugin/src/shared/messages.js';
import { createFigmaHost, type FigmaHost } from '../figma-host/figma-host.js';
import { FigmaPage } from '../figma-host/figma-page.js';
import type { DocumentSpec } from '../figma-host/spec.js';

/** The files of an installed plugin, for a daemon on another port. */
interface InstalledPlugin {
  mainJs: string;
  uiHtml: string;
  allowedDomains: string[];
}

/** The plugin in a Figma file: the main thread in QuickJS, the UI in Chromium, with their messages in order. */
export class PluginInFigma {
  private current: OpenWindow | null = null;

  private constructor(
    readonly host: FigmaHost,
    private readonly browser: Browser,
    private readonly plugin: InstalledPlugin,
  ) {}

  /** Imports the plugin that a daemon has installed. @param folder of its manifest.json */
  static async open(
    browser: Browser,
    folder: string,
    daemonPort: number,
    document: DocumentSpec,
  ): Promise<PluginInFigma> {
    const plugin = await readPlugin(folder, daemonPort);
    const host = await createFigmaHost({ document, mainJs: plugin.mainJs });
    return new PluginInFigma(host, browser, plugin);
  }

  /** Runs a menu command, which opens the plugin window. */
  async run(command: Command): Promise<FigmaPage> {
    await this.closeWindow();
    await this.host.runCommand(command);
    const { uiHtml: html, allowedDomains } = this.plugin;
    const early: MainToUi[] = [];
    const window: OpenWindow = { page: null, early, frames: [], stop: () => undefined };
    window.stop = this.host.onMainMessage((message) => forward(window, message as MainToUi));
    this.current = window;
    const onMessage = (message: UiToMain) => this.host.sendToMain(message);
    const onSocketFrame = (frame: string | Uint8Array) => void window.frames.push(frame);
    const page = await FigmaPage.open(this.browser, {
      html,
      allowedDomains,
      onMessage,
      onSocketFrame,
    });
    window.page = page;
    this.host.onWindowResize((size) => void resize(window, size));
    await page.send(...early.splice(0));
    return page;
  }

  /** Closes the plugin window, which ends the UI in any state. */
  async closeWindow(): Promise<void> {
    const window = this.current;
    this.current = null;
    window?.stop();
    await window?.page?.page.close();
  }

  /** Ids of the jobs that the UI started or rejoined. */
  get startedJobs(): string[] {
    return this.sent.flatMap((message) => (message.type === 'job.start' ? [message.jobId] : []));
  }

  get cancelledJobs(): string[] {
    return this.sent.flatMap((message) => (message.type === 'job.cancel' ? [message.jobId] : []));
  }

  private get sent(): ClientMessage[] {
    const texts = this.current?.frames.filter((frame) => typeof frame === 'string') ?? [];
    return texts.map((text): ClientMessage => JSON.parse(text));
  }

  /** Number of images that the UI sent to the daemon. */
  get sentImages(): number {
    return this.current?.frames.filter((frame) => typeof frame !== 'string').length ?? 0;
  }

  select(...keys: string[]): void {
    this.host.select(keys.map((key) => this.id(key)));
  }

  id(key: string): string {
    return this.host.byKey(key).id;
  }

  async dispose(): Promise<void> {
    await this.closeWindow();
    this.host.dispose();
  }
}

interface OpenWindow {
  page: FigmaPage | null;
  /** Messages from before the page was open. */
  early: MainToUi[];
  frames: (string | Uint8Array)[];
  stop: () => void;
}

function forward({ page, early }: OpenWindow, message: MainToUi): void {
  if (page === null) early.push(message);
  // the window may close meanwhile
  else
    page.send(message).catch((error: unknown) => {
      if (!page.page.isClosed()) throw error;
    });
}

async function resize({ page }: OpenWindow, size: { width: number; height: number }): Promise<void> {
  if (page !== null && !page.page.isClosed()) await page.page.setViewportSize(size);
}

/** Reads the files that the manifest names, with the daemon's port in place of the manifest's. */
async function readPlugin(folder: string, daemonPort: number): Promise<InstalledPlugin> {
  const [port, other] = PORTS;
  const read = async (name: string) => {
    const text = await readFile(join(folder, name), 'utf8');
    if (!text.includes(`${port}`)) throw new Error(`${name} has no port ${port} to replace`);
    return text.replaceAll(`${port}`, `${daemonPort}`);
  };
  const manifest: Manifest = JSON.parse(await read('manifest.json'));
  const [mainJs, uiHtml] = await Promise.all([read(manifest.main), read(manifest.ui)]);
  // without the other port, so that a real daemon on this computer is not reached
  const allowedDomains = manifest.networkAccess.allowedDomains.filter((domain) => !domain.endsWith(`:${other}`));
  return { mainJs, uiHtml, allowedDomains };
}

interface Manifest {
  main: string;
  ui: string;
  networkAccess: { allowedDomains: string[] };
}
