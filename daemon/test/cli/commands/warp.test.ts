import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { errorCodeSchema, fittedTransformSchema } from '@samepoint/shared-protocol';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { encodePng } from '../../../src/images/encode.js';
import { BUSY_IMAGE, busyImage, disc, warpImage } from '../../support/busy-image.js';
import { draw, encoder } from '../../support/draw.js';
import { runCli } from '../../support/run-cli.js';
import { useTempFolder } from '../../support/temp-folder.js';

/** The documented JSON, without other fields. */
const reportSchema = z.strictObject({
  backend: z.string(),
  device: z.string().min(1).optional(),
  source: z.string(),
  edit: z.string(),
  targets: z.array(
    z.discriminatedUnion('state', [
      fittedTransformSchema.extend({ image: z.string(), state: z.literal('warped'), file: z.string() }),
      z.strictObject({ image: z.string(), state: z.literal('refused'), reason: z.string() }),
      z.strictObject({
        image: z.string(),
        state: z.literal('failed'),
        code: errorCodeSchema,
        reason: z.string(),
        error: z.strictObject({ code: errorCodeSchema, message: z.string(), hint: z.string() }),
      }),
    ]),
  ),
});

const folder = useTempFolder();
const home = () => folder.path('home.png');
const moved = () => folder.path('moved.png');
const blank = () => folder.path('blank.png');
const sticker = () => folder.path('sticker.png');

beforeAll(async () => {
  await encoder(busyImage()).png().toFile(home());
  await encoder(warpImage(busyImage(), [1, 0, 20, 0, 1, -6, 0, 0, 1]))
    .png()
    .toFile(moved());
  await encoder(draw(BUSY_IMAGE.width, BUSY_IMAGE.height)).png().toFile(blank());
  await sharp(await encodePng(disc({ x: 190, y: 62 }, 40))).toFile(sticker());
  await sharp(await encodePng(disc({ x: 5, y: 5 }, 4, { width: 10, height: 10 }))).toFile(folder.path('small.png'));
  await encoder(busyImage()).jpeg().toFile(folder.path('opaque.jpg'));
});

describe('samepoint warp', () => {
  it('writes matching targets, and refuses others with exit code 3', async () => {
    const out = folder.path('new/warped');
    const run = await runCli(
      'warp',
      home(),
      moved(),
      blank(),
      '--edit',
      sticker(),
      '--out',
      out,
      '--layer-only',
      '--json',
    );
    expect({ code: run.code, stderr: run.stderr }).toEqual({
      code: 3,
      stderr: expect.stringMatching(/^1\/2 targets, \S.* left\n2\/2 targets\n$/),
    });
    const report = reportSchema.parse(JSON.parse(run.stdout));
    const [done, refused] = report.targets;
    const file = `${out}/moved-warped.png`;
    expect(done).toMatchObject({ state: 'warped', image: moved(), file, kind: 'similarity' });
    expect(refused).toMatchObject({ state: 'refused', image: blank() });
    expect(existsSync(`${out}/blank-warped.png`)).toBe(false);
    const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ ...BUSY_IMAGE, channels: 4 });
    const at = (x: number, y: number) => [...data.subarray((y * info.width + x) * 4, (y * info.width + x) * 4 + 4)];
    expect(at(210, 56)).toEqual([230, 20, 40, 255]);
    expect(at(5, 5)).toEqual([0, 0, 0, 0]);
  });

  it('follows the published protocol with --matching published', async () => {
    const out = folder.path('published');
    const run = await runCli('warp', home(), moved(), '--edit', sticker(), '--out', out, '--matching', 'published');
    expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '1/1 targets\n' });
    expect(run.stdout).toMatch(/moved\.png +homography +\d+\/1000 /);
    const chosen = ['--matching', 'published', '--estimator', 'lmeds'];
    const refused = await runCli('warp', home(), moved(), '--edit', sticker(), '--out', out, '--force', ...chosen);
    expect(refused.stderr).toContain('it takes no other transform or estimator');
  });

  it('prints a table', async () => {
    const run = await runCli('warp', home(), moved(), '--edit', sticker(), '--out', folder.path('table'));
    expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '1/1 targets\n' });
    expect(run.stdout).toMatch(/^Backend ui on .*\n\n {2}target +transform +inliers +residual +confidence +written\n/);
    expect(run.stdout).toMatch(/moved\.png +similarity +\d+\/600 +\d\.\d\d px +\d+ % +.*moved-warped\.png\n$/);
    expect((await sharp(folder.path('table/moved-warped.png')).stats()).isOpaque).toBe(true);
  });

  it('finishes other targets if one cannot be read, and exits with 2', async () => {
    const out = folder.path('some');
    writeFileSync(folder.path('broken.png'), 'no image');
    const targets = [folder.path('gone.png'), moved(), folder.path('broken.png'), home()];
    const run = await runCli('warp', home(), ...targets, '--edit', sticker(), '--out', out, '--json');
    expect(run.code).toBe(2);
    const report = reportSchema.parse(JSON.parse(run.stdout));
    expect(report.targets.map(({ image, state }) => [image, state])).toEqual(
      targets.map((image, n) => [image, n % 2 === 0 ? 'failed' : 'warped']),
    );
    expect(report.targets[0]).toMatchObject({
      code: 'IMAGE_MISSING',
      reason: expect.stringMatching(/gone\.png does not exist\. Check the path/),
    });
    expect(report.targets[2]).toMatchObject({
      code: 'IMAGE_UNREADABLE',
      reason: expect.stringMatching(/broken\.png is a text file/),
    });
    for (const target of report.targets) {
      if (target.state !== 'failed') continue;
      const { code, message, hint } = target.error;
      expect(target).toMatchObject({ code, reason: `${message} ${hint}` });
      expect(run.stderr).toContain(`samepoint: ${message} ${hint}\n`);
    }
    expect(readdirSync(out).sort()).toEqual(['home-warped.png', 'moved-warped.png']);
  });

  it('creates no folder if every target is refused', async () => {
    const out = folder.path('all-refused');
    const run = await runCli('warp', home(), folder.path('blank.png'), '--edit', sticker(), '--out', out);
    expect(run.code).toBe(3);
    expect(existsSync(out)).toBe(false);
  });

  it('starts no engine if no target can be read', async () => {
    const gone = folder.path('gone.png');
    const run = await runCli('warp', home(), gone, '--edit', sticker(), '--out', folder.path('none'));
    expect(run.code).toBe(2);
    expect(run.stdout).toMatch(
      /^Backend ui\n\n.*gone\.png: failed\. .*gone\.png does not exist\. Check the path[^\n]*\n$/,
    );
  });

  it.each<[string, () => string[], RegExp]>([
    [
      'an edit of another size',
      () => ['--edit', folder.path('small.png')],
      /edit is 10×10 pixels and its source 384×120/,
    ],
    ['an edit that is not there', () => ['--edit', folder.path('gone.png')], /gone\.png does not exist/],
    ['no edit', () => [], /required option '--edit <file>' not specified/],
    [
      'an unknown transform',
      () => ['--edit', sticker(), '--transform', 'bent'],
      /Allowed choices are auto, similarity/,
    ],
    [
      'an unknown estimator',
      () => ['--edit', sticker(), '--estimator', 'luck'],
      /Allowed choices are ransac, lmeds, magsac/,
    ],
  ])('exits with 2 and a message for %s', async (_what, args, sentence) => {
    const run = await runCli('warp', home(), moved(), '--out', folder.path('bad'), ...args());
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code: 2, stdout: '' });
    expect(run.stderr).toMatch(sentence);
  });
});
