import type { Browser, Locator } from 'playwright-core';
import sharp from 'sharp';
import type { FigmaPage } from '../figma-host/figma-page.js';
import { interStyleSheet } from '../figma-host/fonts.js';
import { type CanvasFrame, drawFrame, labelsIn, SCENE, sceneHtml } from './canvas-picture.js';
import type { PluginInFigma } from './plugin-in-figma.js';

/** Image pixels per CSS px. */
const SCALE = 1.5;

/** What a shot shows beside the canvas. */
interface Shot {
  caption: string;
  ms: number;
  /** The plugin window; absent while it is closed. */
  figma?: FigmaPage;
  /** The control under the pointer. */
  pressed?: Locator;
}

/** Pictures of a Figma file and the plugin window, with captions, as one animated image. */
export class Film {
  private readonly shots: { png: Buffer; ms: number }[] = [];
  private readonly labels: readonly string[];
  private readonly selected = new Set<string>();

  /** @param keys the frames on the canvas, the annotated one first */
  constructor(
    private readonly browser: Browser,
    private readonly plugin: PluginInFigma,
    private readonly keys: readonly [string, ...string[]],
    private readonly captions: readonly string[],
  ) {
    this.labels = labelsIn(plugin.host, plugin.id(keys[0]));
  }

  /** Selects frames on the canvas. */
  select(...keys: string[]): void {
    this.plugin.select(...keys);
    this.selected.clear();
    for (const key of keys) this.selected.add(key);
  }

  /** Takes a picture. */
  async add({ caption, ms, figma, pressed }: Shot): Promise<void> {
    const frames: CanvasFrame[] = [];
    for (const key of this.keys)
      frames.push(await drawFrame(this.plugin.host, this.plugin.id(key), this.labels, this.selected.has(key)));
    const box = (await pressed?.boundingBox()) ?? null;
    const html = sceneHtml({
      caption,
      frames,
      window: (await figma?.page.screenshot()) ?? null,
      pointer: box && { x: box.x + box.width * 0.7, y: box.y + box.height * 0.5 },
      step: this.captions.indexOf(caption) + 1,
      steps: this.captions.length,
    });
    const page = await this.browser.newPage({ viewport: SCENE, deviceScaleFactor: SCALE });
    await page.setContent(html);
    await page.evaluate(() => document.fonts.ready.then(() => undefined));
    this.shots.push({ png: await page.screenshot(), ms });
    await page.close();
  }

  /** Presses a control, with a picture before. */
  async press(pressed: Locator, shot: Shot): Promise<void> {
    await this.add({ ...shot, pressed });
    await pressed.click();
  }

  /** The pictures as animated WebP. */
  webp(): Promise<Buffer> {
    return sharp(
      this.shots.map(({ png }) => png),
      { join: { animated: true } },
    )
      .webp({
        quality: 82,
        effort: 6,
        smartSubsample: true,
        minSize: true,
        delay: this.shots.map(({ ms }) => ms),
        loop: 0,
      })
      .toBuffer();
  }

  /** The last picture as PNG. */
  lastPicture(): Promise<Buffer> {
    return sharp(this.shots.at(-1)?.png).png({ palette: true, colours: 128, effort: 10 }).toBuffer();
  }
}

/** Loads Inter into the plugin window; its style sheet names it. */
export async function useInter({ page }: FigmaPage): Promise<void> {
  const [, ui] = page.frames();
  await ui?.addStyleTag({ content: interStyleSheet() });
  await ui?.evaluate(() => Promise.all([...document.fonts].map((font) => font.load())).then(() => undefined));
}
