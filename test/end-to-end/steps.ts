import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FigmaPage } from '../figma-host/figma-page.js';
import { press, tabTo } from './keyboard.js';
import type { PluginInFigma } from './plugin-in-figma.js';

/** Enters the pairing code. */
export async function pairByCode(figma: FigmaPage, code: string): Promise<void> {
  await tabTo(figma, figma.ui.getByLabel('Six-digit pairing code'));
  await figma.page.keyboard.type(code);
}

/** Selects and picks the source, then all targets. */
export async function pickFrames(
  plugin: PluginInFigma,
  figma: FigmaPage,
  sourceKey: string,
  targetKeys: readonly string[],
): Promise<void> {
  plugin.select(sourceKey);
  await press(figma, figma.button(/^Use “.*” as source$/));
  plugin.select(...targetKeys);
  await press(figma, figma.button(/^Add .* as targets?$/));
}

/** Selects and picks layers. */
export async function pickLayers(plugin: PluginInFigma, figma: FigmaPage, keys: readonly string[]): Promise<void> {
  plugin.select(...keys);
  await press(figma, figma.button(/^Add (layer|\d+ selected layers)/));
}

/** Starts the run and waits until the engine reports progress. */
export async function startRun(figma: FigmaPage): Promise<void> {
  const progress = figma.nextFromDaemon('job.progress');
  await press(figma, figma.button('Find matches'));
  await progress;
}

/** Includes the rows with low confidence. */
export async function includeAll(figma: FigmaPage): Promise<void> {
  await figma.heading('Preview').waitFor();
  const all = figma.button('Select all');
  if (await all.isEnabled()) await press(figma, all);
}

/** Waits for the preview and applies it. */
export async function applyPreview(figma: FigmaPage): Promise<void> {
  await figma.heading('Preview').waitFor();
  await press(figma, figma.button(/^Apply \d+ items?$/));
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
