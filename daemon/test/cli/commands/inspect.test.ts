import { inspectResultSchema, pointSchema } from '@samepoint/shared-protocol';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { drawHeatmap, imageFormatOf } from '../../../src/cli/files/draw-heatmap.js';
import { readNpy } from '../../../src/cli/files/npy.js';
import { decodeImage } from '../../../src/images/decode.js';
import { draw, encoder, moved, pixel, type Rect } from '../../support/draw.js';
import { runCli } from '../../support/run-cli.js';
import { useTempFolder } from '../../support/temp-folder.js';

/** The documented JSON, without other fields. */
const reportSchema = z.strictObject({
  backend: z.string(),
  calibrated: z.literal(true),
  source: z.string(),
  target: z.string(),
  point: pointSchema,
  matches: inspectResultSchema.shape.matches,
});

/** A strip, which is quick to compute. */
const STRIP = { width: 300, height: 24 };
const RECTS: readonly Rect[] = [
  { x: 20, y: 4, w: 60, h: 12, colour: [30, 30, 30] },
  { x: 150, y: 8, w: 90, h: 8, colour: [200, 40, 40] },
  { x: 262, y: 2, w: 16, h: 16, colour: [40, 40, 200] },
];
const POINT = { x: 50, y: 10 };
const SHIFT = { x: 8, y: 2 };

const folder = useTempFolder();
const home = () => folder.path('home.png');
const changed = () => folder.path('changed.png');

beforeAll(async () => {
  const { width, height } = STRIP;
  await encoder(draw(width, height, RECTS))
    .png()
    .toFile(home());
  await encoder(draw(width, height, moved(RECTS, SHIFT.x, SHIFT.y)))
    .png()
    .toFile(changed());
});

describe('samepoint inspect', () => {
  it('lists the matches, the best first, and writes the heatmap and the similarities', async () => {
    const [out, map] = [folder.path('heat.png'), folder.path('map.npy')];
    const point = `${POINT.x},${POINT.y}`;
    const run = await runCli(
      'inspect',
      home(),
      changed(),
      '--point',
      point,
      '--top',
      '3',
      '--json',
      '--out',
      out,
      '--map',
      map,
    );
    expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '' });
    const { matches } = reportSchema.parse(JSON.parse(run.stdout));
    expect(matches.length).toBeLessThanOrEqual(3);
    const [best] = matches;
    expect(Math.hypot((best?.point.x ?? 0) - POINT.x - SHIFT.x, (best?.point.y ?? 0) - POINT.y - SHIFT.y)).toBeLessThan(
      6,
    );
    const { dims, data } = await readNpy(map);
    expect(data).toHaveLength((dims[0] ?? 0) * (dims[1] ?? 0));
    expect(Math.max(...data)).toBeCloseTo(best?.similarity ?? 0, 1);
    const { width = 0, height = 0, format } = await sharp(out).metadata();
    expect(format).toBe('png');
    expect(width / height).toBeCloseTo(STRIP.width / STRIP.height, 1);
  });

  it('reports no confident match where match reports no counterpart', async () => {
    const { width, height } = STRIP;
    await encoder(draw(width, height)).png().toFile(folder.path('blank.png'));
    const blank = await runCli('inspect', home(), folder.path('blank.png'), '--point', '50,10');
    expect({ code: blank.code, stderr: blank.stderr }).toEqual({ code: 0, stderr: '' });
    expect(blank.stdout).toMatch(/\nNo match above 5 % confidence\.\n$/);
    expect((await runCli('inspect', home(), changed(), '--point', '50,10')).stdout).not.toContain('No match above');
  });

  it.each([
    ['heat.png', 'png'],
    ['heat.jpg', 'jpeg'],
    ['HEAT.JPEG', 'jpeg'],
    ['heat.webp', 'webp'],
  ])('writes %s as %s', async (name, expected) => {
    const heat = { width: 2, height: 1, cells: Uint8Array.of(0, 255) };
    const drawn = await drawHeatmap(draw(STRIP.width, STRIP.height, RECTS), heat, [], imageFormatOf(name));
    expect((await sharp(drawn).metadata()).format).toBe(expected);
  });

  it('draws the similarity of a cell around its centre', async () => {
    const heat = { width: 3, height: 1, cells: Uint8Array.of(0, 255, 0) };
    const drawn = await decodeImage(await drawHeatmap(draw(60, 20), heat, [], 'png'));
    const row = Math.floor(drawn.height / 2);
    const slope = [0.2, 0.3, 0.4].map((part) => Math.round(part * drawn.width));
    expect(slope.map((x) => pixel(drawn, x, row))).toEqual(slope.map((x) => pixel(drawn, drawn.width - 1 - x, row)));
    expect(pixel(drawn, slope[1] ?? 0, row)).not.toEqual(pixel(drawn, slope[2] ?? 0, row));
  });

  it.each([
    ['an unsupported image format', ['--out', 'heat.gif'], /heat\.gif has no supported image extension\. .*\.png, /],
    ['a file without an extension', ['--out', 'heat'], /heat has no supported image extension/],
    [
      'a missing folder',
      ['--out', '/none/heat.png'],
      /the folder \/none does not exist\. Choose another path for --out/,
    ],
    ['similarities in no folder', ['--map', '/none/map.npy'], /the folder \/none does not exist\. .* for --map/],
  ])('refuses %s before the work', async (_what, options, sentence) => {
    const run = await runCli('inspect', home(), changed(), '--point', '50,10', ...options);
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code: 2, stdout: '' });
    expect(run.stderr).toMatch(sentence);
  });

  it.each([
    ['a point that is none', '12', /"12" is not a point/],
    ['two points', '1,2 3,4', /is not a single point/],
    ['a point outside', '5000,10', /outside the source image/],
  ])('refuses %s with a message', async (_what, point, sentence) => {
    const run = await runCli('inspect', home(), changed(), '--point', point);
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(sentence);
    expect(run.stdout).toBe('');
  });
});
