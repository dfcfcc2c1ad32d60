import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import axe from 'axe-core';
import sharp from 'sharp';
import { expect } from 'vitest';
import type { FigmaPage } from '../../../test/figma-host/figma-page.js';

/** Folder for pictures of the screens; none are saved without it. */
const FOLDER = process.env.SAMEPOINT_TEST_SCREENSHOTS;

/**
 * Checks the screen in both themes: it has one heading and no violation of WCAG 2.2 AA that axe finds. Saves a picture
 * `<name>.png` of both themes side by side if SAMEPOINT_TEST_SCREENSHOTS names a folder.
 */
export async function look(figma: FigmaPage, name: string): Promise<void> {
  expect(await figma.ui.locator('h1').count(), `headings of “${name}”`).toBe(1);
  const shots: Buffer[] = [];
  for (const theme of ['dark', 'light'] as const) {
    await figma.setTheme(theme);
    expect(await violations(figma), `“${name}” in the ${theme} theme`).toEqual([]);
    if (FOLDER !== undefined) shots.unshift(await figma.page.screenshot());
  }
  if (FOLDER !== undefined) await save(shots, join(FOLDER, `${name}.png`));
}

/** Between the themes, in pixels of a picture. */
const GAP = 8;

async function save(shots: readonly Buffer[], path: string): Promise<void> {
  const images = await Promise.all(shots.map(halve));
  const [first] = images;
  if (first === undefined) return;
  const { width, height } = first.info;
  await mkdir(join(path, '..'), { recursive: true });
  const background = { r: 136, g: 136, b: 136, alpha: 1 };
  await sharp({ create: { width: images.length * (width + GAP) - GAP, height, channels: 4, background } })
    .composite(images.map(({ data }, index) => ({ input: data, left: index * (width + GAP), top: 0 })))
    .png({ palette: true, colours: 64, effort: 10 })
    .toFile(path);
}

/** A screenshot has two pixels for each CSS pixel. */
async function halve(png: Buffer) {
  const { width } = await sharp(png).metadata();
  return sharp(png)
    .resize({ width: width / 2 })
    .toBuffer({ resolveWithObject: true });
}

/** What axe finds, as one line each. */
async function violations(figma: FigmaPage): Promise<string[]> {
  const frame = figma.uiFrame;
  if (!(await frame.evaluate(() => 'axe' in window))) await frame.evaluate(axe.source);
  return frame.evaluate(
    async (tags) => {
      const loaded: typeof axe = Reflect.get(window, 'axe');
      const { violations } = await loaded.run(document, { runOnly: tags, resultTypes: ['violations'] });
      return violations.flatMap(({ id, nodes }) => {
        return nodes.map(({ html, any }) => `${id}: ${html.slice(0, 120)} ${any[0]?.message ?? ''}`);
      });
    },
    ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
  );
}
