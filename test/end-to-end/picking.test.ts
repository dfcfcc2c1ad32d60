import { describe, expect, vi } from 'vitest';
import { test } from './fixtures.js';
import { press, tabTo } from './keyboard.js';
import { pairByCode } from './steps.js';

describe('picking', () => {
  test('proposes roles, leaves out what cannot be used, and works with the keyboard alone', async ({
    plugin,
    daemon,
  }) => {
    const { host } = plugin;
    plugin.select('large:screen', 'light:screen', 'dark:screen');
    const figma = await plugin.run('transfer-annotations');
    await pairByCode(figma, daemon.code);
    const list = (name: string) => figma.ui.getByRole('region', { name }).getByRole('listitem');
    await list('Source').getByText('Inbox / Light').waitFor();
    expect(await list('Targets').allTextContents()).toEqual([
      expect.stringContaining('Frame 2041'),
      expect.stringContaining('Frame 2042'),
    ]);
    // the thumbnails are images that Figma has exported
    await vi.waitFor(async () => expect(await figma.ui.locator('.pick-thumbnail canvas').count()).toBe(3));
    host.edit(plugin.id('large:screen'), { visible: false });
    const steps = host.undoSteps;
    await figma.ui.getByText('1 target is left out of the run.').waitFor();
    await tabTo(figma, 'Find matches');
    await figma.page.keyboard.press('Enter');
    await figma.heading('Preview').waitFor();
    await figma.ui.getByText('“Frame 2042” is hidden.').first().waitFor();
    await figma.page.keyboard.press('Escape');
    await list('Targets').getByText('Frame 2042').first().waitFor();
    await figma.page.keyboard.press('Escape');
    await vi.waitFor(() => expect(host.reports.map(({ kind }) => kind)).toContain('closePlugin'));
    expect(host.undoSteps).toBe(steps);
  });

  test('adds all frames that look like the source', async ({ plugin, daemon }) => {
    plugin.select('dark:screen');
    const figma = await plugin.run('inspect-point');
    await pairByCode(figma, daemon.code);
    // the selected frame is the source
    await press(figma, figma.button('Find frames like “Frame 2041” on this page'));
    await press(figma, figma.button('Add 1 frame with a name like the source’s'));
    await figma.ui.getByRole('region', { name: 'Targets' }).getByText('Frame 2042').waitFor();
  });
});
