import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createAvatar } from '@dicebear/core';
import * as lorelei from '@dicebear/lorelei';
import * as notionists from '@dicebear/notionists';
import * as openPeeps from '@dicebear/open-peeps';
import type { Page } from 'playwright-core';
import { type Random, random } from '../random.js';
import type { Split } from '../split.js';
import { drawPhoto, PHOTO_KINDS } from './draw-photo.js';
import { OBJECTS, objectImage } from './object-image.js';
import { PLACES, panoramaPhoto } from './panorama-photo.js';

export type ImageKind = 'photo' | 'portrait' | 'object' | 'flag';

/** URLs of the images of each kind, from `prepareImages`. */
export class Images {
  constructor(private readonly files: Record<ImageKind, readonly string[]>) {}

  pick(kind: ImageKind, rng: Random): string {
    return rng.pick(this.files[kind]);
  }
}

const COUNTS = { drawnPhoto: 60, photo: 60, portrait: 60, object: 120 } as const;
const FLAGS =
  'ar at au be br ca ch cl cn cz de dk eg es et fi fr gb gr id ie il in it jp ke kr mx ng nl no nz pe pl pt ro se th tr ua'.split(
    ' ',
  );

/**
 * Creates the images of mockups in `folder`, unless they exist. The two splits share none.
 *
 * @param page any page of the browser; its content is replaced
 */
export async function prepareImages(page: Page, folder: string, split: Split): Promise<Images> {
  const home = join(folder, split);
  mkdirSync(home, { recursive: true });
  const photos = [
    ...(await written(home, 'drawn-photo', COUNTS.drawnPhoto, (n) => drawnPhoto(page, `${split}:${n}`, n))),
    ...(await written(home, 'photo', COUNTS.photo, (n) => panoramaPhoto(mine(PLACES, split, n), `${split}:${n}`))),
  ];
  const svg = (name: string, draw: () => string) => {
    const file = join(home, `${name}.svg`);
    if (!existsSync(file)) writeFileSync(file, draw());
    return pathToFileURL(file).href;
  };
  const drawn = (name: string, count: number, draw: (key: string, n: number) => string) =>
    Array.from({ length: count }, (_, n) => svg(`${name}-${n}`, () => draw(`${split}:${name}:${n}`, n)));
  return new Images({
    photo: photos,
    portrait: drawn('portrait', COUNTS.portrait, portrait),
    object: drawn('object', COUNTS.object, (key, n) => objectImage(mine(OBJECTS, split, n), key)),
    flag: ownOf(FLAGS, split).map((country) => svg(`flag-${country}`, () => flag(country))),
  });
}

/** URLs of `count` JPEGs; creates missing ones. */
async function written(home: string, name: string, count: number, make: (n: number) => Promise<Buffer>) {
  const urls: string[] = [];
  for (let n = 0; n < count; n++) {
    const file = join(home, `${name}-${n}.jpg`);
    if (!existsSync(file)) writeFileSync(file, await make(n));
    urls.push(pathToFileURL(file).href);
  }
  return urls;
}

async function drawnPhoto(page: Page, key: string, n: number): Promise<Buffer> {
  const kind = PHOTO_KINDS[n % PHOTO_KINDS.length] ?? PHOTO_KINDS[0];
  const url = await page.evaluate(drawPhoto, { kind, seed: random(key).whole(1, 2 ** 30) });
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
}

/** Members of a list for a split: every third is held out for validation. */
function ownOf<T>(all: readonly T[], split: Split): T[] {
  return all.filter((_, at) => (at % 3 === 0) === (split === 'validation'));
}

/** Cycles through the items. */
function mine<T>(all: readonly T[], split: Split, n: number): T {
  const own = ownOf(all, split);
  const one = own[n % own.length];
  if (one === undefined) throw new RangeError('there is nothing to show');
  return one;
}

function portrait(key: string, n: number): string {
  const hue = random(key).whole(0, 359);
  const options = { seed: key, backgroundColor: [hexOfHue(hue)], size: 128 };
  if (n % 3 === 0) return createAvatar(lorelei, options).toString();
  if (n % 3 === 1) return createAvatar(notionists, options).toString();
  return createAvatar(openPeeps, options).toString();
}

/** A light, unsaturated colour, in the format of the avatars' option. */
function hexOfHue(hue: number): string {
  const channel = (offset: number) => {
    const k = (offset + hue / 30) % 12;
    const value = 0.84 - 0.13 * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(value * 255)
      .toString(16)
      .padStart(2, '0');
  };
  return channel(0) + channel(8) + channel(4);
}

interface FlagSet {
  icons: Record<string, { body: string } | undefined>;
}

function flag(country: string): string {
  const set: FlagSet = JSON.parse(
    readFileSync(new URL(import.meta.resolve('@iconify-json/circle-flags/icons.json')), 'utf8'),
  );
  const icon = set.icons[country];
  if (icon === undefined) throw new RangeError(`there is no flag of ${country}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" viewBox="0 0 512 512">${icon.body}</svg>`;
}
