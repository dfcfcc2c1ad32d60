import { describe, expect } from 'vitest';
import { test } from './fixtures.js';
import { pairByCode, saveFrame, saveScreenshot } from './steps.js';

describe('inspecting a point', () => {
  test('finds the point of a layer in other frames, selects the layer there and puts a note, with the keyboard alone', async ({
    plugin,
    daemon,
  }) => {
    const { host } = plugin;
    const figma = await plugin.run('inspect-point');
    const { keyboard } = figma.page;
    await pairByCode(figma, daemon.code);
    plugin.select('light:screen');
    await figma.button(/^Use “.*” as source$/).press('Enter');
    plugin.select('dark:screen', 'large:screen');
    await figma.button(/^Add .* as targets?$/).press('Enter');
    plugin.select('light:bell');
    await figma.button(/^Add .* as targets?$/).waitFor({ state: 'detached' });
    await figma.button('Find matches').press('Enter');

    // the point starts on the selected layer, and the picture has the focus
    const picture = figma.ui.getByRole('application');
    await picture.and(figma.ui.locator(':focus')).waitFor();
    const place = await figma.ui.getByText(/^x \d+, y \d+$/).textContent();
    await keyboard.press('ArrowDown');
    await expect.poll(() => figma.ui.getByText(/^x \d+, y \d+$/).textContent()).not.toBe(place);
    await figma.button(/ match 1 in “Frame 2041”, similarity/).waitFor();
    await saveScreenshot(figma, 'inspect-1-matches');
    const [before, steps] = [host.snapshot(), host.undoSteps];

    await keyboard.press('Enter');
    await keyboard.press('Enter');
    await figma.ui.getByText('Selected in Figma.').waitFor();
    const [selected = ''] = host.selection();
    expect(pathOf(host.snapshot(), selected)).toContain(plugin.id('dark:bell'));
    expect(host.snapshot()).toEqual(before);

    await keyboard.press('ArrowRight');
    await keyboard.press('Enter');
    await figma.ui.getByRole('textbox', { name: 'Note at match 1 in “Frame 2041”' }).waitFor();
    await keyboard.type('Same bell?');
    await saveScreenshot(figma, 'inspect-2-note');
    await keyboard.press('Enter');
    await figma.ui.getByText('Note placed.').waitFor();
    expect(host.undoSteps).toBe(steps + 1);
    expect(host.nodes().some(({ props }) => props.characters === 'Same bell?')).toBe(true);
    await saveFrame(plugin, 'dark:screen', 'inspect-dark');

    await keyboard.press('Escape');
    await figma.button('Find matches').waitFor();
    host.undo();
    expect(host.nodes().some(({ props }) => props.characters === 'Same bell?')).toBe(false);
    expect(host.errors).toEqual([]);
  });
});

/** Ids of a node and its ancestors. */
function pathOf(nodes: readonly { id: string; parentId: string | null }[], id: string): string[] {
  const node = nodes.find((one) => one.id === id);
  return node === undefined ? [] : [id, ...pathOf(nodes, node.parentId ?? '')];
}
