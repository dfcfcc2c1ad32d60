import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { boxSchema, errorCodeSchema, pointSchema } from '@samepoint/shared-protocol';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { draw, encoder, moved, type Rect } from '../../support/draw.js';
import { type CliRun, runCli } from '../../support/run-cli.js';
import { MOCKUP, mockup } from '../../support/screens.js';
import { useTempFolder } from '../../support/temp-folder.js';

const WIDTH = 300;
const HEIGHT = 24;
const RECTS: readonly Rect[] = [
  { x: 20, y: 4, w: 60, h: 12, colour: [30, 30, 30] },
  { x: 150, y: 8, w: 90, h: 8, colour: [200, 40, 40] },
  { x: 262, y: 2, w: 16, h: 16, colour: [40, 40, 200] },
];

/** The documented JSON, without other fields. */
const shape = z.union([pointSchema, boxSchema]);
const reportSchema = z.strictObject({
  backend: z.string(),
  calibrated: z.literal(true),
  device: z.string().min(1),
  source: z.string(),
  targets: z.array(
    z.strictObject({
      image: z.string(),
      items: z.array(z.strictObject({ source: shape, target: shape.nullable(), confidence: z.number().min(0).max(1) })),
    }),
  ),
});

const folder = useTempFolder();
const home = () => folder.path('home.png');
const dark = () => folder.path('dark.jpg');
const wide = () => folder.path('wide.webp');

beforeAll(async () => {
  await encoder(draw(WIDTH, HEIGHT, RECTS))
    .png()
    .toFile(home());
  await encoder(draw(WIDTH, HEIGHT, moved(RECTS, 8, 2), [230, 240, 230]))
    .jpeg({ quality: 95 })
    .toFile(dark());
  // a wide and flat image, which cannot be drawn at full height
  await encoder(draw(WIDTH, 6, RECTS))
    .webp()
    .toFile(wide());
});

function expectRight({ code, stderr }: CliRun): void {
  expect({ code, stderr: stderr.replace(/^Images: .*\n$/, '') }).toEqual({ code: 0, stderr: '' });
}

describe('samepoint match', () => {
  it('refines points, unless --without coarse-to-fine', async () => {
    // so large that a cell of the usual pyramid levels spans several pixels
    const large = RECTS.map(({ x, y, w, h, colour }) => ({ x: 5 * x, y: 5 * y, w: 5 * w, h: 5 * h, colour }));
    const [source, target] = [folder.path('large.png'), folder.path('large-moved.png')];
    await encoder(draw(5 * WIDTH, 5 * HEIGHT, large))
      .png()
      .toFile(source);
    await encoder(draw(5 * WIDTH, 5 * HEIGHT, moved(large, 41, 13)))
      .png()
      .toFile(target);
    const corners = large.flatMap(({ x, y, w, h }) => [`${x},${y}`, `${x + w},${y + h}`]).join(' ');
    const meanOff = async (...args: string[]) => {
      const run = await runCli('match', source, target, '--points', corners, '--json', ...args);
      expectRight(run);
      const [report] = reportSchema.parse(JSON.parse(run.stdout)).targets;
      const off = (report?.items ?? []).map(({ source, target: found }) =>
        found === null ? Number.POSITIVE_INFINITY : Math.hypot(found.x - source.x - 41, found.y - source.y - 13),
      );
      expect(off).toHaveLength(2 * RECTS.length);
      return off.reduce((sum, one) => sum + one, 0) / off.length;
    };
    expect(await meanOff()).toBeLessThan(await meanOff('--without', 'coarse-to-fine'));
  });

  it('--json prints the documented JSON and nothing else, for points and boxes in several targets', async () => {
    const points = '50,10 195,12.5';
    const boxes = '20,4,60,12';
    const run = await runCli('match', home(), dark(), home(), '--points', points, '--boxes', boxes, '--json');
    expectRight(run);
    const report = reportSchema.parse(JSON.parse(run.stdout));
    expect(report).toMatchObject({ backend: 'ui', source: home() });
    expect(report.targets.map(({ image }) => image)).toEqual([dark(), home()]);
    for (const { items } of report.targets) {
      expect(items.map(({ source }) => source)).toEqual([
        { x: 50, y: 10 },
        { x: 195, y: 12.5 },
        { x: 20, y: 4, w: 60, h: 12 },
      ]);
      for (const { source, target } of items) {
        if (target !== null) expect(Object.keys(target)).toEqual(Object.keys(source));
      }
    }
  });

  it('prints a table, and draws each pair into a new folder', async () => {
    const out = folder.path('new/images');
    const run = await runCli('match', home(), dark(), wide(), '--points', '50,10 195,12', '--out', out);
    expectRight(run);
    const images = [`${out}/home-dark.png`, `${out}/home-wide.png`];
    expect(run.stderr).toBe(`Images: ${images.join(', ')}\n`);
    for (const image of images) {
      const { format, width = 0, height = 0 } = await sharp(image).metadata();
      expect(format).toBe('png');
      expect(width).toBeGreaterThan(height);
      expect((await sharp(image).stats()).channels.some(({ stdev }) => stdev > 1)).toBe(true);
    }
    expect(run.stdout).not.toContain('irrored');
    expect(run.stdout).toMatch(/^Backend ui on cpu/);
    expect(run.stdout).toContain(`${home()} → ${dark()}`);
    expect(run.stdout).toMatch(/ {2}1 {2}50,10 +(\d+,\d+|no counterpart) +\d+ %\n {2}2 {2}195,12 +/);
  });
});

