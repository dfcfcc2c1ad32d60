import { readFileSync } from 'node:fs';
import type { Box } from '@samepoint/shared-protocol';
import type { Browser } from 'playwright-core';
import { interStyleSheet } from '../figma-host/fonts.js';
import { launchChromium } from '../figma-host/launch-chromium.js';

const STYLE = readFileSync(new URL('style.css', import.meta.url), 'utf8');
const FONTS = interStyleSheet();

/** An element that is a layer, in pixels of the image. */
export interface DrawnLayer {
  name: string;
  type: string;
  box: Box;
  /** Index of the layer around it; -1 for the screen. */
  parent: number;
  text: string | null;
}

export interface Drawing {
  png: Buffer;
  layers: DrawnLayer[];
}

interface Sheet {
  html: string;
  /** In CSS pixels. */
  width: number;
  height: number;
  /** Image pixels per CSS pixel. */
  scale: number;
  isTransparent?: boolean;
}

/** Draws pages in one browser, and reads the boxes of their layers. */
export class Drawer {
  private constructor(private readonly browser: Browser) {}

  static async open(): Promise<Drawer> {
    return new Drawer(await launchChromium());
  }

  async draw({ html, width, height, scale, isTransparent = false }: Sheet): Promise<Drawing> {
    const page = await this.browser.newPage({ viewport: { width, height }, deviceScaleFactor: scale });
    try {
      const background = isTransparent ? '<style>body{background:transparent}</style>' : '';
      await page.setContent(`<style>${FONTS}${STYLE}</style>${background}${html}`);
      await page.evaluate(() => document.fonts.ready);
      const png = await page.screenshot({ omitBackground: isTransparent });
      const layers = await page.evaluate(layersOnPage);
      return { png, layers: layers.map((one) => ({ ...one, box: scaled(one.box, scale) })) };
    } finally {
      await page.close();
    }
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}

/** Runs in the page. */
function layersOnPage(): DrawnLayer[] {
  const elements = [...document.querySelectorAll<HTMLElement | SVGElement>('[data-layer]')];
  return elements.map((element) => {
    const { x, y, width: w, height: h } = element.getBoundingClientRect();
    const around = element.parentElement?.closest<HTMLElement | SVGElement>('[data-layer]') ?? null;
    const { layer: name = '', type = '' } = element.dataset;
    const parent = around === null ? -1 : elements.indexOf(around);
    return { name, type, box: { x, y, w, h }, parent, text: type === 'TEXT' ? element.textContent : null };
  });
}

function scaled({ x, y, w, h }: Box, scale: number): Box {
  const [left, top] = [Math.round(x * scale), Math.round(y * scale)];
  return { x: left, y: top, w: Math.round((x + w) * scale) - left, h: Math.round((y + h) * scale) - top };
}
