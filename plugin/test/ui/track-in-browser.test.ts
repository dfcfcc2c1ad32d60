import type { TrackResult } from '@samepoint/shared-protocol';
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FigmaPage } from '../../../test/figma-host/figma-page.js';
import { launchChromium } from '../../../test/figma-host/launch-chromium.js';
import { bundleUi } from '../../bundle.mjs';
import type { FrameSummary, MainToUi } from '../../src/shared/messages.js';
import type { ExportedRegion } from '../../src/shared/tracking.js';
import { labelColours } from '../../src/ui/flow/track/label-pixels.js';
import { FakeDaemon } from './fake-daemon.js';
import { frameSummary } from './fixtures.js';
import { look } from './look.js';
import { DARK, LIGHT, mockup, PARTS } from './mockup.js';
import { openUi } from './open-ui.js';
import { selection, session } from './session.js';

const FRAMES = 6;
const named = (n: number): FrameSummary => {
  const frame = frameSummary(`f${n}`);
  return { ...frame, name: `Onboarding / step ${n + 1}`, x: (n % 3) * 500, y: Math.floor(n / 3) * 400 };
};
const SUMMARIES = Array.from({ length: FRAMES }, (_, n) => named(n));
const REGIONS = [
  { nodeId: 'button', name: 'Buy button', type: 'RECTANGLE', centre: { x: 316, y: 266 } },
  { nodeId: 'avatar', name: 'Avatar', type: 'ELLIPSE', isFilled: true as const, centre: { x: 48, y: 48 } },
];
const IDENTITY = { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 };
const boxPath = ({ x, y, w, h }: { x: number; y: number; w: number; h: number }) =>
  `M ${x} ${y} L ${x + w} ${y} L ${x + w} ${y + h} L ${x} ${y + h} Z`;
const EXPORTED: ExportedRegion[] = [
  ['button', 'Buy button', PARTS.button] as const,
  ['avatar', 'Avatar', PARTS.avatar] as const,
].map(([nodeId, name, box]) => {
  return {
    nodeId,
    name,
    shape: { kind: 'paths', paths: [{ data: boxPath(box), evenOdd: false }], transform: IDENTITY },
  };
});

let browser: Browser;
let html: string;
let exported: MainToUi[];
let masks: Uint8Array[];

beforeAll(async () => {
  html = await bundleUi();
  browser = await launchChromium();
  const [light, dark] = [await mockup('f', '', LIGHT), await mockup('f', '', DARK)];
  exported = SUMMARIES.map(({ nodeId, name }, n): MainToUi => {
    const frame = { ...(n % 2 === 0 ? light : dark), nodeId, name, layers: [] };
    return { type: 'export.frame', frame, done: n + 1, total: FRAMES };
  });
  exported.push({
    type: 'export.done',
    items: [],
    notices: ['“Old mark” is left out: it is hidden.'],
    regions: EXPORTED,
  });
  const [pink, other] = labelColours(2);
  const both = { [pink ?? '']: PARTS.button, [other ?? '']: PARTS.avatar };
  // all masks of a result have one palette; a few pixels are noise
  const speck = { x: 2, y: 2, w: 2, h: 2 };
  masks = [await maskPng(both), await maskPng({ [pink ?? '']: PARTS.button, [other ?? '']: speck })];
});

afterAll(() => browser.close());

