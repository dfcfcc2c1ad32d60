import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { harderScreen } from '../figma-host/documents/harder-screen.js';
import { inboxDocument } from '../figma-host/documents/inbox-document.js';
import { LIGHT } from '../figma-host/documents/theme.js';
import type { Film } from './film.js';
import { test as base } from './fixtures.js';

/** Folder of the pictures for the documents; without it their tests are skipped. */
export const PICTURES = process.env.SAMEPOINT_README_IMAGES;

/** Keeps the documents quick to load. */
const MAX_BYTES = { film: 600_000, still: 200_000 };

/** The frames of a film: the source, then its targets in another theme, and in another language and size. */
export const FILMED = { source: 'light:screen', targets: ['dark:screen', 'german:screen'] } as const;

/** Tests in a file with the filmed frames. */
export const test = base.override('document', () => {
  const [light, dark] = inboxDocument().children;
  if (light === undefined || dark === undefined) throw new Error('the document has no screens');
  // overlays are for the transfer of layers
  const parts = light.children?.filter(({ key = '' }) => !/:(callout|arrow|sticker)$/.test(key)) ?? [];
  const german = harderScreen('german', 'Inbox / Tablet, German', LIGHT);
  return {
    name: 'Inbox',
    children: [
      { ...light, children: parts },
      { ...dark, name: 'Inbox / Dark' },
      { ...german, x: 1040, y: 0 },
    ],
  };
});

/** Writes `<name>.webp` and its last picture as `<name>.png`. */
export async function saveFilm(film: Film, name: string): Promise<void> {
  const [webp, png] = [await film.webp(), await film.lastPicture()];
  await writeFile(join(PICTURES ?? '', `${name}.webp`), webp);
  await writeFile(join(PICTURES ?? '', `${name}.png`), png);
  expect(webp.length).toBeLessThan(MAX_BYTES.film);
  expect(png.length).toBeLessThan(MAX_BYTES.still);
}
