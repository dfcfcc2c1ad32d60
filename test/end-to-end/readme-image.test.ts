import { Film, useInter } from './film.js';
import { FILMED, PICTURES, saveFilm, test } from './film-fixtures.js';
import { pairByCode, startRun } from './steps.js';

const CAPTION = {
  start: 'Annotate one frame',
  pick: 'Open Samepoint and pick the frames',
  run: 'It finds the same layers, on your computer',
  check: 'Check the preview. Unsure items are off',
  end: 'Apply. One undo reverts everything',
};

test.runIf(PICTURES !== undefined)('draws the film of the README', async ({ browser, plugin, daemon }) => {
  const film = new Film(browser, plugin, [FILMED.source, ...FILMED.targets], Object.values(CAPTION));
  await film.add({ caption: CAPTION.start, ms: 1500 });

  const figma = await plugin.run('transfer-annotations');
  await useInter(figma);
  await pairByCode(figma, daemon.code);
  film.select(FILMED.source);
  await film.press(figma.button(/^Use “.*” as source$/), { caption: CAPTION.pick, ms: 900, figma });
  film.select(...FILMED.targets);
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

  await saveFilm(film, 'transfer');
});
