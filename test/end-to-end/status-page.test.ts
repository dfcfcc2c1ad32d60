import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { TestServer } from '../../daemon/test/server/test-server.js';
import { BROWSER_TIMEOUT_MS, launchChromium } from '../figma-host/launch-chromium.js';

const PLUGIN = { manifest: '/Users/Jane Doe/samepoint/plugin/manifest.json', version: '1.2.3' };

let browser: Browser;
let server: TestServer;
let page: Page;

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
});

afterEach(async () => {
  await page.context().close();
  await server.stop();
});

/** Opens the page of a daemon. */
async function open(plugin?: typeof PLUGIN, prepare?: () => void): Promise<void> {
  server = await TestServer.start(plugin === undefined ? {} : { plugin });
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
  page = await context.newPage();
  page.setDefaultTimeout(BROWSER_TIMEOUT_MS);
  if (prepare !== undefined) await page.addInitScript(prepare);
  await page.goto(`http://localhost:${server.port}`);
}

function readClipboard(): Promise<string> {
  return page.evaluate(() => navigator.clipboard.readText());
}

it('shows the plugin’s manifest and version, and copies the path', async () => {
  await open(PLUGIN);
  await page.getByText(PLUGIN.manifest, { exact: true }).waitFor();
  expect(await page.locator('#plugin-hint').textContent()).toContain('Version 1.2.3.');
  await page.getByRole('button', { name: 'Copy path' }).click();
  await page.getByRole('status').filter({ hasText: 'Copied' }).waitFor();
  expect(await readClipboard()).toBe(PLUGIN.manifest);
});

it('copies the path where the clipboard refuses', async () => {
  await open(PLUGIN, () => {
    navigator.clipboard.writeText = () => Promise.reject(new Error('refused'));
  });
  await page.getByRole('button', { name: 'Copy path' }).click();
  await page.getByRole('status').filter({ hasText: 'Copied' }).waitFor();
  expect(await readClipboard()).toBe(PLUGIN.manifest);
});

it('selects the path where nothing can be copied', async () => {
  await open(PLUGIN, () => {
    Object.defineProperty(navigator, 'clipboard', { value: undefined });
    document.execCommand = () => false;
  });
  await page.getByRole('button', { name: 'Copy path' }).click();
  await page.getByRole('status').filter({ hasText: 'Selected.' }).waitFor();
  expect(await page.evaluate(() => getSelection()?.toString())).toBe(PLUGIN.manifest);
});

it('says how to install a plugin that is missing', async () => {
  await open();
  await page.getByText('Run samepoint plugin to install it.').waitFor();
  expect(await page.getByRole('button', { name: 'Copy path' }).isVisible()).toBe(false);
});
