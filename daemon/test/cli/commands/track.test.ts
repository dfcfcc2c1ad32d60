import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { decode } from 'fast-png';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeLabelMask } from '../../../src/images/label-mask.js';
import { draw, encoder, type Rect } from '../../support/draw.js';
import { runCli } from '../../support/run-cli.js';
import { useTempFolder } from '../../support/temp-folder.js';

/** Wide and flat, so that there is little to compute. */
const SIZE = { width: 300, height: 24 };
const STEP_PX = 20;
const BUTTON = { x: 30, y: 4, w: 60, h: 14 };
/** Natural order: frame10 follows frame2. */
const FRAMES = ['frame1', 'frame2', 'frame10'];
const LAST = FRAMES.length - 1;
const PALETTE = [
  [0, 0, 0],
  [9, 9, 9],
  [220, 40, 40],
] as const;
const LABEL = 2;

const folder = useTempFolder();
const frames = () => folder.path('frames');

function buttonIn(frame: number): Rect {
  return { ...BUTTON, x: BUTTON.x + frame * STEP_PX, colour: [37, 99, 235] };
}

function labelledPixels(frame: number): Uint8Array {
  const { x, y, w, h } = buttonIn(frame);
  const indices = new Uint8Array(SIZE.width * SIZE.height);
  for (let row = y; row < y + h; row++) indices.fill(LABEL, row * SIZE.width + x, row * SIZE.width + x + w);
  return indices;
}

function mask(frame: number): Uint8Array {
  return encodeLabelMask({ ...SIZE, indices: labelledPixels(frame), palette: PALETTE, background: 0 });
}

beforeAll(async () => {
  mkdirSync(frames());
  const rest: Rect[] = [
    { x: 0, y: 0, w: 16, h: 24, colour: [40, 44, 52] },
    { x: 240, y: 8, w: 40, h: 6, colour: [190, 194, 200] },
  ];
  for (const [n, name] of FRAMES.entries()) {
    const words: Rect = { ...buttonIn(n), x: buttonIn(n).x + 10, y: 9, w: 34, h: 3, colour: [250, 250, 250] };
    await encoder(draw(SIZE.width, SIZE.height, [...rest, buttonIn(n), words], [240, 241, 243]))
      .png()
      .toFile(`${frames()}/${name}.png`);
  }
  writeFileSync(`${frames()}/notes.txt`, 'no frame');
  writeFileSync(folder.path('first.png'), mask(0));
  writeFileSync(folder.path('last.png'), mask(LAST));
  writeFileSync(folder.path('points.csv'), 'name,x,y\nleft,31,11\nright,89,11\n');
});

/** Intersection over union of the written mask and the button. */
function overlap(path: string, frame: number): number {
  const written = decode(readFileSync(path)).data;
  const truth = labelledPixels(frame);
  let both = 0;
  let either = 0;
  for (const [pixel, index] of truth.entries()) {
    if (index === LABEL && written[pixel] === LABEL) both++;
    if (index === LABEL || written[pixel] === LABEL) either++;
  }
  return both / either;
}

describe('samepoint track', () => {
  it('writes a mask for each frame in the given colours, and JSON', async () => {
    const out = folder.path('masks');
    const run = await runCli('track', frames(), '--mask', folder.path('first.png'), '--out', out, '--json');
    expect({ code: run.code, stderr: run.stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/^1\/3 frames, \S.* left\n2\/3 frames, \S.* left\n3\/3 frames\n$/),
    });
    const report = JSON.parse(run.stdout);
    expect(report).toMatchObject({ backend: 'ui', annotated: 'frame1.png' });
    expect(JSON.parse(readFileSync(`${out}/track.json`, 'utf8'))).toEqual(report);
    for (const [n, name] of FRAMES.entries()) {
      const path = `${out}/${name}.png`;
      expect(report.frames[n]).toMatchObject({
        frame: `${name}.png`,
        mask: path,
        labels: [{ label: '2', lost: false }],
      });
      expect(decode(readFileSync(path)).palette).toEqual(PALETTE.map((colour) => [...colour]));
      expect(overlap(path, n)).toBeGreaterThan(0.6);
    }
  });

  it('propagates backward from --frame, draws overlays and leaves no temporary file', async () => {
    const out = folder.path('overlays');
    const last = ['--mask', folder.path('last.png'), '--frame', 'frame10'];
    const run = await runCli('track', frames(), ...last, '--out', out, '--overlay');
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(
      /^Backend ui, 3 frames from frame10\.png.*\n {2}2: in 3 of 3 frames, mean confidence \d+ %/,
    );
    expect(overlap(`${out}/frame1.png`, 0)).toBeGreaterThan(0.6);
    const masks = FRAMES.map((name) => `${name}.png`).sort();
    expect(readdirSync(out).sort()).toEqual([...masks, 'overlay', 'track.json'].sort());
    expect(readdirSync(`${out}/overlay`).sort()).toEqual(masks);
    const overlay = await sharp(`${out}/overlay/frame10.png`).raw().toBuffer();
    const corner = (BUTTON.y * SIZE.width + buttonIn(LAST).x) * 3;
    // half the button, half its label
    expect([...overlay.subarray(corner, corner + 3)]).toEqual([129, 70, 138]);
  });

  it('writes the points of --labels as CSV and JSON', async () => {
    const out = folder.path('points');
    const points = ['--points', folder.path('points.csv'), '--labels', 'right'];
    const run = await runCli('track', frames(), ...points, '--out', out, '--json');
    expect(run.code).toBe(0);
    const report = JSON.parse(run.stdout);
    expect(report.frames[0].labels).toEqual([{ label: 'right', lost: false, confidence: 1, x: 89, y: 11 }]);
    const lines = readFileSync(`${out}/points.csv`, 'utf8').trimEnd().split('\n');
    expect(lines.slice(0, 2)).toEqual(['frame,name,x,y,confidence', 'frame1.png,right,89,11,1']);
    expect(lines.slice(2).map((line) => line.split(',').slice(0, 2))).toEqual([
      ['frame2.png', 'right'],
      ['frame10.png', 'right'],
    ]);
    expect(Math.abs(report.frames[LAST].labels[0].x - 89 - LAST * STEP_PX)).toBeLessThan(8);
  });
});

