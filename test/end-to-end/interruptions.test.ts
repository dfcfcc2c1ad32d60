import { describe, expect } from 'vitest';
import { test } from './fixtures.js';
import { press } from './keyboard.js';
import { applyPreview, pairByCode, pickFrames, saveScreenshot, startRun } from './steps.js';

const TARGETS = ['dark:screen', 'large:screen'];

describe('an interrupted run', () => {
  test('continues while the plugin is closed, and is rejoined', async ({ plugin, daemon }) => {
    const first = await plugin.run('transfer-annotations');
    await pairByCode(first, daemon.code);
    await pickFrames(plugin, first, 'light:screen', TARGETS);
    await startRun(first);
    const started = plugin.startedJobs;
    expect(started).toHaveLength(1);
    expect(plugin.sentImages).toBe(3);
    await plugin.closeWindow();

    const second = await plugin.run('transfer-annotations');
    await second.heading('Preview').waitFor();
    expect(plugin.startedJobs).toEqual(started);
    expect(plugin.sentImages).toBe(0);
    await applyPreview(second);
  });

  test('can be cancelled, and a second run succeeds', async ({ plugin, daemon }) => {
    const figma = await plugin.run('transfer-annotations');
    await pairByCode(figma, daemon.code);
    await pickFrames(plugin, figma, 'light:screen', TARGETS);
    await startRun(figma);
    await press(figma, figma.button('Cancel'));
    await startRun(figma);
    await applyPreview(figma);
    const [first, ...later] = plugin.startedJobs;
    expect(plugin.cancelledJobs).toEqual([first]);
    expect(later).toHaveLength(1);
  });

  test('fails when the engine dies, and can be retried', async ({ plugin, daemon }) => {
    const figma = await plugin.run('transfer-annotations');
    await pairByCode(figma, daemon.code);
    await pickFrames(plugin, figma, 'light:screen', TARGETS);
    await startRun(figma);
    daemon.killEngine();
    await figma.heading('The engine stopped').waitFor();
    await saveScreenshot(figma, 'interruptions-engine-stopped');
    await press(figma, figma.button('Try again'));
    await applyPreview(figma);
    expect(plugin.startedJobs).toHaveLength(2);
  });
});
