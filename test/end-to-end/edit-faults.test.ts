import { describe, expect } from 'vitest';
import { inboxDocument } from '../figma-host/documents/inbox-document.js';
import type { FigmaPage } from '../figma-host/figma-page.js';
import { BROWSER_TIMEOUT_MS } from '../figma-host/launch-chromium.js';
import { test as base } from './fixtures.js';
import { press } from './keyboard.js';
import type { PluginInFigma } from './plugin-in-figma.js';
import { pairByCode, saveScreenshot, startRun } from './steps.js';

const test = base.override('document', () => {
  const document = inboxDocument();
  return { ...document, children: document.children.slice(0, 2) };
});

const SOURCE = 'light:screen';
const TARGET = 'dark:screen';

describe('recorded edits', () => {
  test('are applied though the daemon stops and a layer is deleted during the preview', async ({ plugin, daemon }) => {
    await recordAndEdit(plugin);
    const figma = await plugin.run('transfer-edits');
    await pairByCode(figma, daemon.code);
    await pickRecording(plugin, figma);
    await startRun(figma);
    await figma.heading('Edits').waitFor();

    await daemon.stop();
    plugin.host.removeNode(plugin.id('dark:search'));
    await press(figma, figma.button(/^Apply \d+ changes?$/));
    await figma.heading('Transfer complete').waitFor();
    await saveScreenshot(figma, 'edit-faults-1-skipped');
    await figma.ui.getByText('The layer was deleted after the preview.').first().waitFor();
    expect(plugin.host.byKey('dark:button-words').props.characters).toBe('Add people');
    plugin.host.undo();
    expect(plugin.host.byKey('dark:button-words').props.characters).not.toBe('Add people');
    expect(plugin.host.errors).toEqual([]);
  });

  test('outlive the window, and belong to the frame and not to its duplicate', async ({ plugin, daemon }) => {
    await recordAndEdit(plugin);
    const duplicate = plugin.host.duplicate(plugin.id(SOURCE));
    const first = await plugin.run('transfer-edits');
    await pairByCode(first, daemon.code);
    await first.ui.getByRole('radio').first().waitFor();
    await plugin.closeWindow();

    const figma = await plugin.run('transfer-edits');
    await pickRecording(plugin, figma);
    plugin.host.select([duplicate]);
    await press(figma, figma.button(/^Add .* as targets?$/));
    await startRun(figma);
    await figma.heading('Edits').waitFor();
    await saveScreenshot(figma, 'edit-faults-2-duplicate');
    const before = subtree(plugin, duplicate);
    await press(figma, figma.button(/^Apply \d+ changes?$/));
    await figma.heading('Transfer complete').waitFor();
    expect(plugin.host.byKey('dark:button-words').props.characters).toBe('Add people');
    // the duplicate was made after the edits, so that it has them already
    expect(subtree(plugin, duplicate)).toEqual(before);
  });

  test('of a deleted frame are named as such, and can be forgotten', async ({ plugin, daemon }) => {
    await recordAndEdit(plugin);
    plugin.host.removeNode(plugin.id(SOURCE));
    const figma = await plugin.run('transfer-edits');
    await pairByCode(figma, daemon.code);
    await figma.ui.getByText('The frame was deleted.').waitFor();
    await saveScreenshot(figma, 'edit-faults-3-deleted');
    expect(await figma.ui.getByRole('radio').isDisabled()).toBe(true);
    await press(figma, figma.button(/^Delete the recording of/));
    await figma.heading('No recorded edits').waitFor();
  });
});

/** Records the source, and changes a text and a corner in it. */
async function recordAndEdit(plugin: PluginInFigma): Promise<void> {
  const { host } = plugin;
  plugin.select(SOURCE);
  await host.runCommand('record-edits');
  const isRecorded = () => host.reports.some(({ kind }) => kind === 'closePlugin');
  await expect.poll(isRecorded, { timeout: BROWSER_TIMEOUT_MS, interval: 100 }).toBe(true);
  host.editText(plugin.id('light:button-words'), 'Add people');
  host.edit(plugin.id('light:search'), { cornerRadius: 4 });
}

async function pickRecording(plugin: PluginInFigma, figma: FigmaPage): Promise<void> {
  await press(figma, figma.ui.getByRole('radio').first(), 'Space');
  plugin.select(TARGET);
  await press(figma, figma.button(/^Add .* as targets?$/));
}

/** How a frame and its layers look, without plugin data. */
function subtree(plugin: PluginInFigma, rootId: string): unknown {
  const { id, type, props, matrix, width, height, childIds } = plugin.host.node(rootId);
  return { id, type, props, matrix, width, height, children: childIds.map((child) => subtree(plugin, child)) };
}
