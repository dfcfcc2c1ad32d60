import { expect } from 'vitest';
import type { Command } from '../../plugin/src/shared/messages.js';
import type { FigmaPage } from '../figma-host/figma-page.js';
import type { RawNode } from '../figma-host/spec.js';
import { test } from './fixtures.js';
import type { PluginInFigma } from './plugin-in-figma.js';
import { pairByCode, saveScreenshot } from './steps.js';

const SOURCE = 'light:screen';
const TARGETS = ['dark:screen', 'large:screen'];
const LAYERS = ['light:callout', 'light:sticker'];

/** Waits for a button, focuses it and presses it, as the Tab key and Enter do. */
async function press(figma: FigmaPage, name: string | RegExp): Promise<void> {
  await figma.button(name).click({ trial: true });
  await figma.button(name).focus();
  await figma.page.keyboard.press('Enter');
}

/** Transfers to both targets, by the keyboard alone. */
async function transfer(plugin: PluginInFigma, command: Command, code: string | null): Promise<void> {
  // the window takes the selected layers, with the frames of the last run
  if (command === 'transfer-layers') plugin.select(...LAYERS);
  const figma = await plugin.run(command);
  if (code !== null) {
    await pairByCode(figma, code);
    plugin.select(SOURCE);
    await press(figma, /^Use “.*” as source$/);
    plugin.select(...TARGETS);
    await press(figma, /^Add .* as targets?$/);
  }
  await press(figma, 'Find matches');
  await figma.heading('Preview').waitFor();
  await press(figma, 'Select all');
  await press(figma, /^Apply \d+ items?$/);
  await figma.heading('Transfer complete').waitFor();
}

/** Figma keeps an empty list where a layer has had annotations; that is all that is left. */
function comparable(nodes: readonly RawNode[]) {
  return nodes.map(({ props: { annotations, ...props }, ...node }) => {
    const isEmpty = Array.isArray(annotations) && annotations.length === 0;
    return { ...node, props: isEmpty || annotations === undefined ? props : { ...props, annotations } };
  });
}

test('what annotations and layers were transferred is removed in one step, and comes back with one undo', async ({
  plugin,
  daemon,
}) => {
  const { host } = plugin;
  const before = host.snapshot();
  await transfer(plugin, 'transfer-annotations', daemon.code);
  await transfer(plugin, 'transfer-layers', null);
  const transferred = host.snapshot();
  expect(comparable(transferred)).not.toEqual(comparable(before));

  plugin.select(...TARGETS);
  const figma = await plugin.run('remove-transferred');
  const remove = figma.button(/^Remove \d+ items$/);
  await remove.waitFor();
  await saveScreenshot(figma, 'remove-1-list');
  // through the choice of where to look and the list
  for (const _ of [1, 2, 3]) await figma.page.keyboard.press('Tab');
  expect(await remove.evaluate((button) => button === document.activeElement)).toBe(true);
  await figma.page.keyboard.press('Enter');
  await figma.heading('Removed from 2 frames').waitFor();
  await saveScreenshot(figma, 'remove-2-removed');
  expect(comparable(host.snapshot())).toEqual(comparable(before));

  await press(figma, 'Undo');
  await figma.heading('Removal undone').waitFor();
  expect(host.snapshot()).toEqual(transferred);
  await press(figma, 'Back to the list');
  await remove.waitFor();
  expect(host.errors).toEqual([]);
});
