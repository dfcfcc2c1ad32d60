import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { harderScreen } from '../figma-host/documents/harder-screen.js';
import { inboxDocument } from '../figma-host/documents/inbox-document.js';
import { LIGHT } from '../figma-host/documents/theme.js';
import { Film, useInter } from './film.js';
import { test as base } from './fixtures.js';
import { pairByCode, startRun } from './steps.js';

/** Folder of `transfer.webp` and `transfer.png`; without it the test is skipped. */
const FOLDER = process.env.SAMEPOINT_README_IMAGES;

/** Keeps the README quick to load. */
const MAX_BYTES = { film: 600_000, still: 200_000 };

const SOURCE = 'light:screen';
const TARGETS = ['dark:screen', 'german:screen'];
const CAPTION = {
  start: 'Annotate one frame',
  pick: 'Open Samepoint and pick the frames',
  run: 'It finds the same layers, on your computer',
  check: 'Check the preview. Unsure items are off',
  end: 'Apply. One undo reverts everything',
};

const test = base.override('document', () => {
  const [light, dark] = inboxDocument().children;
  if (light === undefined || dark === undefined) throw new Error('the document has no screens');
  // overlays are for the transfer of layers
  const parts = light.children?.filter(({ key = '' }) => !/:(callout|arrow|sticker)$/.test(key)) ?? [];
  const german = harderScreen('german', 'Inbox / Tablet, German', LIGHT);
  return {
    name: 'Inbox',
    children: [
      { ...light, children: parts },
      { ...dark, name: 'Inbox / Dark' },
      { ...german, x: 1040, y: 0 },
    ],
  };
});

test.runIf(FOLDER !== undefined)('draws the film of the README', async ({ browser, plugin, daemon }) => {
  const film = new Film(browser, plugin, [SOURCE, ...TARGETS], Object.values(CAPTION));
  await film.add({ caption: CAPTION.start, ms: 1500 });

  const figma = await plugin.run('transfer-annotations');
  await useInter(figma);
  await pairByCode(figma, daemon.code);
  film.select(SOURCE);
  await film.press(figma.button(/^Use “.*” as source$/), { caption: CAPTION.pick, ms: 900, figma });
  film.select(...TARGETS);
  await film.press(figma.button(/^Add .* as targets?$/), { caption: CAPTION.pick, ms: 900, figma });
  await film.add({ caption: CAPTION.pick, ms: 800, figma, pressed: figma.button('Find matches') });
  await startRun(figma);
  await film.add({ caption: CAPTION.run, ms: 900, figma });
  await figma.heading('Preview').waitFor();
  for (const [name, key] of [
    ['Inbox / Dark', 'Home'],
    ['Inbox / Tablet, German', 'End'],
  ] as const) {
    // only the rows in view exist
    await figma.ui.getByRole('checkbox').first().press(key);
    await figma.heading(name).waitFor();
    await film.add({ caption: CAPTION.check, ms: 1600, figma });
  }
  await film.press(figma.button(/^Apply \d+ items?$/), { caption: CAPTION.end, ms: 800, figma });
  await figma.heading('Transfer complete').waitFor();
  await film.add({ caption: CAPTION.end, ms: 800, figma });
  film.select();
  await film.add({ caption: CAPTION.end, ms: 2400 });

  const [webp, png] = [await film.webp(), await film.lastPicture()];
  await writeFile(join(FOLDER ?? '', 'transfer.webp'), webp);
  await writeFile(join(FOLDER ?? '', 'transfer.png'), png);
  expect(webp.length).toBeLessThan(MAX_BYTES.film);
  expect(png.length).toBeLessThan(MAX_BYTES.still);
});
