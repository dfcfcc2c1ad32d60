import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect } from 'vitest';
import { imageFill } from '../figma-host/images.js';
import type { DocumentSpec, NodeSpec } from '../figma-host/spec.js';
import { test as base } from './fixtures.js';
import { press } from './keyboard.js';
import { pairByCode, pickFrames, pickLayers, saveFrame, saveScreenshot } from './steps.js';

const SAMPLES = new URL('../../daemon/samples/', import.meta.url);
const sample = (name: string) => new Uint8Array(readFileSync(fileURLToPath(new URL(`${name}.png`, SAMPLES))));

/** Pasted screenshots: no frames, no layers. */
function screenshot(key: string, png: Uint8Array, x: number): NodeSpec {
  const { width, height } = sizeOf(png);
  return {
    ...{ key, type: 'RECTANGLE', name: key, x, width, height },
    props: { fills: [imageFill(png)], cornerRadius: 12 },
  };
}

function sizeOf(png: Uint8Array): { width: number; height: number } {
  const view = new DataView(png.buffer, png.byteOffset);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** A sticker over the search field of the source. */
const STICKER: NodeSpec = {
  ...{ key: 'sticker', type: 'RECTANGLE', name: 'sticker', x: 60, y: 110, width: 120, height: 60 },
  props: { fills: [{ type: 'SOLID', color: { r: 1, g: 0, b: 0.6 } }] },
};

/** The source with a bar over its picture. */
async function editedHome(): Promise<Uint8Array> {
  const bar = { create: { width: 300, height: 80, channels: 4 as const, background: '#ff0099' } };
  const composed = sharp(sample('home')).composite([{ input: bar, left: 100, top: 400 }]);
  return new Uint8Array(await composed.png().toBuffer());
}

const test = base.extend('document', async (): Promise<DocumentSpec> => {
  const samples = ['home', 'dark', 'german', 'first'].map((key, n) => screenshot(key, sample(key), 1000 * n));
  return { name: 'Screenshots', children: [...samples, screenshot('edited', await editedHome(), 5000), STICKER] };
});

describe('propagating an edit onto pictures', () => {
  test('places what is drawn over one screenshot on the others, in one undo step, and a second run replaces it', async ({
    plugin,
    daemon,
  }) => {
    const { host } = plugin;
    const figma = await plugin.run('propagate-pictures');
    await pairByCode(figma, daemon.code);
    await pickFrames(plugin, figma, 'home', ['dark', 'german']);
    await pickLayers(plugin, figma, ['sticker']);
    await saveScreenshot(figma, 'pictures-1-pick');
    await press(figma, figma.button('Find matches'));
    await figma.heading('Edit of “home”').waitFor();
    await saveScreenshot(figma, 'pictures-2-preview');
    const [before, steps] = [host.snapshot(), host.undoSteps];
    await press(figma, figma.button('Place on 2 pictures'));
    await figma.heading('Edit propagated').waitFor();
    await saveScreenshot(figma, 'pictures-3-done');
    for (const key of ['dark', 'german']) await saveFrame(plugin, key, `pictures-${key}`);

    const placed = host.nodes().filter(({ props }) => props.name === 'Edit of home');
    expect(placed).toHaveLength(2);
    const [home, sticker] = [host.byKey('home'), host.byKey('sticker')];
    for (const key of ['dark', 'german']) {
      const target = host.byKey(key);
      const page = host.snapshot().find(({ id }) => id === target.parentId);
      const above = page?.childIds[page.childIds.indexOf(target.id) + 1];
      const edit = placed.find(({ id }) => id === above);
      expect(edit?.props.fills).toMatchObject([{ type: 'IMAGE' }]);
      // at the same place of the picture, as far as the layouts agree
      const scale = target.width / home.width;
      expect.soft((edit?.absolute[4] ?? 0) - target.absolute[4]).toBeCloseTo(sticker.absolute[4] * scale, -2);
      expect.soft((edit?.absolute[5] ?? 0) - target.absolute[5]).toBeCloseTo(sticker.absolute[5] * scale, -2);
      expect.soft((edit?.width ?? 0) / sticker.width).toBeGreaterThan(0.7 * scale);
      expect.soft((edit?.width ?? 0) / sticker.width).toBeLessThan(1.4 * scale);
    }
    expect(host.undoSteps).toBe(steps + 1);

    const again = await plugin.run('propagate-pictures');
    await press(again, again.button('Find matches'));
    await press(again, again.button('Place on 2 pictures'));
    await again.ui.getByText('Updated 2 edits').waitFor();
    expect(host.nodes().filter(({ props }) => props.name === 'Edit of home')).toHaveLength(2);
    await press(again, again.button('Undo'));
    await again.heading('Edit undone').waitFor();
    host.undo();
    expect(host.snapshot()).toEqual(before);
    expect(host.errors).toEqual([]);
  });

  test('finds what differs between two versions, and says where it does not fit', async ({ plugin, daemon }) => {
    const figma = await plugin.run('propagate-pictures');
    await pairByCode(figma, daemon.code);
    await pickFrames(plugin, figma, 'home', ['dark', 'first']);
    plugin.select('edited');
    await press(figma, figma.button('Use “edited” as after'));
    await press(figma, figma.button('Find matches'));
    await figma.heading('Edit of “home”').waitFor();
    await saveScreenshot(figma, 'pictures-4-difference');
    await figma.ui.getByRole('region', { name: 'first' }).getByText('No fit').waitFor();
    await press(figma, figma.button('Place on 1 picture'));
    await figma.heading('Edit propagated').waitFor();
    const [edit] = plugin.host.nodes().filter(({ props }) => props.name === 'Edit of home');
    // the edited version has a bar of 300 × 80 at (100, 400)
    const dark = plugin.host.byKey('dark');
    expect.soft((edit?.absolute[4] ?? 0) - dark.absolute[4]).toBeCloseTo(100, -1.5);
    expect.soft((edit?.absolute[5] ?? 0) - dark.absolute[5]).toBeCloseTo(400, -1.5);
    expect.soft(edit?.width).toBeCloseTo(300, -1.5);
    expect(plugin.host.errors).toEqual([]);
  });
});
