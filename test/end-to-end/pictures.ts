import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FigmaPage } from '../figma-host/figma-page.js';
import type { PluginInFigma } from './plugin-in-figma.js';

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
