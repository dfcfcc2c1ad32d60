import { existsSync } from 'node:fs';
import { fittedTransformSchema } from '@samepoint/shared-protocol';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { BUSY_IMAGE, busyImage, warpImage } from '../../support/busy-image.js';
import { draw, encoder } from '../../support/draw.js';
import { runCli } from '../../support/run-cli.js';
import { useTempFolder } from '../../support/temp-folder.js';

const about = { backend: z.string(), device: z.string().min(1), source: z.string(), target: z.string() };

/** The documented JSON, without other fields. */
const reportSchema = z.discriminatedUnion('state', [
  fittedTransformSchema.extend({
    ...about,
    state: z.literal('aligned'),
    coverage: z.number(),
    difference: z.number(),
    files: z.array(z.string()),
  }),
  z.strictObject({ ...about, state: z.literal('refused'), reason: z.string() }),
]);

const folder = useTempFolder();

beforeAll(async () => {
  await encoder(busyImage()).png().toFile(folder.path('before.png'));
  await encoder(warpImage(busyImage(), [1, 0, 20, 0, 1, -6, 0, 0, 1]))
    .png()
    .toFile(folder.path('after.png'));
  await encoder(draw(BUSY_IMAGE.width, BUSY_IMAGE.height)).png().toFile(folder.path('blank.png'));
});

describe('samepoint align', () => {
  it('writes three images of the size of the target, and prints the documented JSON', async () => {
    const out = folder.path('new/aligned');
    const run = await runCli('align', folder.path('before.png'), folder.path('after.png'), '--out', out, '--json');
    expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '' });
    const report = reportSchema.parse(JSON.parse(run.stdout));
    if (report.state !== 'aligned') throw new Error(report.reason);
    expect(report.files).toEqual(['aligned', 'overlay', 'residual'].map((name) => `${out}/${name}.png`));
    for (const file of report.files)
      expect(await sharp(file).metadata()).toMatchObject({ format: 'png', ...BUSY_IMAGE });
    expect(Math.abs(report.transform[2] - 20)).toBeLessThan(1);
    expect(Math.abs(report.transform[5] + 6)).toBeLessThan(1);
  });

  it('prints the reason of a rejection, exits with 3 and writes nothing', async () => {
    const out = folder.path('refused');
    const run = await runCli('align', folder.path('before.png'), folder.path('blank.png'), '--out', out);
    expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 3, stderr: '' });
    expect(run.stdout).toMatch(/blank\.png: refused\. Only 0 of 600 points were found in the target\.\n$/);
    expect(existsSync(out)).toBe(false);
  });

  it('exits with 2 before the work if the output is not writable', async () => {
    const out = folder.path('before.png/aligned');
    const run = await runCli('align', folder.path('before.png'), folder.path('after.png'), '--out', out);
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code: 2, stdout: '' });
    expect(run.stderr).toMatch(/^samepoint: Cannot write .*aligned: .*before\.png is a file\. [^\n]*\n$/);
  });

  it('exits with 2 and a message if an image is missing', async () => {
    const run = await runCli('align', folder.path('before.png'), folder.path('gone.png'), '--out', folder.path('bad'));
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code: 2, stdout: '' });
    expect(run.stderr).toMatch(/gone\.png does not exist/);
  });
});
