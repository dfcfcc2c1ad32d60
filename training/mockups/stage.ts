import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, CDPSession, Page } from 'playwright-core';
import type { Side } from './changes.js';
import type { Images } from './images/images.js';
import { FONT_SHEETS, LANGUAGES } from './languages.js';
import { type Measured, measure } from './measure.js';
import { type Screen, screenHtml } from './screen.js';
import type { Style } from './style.js';
import { LOCALES } from './texts/locales.js';

/** A screenshot of one side, with the measured elements. */
export interface Screenshot {
  image: Buffer;
  /** Image size in pixels. */
  size: [number, number];
  elements: Measured[];
}

const FRAME_MARGIN_PX = 48;
const ROOM_PX = { width: 1700, height: 1500 };

/** A page that renders screens without reloading. */
export class Stage {
  private constructor(
    readonly page: Page,
    private readonly devtools: CDPSession,
  ) {}

  /** @param folder for the page's file; a file, so that it can load images and fonts */
  static async open(browser: Browser, folder: string): Promise<Stage> {
    const file = join(folder, 'stage.html');
    writeFileSync(file, stageHtml());
    const page = await browser.newPage({ viewport: ROOM_PX });
    // functions sent to the page lose the naming helper that tsx adds to modules
    await page.addInitScript('globalThis.__name = (named) => named');
    await page.goto(pathToFileURL(file).href);
    return new Stage(page, await page.context().newCDPSession(page));
  }

  async take(screen: Screen, side: Side, images: Images): Promise<Screenshot> {
    const { style, shot } = side;
    const html = framed(screenHtml(screen, style, side.dialog, images), style, shot.frame);
    await this.page.evaluate(show, { html, ...pageState(style), scroll: shot.scroll });
    const area = shownArea(side);
    const elements = await this.page.evaluate(measure, area);
    const { data } = await this.devtools.send('Page.captureScreenshot', {
      clip: { ...area, scale: shot.scale },
      optimizeForSpeed: true,
      ...(shot.jpegQuality === null ? { format: 'png' } : { format: 'jpeg', quality: shot.jpegQuality }),
    });
    const size: [number, number] = [Math.round(area.width * shot.scale), Math.round(area.height * shot.scale)];
    return { image: Buffer.from(data, 'base64'), size, elements };
  }
}

/** Visible area of the page, in whole CSS pixels. */
function shownArea({ style: { form, width, height }, shot }: Side) {
  if (shot.frame) {
    const bezel = form === 'phone' ? { across: 24, down: 24 } : { across: 0, down: 40 };
    return {
      x: 0,
      y: 0,
      width: width + bezel.across + 2 * FRAME_MARGIN_PX,
      height: height + bezel.down + 2 * FRAME_MARGIN_PX,
    };
  }
  const { left = 0, top = 0, right = 0, bottom = 0 } = shot.crop ?? {};
  const [x, y] = [Math.round(left * width), Math.round(top * height)];
  return { x, y, width: Math.round((1 - right) * width) - x, height: Math.round((1 - bottom) * height) - y };
}

function framed(html: string, { form }: Style, frame: boolean): string {
  if (!frame) return html;
  const inside =
    form === 'phone'
      ? `<div class="phone-frame">${html}</div>`
      : `<div class="browser-bar"><i></i><i></i><i></i><b></b></div>${html}`;
  return `<div style="position:absolute;margin:${FRAME_MARGIN_PX}px"><div style="overflow:hidden;border-radius:${form === 'phone' ? 46 : 10}px">${inside}</div></div>`;
}

function pageState(style: Style) {
  const { tag, font } = LOCALES[style.locale];
  const wireframe = style.wireframe === 'none' ? '' : `wireframe ${style.wireframe}`;
  return {
    tag,
    classes: `${style.language} ${style.dark ? 'dark' : ''} ${style.density} ${wireframe}`,
    style: `--hue:${style.hue};--font:"${style.font}","${font}"`,
  };
}

/** Runs inside the page. Resolves when fonts and images are loaded. */
async function show(state: {
  html: string;
  tag: string;
  classes: string;
  style: string;
  scroll: number;
}): Promise<void> {
  document.documentElement.lang = state.tag;
  document.body.className = state.classes;
  document.body.setAttribute('style', state.style);
  document.body.innerHTML = state.html;
  document.querySelector('.scroller')?.scrollTo(0, state.scroll);
  document.body.getBoundingClientRect();
  await Promise.all([...document.images].map((image) => image.decode().catch(() => undefined)));
  await document.fonts.ready;
}

function stageHtml(): string {
  const own = ['base', 'components', ...Object.keys(LANGUAGES).map((id) => `languages/${id}`), 'wireframe'];
  const sheets = [
    ...FONT_SHEETS.map((sheet) => import.meta.resolve(sheet)),
    ...own.map((name) => new URL(`css/${name}.css`, import.meta.url).href),
  ];
  const links = sheets.map((href) => `<link rel="stylesheet" href="${href}">`).join('');
  return `<!doctype html><html><head><meta charset="utf-8">${links}</head><body></body></html>`;
}
