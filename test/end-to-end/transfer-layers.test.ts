import { describe, expect } from 'vitest';
import type { InspectedNode } from '../figma-host/figma-host.js';
import { test } from './fixtures.js';
import type { PluginInFigma } from './plugin-in-figma.js';
import {
  applyPreview,
  includeAll,
  keepPicture,
  keepScreenshot,
  pairByCode,
  pickFrames,
  pickLayers,
  startRun,
} from './steps.js';

const TARGETS = ['dark', 'large'] as const;

/** What each overlay is about. */
const ABOUT = { callout: 'banner', arrow: 'button', sticker: 'bell' } as const;
type Overlay = keyof typeof ABOUT;

/**
 * In units of the frame: half of an icon. An arrow this far off still points at its button, a sticker still touches
 * its icon, and the targets' own spacing differs from the source's by about as much.
 */
const TOLERANCE = 12;

describe('transferring layers from the canvas through the daemon and back', () => {
  test('overlays land beside the same thing in every target, and one undo takes all back', async ({
    plugin,
    daemon,
  }) => {
    const { host } = plugin;
    const figma = await plugin.run('transfer-layers');
    await pairByCode(figma, daemon.code);
    await pickLayers(plugin, figma, ['light:callout', 'light:arrow', 'light:sticker']);
    await pickFrames(plugin, figma, 'light:screen', ['dark:screen', 'large:screen']);
    await keepScreenshot(figma, 'layers-1-pick');
    await startRun(figma);
    await keepScreenshot(figma, 'layers-2-progress');
    await figma.heading('Preview').waitFor();
    await keepScreenshot(figma, 'layers-3-preview');
    await includeAll(figma);
    const [before, steps] = [host.snapshot(), host.undoSteps];
    await applyPreview(figma);
    await keepScreenshot(figma, 'layers-4-done');
    await keepPicture(plugin, 'light:screen', 'layers-light');
    for (const target of TARGETS) await keepPicture(plugin, `${target}:screen`, `layers-${target}`);

    for (const target of TARGETS) {
      for (const overlay of ['callout', 'arrow', 'sticker'] as const) {
        expect.soft(offsetOf(plugin, overlay, target), `${overlay} in ${target}`).toBeLessThan(TOLERANCE);
      }
    }
    expect(host.undoSteps).toBe(steps + 1);
    host.undo();
    expect(host.snapshot()).toEqual(before);
    expect(host.errors).toEqual([]);
  });

  test('a second run moves the first one’s copies instead of adding more', async ({ plugin, daemon }) => {
    const first = await plugin.run('transfer-layers');
    await pairByCode(first, daemon.code);
    await pickLayers(plugin, first, ['light:callout', 'light:sticker']);
    await pickFrames(plugin, first, 'light:screen', ['dark:screen']);
    await startRun(first);
    await includeAll(first);
    await applyPreview(first);
    const { length: nodes } = plugin.host.nodes();

    plugin.select('light:callout', 'light:sticker');
    const second = await plugin.run('transfer-layers');
    await second.button('Find matches').click();
    await includeAll(second);
    await applyPreview(second);
    await second.ui.getByText('Updated 2 layers').waitFor();
    expect(plugin.host.nodes()).toHaveLength(nodes);
  });
});

/** How far the copy is from where it would be beside the target's thing as the overlay is beside the source's. */
function offsetOf(plugin: PluginInFigma, overlay: Overlay, target: string): number {
  const about = ABOUT[overlay];
  const original = plugin.host.byKey(`light:${overlay}`);
  const screen = plugin.id(`${target}:screen`);
  const copy = plugin.host.nodes().find(({ parentId, key }) => parentId === screen && key === original.key);
  if (copy === undefined) return Number.POSITIVE_INFINITY;
  const from = between(original, plugin.host.byKey(`light:${about}`));
  const to = between(copy, plugin.host.byKey(`${target}:${about}`));
  return Math.hypot(to.x - from.x, to.y - from.y);
}

/** From the middle of one node to the middle of another, on the canvas. */
function between(from: InspectedNode, to: InspectedNode): { x: number; y: number } {
  const [a, b] = [middleOf(from), middleOf(to)];
  return { x: b.x - a.x, y: b.y - a.y };
}

function middleOf({ absolute: [a, b, c, d, e, f], width, height }: InspectedNode): { x: number; y: number } {
  return { x: e + (a * width + c * height) / 2, y: f + (b * width + d * height) / 2 };
}
