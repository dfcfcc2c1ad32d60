import { describe, expect, vi } from 'vitest';
import type { FigmaPage } from '../figma-host/figma-page.js';
import { test } from './fixtures.js';
import { pairByCode } from './steps.js';

/** Moves the focus with Tab to the button with this name. */
async function tabTo(figma: FigmaPage, name: string): Promise<void> {
  const isFocused = () => figma.button(name).evaluate((element) => element === document.activeElement);
  for (let presses = 0; presses < 40 && !(await isFocused()); presses += 1) await figma.page.keyboard.press('Tab');
  expect(await isFocused()).toBe(true);
}

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
    await figma.button('Use “Frame 2041” as source').click();
    await figma.button('Find frames like “Frame 2041” on this page').click();
    await figma.button('Add 1 frame with a name like the source’s').click();
    await figma.ui.getByRole('region', { name: 'Targets' }).getByText('Frame 2042').waitFor();
  });
});
