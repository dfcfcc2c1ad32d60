import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launchChromium } from '../../../test/figma-host/launch-chromium.js';

/** Cache of images between runs. */
export const CACHE = join(import.meta.dirname, '../../.cache');

/** A browser and an empty folder for the tests of a file. */
export function useBrowser(): { readonly browser: Browser; readonly folder: string } {
  const room = {} as { browser: Browser; folder: string };
  beforeAll(async () => {
    room.browser = await launchChromium();
    room.folder = mkdtempSync(join(tmpdir(), 'samepoint-mockups-'));
  });
  afterAll(async () => {
    await room.browser.close();
    rmSync(room.folder, { recursive: true });
  });
  return room;
}
