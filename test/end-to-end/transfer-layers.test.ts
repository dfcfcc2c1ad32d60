import { describe, expect } from 'vitest';
import type { InspectedNode } from '../figma-host/figma-host.js';
import { test } from './fixtures.js';
import { press } from './keyboard.js';
import type { PluginInFigma } from './plugin-in-figma.js';
import {
  applyPreview,
  includeAll,
  pairByCode,
  pickFrames,
  pickLayers,
  saveFrame,
  saveScreenshot,
  startRun,
} from './steps.js';

const TARGETS = ['dark', 'large'] as const;

/** The part that each overlay refers to. */
const REFERENCE = { callout: 'banner', arrow: 'button', sticker: 'bell' } as const;
type Overlay = keyof typeof REFERENCE;

/** Half an icon, in canvas units. The spacing of targets and source differs by about as much. */
const TOLERANCE = 12;

describe('transferring layers', () => {
  test('places overlays beside the same part of each target in one undo step', async ({ plugin, daemon }) => {
    const { host } = plugin;
    const figma = await plugin.run('transfer-layers');
    await pairByCode(figma, daemon.code);
    await pickLayers(plugin, figma, ['light:callout', 'light:arrow', 'light:sticker']);
    await pickFrames(plugin, figma, 'light:screen', ['dark:screen', 'large:screen']);
    await saveScreenshot(figma, 'layers-1-pick');
    await startRun(figma);
    await saveScreenshot(figma, 'layers-2-progress');
    await figma.heading('Preview').waitFor();
    await saveScreenshot(figma, 'layers-3-preview');
    await includeAll(figma);
    const [before, steps] = [host.snapshot(), host.undoSteps];
    await applyPreview(figma);
    await saveScreenshot(figma, 'layers-4-done');
    await saveFrame(plugin, 'light:screen', 'layers-light');
    for (const target of TARGETS) await saveFrame(plugin, `${target}:screen`, `layers-${target}`);

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

  test('updates the copies of an earlier run', async ({ plugin, daemon }) => {
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
    await press(second, second.button('Find matches'));
    await includeAll(second);
    await applyPreview(second);
    await second.ui.getByText('Updated 2 layers').waitFor();
    expect(plugin.host.nodes()).toHaveLength(nodes);
  });
});

/** The distance of the copy from the position that the overlay has relative to its reference in the source. */
function offsetOf(plugin: PluginInFigma, overlay: Overlay, target: string): number {
  const about = REFERENCE[overlay];
  const original = plugin.host.byKey(`light:${overlay}`);
  const screen = plugin.id(`${target}:screen`);
  const copy = plugin.host.nodes().find(({ parentId, key }) => parentId === screen && key === original.key);
  if (copy === undefined) return Number.POSITIVE_INFINITY;
  const from = between(original, plugin.host.byKey(`light:${about}`));
  const to = between(copy, plugin.host.byKey(`${target}:${about}`));
  return Math.hypot(to.x - from.x, to.y - from.y);
}

/** The vector from the centre of one node to the centre of another, on the canvas. */
function between(from: InspectedNode, to: InspectedNode): { x: number; y: number } {
  const [a, b] = [centreOf(from), centreOf(to)];
  return { x: b.x - a.x, y: b.y - a.y };
}

function centreOf({ absolute: [a, b, c, d, e, f], width, height }: InspectedNode): { x: number; y: number } {
  return { x: e + (a * width + c * height) / 2, y: f + (b * width + d * height) / 2 };
}
