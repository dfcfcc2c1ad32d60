import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { launchChromium } from '../../test/figma-host/launch-chromium.js';
import { CHANGE_IDS } from './changes.js';
import { generate } from './generate.js';
import { contactSheet } from './sheet.js';
import { SPLITS } from './split.js';
import { writeSet } from './write-set.js';

const USAGE = `Usage
  npm run mockups -- generate <folder> [--split train|validation] [--pairs 100] [--seed 1] [--from 0] [--workers 2]
      [--about right-to-left,breakpoint]   pairs about these changes alone
  npm run mockups -- sheet <folder> [--pairs 12] [--from 0] [--plain]   writes <folder>/sheet.png`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    split: { type: 'string', default: 'train' },
    pairs: { type: 'string' },
    seed: { type: 'string', default: '1' },
    about: { type: 'string' },
    from: { type: 'string', default: '0' },
    workers: { type: 'string', default: '2' },
    plain: { type: 'boolean', default: false },
  },
});
const [command, folder] = positionals;
const split = SPLITS.find((id) => id === values.split);
if (folder === undefined || split === undefined || (command !== 'generate' && command !== 'sheet')) {
  console.error(USAGE);
  process.exit(2);
}

const named = [...new Set<string>(values.about?.split(',') ?? CHANGE_IDS)];
const about = CHANGE_IDS.filter((id) => named.includes(id));
if (about.length < named.length) {
  console.error(`--about knows: ${CHANGE_IDS.join(', ')}.`);
  process.exit(2);
}

const browser = await launchChromium();
try {
  if (command === 'sheet') {
    const image = await contactSheet(browser, folder, Number(values.from), Number(values.pairs ?? 12), !values.plain);
    writeFileSync(join(folder, 'sheet.png'), image);
  } else {
    const started = performance.now();
    const records = await generate(browser, {
      split,
      about,
      seed: values.seed,
      from: Number(values.from),
      count: Number(values.pairs ?? 100),
      workers: Number(values.workers),
      folder,
      cache: fileURLToPath(new URL('../.cache', import.meta.url)),
    });
    writeSet(folder, records);
    const minutes = (performance.now() - started) / 60_000;
    const elements = records.reduce((sum, record) => sum + record.elements.length, 0);
    console.error(
      `${records.length} pairs, ${elements} elements, ${(records.length / minutes).toFixed(0)} pairs a minute`,
    );
  }
} finally {
  await browser.close();
}
