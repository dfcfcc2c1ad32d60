import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FigmaPage } from '../../../test/figma-host/figma-page.js';
import { launchChromium } from '../../../test/figma-host/launch-chromium.js';
import { bundleUi } from '../../bundle.mjs';
import type { PlacedFrame, PlacedItem } from '../../src/shared/placed.js';
import { look } from './look.js';
import { openUi } from './open-ui.js';
import { session } from './session.js';

/** No daemon listens there. */
const NO_PORT = 9;

const LABELS: readonly Omit<PlacedItem, 'key' | 'nodeId'>[] = [
  { kind: 'annotation', label: 'Opens the notification sheet and marks all of them as seen', on: 'Bell' },
  { kind: 'annotation', label: 'Uses Heading / L', on: 'Title' },
  { kind: 'note', label: 'Note 1: Falls back to initials', on: null },
  { kind: 'layer', label: 'Sold-out sticker', on: null },
];

function placed(index: number): PlacedFrame {
  const nodeId = `frame ${index}`;
  const withKey = (item: (typeof LABELS)[number], n: number): PlacedItem => {
    return { ...item, key: `${nodeId} ${n}`, nodeId: `${nodeId}:${n}` };
  };
  const changed = index === 0 ? [withKey({ kind: 'annotation', label: '', on: 'Menu button' }, 9)] : [];
  return { nodeId, name: `Checkout / ${index}`, items: LABELS.map(withKey), changed, edits: index === 1 ? 12 : 0 };
}

let browser: Browser;
let html: string;
beforeAll(async () => {
  [html, browser] = await Promise.all([bundleUi(), launchChromium()]);
});
afterAll(async () => {
  await browser.close();
});

describe('removing what was transferred', () => {
  let figma: FigmaPage;
  beforeEach(async () => {
    figma = await openUi(browser, html, NO_PORT);
  });
  afterEach(async () => {
    await figma.page.close();
  });

  const screenshot = (name: string) => look(figma, `remove-${name}`);

  it('lists, removes and undoes without a daemon, by the keyboard alone', async () => {
    const { keyboard } = figma.page;
    await figma.send(session('remove-transferred', NO_PORT, { token: null }));
    await figma.next('placed.list');
    await figma.send({ type: 'placed', scope: 'selection', frames: [] });
    await figma.ui.getByText('Nothing to remove').first().waitFor();
    await screenshot('nothing');
    expect(await figma.button('Nothing to remove').isDisabled()).toBe(true);

    await figma.ui.getByLabel('Selected frames').focus();
    await keyboard.press('ArrowDown');
    expect(await figma.next('placed.list')).toMatchObject({ scope: 'page' });
    const frames = Array.from({ length: 100 }, (_, index) => placed(index));
    await figma.send({ type: 'placed', scope: 'page', frames });
    await figma.button('Remove 400 items').waitFor();
    await screenshot('list');
    expect(await figma.ui.locator('*').count()).toBeLessThan(400);

    // into the list: the heading of the first frame, then what was placed in it
    await keyboard.press('Tab');
    await keyboard.press('Space');
    await figma.button('Remove 396 items').waitFor();
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    expect(await figma.next('reveal')).toMatchObject({ nodeId: 'frame 0:0' });
    await screenshot('excluded');
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    expect((await figma.next('placed.remove')).frameIds).toHaveLength(99);

    const changed = placed(0).changed.map((item) => ({ frameName: 'Checkout / 0', item }));
    const summary = { annotations: 198, notes: 99, layers: 99, frames: 99, changed };
    await figma.send({ type: 'placed.removed', summary });
    await figma.heading('Removed from 99 frames').waitFor();
    await screenshot('removed');
    await figma.button('Undo').focus();
    await keyboard.press('Enter');
    await figma.next('undo');
    await figma.send({ type: 'undone' });
    await figma.heading('Removal undone').waitFor();
    await screenshot('undone');
    await keyboard.press('Escape');
    expect(await figma.next('placed.list')).toMatchObject({ scope: 'page' });
  });
});
