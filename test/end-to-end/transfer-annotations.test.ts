import { describe, expect } from 'vitest';
import { ANNOTATED } from '../figma-host/documents/inbox-document.js';
import { annotationsByPart, contentByPart } from './annotations-by-part.js';
import { test } from './fixtures.js';
import { press, tabTo } from './keyboard.js';
import { applyPreview, pairByCode, pickFrames, saveFrame, saveScreenshot, startRun } from './steps.js';

const EXPECTED = contentByPart(ANNOTATED);
const TARGETS = ['dark:screen', 'large:screen'];

describe('transferring annotations', () => {
  test('adds every annotation to the correct layer of each target in one undo step', async ({ plugin, daemon }) => {
    const { host } = plugin;
    const figma = await plugin.run('transfer-annotations');
    await pairByCode(figma, daemon.code);
    await pickFrames(plugin, figma, 'light:screen', TARGETS);
    await saveScreenshot(figma, 'annotations-1-pick');
    await startRun(figma);
    await saveScreenshot(figma, 'annotations-2-progress');
    await figma.heading('Preview').waitFor();
    await saveScreenshot(figma, 'annotations-3-preview');
    const [before, steps] = [host.snapshot(), host.undoSteps];
    await applyPreview(figma);
    await saveScreenshot(figma, 'annotations-4-done');
    for (const key of ['light:screen', ...TARGETS]) await saveFrame(plugin, key, `annotations-${key}`);

    expect(annotationsByPart(host, 'dark')).toEqual(EXPECTED);
    expect(annotationsByPart(host, 'large')).toEqual(EXPECTED);
    expect(host.undoSteps).toBe(steps + 1);
    host.undo();
    expect(host.snapshot()).toEqual(before);
    expect(host.errors).toEqual([]);
  });

  test('starts a second run with the same frames and updates its annotations', async ({ plugin, daemon }) => {
    const first = await plugin.run('transfer-annotations');
    await pairByCode(first, daemon.code);
    await pickFrames(plugin, first, 'light:screen', ['dark:screen']);
    await startRun(first);
    await applyPreview(first);
    plugin.host.editAnnotations(plugin.id('light:bell'), [{ label: 'Opens the sheet' }]);

    const second = await plugin.run('transfer-annotations');
    await press(second, second.button('Find matches'));
    await applyPreview(second);
    await second.ui.getByText('Updated 9 annotations').waitFor();
    await saveScreenshot(second, 'annotations-5-updated');
    expect(annotationsByPart(plugin.host, 'dark')).toEqual(annotationsByPart(plugin.host, 'light'));
  });

  test('with the keyboard alone keeps what someone has changed, unless it is chosen, and selects what it made', async ({
    plugin,
    daemon,
  }) => {
    const { host } = plugin;
    const first = await plugin.run('transfer-annotations');
    await pairByCode(first, daemon.code);
    await pickFrames(plugin, first, 'light:screen', ['dark:screen']);
    await press(first, first.button('Find matches'));
    await press(first, first.button(/^Apply \d+ items$/));
    await first.heading('Transfer complete').waitFor();
    await press(first, first.button('Select and close'));
    await expect.poll(() => host.selection().includes(plugin.id('dark:bell'))).toBe(true);

    host.editAnnotations(plugin.id('dark:bell'), [{ label: 'In our own words' }]);
    const second = await plugin.run('transfer-annotations');
    await press(second, second.button('Find matches'));
    await press(second, second.button(/^Conflicts 1$/), 'Space');
    const row = second.ui.getByRole('listitem').filter({ hasText: 'In our own words' });
    const box = row.getByRole('checkbox');
    await box.waitFor();
    expect(await box.isChecked()).toBe(false);
    await saveScreenshot(second, 'annotations-6-conflict');
    await tabTo(second, second.ui.locator('.virtual-list [tabindex="0"]').first());
    await second.page.keyboard.press('ArrowDown');
    await second.page.keyboard.press('Space');
    await press(second, second.button(/^Apply 9 items$/));
    await second.heading('Transfer complete').waitFor();
    const labels = host
      .annotations(plugin.id('dark:bell'))
      .map((annotation) => Reflect.get(Object(annotation), 'label'));
    expect(labels).toEqual(['In our own words', 'Opens the notification sheet']);
  });
});
