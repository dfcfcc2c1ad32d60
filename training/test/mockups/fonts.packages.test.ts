import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { Side } from '../../mockups/changes.js';
import { prepareImages } from '../../mockups/images/images.js';
import { LANGUAGES } from '../../mockups/languages.js';
import { random } from '../../mockups/random.js';
import { type Screen, sampleScreen } from '../../mockups/screen.js';
import { Stage } from '../../mockups/stage.js';
import { sampleStyle } from '../../mockups/style.js';
import { LOCALES, type LocaleId } from '../../mockups/texts/locales.js';
import { CACHE, useBrowser } from './use-browser.js';

const SHOT = { scale: 1, jpegQuality: null, frame: false, crop: null, scroll: 0 };
const FONTS = [...new Set(Object.values(LANGUAGES).flatMap(({ fonts }) => fonts))];
const room = useBrowser();

it('draws every letter with a packaged font, whatever fonts the machine has', async () => {
  const stage = await Stage.open(room.browser, room.folder);
  const images = await prepareImages(stage.page, join(CACHE, 'pictures'), 'train');
  const screen: Screen = {
    ...sampleScreen('fonts', 'train', random('fonts')),
    sections: ['settings', 'list', 'table', 'calendar', 'form'],
  };
  const found: string[] = [];
  for (const [n, font] of FONTS.entries()) {
    // scripts but Latin and Cyrillic have the font of their locale
    const locales = (Object.keys(LOCALES) as LocaleId[]).filter((id) => n === 0 || id === 'en' || id === 'ru');
    for (const locale of locales) {
      const style = { ...sampleStyle('train', 'fonts', random('look')), font, locale, width: 390, height: 844 };
      const side: Side = { style: { ...style, form: 'phone', wireframe: 'none' }, shot: SHOT, dialog: false };
      await stage.take(screen, side, images);
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