/** A mask of the mockup's size with a palette, as the daemon sends it. */
async function maskPng(boxes: Record<string, { x: number; y: number; w: number; h: number }>): Promise<Uint8Array> {
  const rectangles = Object.entries(boxes).map(
    ([colour, { x, y, w, h }]) => `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="${colour}"/>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300"><rect width="400" height="300"/>${rectangles.join('')}</svg>`;
  return new Uint8Array(await sharp(Buffer.from(svg)).removeAlpha().png({ palette: true }).toBuffer());
}

describe('tracking through frames', () => {
  let daemon: FakeDaemon;
  let figma: FigmaPage;

  beforeEach(async () => {
    daemon = await FakeDaemon.start();
    figma = await openUi(browser, html, daemon.port);
  });

  afterEach(async () => {
    await figma.page.close();
    await daemon.close();
  });

  const screenshot = (name: string) => look(figma, `track-${name}`);

  async function open(): Promise<void> {
    const [source = null, ...targets] = SUMMARIES;
    const picks = { source, targets, overlays: REGIONS };
    await figma.send(session('track-frames', daemon.port, { picks }), selection());
  }

  /** The places of the frames, from the names of their rows. */
  const order = async () =>
    (await figma.ui.locator('.sequence-frame .card-name').allTextContents()).map((name) => Number(name.slice(-1)));

  it('orders frames by hand with the keyboard, and keeps the focus on the frame that moves', async () => {
    await open();
    await figma.ui
      .getByText('Avatar is filled')
      .or(figma.ui.getByText(/“Avatar” is filled/))
      .waitFor();
    await screenshot('pick');
    await figma.button('Move “Onboarding / step 3” down').focus();
    await figma.page.keyboard.press('Enter');
    await figma.page.keyboard.press('Enter');
    expect(await order()).toEqual([1, 2, 4, 5, 3, 6]);
    expect(await figma.ui.getByLabel('Order of the frames').inputValue()).toBe('hand');
    await figma.page.keyboard.press('Enter');
    expect(await order()).toEqual([1, 2, 4, 5, 6, 3]);
    // at the end only the way up is left
    await figma.page.keyboard.press('Enter');
    expect(await order()).toEqual([1, 2, 4, 5, 3, 6]);
    await figma.ui.getByLabel('Order of the frames').selectOption('name');
    expect(await order()).toEqual([1, 2, 3, 4, 5, 6]);
    await figma.ui.getByRole('radio', { name: '“Onboarding / step 2” is annotated' }).check();
    await figma.ui.getByText('Not on the annotated frame').first().waitFor();
  });

  it('shows every step, and says where a region is lost', async () => {
    let jobId = '';
    const started = new Promise<void>((resolve) => {
      daemon.onJob = (job) => {
        jobId = job.jobId;
        resolve();
      };
    });
    await open();
    await figma.button('Track').click();
    await figma.next('export.start');
    await screenshot('exporting');
    await figma.send(...exported);
    await started;
    daemon.send({ type: 'job.progress', jobId, progress: { stage: 'matching', done: 5, total: 12, elapsedMs: 3100 } });
    await figma.ui.getByText('5 of 12').waitFor();
    await screenshot('running');

    const [both = new Uint8Array(), one = new Uint8Array()] = masks;
    const error = { code: 'IMAGE_UNREADABLE', message: 'The image can’t be decoded.', hint: '' } as const;
    const frames: Extract<TrackResult['tracked'], { kind: 'mask' }>['frames'] = [
      { state: 'tracked', pngBytes: both.length, confidences: [1, 1] },
      { state: 'tracked', pngBytes: both.length, confidences: [0.91, 0.93] },
      { state: 'tracked', pngBytes: both.length, confidences: [0.41, 0.88] },
      { state: 'tracked', pngBytes: one.length, confidences: [0.9, 0.9] },
      { state: 'failed', imageId: 'f'.repeat(64), error },
      { state: 'tracked', pngBytes: one.length, confidences: [0.82, 0.82] },
    ];
    const payload = Buffer.concat([both, both, both, one, one]);
    daemon.sendResult(
      jobId,
      { kind: 'track', tracked: { kind: 'mask', labels: [1, 2], frames } },
      new Uint8Array(payload),
    );
    await figma.heading('Preview').waitFor();
    await figma.ui.getByText(/^“Avatar” is lost in “Onboarding \/ step 4” and “Onboarding \/ step 6”/).waitFor();
    await screenshot('preview');
    await figma.ui.locator('.scroll').evaluate((element) => element.scrollBy(0, 620));
    await screenshot('preview-lost');

    await figma.button(/^Place \d regions$/).click();
    const { targets } = await figma.next('track.apply');
    const [mark] = targets[0]?.marks ?? [];
    expect(mark?.shape.kind).toBe('outline');
    const skipped = [{ targetId: 'f1', itemId: 'track:button', reason: 'The frame was deleted.' }];
    await figma.send({ type: 'applied', summary: { created: 4, updated: 1, notes: 0, skipped } });
    await figma.heading('Regions placed').waitFor();
    await screenshot('done');
    await figma.button('Undo').click();
    await figma.send({ type: 'undone' });
    await figma.heading('Transfer undone').waitFor();
  });
});
