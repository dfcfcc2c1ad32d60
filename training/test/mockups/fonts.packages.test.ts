import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../../../test/figma-host/launch-chromium.js';
import type { Side } from '../../mockups/changes.js';
import { LANGUAGES } from '../../mockups/languages.js';
import { sampleLook } from '../../mockups/look.js';
import { preparePictures } from '../../mockups/pictures/prepare-pictures.js';
import { random } from '../../mockups/random.js';
import { type Screen, sampleScreen } from '../../mockups/screen.js';
import { Stage } from '../../mockups/stage.js';
import { LOCALES, type LocaleId } from '../../mockups/words/locales.js';

const cache = join(import.meta.dirname, '../../.cache');
const SHOT = { scale: 1, jpegQuality: null, frame: false, crop: null, scroll: 0 };
const FONTS = [...new Set(Object.values(LANGUAGES).flatMap(({ fonts }) => fonts))];
let browser: Browser;
let folder: string;

beforeAll(async () => {
  browser = await launchChromium();
  folder = mkdtempSync(join(tmpdir(), 'samepoint-mockups-'));
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

it('draws every letter with a font of a package, whatever fonts the machine has', async () => {
  const stage = await Stage.open(browser, folder);
  const pictures = await preparePictures(stage.page, join(cache, 'pictures'), 'train');
  const screen: Screen = {
    ...sampleScreen('fonts', 'train', random('fonts')),
    sections: ['settings', 'list', 'table', 'calendar', 'form'],
  };
  const found: string[] = [];
  for (const [n, font] of FONTS.entries()) {
    // scripts but Latin and Cyrillic have the font of their locale
    const locales = (Object.keys(LOCALES) as LocaleId[]).filter((id) => n === 0 || id === 'en' || id === 'ru');
    for (const locale of locales) {
      const look = { ...sampleLook('train', 'fonts', random('look')), font, locale, width: 390, height: 844 };
      const side: Side = { look: { ...look, form: 'phone', wireframe: 'none' }, shot: SHOT, dialog: false };
      await stage.take(screen, side, pictures);
      found.push(...(await ownFonts(stage.page)).map((name) => `${font}, ${locale}: ${name}`));
    }
  }
  expect([...new Set(found)]).toEqual([]);
}, 120_000);

/** Fonts of the machine that the page's texts are drawn with. */
async function ownFonts(page: Page): Promise<string[]> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('DOM.enable');
  await devtools.send('CSS.enable');
  const { root } = await devtools.send('DOM.getDocument');
  const { nodeIds } = await devtools.send('DOM.querySelectorAll', { nodeId: root.nodeId, selector: 'body *' });
  const used = await Promise.all(nodeIds.map((nodeId) => devtools.send('CSS.getPlatformFontsForNode', { nodeId })));
  await devtools.detach();
  return used
    .flatMap(({ fonts }) => fonts.filter(({ isCustomFont }) => !isCustomFont))
    .map(({ familyName }) => familyName);
}