describe('samepoint match on hundreds of points and boxes', () => {
  const steps = (end: number, step: number) => Array.from({ length: Math.floor(end / step) }, (_, n) => 3 + n * step);
  const grid = steps(MOCKUP.width, 12).flatMap((x) => steps(MOCKUP.height, 8).map((y) => `${x},${y}`));
  const boxes = steps(240, 16).flatMap((x) => steps(70, 10).map((y) => `${x},${y},36,20`));

  it('finds all of them in the same image exactly, and next to none on a blank or a single pixel', async () => {
    const screen = folder.path('screen.png');
    const blank = folder.path('blank.png');
    const dot = folder.path('dot.png');
    await encoder(draw(MOCKUP.width, MOCKUP.height, mockup()))
      .png()
      .toFile(screen);
    await encoder(draw(MOCKUP.width, MOCKUP.height)).png().toFile(blank);
    await encoder(draw(1, 1)).png().toFile(dot);
    const asked = ['--points', grid.join(' '), '--boxes', boxes.join(' '), '--json'];
    const run = await runCli('match', screen, screen, blank, dot, ...asked);
    expectRight(run);
    const [same, ...without] = reportSchema.parse(JSON.parse(run.stdout)).targets.map(({ items }) => items);
    expect(same?.length).toBeGreaterThan(300);
    for (const { source, target } of same ?? []) {
      expect(Object.entries(target ?? {}).map(([side, value]) => [side, Math.round(value * 1e6) / 1e6])).toEqual(
        Object.entries(source),
      );
    }
    for (const items of without) {
      expect(items.filter(({ target }) => target !== null).length).toBeLessThanOrEqual(0.05 * items.length);
    }
  });
});

