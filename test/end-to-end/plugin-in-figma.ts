import { readFile } from 'node:fs/promises';
import { type ClientMessage, PORTS } from '@samepoint/shared-protocol';
import type { Browser } from 'playwright-core';
import type { Command, MainToUi, UiToMain } from '../../plugin/src/shared/messages.js';
import { createFigmaHost, type FigmaHost } from '../figma-host/figma-host.js';
import { FigmaPage } from '../figma-host/figma-page.js';
import type { DocumentSpec } from '../figma-host/spec.js';

const TOP = new URL('../../', import.meta.url);

/** The plugin as it was built, for a daemon on a port of its own. */
interface BuiltPlugin {
  mainJs: string;
  uiHtml: string;
  allowedDomains: string[];
}

/**
 * Both halves of the built plugin in a Figma file: the sandbox half in QuickJS, the interface in Chromium, messages
 * carried between them in their order.
 */
export class PluginInFigma {
  private current: OpenWindow | null = null;

  private constructor(
    readonly host: FigmaHost,
    private readonly browser: Browser,
    private readonly plugin: BuiltPlugin,
  ) {}

  static async open(browser: Browser, daemonPort: number, document: DocumentSpec): Promise<PluginInFigma> {
    const plugin = await builtPlugin(daemonPort);
    const host = await createFigmaHost({ document, mainJs: plugin.mainJs });
    return new PluginInFigma(host, browser, plugin);
  }

  /** Runs a menu command, which opens the plugin's window. */
  async run(command: Command): Promise<FigmaPage> {
    await this.closeWindow();
    await this.host.runCommand(command);
    const { uiHtml: html, allowedDomains } = this.plugin;
    const early: MainToUi[] = [];
    const window: OpenWindow = { page: null, early, frames: [], stop: () => undefined };
    window.stop = this.host.onMainMessage((message) => pass(window, message as MainToUi));
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
    await page.send(...early.splice(0));
    return page;
  }

  /** Closes the plugin's window in the middle of whatever it does; Figma ends the interface with it. */
  async closeWindow(): Promise<void> {
    const window = this.current;
    this.current = null;
    window?.stop();
    await window?.page?.page.close();
  }

  /** The jobs that this window asked the daemon to start or to join. */
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

  /** How many images this window sent to the daemon. */
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
  /** What came before the page was there. */
  early: MainToUi[];
  frames: (string | Uint8Array)[];
  stop: () => void;
}

function pass({ page, early }: OpenWindow, message: MainToUi): void {
  if (page === null) early.push(message);
  // a window that was closed takes no more messages
  else
    page.send(message).catch((error: unknown) => {
      if (!page.page.isClosed()) throw error;
    });
}

/** The built files with the port of the manifest swapped for the daemon's. */
async function builtPlugin(daemonPort: number): Promise<BuiltPlugin> {
  const [port, other] = PORTS;
  const read = async (path: string) => {
    const text = await readFile(new URL(path, TOP), 'utf8');
    if (!text.includes(`${port}`)) throw new Error(`${path} does not name port ${port}`);
    return text.replaceAll(`${port}`, `${daemonPort}`);
  };
  const manifest: { networkAccess: { allowedDomains: string[] } } = JSON.parse(await read('manifest.json'));
  // a daemon that this computer runs on the other port stays out of reach
  const allowedDomains = manifest.networkAccess.allowedDomains.filter((domain) => !domain.endsWith(`:${other}`));
  return { mainJs: await read('plugin/dist/main.js'), uiHtml: await read('plugin/dist/ui.html'), allowedDomains };
}