describe('a mask as annotation tools write it', () => {
  const labelsOf = (stdout: string) => JSON.parse(stdout).frames[0].labels.map(({ label }: { label: string }) => label);

  it('has no object of index 255, unless it is asked for', async () => {
    const indices = labelledPixels(0).fill(255, 0, SIZE.width);
    const palette = Array.from({ length: 256 }, (_, n) => [n, n, 255 - n] as const);
    writeFileSync(folder.path('void.png'), encodeLabelMask({ ...SIZE, indices, palette, background: 0 }));
    const args = ['track', frames(), '--mask', folder.path('void.png'), '--json', '--out'];
    const run = await runCli(...args, folder.path('void'));
    expect(run.stderr).toContain('void.png: index 255 is void and not tracked; --void none tracks it\n');
    expect(labelsOf(run.stdout)).toEqual(['2']);
    expect(decode(readFileSync(`${folder.path('void')}/frame1.png`)).data).not.toContain(255);
    const all = await runCli(...args, folder.path('all'), '--void', 'none');
    expect(all.stderr).not.toContain('void');
    expect(labelsOf(all.stdout)).toEqual(['2', '255']);
  });

  it('has one object despite smoothed edges, which is reported', async () => {
    const grey = Uint8Array.from(labelledPixels(0), (index) => (index === LABEL ? 255 : 0));
    const smooth = sharp(grey, { raw: { ...SIZE, channels: 1 } })
      .blur(1)
      .toColourspace('b-w')
      .png();
    await smooth.toFile(folder.path('smooth.png'));
    const args = ['--mask', folder.path('smooth.png'), '--json', '--out', folder.path('smooth')];
    const run = await runCli('track', frames(), ...args);
    expect(run.stderr).toMatch(/smooth\.png: smoothed edges, \d+ pixels snapped to the labels beside them\n/);
    expect(labelsOf(run.stdout)).toEqual(['1']);
  });
});

describe('unreadable frames', () => {
  it('are left out and reported, and the labels continue across them', async () => {
    const [cut, out] = [folder.path('cut'), folder.path('around')];
    cpSync(frames(), cut, { recursive: true });
    for (const name of ['frame2.png', 'frame11.png']) writeFileSync(`${cut}/${name}`, 'no image');
    // the object does not move
    cpSync(`${cut}/frame1.png`, `${cut}/frame10.png`);
    const run = await runCli('track', cut, '--mask', folder.path('first.png'), '--out', out);
    expect(run.code).toBe(2);
    expect(readdirSync(out).sort()).toEqual(['frame1.png', 'frame10.png', 'track.json']);
    expect(overlap(`${out}/frame10.png`, 0)).toBeGreaterThan(0.8);
    const report = JSON.parse(readFileSync(`${out}/track.json`, 'utf8'));
    expect(report.frames).toHaveLength(2);
    expect(report.failed).toMatchObject([
      { image: `${cut}/frame2.png`, error: { code: 'IMAGE_UNREADABLE' } },
      { image: `${cut}/frame11.png`, error: { code: 'IMAGE_UNREADABLE' } },
    ]);
    for (const { image, error } of report.failed) {
      expect(run.stderr).toContain(`samepoint: ${error.message} ${error.hint}\n`);
      expect(run.stdout).toContain(`${image}: failed. ${error.message}`);
    }
  });

  it('as annotated frames stop the command', async () => {
    const cut = folder.path('cut-first');
    cpSync(frames(), cut, { recursive: true });
    truncateSync(`${cut}/frame1.png`, 100);
    const out = folder.path('none');
    const { code, stdout, stderr } = await runCli('track', cut, '--mask', folder.path('first.png'), '--out', out);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/frame1\.png is cut off: /);
  });

  it('of one pixel are valid', async () => {
    mkdirSync(folder.path('pixels'));
    for (const name of ['1', '2'])
      await encoder(draw(1, 1))
        .png()
        .toFile(folder.path(`pixels/${name}.png`));
    writeFileSync(folder.path('pixel.csv'), '0.5,0.5');
    const args = ['--points', folder.path('pixel.csv'), '--out', folder.path('pixels-out')];
    const { code, stdout } = await runCli('track', folder.path('pixels'), ...args);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('2 frames from 1.png') });
  });
});