describe('samepoint match --layers', () => {
  const NAMES = ['headline', 'banner', 'avatar'];
  const rounded = ({ x, y, w, h }: Rect) => ({ x, y, w, h });
  const boxes = (rects: readonly Rect[]) => rects.map((rect, n) => ({ name: NAMES[n], box: rounded(rect) }));
  const source = [...boxes(RECTS), { name: 'toast', type: 'TEXT', box: { x: 400, y: 2, w: 30, h: 9 } }];
  const targets = { 'dark.jpg': boxes(moved(RECTS, 8, 2)).reverse() };
  const cue = z.strictObject({ cue: z.string(), value: z.number(), weight: z.number() });
  const named = z.strictObject({ layerId: z.string(), name: z.string(), box: boxSchema });
  const layerReport = z.strictObject({
    source: named,
    target: named.nullable(),
    placed: boxSchema.nullable(),
    confidence: z.number().min(0).max(1),
    cues: z.strictObject({ pixels: z.array(cue), structure: z.array(cue) }).nullable(),
  });

  async function run(...more: string[]): Promise<CliRun> {
    writeFileSync(folder.path('layers.json'), JSON.stringify({ source, targets: { ...targets, [home()]: [] } }));
    const found = await runCli('match', home(), dark(), home(), '--layers', folder.path('layers.json'), ...more);
    expectRight(found);
    return found;
  }

  it('--json has the target layer and the cues of each layer', async () => {
    const { stdout } = await run('--json', '--points', '50,10');
    const target = z.object({ items: z.array(z.unknown()).length(1), layers: z.array(layerReport) });
    const [inDark, inHome] = z.object({ targets: z.array(target) }).parse(JSON.parse(stdout)).targets;
    expect(inDark?.layers.map((one) => one.target?.layerId ?? null)).toEqual(['3', '2', '1', null]);
    for (const { cues } of inDark?.layers.slice(0, 3) ?? []) {
      const all = [...(cues?.pixels ?? []), ...(cues?.structure ?? [])];
      expect(all.map((one) => one.cue)).toEqual(['image', 'type', 'size', 'name', 'neighbours']);
      expect(all.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 6);
    }
    expect(inHome?.layers.map((one) => one.target)).toEqual([null, null, null, null]);
  });

  it('prints a column for each cue, and draws the layers', async () => {
    const { stdout, stderr } = await run('--out', folder.path('layers'));
    expect(stdout).toMatch(/layer +target layer +confidence +pixels +text +type +size +name +order +neighbours\n/);
    expect(stdout).toMatch(/ {2}1 +1 headline +3 headline +\d+ % +\d+ % × 0\.\d\d +– +100 % × 0\.\d\d/);
    expect(stdout).toMatch(/ {2}4 +4 toast +no counterpart +0 %/);
    expect(stderr).toContain('home-dark.png');
  });

  it.each<[string, unknown, RegExp]>([
    ['a side that is missing', { source: [{ box: { x: 1, y: 2, w: 3 } }], targets: {} }, /source, entry 1, box, h: /],
    [
      'a field too many',
      { source, targets: { 'dark.jpg': [{ box: { x: 1, y: 2, w: 3, h: 4 }, colour: 1 }] } },
      /entry 1: .*colour/,
    ],
    ['no layers', { source: [], targets: {} }, /source: /],
    ['no list of the target', { source, targets: {} }, /has no layers of .*dark\.jpg/],
    [
      'a file that is no target',
      { source, targets: { 'dark.jpg': [], 'dusk.png': [] } },
      /dusk\.png, which is not a target/,
    ],
    [
      'an id twice',
      { source: source.map((one) => ({ ...one, layerId: 'a' })), targets: { 'dark.jpg': [] } },
      /two layers of source .* "a"/,
    ],
  ])('refuses %s with a message that names the entry', async (_what, json, sentence) => {
    writeFileSync(folder.path('bad.json'), JSON.stringify(json));
    const { code, stdout, stderr } = await runCli('match', home(), dark(), '--layers', folder.path('bad.json'));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(sentence);
    expect(stderr).toMatch(/^samepoint: The layers of .*bad\.json cannot be used: [^\n]+\n$/);
  });
});

describe('a target that cannot be read does not stop the others', () => {
  const POINTS = ['--points', '50,10'];
  const errorSchema = z.strictObject({ code: errorCodeSchema, message: z.string(), hint: z.string() });
  const targetSchema = z.union([
    z.strictObject({ image: z.string(), error: errorSchema }),
    z.strictObject({ image: z.string(), items: z.array(z.unknown()).length(1) }),
  ]);

  it('and is reported in the table, in the JSON and on stderr, with exit code 2', async () => {
    const [gone, empty, cut] = ['gone.png', 'empty.png', 'cut.png'].map((name) => folder.path(name));
    writeFileSync(empty ?? '', '');
    writeFileSync(cut ?? '', readFileSync(home()).subarray(0, -30));
    const asked = [home(), gone ?? '', dark(), empty ?? '', cut ?? '', home(), ...POINTS];
    const out = folder.path('some');
    const [json, table] = [await runCli('match', ...asked, '--json'), await runCli('match', ...asked, '--out', out)];
    expect([json.code, table.code]).toEqual([2, 2]);

    const { targets } = z.object({ targets: z.array(targetSchema) }).parse(JSON.parse(json.stdout));
    expect(targets.map((target) => ('error' in target ? target.error.code : target.image))).toEqual([
      'IMAGE_MISSING',
      dark(),
      'IMAGE_UNREADABLE',
      'IMAGE_UNREADABLE',
      home(),
    ]);
    const sentences = targets.flatMap((target) =>
      'error' in target ? `${target.error.message} ${target.error.hint}` : [],
    );
    expect(sentences).toEqual([
      `${gone} does not exist. Check the path. Quote it if it contains spaces.`,
      expect.stringContaining(`${empty} is an empty file`),
      expect.stringContaining(`${cut} is cut off: `),
    ]);
    expect(json.stderr).toBe(sentences.map((sentence) => `samepoint: ${sentence}\n`).join(''));

    for (const sentence of sentences) expect(table.stdout).toContain(`\n  failed: ${sentence}\n`);
    expect(table.stdout.match(/ {2}1 {2}50,10 /g)).toHaveLength(2);
    expect(readdirSync(out).sort()).toEqual(['home-dark.png', 'home-home.png']);
  });

  it('and no engine starts if none can be opened', async () => {
    const run = await runCli('match', home(), folder.path('gone.png'), ...POINTS);
    expect(run.code).toBe(2);
    expect(run.stdout).toMatch(/^Backend ui\n\n.* → .*gone\.png\n {2}failed: [^\n]+\n$/);
    expect(run.stderr).toMatch(/^samepoint: .*gone\.png does not exist\. [^\n]+\n$/);
  });
});

