import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FigmaPage } from '../figma-host/figma-page.js';
import type { PluginInFigma } from './plugin-in-figma.js';

/** Types the six digits where the plugin asks for them. */
export async function pairByCode(figma: FigmaPage, code: string): Promise<void> {
  await figma.ui.getByLabel('Six-digit pairing code').fill(code);
}

/** Selects on the canvas and presses the plugin's buttons, first for the source, then for all targets at once. */
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

/** Selects the layers on the canvas and adds them all. */
export async function pickLayers(plugin: PluginInFigma, figma: FigmaPage, keys: readonly string[]): Promise<void> {
  plugin.select(...keys);
  await figma.button(/^Add (layer|\d+ selected layers)/).click();
}

/** Starts the run and waits until the engine works at it. */
export async function startRun(figma: FigmaPage): Promise<void> {
  await figma.button('Find matches').click();
  await figma.ui.getByText(/^(Analyzing frames|Finding matches), /).waitFor();
}

/** Includes what the preview leaves out because it is not sure enough. */
export async function includeAll(figma: FigmaPage): Promise<void> {
  await figma.heading('Preview').waitFor();
  const all = figma.button('Select all');
  if (await all.isEnabled()) await all.click();
}

/** Applies what is included in the preview, once it is there. */
export async function applyPreview(figma: FigmaPage): Promise<void> {
  await figma.heading('Preview').waitFor();
  await figma.button(/^Apply \d+ items?$/).click();
  await figma.heading('Transfer complete').waitFor();
}

/** Where a run leaves pictures for a person to look at; nowhere unless it is asked to. */
const FOLDER = process.env.SAMEPOINT_TEST_PICTURES;

/** A picture of the plugin's window. */
export async function keepScreenshot(figma: FigmaPage, name: string): Promise<void> {
  if (FOLDER !== undefined) await keep(name, await figma.page.screenshot());
}

/** A picture of a frame of the canvas. */
export async function keepPicture(plugin: PluginInFigma, key: string, name: string): Promise<void> {
  if (FOLDER !== undefined) await keep(name, await plugin.host.export(plugin.id(key), 2));
}

async function keep(name: string, png: Uint8Array): Promise<void> {
  if (FOLDER === undefined) return;
  await mkdir(FOLDER, { recursive: true });
  await writeFile(join(FOLDER, `${name}.png`), png);
}
