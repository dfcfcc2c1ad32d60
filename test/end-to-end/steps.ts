import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import type { FigmaPage } from '../figma-host/figma-page.js';
import type { PluginInFigma } from './plugin-in-figma.js';

/** More tab stops than any screen has. */
const MOST_STOPS = 60;

/** Moves the focus with Tab. */
export async function tabTo(figma: FigmaPage, control: Locator): Promise<void> {
  await control.waitFor();
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    if (await control.evaluate((element) => element === element.ownerDocument.activeElement)) return;
    await figma.page.keyboard.press('Tab');
  }
  throw new Error('Tab does not reach the control');
}

/** Presses a key on a control that Tab reaches. */
export async function pressOn(figma: FigmaPage, control: Locator, key: string): Promise<void> {
  await tabTo(figma, control);
  await figma.page.keyboard.press(key);
}

/** Enters the pairing code. */
export async function pairByCode(figma: FigmaPage, code: string): Promise<void> {
  await figma.ui.getByLabel('Six-digit pairing code').fill(code);
}

/** Selects and picks the source, then all targets. */
export async function pickFrames(
  plugin: PluginInFigma,
  figma: FigmaPage,
  sourceKey: string,
  targetKeys: readonly string[],
): Promise<void> {
  plugin.select(sourceKey);
  await figma.button(/^Use “.*” as source$/).click();
  plugin.select(...targetKeys);
  await figma.button(/^Add .* as targets?$/).click();
}

/** Selects and picks layers. */
export async function pickLayers(plugin: PluginInFigma, figma: FigmaPage, keys: readonly string[]): Promise<void> {
  plugin.select(...keys);
  await figma.button(/^Add (layer|\d+ selected layers)/).click();
}

/** Starts the run and waits until the engine reports progress. */
export async function startRun(figma: FigmaPage): Promise<void> {
  const progress = figma.nextFromDaemon('job.progress');
  await figma.button('Find matches').click();
  await progress;
}

/** Includes the rows with low confidence. */
export async function includeAll(figma: FigmaPage): Promise<void> {
  await figma.heading('Preview').waitFor();
  const all = figma.button('Select all');
  if (await all.isEnabled()) await all.click();
}

/** Waits for the preview and applies it. */
export async function applyPreview(figma: FigmaPage): Promise<void> {
  await figma.heading('Preview').waitFor();
  await figma.button(/^Apply \d+ items?$/).click();
  await figma.heading('Transfer complete').waitFor();
}

/** Folder for screenshots of the test run; none are saved without it. */
const FOLDER = process.env.SAMEPOINT_TEST_SCREENSHOTS;

/** Saves a screenshot of the plugin window. */
export async function saveScreenshot(figma: FigmaPage, name: string): Promise<void> {
  if (FOLDER !== undefined) await save(name, await figma.page.screenshot());
}

/** Saves an image of a frame on the canvas. */
export async function saveFrame(plugin: PluginInFigma, key: string, name: string): Promise<void> {
  if (FOLDER !== undefined) await save(name, await plugin.host.export(plugin.id(key), 2));
}

async function save(name: string, png: Uint8Array): Promise<void> {
  if (FOLDER === undefined) return;
  await mkdir(FOLDER, { recursive: true });
  await writeFile(join(FOLDER, `${name}.png`), png);
}