describe('bad input ends with exit code 2, one line on stderr and nothing on stdout', () => {
  const POINTS = ['--points', '50,10'];

  beforeAll(async () => {
    writeFileSync(folder.path('empty.png'), '');
    writeFileSync(folder.path('text.png'), 'no image at all');
    writeFileSync(folder.path('cut.png'), readFileSync(home()).subarray(0, 60));
    const strip = sharp({ create: { width: 40_000, height: 1, channels: 3, background: '#fff' } });
    await strip.png().toFile(folder.path('long.png'));
  });

  it.each<[string, () => string[], RegExp]>([
    ['a missing source', () => [folder.path('nowhere.png'), dark(), ...POINTS], /nowhere\.png does not exist/],
    ['a folder', () => [folder.path('.'), dark(), ...POINTS], /is a folder, not an image/],
    ['text', () => [folder.path('text.png'), dark(), ...POINTS], /text\.png is a text file/],
    [
      'a source cut off',
      () => [folder.path('cut.png'), dark(), ...POINTS],
      /cut\.png is cut off: the end of the file is missing\. Get the file again/,
    ],
    ['an image 40,000 pixels wide', () => [folder.path('long.png'), dark(), ...POINTS], /long\.png .* 40000×1 pixels/],
    ['a point outside', () => [home(), dark(), '--points', '301,5'], /\(301, 5\) .* outside .* 300×24/],
    ['a point left of the image', () => [home(), dark(), '--points', '-1,5'], /\(-1, 5\) .* outside/],
    ['a box outside', () => [home(), dark(), '--boxes', '0,30,10,10'], /0,30,10,10 .* outside/],
    ['words for points', () => [home(), dark(), '--points', '50,10 a,b'], /"a,b" is not a point/],
    ['empty points', () => [home(), dark(), '--points', ' '], /There is nothing to match/],
    ['a box without height', () => [home(), dark(), '--boxes', '1,2,3,0'], /"1,2,3,0" is not a box/],
    ['neither points nor boxes', () => [home(), dark()], /There is nothing to match/],
    ['an unknown backend', () => [home(), dark(), ...POINTS, '--backend', 'sd9'], /no backend "sd9".*ui/],
    ['no target', () => [home(), ...POINTS], /missing required argument 'targets'/],
    ['no image at all', () => [], /missing required argument 'source'/],
    ['an unknown option', () => [home(), dark(), ...POINTS, '--colour'], /unknown option '--colour'/],
    ['an option without its value', () => [home(), dark(), '--points'], /argument missing/],
    ['a file for a folder', () => [home(), dark(), ...POINTS, '--out', home()], /home\.png: it is a file/],
    ['a file in the way of a folder', () => [home(), dark(), ...POINTS, '--out', `${home()}/sub`], /home\.png\/sub: /],
  ])('%s', async (_what, args, sentence) => {
    const { code, stdout, stderr } = await runCli('match', ...args());
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(sentence);
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect(stderr).not.toContain('unexpected');
  });
});
