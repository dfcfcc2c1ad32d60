import { describe, expect } from 'vitest';
import { ANNOTATED } from '../figma-host/documents/inbox-document.js';
import { annotationsByPart, saidByPart } from './annotations-by-part.js';
import { test } from './fixtures.js';
import { applyPreview, keepPicture, keepScreenshot, pairByCode, pickFrames, startRun } from './steps.js';

const EXPECTED = saidByPart(ANNOTATED);
const TARGETS = ['dark:screen', 'large:screen'];

describe('transferring annotations from the canvas through the daemon and back', () => {
  test('every annotation ends on the right layer of every target, and one undo takes all back', async ({
    plugin,
    daemon,
  }) => {
    const { host } = plugin;
    const figma = await plugin.run('transfer-annotations');
    await pairByCode(figma, daemon.code);
    await pickFrames(plugin, figma, 'light:screen', TARGETS);
    await keepScreenshot(figma, 'annotations-1-pick');
    await startRun(figma);
    await keepScreenshot(figma, 'annotations-2-progress');
    await figma.heading('Preview').waitFor();
    await keepScreenshot(figma, 'annotations-3-preview');
    const [before, steps] = [host.snapshot(), host.undoSteps];
    await applyPreview(figma);
    await keepScreenshot(figma, 'annotations-4-done');
    for (const key of ['light:screen', ...TARGETS]) await keepPicture(plugin, key, `annotations-${key}`);

    expect(annotationsByPart(host, 'dark')).toEqual(EXPECTED);
    expect(annotationsByPart(host, 'large')).toEqual(EXPECTED);
    expect(host.undoSteps).toBe(steps + 1);
    host.undo();
    expect(host.snapshot()).toEqual(before);
    expect(host.errors).toEqual([]);
  });

  test('a second run starts from the first one’s frames and updates what it placed', async ({ plugin, daemon }) => {
    const first = await plugin.run('transfer-annotations');
    await pairByCode(first, daemon.code);
    await pickFrames(plugin, first, 'light:screen', ['dark:screen']);
    await startRun(first);
    await applyPreview(first);
    plugin.host.editAnnotations(plugin.id('light:bell'), [{ label: 'Opens the sheet' }]);

    const second = await plugin.run('transfer-annotations');
    await second.button('Find matches').click();
    await applyPreview(second);
    await second.ui.getByText('Updated 9 annotations').waitFor();
    await keepScreenshot(second, 'annotations-5-updated');
    expect(annotationsByPart(plugin.host, 'dark')).toEqual(annotationsByPart(plugin.host, 'light'));
  });
});