describe('bad input ends with exit code 2, one line on stderr and nothing on stdout', () => {
  beforeAll(async () => {
    mkdirSync(folder.path('empty'));
    mkdirSync(folder.path('sizes'));
    await encoder(draw(300, 24)).png().toFile(folder.path('sizes/1.png'));
    await encoder(draw(300, 20)).png().toFile(folder.path('sizes/2.png'));
    mkdirSync(folder.path('one'));
    await encoder(draw(300, 24)).png().toFile(folder.path('one/frame1.png'));
    await encoder(draw(300, 24)).ensureAlpha(0).png().toFile(folder.path('clear.png'));
    writeFileSync(folder.path('empty.csv'), '');
    await encoder(draw(10, 10)).png().toFile(folder.path('small.png'));
    await encoder(draw(300, 24, [], [0, 0, 0]))
      .png()
      .toFile(folder.path('black.png'));
    writeFileSync(folder.path('outside.csv'), '500,3');
    writeFileSync(folder.path('words.json'), '[{ "x": "one", "y": 2 }]');
    writeFileSync(folder.path('words.csv'), 'x,y\none,two\n');
  });

  const withMask = (file = 'first.png') => ['--mask', folder.path(file)];
  const withPoints = (file: string) => ['--points', folder.path(file)];

  it.each<[string, () => string[], RegExp]>([
    ['no folder', () => [folder.path('nowhere'), ...withMask()], /nowhere is not a readable folder/],
    ['a folder without images', () => [folder.path('empty'), ...withMask()], /empty contains no images/],
    ['neither mask nor points', () => [frames()], /There is nothing to track/],
    ['both', () => [frames(), ...withMask(), ...withPoints('points.csv')], /--mask and --points exclude each other/],
    [
      'a mask of another size',
      () => [frames(), ...withMask('small.png')],
      /small\.png has 10×10 pixels, but .* 300×24/,
    ],
    ['a mask without labels', () => [frames(), ...withMask('black.png')], /black\.png has no label/],
    ['a mask that is none', () => [frames(), ...withMask('frames/notes.txt')], /notes\.txt is a text file/],
    ['a mask that is not there', () => [frames(), ...withMask('gone.png')], /gone\.png does not exist/],
    ['a label that is not there', () => [frames(), ...withMask(), '--labels', '7'], /no label 7\. Labels: 2/],
    ['a frame that is not there', () => [frames(), ...withMask(), '--frame', '5'], /no frame "5".*1 to 3/],
    [
      'frames of two sizes',
      () => [folder.path('sizes'), ...withMask()],
      /sizes\/2\.png has 300×20 pixels, but the annotated frame .*sizes\/1\.png has 300×24\..* the same size/,
    ],
    ['one frame only', () => [folder.path('one'), ...withMask()], /one contains only one image/],
    ['a transparent mask', () => [frames(), ...withMask('clear.png')], /clear\.png has no labels\. Paint/],
    ['a folder as mask', () => [frames(), '--mask', frames()], /frames is a folder, not an image\. Check the path/],
    ['a file as folder', () => [folder.path('first.png'), ...withMask()], /first\.png is not a readable folder/],
    [
      'points that are not there',
      () => [frames(), ...withPoints('gone.csv')],
      /gone\.csv cannot be used: it does not exist/,
    ],
    ['no points', () => [frames(), ...withPoints('empty.csv')], /empty\.csv cannot be used: it is an empty file/],
    [
      'a file to write to',
      () => [frames(), ...withMask(), '--out', folder.path('first.png')],
      /first\.png: it is a file/,
    ],
    ['a point outside', () => [frames(), ...withPoints('outside.csv')], /\(500, 3\) .* outside/],
    ['words for points', () => [frames(), ...withPoints('words.csv')], /"one,two" is neither x,y nor name,x,y/],
    ['JSON of another form', () => [frames(), ...withPoints('words.json')], /it is not a list of objects with x and y/],
    ['an unknown backend', () => [frames(), ...withMask(), '--backend', 'sd9'], /no backend "sd9"/],
    ['the frames as target', () => [frames(), ...withMask(), '--out', frames()], /overwrite the frames/],
  ])('%s', async (_what, args, sentence) => {
    const { code, stdout, stderr } = await runCli('track', '--out', folder.path('never'), ...args());
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(sentence);
    expect(stderr).toMatch(/^samepoint: [^\n]+\n$/);
    expect(stderr).not.toContain('unexpected');
    expect(existsSync(folder.path('never'))).toBe(false);
  });
});
