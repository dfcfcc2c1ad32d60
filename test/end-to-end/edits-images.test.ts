import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect } from 'vitest';
import { solid } from '../figma-host/documents/parts.js';
import type { FigmaPage } from '../figma-host/figma-page.js';
import { BROWSER_TIMEOUT_MS } from '../figma-host/launch-chromium.js';
import { Film, useInter } from './film.js';
import { FILMED, PICTURES, saveFilm, test } from './film-fixtures.js';
import type { PluginInFigma } from './plugin-in-figma.js';
import { pairByCode, startRun } from './steps.js';

/** Of waits without an event of their own. */
const PATIENCE = { timeout: BROWSER_TIMEOUT_MS, interval: 100 };

const CAPTION = {
  start: 'Record a frame',
  edit: 'Edit it as usual',
  pick: 'Choose the frames that get the same edits',
  run: 'Samepoint finds the same layers, on your computer',
  check: 'Check every change. Conflicts are off',
  end: 'Apply. One undo reverts everything',
};

test.runIf(PICTURES !== undefined)('draws the film of edits', async ({ browser, plugin, daemon }) => {
  clearAnnotations(plugin);
  const film = new Film(browser, plugin, [FILMED.source, ...FILMED.targets], Object.values(CAPTION));
  film.select(FILMED.source);
  await film.add({ caption: CAPTION.start, ms: 1300 });
  await plugin.host.runCommand('record-edits');
  await expect.poll(() => plugin.host.reports.some(({ kind }) => kind === 'closePlugin'), PATIENCE).toBe(true);
  edit(plugin);
  await film.add({ caption: CAPTION.edit, ms: 1800 });

  const figma = await plugin.run('transfer-edits');
  await useInter(figma);
  await pairByCode(figma, daemon.code);
  await figma.ui.getByRole('radio').first().check();
  film.select(...FILMED.targets);
  await film.press(figma.button(/^Add .* as targets?$/), { caption: CAPTION.pick, ms: 1000, figma });
  await film.add({ caption: CAPTION.pick, ms: 800, figma, pressed: figma.button('Find matches') });
  await startRun(figma);
  await film.add({ caption: CAPTION.run, ms: 900, figma });
  await figma.heading('Edits').waitFor();
  await showTop(figma);
  await save('edits-preview', figma);
  await film.add({ caption: CAPTION.check, ms: 1800, figma });
  await figma.button(/^Conflicts/).click();
  await showTop(figma);
  await save('edits-conflicts', figma);
  await film.add({ caption: CAPTION.check, ms: 2000, figma });
  await film.press(figma.button(/^Apply \d+ changes?$/), { caption: CAPTION.end, ms: 800, figma });
  await figma.heading('Transfer complete').waitFor();
  await film.add({ caption: CAPTION.end, ms: 900, figma });
  film.select();
  await film.add({ caption: CAPTION.end, ms: 2600 });

  await saveFilm(film, 'edits');
});

/** The film is about edits. */
function clearAnnotations({ host }: PluginInFigma): void {
  for (const { id } of host.nodes()) if (host.annotations(id).length > 0) host.editAnnotations(id, []);
}

/** What the designer changes: a text, two colours, a radius, a layer less. */
function edit(plugin: PluginInFigma): void {
  const { host } = plugin;
  const violet = '#7b3ff2';
  host.editText(plugin.id('light:button-words'), 'Share');
  host.edit(plugin.id('light:button'), { fills: solid(violet), cornerRadius: 20 });
  host.edit(plugin.id('light:search'), { cornerRadius: 22 });
  host.edit(plugin.id('light:title'), { fontSize: 28 });
  host.removeNode(plugin.id('light:badge'));
}

/** Scrolls the list to its top, and waits until the first thumbnail is drawn. */
async function showTop(figma: FigmaPage): Promise<void> {
  await figma.ui.locator('.scroll').evaluate((scroller) => {
    scroller.scrollTop = 0;
  });
  const thumbnail = figma.ui.locator('canvas.thumbnail').first();
  const isDrawn = () =>
    thumbnail.evaluate((canvas) => canvas instanceof HTMLCanvasElement && canvas.width === 56 * devicePixelRatio);
  await expect.poll(isDrawn, PATIENCE).toBe(true);
}

async function save(name: string, { page }: FigmaPage): Promise<void> {
  const png = await sharp(await page.screenshot())
    .png({ palette: true, colours: 128, effort: 10 })
    .toBuffer();
  await writeFile(join(PICTURES ?? '', `${name}.png`), png);
}
