import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FigmaPage } from '../../../test/figma-host/figma-page.js';
import { BROWSER_TIMEOUT_MS, launchChromium } from '../../../test/figma-host/launch-chromium.js';
import { bundleUi } from '../../bundle.mjs';
import type { FrameSummary, Picks } from '../../src/shared/messages.js';
import { FakeDaemon } from './fake-daemon.js';
import { frameSummary } from './fixtures.js';
import { look } from './look.js';
import { DARK, LIGHT, mockup } from './mockup.js';
import { openUi } from './open-ui.js';
import { selection, session } from './session.js';

const SOURCE = { ...frameSummary('s', 9), name: 'Settings / Light' };
const HIDDEN = {
  ...frameSummary('h'),
  name: 'Settings / Old',
  blocked: '“Settings / Old” is hidden. Show it and try again.',
};

let browser: Browser;
let html: string;
let daemon: FakeDaemon;
let figma: FigmaPage;
let thumbnails: { light: Uint8Array; dark: Uint8Array };

beforeAll(async () => {
  html = await bundleUi();
  browser = await launchChromium();
  const small = async (png: Uint8Array) => new Uint8Array(await sharp(Buffer.from(png)).resize(96).png().toBuffer());
  const [light, dark] = [await mockup('s', 'Light', LIGHT), await mockup('t', 'Dark', DARK)];
  thumbnails = { light: await small(light.png), dark: await small(dark.png) };
});

afterAll(async () => {
  await browser.close();
});

beforeEach(async () => {
  daemon = await FakeDaemon.start();
});

afterEach(async () => {
  await figma.page.close();
  await daemon.close();
});

const targets = (amount: number): FrameSummary[] =>
  Array.from({ length: amount }, (_, index) => ({
    ...frameSummary(`t${index}`),
    name: `Settings / Dark ${index + 1}`,
  }));

/** Opens the pick screen; it gets the thumbnails that it asks for. */
async function open(picks: Partial<Picks>): Promise<void> {
  figma = await openUi(browser, html, daemon.port);
  await figma.send(session('transfer-annotations', daemon.port, { picks }));
  await figma.button('Find matches').waitFor();
}

/** Answers the next request for a thumbnail. */
async function sendThumbnail(): Promise<string> {
  const { nodeId, isWanted } = await figma.next('thumbnail.want');
  if (isWanted)
    await figma.send({ type: 'thumbnail', nodeId, png: nodeId === 's' ? thumbnails.light : thumbnails.dark });
  return nodeId;
}

const row = (name: string) => figma.ui.locator('.card-main', { hasText: name });
const focused = () => figma.ui.locator(':focus').evaluate((element) => element.textContent);
const press = (key: string) => figma.page.keyboard.press(key);

describe('the pick screen', () => {
  it('has a heading, a region for each list, and thumbnails', async () => {
    await open({ source: SOURCE, targets: [...targets(1), HIDDEN] });
    await figma.ui.getByRole('heading', { level: 1, name: 'Transfer annotations' }).waitFor();
    for (const name of ['Source', 'Targets']) {
      await figma.ui.getByRole('region', { name }).getByRole('list').waitFor();
    }
    for (let count = 0; count < 3; count += 1) await sendThumbnail();
    await vi.waitFor(async () => {
      const canvas = figma.ui.locator('.pick-thumbnail canvas').first();
      expect(await canvas.evaluate((element) => (element instanceof HTMLCanvasElement ? element.width : 0))).toBe(96);
    });
    await figma.ui.getByText('1 target is left out of the run.').waitFor();
    await figma.ui.getByText(HIDDEN.blocked).waitFor();
  });

  it('works with the keyboard alone: arrows move, Enter reveals, Delete removes, Escape closes', async () => {
    await open({ source: SOURCE, targets: targets(3) });
    await row('Dark 1').focus();
    await press('ArrowDown');
    expect(await focused()).toContain('Dark 2');
    await press('Enter');
    expect(await figma.next('reveal')).toMatchObject({ nodeId: 't1' });
    await press('Delete');
    await row('Dark 2').waitFor({ state: 'detached' });
    expect(await focused()).toContain('Dark 3');
    await press('Delete');
    expect(await focused()).toContain('Dark 1');
    await press('Delete');
    expect(await figma.ui.locator(':focus').getAttribute('aria-label')).toBe('Targets');
    await press('Escape');
    await figma.next('close');
  });

  it('swaps, clears, and takes what the selection proposes', async () => {
    await open({ source: SOURCE, targets: targets(1) });
    await figma.button('Swap source and target').click();
    await figma.ui.getByRole('region', { name: 'Source' }).getByText('Settings / Dark 1').waitFor();
    await figma.button('Clear all picks').click();
    await figma.ui.getByText('Select a frame with annotations on the canvas.').waitFor();
    const frames = [...targets(2), SOURCE];
    await figma.send(selection({ frames }));
    await figma.button('From “Settings / Light” to 2 frames').click();
    await figma.button('Find matches').click();
    expect(await figma.next('export.start')).toMatchObject({ sourceId: 's', targetIds: ['t0', 't1'] });
  });

  it('finds frames that look alike, and says how many before it adds them', async () => {
    await open({ source: SOURCE });
    await figma.button('Find frames like “Settings / Light” on this page').click();
    const { nodeId } = await figma.next('alike.find');
    await figma.send({ type: 'alike', nodeId, byName: targets(12), bySize: targets(20) });
    await figma.button('Add 20 frames of the same size, 400 × 300').waitFor();
    await look(figma, 'pick-alike');
    await figma.button('Add 12 frames with a name like the source’s').click();
    await figma.button('Add 8 frames of the same size, 400 × 300').waitFor();
  });

  it('draws and asks only for the rows in view of 100 targets', async () => {
    await open({ source: SOURCE, targets: targets(100) });
    await figma.ui.getByText('Settings / Dark 1', { exact: true }).waitFor();
    const asked = new Set<string>();
    while (!asked.has('t4')) asked.add(await sendThumbnail());
    expect(await figma.ui.locator('*').count()).toBeLessThan(300);
    await row('Dark 1').first().focus();
    await press('End');
    await vi.waitFor(async () => expect(await focused()).toContain('Dark 100'), { timeout: BROWSER_TIMEOUT_MS });
    while (!asked.has('t99')) asked.add(await sendThumbnail());
    expect(asked.size).toBeLessThan(60);
  });
});

describe.each([1, 20, 100])('with %i targets', (amount) => {
  it('the pick screen is accessible in both themes', async () => {
    await open({ source: SOURCE, targets: amount === 1 ? targets(1) : [HIDDEN, ...targets(amount - 1)] });
    for (let count = 0; count < Math.min(amount + 1, 6); count += 1) await sendThumbnail();
    await figma.ui.locator('.pick-thumbnail canvas').nth(1).waitFor();
    await look(figma, `pick-${amount}`);
  });
});
