import sharp from 'sharp';
import { describe, expect } from 'vitest';
import { shopDocument } from '../figma-host/documents/shop-document.js';
import type { FigmaPage } from '../figma-host/figma-page.js';
import { imageFill } from '../figma-host/images.js';
import type { NodeSpec } from '../figma-host/spec.js';
import { test as base } from './fixtures.js';
import { press, tabTo } from './keyboard.js';
import { saveScreenshot } from './steps.js';

/** Two pictures without layers, of very different sizes. */
async function pictures(): Promise<NodeSpec[]> {
  const png = async (width: number, height: number) => {
    const image = sharp({ create: { width, height, channels: 3, background: '#7b61ff' } });
    return new Uint8Array(await image.png().toBuffer());
  };
  const picture = async (key: string, x: number, width: number, height: number): Promise<NodeSpec> => ({
    ...{ key, type: 'RECTANGLE', name: key, x, y: 2000, width, height },
    props: { fills: [imageFill(await png(width, height))] },
  });
  return [await picture('small', 0, 300, 20), await picture('large', 400, 800, 1400)];
}

const test = base.extend('document', async () => {
  const document = shopDocument();
  return { ...document, children: [...document.children, ...(await pictures())] };
});

const tab = (figma: FigmaPage, name: string) => figma.ui.getByRole('tab', { name });

/** Layers with their changes, as they are read. */
async function listedChanges(figma: FigmaPage): Promise<string[]> {
  const layers = figma.ui.getByRole('list', { name: 'Changed layers' }).locator('.changed-layer');
  const texts = await layers.evaluateAll((all) =>
    all.map((layer) =>
      [layer.querySelector('strong'), ...layer.querySelectorAll('li')].map((part) => part?.textContent).join(' | '),
    ),
  );
  return texts.map((text) => text.replace(/ +/g, ' '));
}

describe('comparing two versions', () => {
  test('with the keyboard lists what changed, and places the differences beside them in one undo step', async ({
    plugin,
    daemon,
  }) => {
    const { host } = plugin;
    plugin.select('after:screen', 'before:screen');
    const figma = await plugin.run('align-compare');
    await tabTo(figma, figma.ui.getByLabel('Six-digit pairing code'));
    await figma.page.keyboard.type(daemon.code);
    await press(figma, figma.button('Compare'));
    await tab(figma, 'Overlay').waitFor();
    await figma.ui.getByText(/“Basket” covers .* of “Basket, edited”/).waitFor();
    await saveScreenshot(figma, 'align-1-overlay');

    await tabTo(figma, tab(figma, 'Overlay'));
    for (const name of ['Flicker', 'Side by side', 'What changed']) {
      await figma.page.keyboard.press('ArrowRight');
      await figma.ui.getByRole('tabpanel', { name }).waitFor();
    }
    await figma.ui.getByText(/^\d+ changes in \d+ layers$/).waitFor();
    await saveScreenshot(figma, 'align-2-changes');
    expect(await listedChanges(figma)).toEqual([
      'Badge | Added in Header',
      'Teaser | Corner radius 20 becomes →28',
      'Summer sale | Text “Summer sale” becomes →“Autumn sale”',
      'Button | Kind “Secondary” becomes →“Primary”',
      'Items | Gap 12 becomes →16',
      '$402.50 | Fill #171A21 becomes →#D9364F',
      'Free returns within 30 days | Removed “Free returns within 30 days”',
    ]);

    await tabTo(figma, tab(figma, 'What changed'));
    await figma.page.keyboard.press('ArrowLeft');
    const [before, steps] = [host.snapshot(), host.undoSteps];
    await press(figma, figma.button(/^Place map of differences beside/));
    await figma.ui.getByText(/^The map of differences stands beside/).waitFor();
    await saveScreenshot(figma, 'align-3-differences');
    const placed = host.nodes().filter(({ props }) => props.name === 'Differences: Basket → Basket, edited');
    expect(placed).toMatchObject([{ props: { fills: [{ type: 'IMAGE' }] } }]);
    const after = host.byKey('after:screen');
    expect([placed[0]?.width, placed[0]?.height]).toEqual([after.width, after.height]);
    expect(host.undoSteps).toBe(steps + 1);

    await press(figma, figma.button('Undo'));
    await figma.ui.getByText('The map of differences is removed again.').waitFor();
    expect(host.snapshot()).toEqual(before);
    await figma.page.keyboard.press('Escape');
    await figma.heading('Align and compare').waitFor();
    expect(host.errors).toEqual([]);
  });

  test('says why pictures are not aligned, and that they have no layers', async ({ plugin, daemon }) => {
    plugin.select('small', 'large');
    const figma = await plugin.run('align-compare');
    await tabTo(figma, figma.ui.getByLabel('Six-digit pairing code'));
    await figma.page.keyboard.type(daemon.code);
    await press(figma, figma.button('Compare'));
    await figma.ui.getByText('The pictures show too little of the same content to be aligned.').waitFor();
    await saveScreenshot(figma, 'align-4-refused');
    await tabTo(figma, tab(figma, 'Side by side'));
    await figma.page.keyboard.press('ArrowRight');
    await figma.ui.getByText('A picture has no layers to list.').waitFor();
    expect(plugin.host.errors).toEqual([]);
  });
});
