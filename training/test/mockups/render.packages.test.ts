import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Side } from '../../mockups/changes.js';
import { correspond } from '../../mockups/correspond.js';
import { UNEDITED } from '../../mockups/edit.js';
import { generate } from '../../mockups/generate.js';
import { type ImageKind, type Images, prepareImages } from '../../mockups/images/images.js';
import type { Box } from '../../mockups/measure.js';
import { random } from '../../mockups/random.js';
import { type Screen, sampleScreen } from '../../mockups/screen.js';
import { Stage } from '../../mockups/stage.js';
import { sampleStyle } from '../../mockups/style.js';
import { CACHE, useBrowser } from './use-browser.js';

const room = useBrowser();

describe('a set', () => {
  it('depends only on the seed, whatever the number of pages', async () => {
    const make = (name: string, workers: number) =>
      generate(room.browser, {
        split: 'train',
        seed: 'test',
        from: 0,
        count: 5,
        workers,
        folder: join(room.folder, name),
        cache: CACHE,
      });
    const [one, two] = [await make('one', 1), await make('two', 2)];
    expect(two).toEqual(one);
    for (const { source } of one) {
      const [a, b] = [await pixels(join(room.folder, 'one', source)), await pixels(join(room.folder, 'two', source))];
      expect(a.length).toBe(b.length);
      // the browser resamples images in tiles that depend on its cache: single pixels differ by 3 of 255
      expect(a.every((value, n) => Math.abs(value - (b[n] ?? 0)) <= 8)).toBe(true);
    }
  });

  it('has the size of every image, and every box inside it', async () => {
    const home = join(room.folder, 'sizes');
    const records = await generate(room.browser, {
      split: 'validation',
      seed: 'test',
      from: 0,
      count: 5,
      workers: 2,
      folder: home,
      cache: CACHE,
    });
    for (const { source, sourceSize, elements } of records) {
      const { width, height } = await sharp(join(home, source)).metadata();
      expect([width, height]).toEqual(sourceSize);
      const outside = elements.filter(({ source: box }) => box !== null && !isInside(box, sourceSize));
      expect(outside).toEqual([]);
    }
  });
});

describe('images', () => {
  it('of validation are not in training', async () => {
    const page = await room.browser.newPage();
    const [train, validation] = [
      await prepareImages(page, join(CACHE, 'pictures'), 'train'),
      await prepareImages(page, join(CACHE, 'pictures'), 'validation'),
    ];
    const contents = (images: Images, kind: ImageKind) => {
      const rng = random('pictures', kind);
      const urls = new Set(Array.from({ length: 600 }, () => images.pick(kind, rng)));
      return new Set([...urls].map((url) => readFileSync(new URL(url), 'base64')));
    };
    for (const kind of ['photo', 'portrait', 'object', 'flag'] as const) {
      const [trained, heldOut] = [contents(train, kind), contents(validation, kind)];
      expect([...heldOut].filter((content) => trained.has(content))).toEqual([]);
      expect(heldOut.size).toBeGreaterThan(5);
    }
  });
});

describe('correspondences', () => {
  it('have equal content if only the order changed', async () => {
    const stage = await Stage.open(room.browser, room.folder);
    const images = await prepareImages(stage.page, join(CACHE, 'pictures'), 'train');
    const screen: Screen = {
      ...sampleScreen('order', 'train', random('order')),
      sections: ['settings', 'list', 'stats'],
    };
    const style = { ...sampleStyle('train', 'order', random('look')), form: 'phone', width: 390, height: 844 } as const;
    const side: Side = {
      style,
      shot: { scale: 1, jpegQuality: null, frame: false, crop: null, scroll: 0 },
      dialog: false,
    };
    const moved = { ...side, style: { ...style, edit: { ...UNEDITED, seed: 'moved', reorder: true } } };
    const [source, target] = [await stage.take(screen, side, images), await stage.take(screen, moved, images)];
    const pairs = correspond(
      { elements: source.elements, scale: 1, finished: true },
      { elements: target.elements, scale: 1, finished: true },
    );
    const rigid = pairs.flatMap((pair) =>
      pair.rigid && pair.source && pair.target ? [[pair.source, pair.target]] : [],
    );
    expect(rigid.length).toBeGreaterThan(20);
    for (const [from, to] of rigid as [Box, Box][]) {
      expect(difference(await patch(source.image, from), await patch(target.image, to))).toBeLessThan(14);
    }
  });
});

function isInside([x, y, width, height]: Box, [imageWidth, imageHeight]: [number, number]): boolean {
  return x >= -1 && y >= -1 && x + width <= imageWidth + 1 && y + height <= imageHeight + 1;
}

function pixels(file: string): Promise<Buffer> {
  return sharp(file).raw().toBuffer();
}

function patch(image: Buffer, [left, top, width, height]: Box): Promise<Buffer> {
  const area = { left: Math.round(left), top: Math.round(top), width: Math.floor(width), height: Math.floor(height) };
  return sharp(image).extract(area).greyscale().blur(1).raw().toBuffer();
}

/** Mean difference of two patches of grey, of 255; sizes differ by a rounding at most. */
function difference(a: Buffer, b: Buffer): number {
  const length = Math.min(a.length, b.length);
  let sum = 0;
  for (let n = 0; n < length; n++) sum += Math.abs((a[n] ?? 0) - (b[n] ?? 0));
  return sum / length;
}
