import type { DaemonMessage } from '@samepoint/shared-protocol';
import type { Browser, Frame, FrameLocator, Page } from 'playwright-core';
import type { MainToUi, UiToMain } from '../../plugin/src/shared/messages.js';
import { BROWSER_TIMEOUT_MS } from './launch-chromium.js';
import { type Theme, themeStyle } from './theme.js';

export interface FigmaPageOptions {
  /** The bundled UI. */
  html: string;
  /** `networkAccess.allowedDomains` of the manifest. */
  allowedDomains: readonly string[];
  /** Of Figma, and of the system. */
  colorScheme?: Theme;
  /** The user's answer to the browser's question for access to this computer. Default: granted. */
  access?: Access;
  /** Called for each message of the UI in order, including `ready`. */
  onMessage?: (message: UiToMain) => void;
  /** Called for each WebSocket frame that the UI sends. */
  onSocketFrame?: (payload: string | Uint8Array) => void;
}

/** The editor's origin. Chromium applies Local Network Access to it as to Figma's. */
const FIGMA = 'https://www.figma.com';
const EDITOR =
  '<!doctype html><style>body{margin:0}iframe{border:0;width:100vw;height:100vh;display:block}</style><body></body>';

type Access = 'granted' | 'denied';

const WINDOW = { width: 340, height: 560 };

/** The UI in a sandboxed iframe with origin `null` and the manifest's CSP, as in Figma. */
export class FigmaPage {
  readonly #received: UiToMain[] = [];
  readonly #wakeUps = new Set<() => void>();
  readonly #daemonWaits: { type: DaemonMessage['type']; resolve: () => void }[] = [];
  readonly #onMessage: ((message: UiToMain) => void) | undefined;

  private constructor(
    readonly page: Page,
    readonly ui: FrameLocator,
    { onMessage }: FigmaPageOptions,
  ) {
    this.#onMessage = onMessage;
  }

  static async open(browser: Browser, options: FigmaPageOptions): Promise<FigmaPage> {
    const colorScheme = options.colorScheme ?? 'light';
    const page = await browser.newPage({ viewport: WINDOW, colorScheme, deviceScaleFactor: 2 });
    const figma = new FigmaPage(page, page.frameLocator('iframe'), options);
    page.setDefaultTimeout(BROWSER_TIMEOUT_MS);
    page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => options.onSocketFrame?.(payload));
      socket.on('framereceived', ({ payload }) => figma.#receiveFromDaemon(payload));
    });
    await page.exposeFunction('fromUi', (message: UiToMain) => figma.#receive(message));
    await setAccess(page, options.access ?? 'granted');
    await page.route(`${FIGMA}/**`, (route) => route.fulfill({ contentType: 'text/html', body: EDITOR }));
    await page.goto(`${FIGMA}/design`);
    await page.evaluate(
      ({ html, policy, theme, style }) => {
        window.addEventListener('message', (event: MessageEvent<{ pluginMessage: unknown }>) => {
          const fromUi: unknown = Reflect.get(window, 'fromUi');
          if (typeof fromUi === 'function') fromUi(event.data.pluginMessage);
        });
        const frame = document.createElement('iframe');
        frame.setAttribute('sandbox', 'allow-scripts');
        frame.allow = 'loopback-network; local-network-access';
        frame.srcdoc = html
          .replace('<html', `<html class="figma-${theme}"`)
          .replace(
            '<head>',
            `<head><meta http-equiv="Content-Security-Policy" content="${policy}"><style id="figma-style">${style}</style>`,
          );
        document.body.append(frame);
      },
      {
        html: options.html,
        policy: `connect-src ${options.allowedDomains.join(' ')}`,
        theme: colorScheme,
        style: themeStyle(colorScheme),
      },
    );
    await figma.next('ready');
    return figma;
  }

  /** Changes the theme of Figma and of the system while the window is open. */
  async setTheme(theme: Theme): Promise<void> {
    await this.page.emulateMedia({ colorScheme: theme });
    await this.uiFrame.evaluate(
      ({ theme, style }) => {
        document.documentElement.className = `figma-${theme}`;
        const element = document.getElementById('figma-style');
        if (element !== null) element.textContent = style;
      },
      { theme, style: themeStyle(theme) },
    );
  }

  /** The document of the UI. */
  get uiFrame(): Frame {
    const frame = this.page.frames().find((one) => one.parentFrame() !== null);
    if (frame === undefined) throw new Error('the window has no UI');
    return frame;
  }

  /** Sends messages of the main thread to the UI. */
  async send(...messages: MainToUi[]): Promise<void> {
    // the type of a message is too deep for Playwright's types
    for (const message of messages as readonly object[]) {
      await this.page.evaluate((pluginMessage) => {
        document.querySelector('iframe')?.contentWindow?.postMessage({ pluginMessage }, '*');
      }, message);
    }
  }

  /** Waits for the next message of this type that was not consumed yet. */
  async next<Type extends UiToMain['type']>(type: Type): Promise<Extract<UiToMain, { type: Type }>> {
    for (;;) {
      const index = this.#received.findIndex((message) => message.type === type);
      const [message] = index < 0 ? [] : this.#received.splice(index, 1);
      if (message !== undefined) return message as Extract<UiToMain, { type: Type }>;
      await new Promise<void>((resolve) => this.#wakeUps.add(resolve));
    }
  }

  /** Waits for a message of this type from the daemon that arrives after this call. */
  nextFromDaemon(type: DaemonMessage['type']): Promise<void> {
    return new Promise((resolve) => this.#daemonWaits.push({ type, resolve }));
  }

  button(name: string | RegExp) {
    return this.ui.getByRole('button', { name });
  }

  heading(name: string | RegExp) {
    return this.ui.getByRole('heading', { name });
  }

  #receiveFromDaemon(payload: string | Uint8Array): void {
    if (typeof payload !== 'string') return;
    const message: DaemonMessage = JSON.parse(payload);
    for (const wait of this.#daemonWaits) if (wait.type === message.type) wait.resolve();
  }

  #receive(message: UiToMain): void {
    this.#received.push(message);
    this.#onMessage?.(message);
    for (const wake of this.#wakeUps) wake();
    this.#wakeUps.clear();
  }
}

/** Sets the permission for this computer. Playwright can grant it, but not deny it. */
async function setAccess(page: Page, access: Access): Promise<void> {
  const context = page.context();
  switch (access) {
    case 'granted':
      return context.grantPermissions(['local-network-access'], { origin: FIGMA });
    case 'denied': {
      const session = await context.newCDPSession(page);
      const { browserContextId } = (await session.send('Target.getTargetInfo')).targetInfo;
      const browserSession = await context.browser()?.newBrowserCDPSession();
      if (browserSession === undefined || browserContextId === undefined) throw new Error('the page has no browser');
      const permission = { name: 'loopback-network' };
      await browserSession.send('Browser.setPermission', {
        permission,
        setting: access,
        origin: FIGMA,
        browserContextId,
      });
    }
  }
}
