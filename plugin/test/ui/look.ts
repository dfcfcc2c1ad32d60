import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import axe from 'axe-core';
import { expect } from 'vitest';
import type { FigmaPage } from '../../../test/figma-host/figma-page.js';

/** Folder for screenshots; none are saved without it. */
const FOLDER = process.env.SAMEPOINT_TEST_SCREENSHOTS;
const THEMES = ['light', 'dark'] as const;

/**
 * Checks the screen in both themes: it has one heading and no violation of WCAG 2.2 AA that axe finds. Saves screenshots
 * `<name>-light.png` and `<name>-dark.png` if a folder is named by SAMEPOINT_TEST_SCREENSHOTS.
 */
export async function look(figma: FigmaPage, name: string): Promise<void> {
  expect(await figma.ui.locator('h1').count(), `headings of “${name}”`).toBe(1);
  for (const theme of THEMES) {
    await figma.setTheme(theme);
    expect(await violations(figma), `“${name}” in the ${theme} theme`).toEqual([]);
    if (FOLDER !== undefined) await save(figma, `${name}-${theme}`);
  }
  await figma.setTheme('light');
}

async function save(figma: FigmaPage, name: string): Promise<void> {
  const png = await figma.page.screenshot();
  await mkdir(FOLDER ?? '', { recursive: true });
  await writeFile(join(FOLDER ?? '', `${name}.png`), png);
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
