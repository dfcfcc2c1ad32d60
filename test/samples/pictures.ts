import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { commandLine, DEMO_COMMANDS } from '../../daemon/src/cli/demo/demo-commands.js';
import { REPOSITORY } from '../documents/documents.js';
import { launchChromium } from '../figma-host/launch-chromium.js';
import { Drawer } from './browser.js';

/** Draws `docs/images/commands.webp` from what the commands of the README write for the samples. */

const PICTURE = join(REPOSITORY, 'docs/images/commands.webp');
const BIN = join(REPOSITORY, 'daemon/bin/samepoint.js');
const SAMPLES = fileURLToPath(new URL('../../daemon/samples/', import.meta.url));
/** Size in CSS px, and image pixels per CSS px. */
const SIZE = { width: 960, height: 774, scale: 1.5 };

const STYLE = `
  body { background: #e6e8ec; color: #1e1e1e; }
  main { display: grid; grid-template-columns: repeat(3, 1fr); gap: 20px; padding: 24px; }
  figure { background: #fff; border-radius: 10px; overflow: hidden; }
  .picture { height: 300px; padding: 12px; background: #f4f5f7; }
  .column img { background: #16181d; }
  .row, .column { height: 100%; display: flex; gap: 8px; align-items: center; justify-content: center; }
  .column { flex-direction: column; }
  .row img, .column img { min-width: 0; min-height: 0; max-width: 100%; max-height: 100%; object-fit: contain; border-radius: 4px; }
  figcaption { height: 52px; padding: 0 14px; font: 500 13px/52px Inter; color: #5f6673; white-space: nowrap; }
  figcaption b { font-weight: 700; font-size: 15px; color: #7b3ff2; margin-right: 4px; }
`;

interface Tile {
  command: string;
  text: string;
  /** HTML of the picture, in a square of 280 px. */
  picture: string;
}

const folder = mkdtempSync(join(tmpdir(), 'samepoint-pictures-'));
try {
  cpSync(SAMPLES, folder, { recursive: true });
  for (const { args } of DEMO_COMMANDS) runCommand(args);
  await drawGrid(await tiles(await pairInReport(), inspectedPoint()));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function runCommand(args: readonly string[]): void {
  console.log(commandLine('samepoint', args));
  execFileSync(process.execPath, [BIN, ...args], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}

function inspectedPoint(): [number, number] {
  const args = DEMO_COMMANDS.find(({ args: [name] }) => name === 'inspect')?.args ?? [];
  const [x = 0, y = 0] = (args[args.indexOf('--point') + 1] ?? '').split(',').map(Number);
  return [x, y];
}

/** An image with a ring around a point. */
function withRing(name: string, [x, y]: readonly [number, number]): Promise<Buffer> {
  const ring = (width: number, colour: string) =>
    `<circle cx="60" cy="60" r="46" fill="none" stroke="${colour}" stroke-width="${width}"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="120" height="120">${ring(14, '#fff')}${ring(8, '#7b3ff2')}</svg>`;
  return sharp(join(folder, name))
    .composite([{ input: Buffer.from(svg), left: x - 60, top: y - 60 }])
    .png()
    .toBuffer();
}

/** The pair of the report whose languages differ, with its true and its predicted points. */
async function pairInReport(): Promise<string> {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 900, height: 900 }, deviceScaleFactor: 2 });
    await page.goto(pathToFileURL(join(folder, 'report.html')).href);
    const pair = page.locator('figure', { hasText: 'trail-german.png' }).locator(':scope > :first-child');
    return dataUrl(
      await sharp(await pair.screenshot())
        .trim()
        .png()
        .toBuffer(),
    );
  } finally {
    await browser.close();
  }
}

async function tiles(pair: string, point: readonly [number, number]): Promise<Tile[]> {
  const edited = await sharp(join(folder, 'home.png'))
    .composite([{ input: join(folder, 'sticker.png') }])
    .png()
    .toBuffer();
  return [
    { command: 'match', text: 'finds points, boxes and layers', picture: row(file('matches/home-german.png')) },
    {
      command: 'inspect',
      text: 'shows all candidates for a point',
      picture: row(dataUrl(await withRing('home.png', point)), file('heat.png')),
    },
    { command: 'warp', text: 'copies a raster edit', picture: row(dataUrl(edited), file('warped/german-warped.png')) },
    {
      command: 'align',
      text: 'shows what changed',
      picture: row(file('before.png'), file('after.png'), file('aligned/residual.png')),
    },
    {
      command: 'track',
      text: 'follows masks and points',
      picture: column(file('frames/0008.jpg'), file('masks/0008.png')),
    },
    { command: 'eval', text: 'measures accuracy on your pairs', picture: row(pair) },
  ];
}

async function drawGrid(list: readonly Tile[]): Promise<void> {
  const figures = list.map(
    ({ command, text, picture }) =>
      `<figure><div class="picture">${picture}</div><figcaption><b>${command}</b> ${text}</figcaption></figure>`,
  );
  const drawer = await Drawer.open();
  try {
    const { png } = await drawer.draw({ ...SIZE, html: `<style>${STYLE}</style><main>${figures.join('')}</main>` });
    await sharp(png).webp({ quality: 84, effort: 6, smartSubsample: true }).toFile(PICTURE);
  } finally {
    await drawer.close();
  }
}

function row(...sources: string[]): string {
  return `<div class="row">${sources.map((source) => `<img src="${source}">`).join('')}</div>`;
}

function column(...sources: string[]): string {
  return `<div class="column">${sources.map((source) => `<img src="${source}">`).join('')}</div>`;
}

function file(name: string): string {
  return dataUrl(readFileSync(join(folder, name)));
}

/** Browsers find out the format. */
function dataUrl(image: Uint8Array): string {
  return `data:image/png;base64,${Buffer.from(image).toString('base64')}`;
}
