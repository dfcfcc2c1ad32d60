import { dirname } from 'node:path';
import type { Browser } from 'playwright-core';
import { test as base } from 'vitest';
import { inboxDocument } from '../figma-host/documents/inbox-document.js';
import { launchChromium } from '../figma-host/launch-chromium.js';
import type { DocumentSpec } from '../figma-host/spec.js';
import { DaemonProcess } from './daemon-process.js';
import { PluginInFigma } from './plugin-in-figma.js';

/** Fixtures of each test: a browser, an unpaired daemon, and a Figma file with the plugin. */
export const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the dependencies of a fixture from the pattern
  .extend('browser', { scope: 'file' }, async ({}, { onCleanup }): Promise<Browser> => {
    const browser = await launchChromium();
    onCleanup(() => browser.close());
    return browser;
  })
  .extend('document', (): DocumentSpec => inboxDocument())
  // biome-ignore lint/correctness/noEmptyPattern: as above
  .extend('daemon', async ({}, { onCleanup }) => {
    const daemon = await DaemonProcess.start();
    onCleanup(() => daemon.stop());
    return daemon;
  })
  .extend('plugin', async ({ browser, daemon, document }, { onCleanup }) => {
    const plugin = await PluginInFigma.open(browser, dirname(daemon.manifest), daemon.port, document);
    onCleanup(() => plugin.dispose());
    return plugin;
  });
