import { describe, expect } from 'vitest';
import { test } from './fixtures.js';
import { press } from './keyboard.js';
import { pairByCode, saveScreenshot, startRun } from './steps.js';

const PARTS = ['title', 'bell', 'button', 'row-2/avatar', 'tab-2/icon'] as const;

describe('selecting matching layers', () => {
  test('selects the counterparts of the selected layers in the other selected frames', async ({ plugin, daemon }) => {
    const { host } = plugin;
    plugin.select(...PARTS.map((part) => `light:${part}`), 'dark:screen', 'large:screen');
    const [before, steps] = [host.snapshot(), host.undoSteps];
    const figma = await plugin.run('select-matching');
    await pairByCode(figma, daemon.code);
    await figma.heading(/^Layers of “Inbox \/ Light”/).waitFor();
    await saveScreenshot(figma, 'select-1-pick');
    await startRun(figma);
    await figma.heading(/^Selected \d+ layers in 2 of 2 frames$/).waitFor();
    await saveScreenshot(figma, 'select-2-selected');
    const doubtful = figma.ui.getByLabel(/^Include doubtful/);
    if (await doubtful.isVisible()) await press(figma, doubtful, 'Space');
    await figma.heading(/^Selected 10 layers/).waitFor();
    const expected = ['dark', 'large'].flatMap((frame) => PARTS.map((part) => plugin.id(`${frame}:${part}`)));
    expect([...host.selection()].sort()).toEqual(expected.sort());

    plugin.select('light:screen');
    await press(figma, figma.button('Select again'));
    await figma.heading(/^Selected 10 layers/).waitFor();
    await press(figma, figma.ui.getByLabel(/^Include the source’s own layers/), 'Space');
    await figma.heading(/^Selected 15 layers/).waitFor();
    expect(host.selection()).toHaveLength(15);
    expect(host.snapshot()).toEqual(before);
    expect(host.undoSteps).toBe(steps);
    expect(host.errors).toEqual([]);
  });
});
