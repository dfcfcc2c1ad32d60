import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Browser } from 'playwright-core';
import { positiveInteger, wholeNumber } from '../../daemon/src/cli/options/parse-values.js';
import { launchChromium } from '../../test/figma-host/launch-chromium.js';
import { CHANGE_IDS } from './changes.js';
import { type GenerateOptions, generate } from './generate.js';
import { contactSheet } from './sheet.js';
import { SPLITS } from './split.js';
import { writeSet } from './write-set.js';

type SetOptions = Pick<GenerateOptions, 'split' | 'about' | 'seed' | 'from' | 'workers'> & { pairs: number };

interface SheetOptions {
  pairs: number;
  from: number;
  plain?: true;
}

const program = new Command('npm run mockups --').description(
  'Render pairs of mockups that differ like design versions.',
);

program
  .command('generate <folder>')
  .description('render a set')
  .addOption(new Option('--split <name>', 'components and styles to use').choices(SPLITS).default('train'))
  .option('--pairs <n>', 'number of pairs', positiveInteger, 100)
  .option('--seed <text>', 'random seed', '1')
  .option('--from <n>', 'number of the first pair', wholeNumber, 0)
  .option('--about <changes>', 'main changes to use, such as right-to-left,breakpoint', changes, CHANGE_IDS)
  .option('--workers <n>', 'pages that render at the same time', positiveInteger, 2)
  .action((folder: string, options: SetOptions) => withBrowser((browser) => generateSet(browser, folder, options)));

program
  .command('sheet <folder>')
  .description("draw a set's pairs with their boxes to <folder>/sheet.png")
  .option('--pairs <n>', 'number of pairs', positiveInteger, 12)
  .option('--from <n>', 'number of the first pair', wholeNumber, 0)
  .option('--plain', 'without the boxes')
  .action((folder: string, options: SheetOptions) => withBrowser((browser) => drawSheet(browser, folder, options)));

await program.parseAsync();

async function generateSet(browser: Browser, folder: string, { pairs, ...options }: SetOptions) {
  const started = performance.now();
  const cache = fileURLToPath(new URL('../.cache', import.meta.url));
  const records = await generate(browser, { ...options, count: pairs, folder, cache });
  writeSet(folder, records);
  const minutes = (performance.now() - started) / 60_000;
  const elements = records.reduce((sum, record) => sum + record.elements.length, 0);
  console.error(
    `${records.length} pairs, ${elements} elements, ${(records.length / minutes).toFixed(0)} pairs a minute`,
  );
}

async function drawSheet(browser: Browser, folder: string, { pairs, from, plain }: SheetOptions) {
  writeFileSync(join(folder, 'sheet.png'), await contactSheet(browser, folder, from, pairs, !plain));
}

async function withBrowser(work: (browser: Browser) => Promise<void>) {
  const browser = await launchChromium();
  try {
    await work(browser);
  } finally {
    await browser.close();
  }
}

function changes(text: string) {
  const named = [...new Set(text.split(','))];
  const known = CHANGE_IDS.filter((id) => named.includes(id));
  if (known.length < named.length) throw new InvalidArgumentError(`Choose from ${CHANGE_IDS.join(', ')}.`);
  return known;
}
