import { writeFile } from 'node:fs/promises';
import sharp from 'sharp';
import { expect } from 'vitest';
import type { FigmaHost, InspectedNode } from '../figma-host/figma-host.js';
import { boundsOf, inverse, multiply } from '../figma-host/matrix.js';
import type { Json } from '../figma-host/spec.js';
import { test } from './fixtures.js';
import { applyPreview, pairByCode, pickFrames, startRun } from './steps.js';

/** Output file; without it the test is skipped. */
const FILE = process.env.SAMEPOINT_README_IMAGE;

const SIZE = { width: 1160, height: 740 };
/** Keeps the README quick to load. */
const MAX_BYTES = 250 * 1024;

test.runIf(FILE !== undefined)('draws the image of the README', async ({ browser, plugin, daemon }) => {
  const { host } = plugin;
  // overlays for the transfer of layers
  for (const key of ['light:callout', 'light:arrow', 'light:sticker']) host.removeNode(plugin.id(key));
  const figma = await plugin.run('transfer-annotations');
  await pairByCode(figma, daemon.code);
  await pickFrames(plugin, figma, 'light:screen', ['dark:screen']);
  await startRun(figma);
  const target = figma.heading('Frame 2041');
  await target.evaluate((heading) => heading.scrollIntoView());
  const preview = await figma.page.screenshot();
  await applyPreview(figma);

  const order = annotationOrder(host, plugin.id('light:screen'));
  const page = await browser.newPage({ viewport: SIZE, deviceScaleFactor: 2 });
  await page.setContent(`<style>${STYLE}</style><body>
    ${await pinnedScreen(host, plugin.id('light:screen'), order)}
    <figure class="window"><figcaption>Samepoint</figcaption><img src="${dataUrl(preview)}"></figure>
    ${await pinnedScreen(host, plugin.id('dark:screen'), order)}`);
  const png = await sharp(await page.screenshot())
    .png({ palette: true, colours: 128, effort: 10 })
    .toBuffer();
  await page.close();
  expect(png.length).toBeLessThan(MAX_BYTES);
  await writeFile(FILE ?? '', png);
});

/** The annotations of the source in order; equal annotations get equal numbers. */
function annotationOrder(host: FigmaHost, screenId: string): string[] {
  return host
    .nodes()
    .filter((node) => node.id !== screenId)
    .flatMap((node) => (node.key?.startsWith('light:') ? host.annotations(node.id).map(labelOf) : []));
}

function dataUrl(png: Uint8Array): string {
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}

const STYLE = `
  body { margin: 0; padding: 28px 32px 32px; box-sizing: border-box; height: 100vh; background: #e3e5e9;
    display: flex; justify-content: space-between; font: 13px system-ui, sans-serif; color: #5f6673; }
  figure { margin: 0; position: relative; }
  figcaption { height: 26px; line-height: 18px; }
  .screen img { display: block; height: 654px; border-radius: 4px; }
  .screen .stage { position: relative; }
  .outline { position: absolute; border: 1.5px solid #7b3ff2; border-radius: 3px; }
  .pin { position: absolute; min-width: 18px; height: 18px; margin: -13px 0 0 -13px; border-radius: 9px; background: #7b3ff2;
    color: #fff; font: 600 11px/18px system-ui, sans-serif; text-align: center; box-shadow: 0 1px 3px #0006; }
  .window { width: 340px; align-self: flex-start; margin-top: 26px; border-radius: 12px; overflow: hidden; background: #fff;
    box-shadow: 0 8px 28px #0003; }
  .window figcaption { height: 40px; line-height: 40px; padding: 0 16px; font-weight: 600; color: #1e1e1e;
    border-bottom: 1px solid #e6e6e6; }
  .window img { display: block; width: 340px; }
`;

const SCALE = 2;

/** The label identifies an annotation. */
function labelOf(annotation: Json): string {
  if (typeof annotation !== 'object' || annotation === null || Array.isArray(annotation)) return '';
  return String(annotation.labelMarkdown ?? annotation.label);
}

/** HTML of a screen with a numbered pin on each annotated layer. */
async function pinnedScreen(host: FigmaHost, screenId: string, order: readonly string[]): Promise<string> {
  const screen = host.node(screenId);
  const png = await host.export(screenId, SCALE);
  const annotated = host
    .nodes()
    .filter((node) => host.annotations(node.id).length > 0 && isInside(host, node, screenId));
  const marks = annotated.map((node) => {
    const numbers = host.annotations(node.id).map((annotation) => order.indexOf(labelOf(annotation)) + 1);
    return markOf(node, screen, numbers);
  });
  const image = `<img src="data:image/png;base64,${Buffer.from(png).toString('base64')}">`;
  return `<figure class="screen"><figcaption>${nameOf(screen)}</figcaption><div class="stage">${image}${marks.join('')}</div></figure>`;
}

function isInside(host: FigmaHost, node: InspectedNode, screenId: string): boolean {
  for (let id = node.parentId; id !== null; id = host.node(id).parentId) if (id === screenId) return true;
  return false;
}

/** An outline around the layer with its numbers, in percent of the screen. */
function markOf(node: InspectedNode, screen: InspectedNode, numbers: readonly number[]): string {
  const bounds = boundsOf(multiply(inverse(screen.absolute), node.absolute), node.width, node.height);
  const left = (100 * bounds.x) / screen.width;
  const top = (100 * bounds.y) / screen.height;
  const width = (100 * bounds.width) / screen.width;
  const height = (100 * bounds.height) / screen.height;
  const pins = numbers.map(
    (number, index) => `<b class="pin" style="left:calc(${left}% + ${index * 20}px);top:${top}%">${number}</b>`,
  );
  return `<i class="outline" style="left:${left}%;top:${top}%;width:${width}%;height:${height}%"></i>${pins.join('')}`;
}

function nameOf({ props }: InspectedNode): string {
  return String(props.name);
}
