import type { WarpedTarget } from '@samepoint/shared-protocol';
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, it } from 'vitest';
import type { FigmaPage } from '../../../test/figma-host/figma-page.js';
import { launchChromium } from '../../../test/figma-host/launch-chromium.js';
import { bundleUi } from '../../bundle.mjs';
import type { MainToUi } from '../../src/shared/messages.js';
import { FakeDaemon } from './fake-daemon.js';
import { failure, frameSummary } from './fixtures.js';
import { look } from './look.js';
import { DARK, LIGHT, mockup, PARTS } from './mockup.js';
import { openUi } from './open-ui.js';
import { selection, session } from './session.js';

const TARGETS = 12;
const named = (nodeId: string) => ({ ...frameSummary(nodeId), name: `Checkout / ${nodeId}` });
const SOURCE = named('source');
const STICKER = { nodeId: 'sticker', name: 'Sold-out sticker', type: 'RECTANGLE' };
const IDS = Array.from({ length: TARGETS }, (_, index) => `t${index}`);
const TOO_SMALL =
  '231 of 600 points in and around the edit were found in the target, but the transform that fits the matches scales it by 0.065 to 0.065.';

let browser: Browser;
let html: string;
let exported: MainToUi[];
let sticker: Uint8Array;

beforeAll(async () => {
  html = await bundleUi();
  browser = await launchChromium();
  const { w: width, h: height } = PARTS.button;
  sticker = new Uint8Array(
    await sharp({ create: { width, height, channels: 4, background: '#ff0099' } })
      .png()
      .toBuffer(),
  );
  const [source, light, dark] = [
    await mockup('source', SOURCE.name, LIGHT),
    await mockup('t', '', LIGHT),
    await mockup('t', '', DARK),
  ];
  const frames = IDS.map((nodeId, index) => {
    return { ...(index % 2 === 0 ? dark : light), nodeId, name: named(nodeId).name, layers: [] };
  });
  const transform = { a: 1, b: 0, c: 0, d: 1, e: PARTS.button.x, f: PARTS.button.y };
  exported = [
    ...[{ ...source, layers: [] }, ...frames].map((frame, index): MainToUi => {
      return { type: 'pictures.frame', frame, done: index + 1, total: 1 + TARGETS };
    }),
    {
      type: 'pictures.exported',
      overlays: [{ ...STICKER, png: sticker, transform }],
      notices: ['“Glow” is carried without its blend mode.'],
    },
  ];
});

afterAll(async () => {
  await browser.close();
});

describe('propagating an edit', () => {
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

  const screenshot = (name: string) => look(figma, `pictures-${name}`);

  async function open(): Promise<void> {
    const picks = { source: SOURCE, targets: IDS.map(named), overlays: [STICKER] };
    await figma.send(session('propagate-pictures', daemon.port, { picks }), selection());
  }

  const warped = (targetId: string, confidence: number): WarpedTarget => ({
    ...{ state: 'warped', targetId, box: PARTS.button, pngBytes: sticker.length },
    fit: {
      ...{ kind: 'similarity', transform: [1, 0, 0, 0, 1, 0, 0, 0, 1], inliers: 500, samples: 600, residualPx: 0.4 },
      confidence,
    },
  });

  it('shows every step, and what does not fit in plain words', async () => {
    let jobId = '';
    const started = new Promise<void>((resolve) => {
      daemon.onJob = (job) => {
        jobId = job.jobId;
        resolve();
      };
    });
    await open();
    await screenshot('pick');
    await figma.button('Find matches').click();
    await figma.next('pictures.export');
    await screenshot('exporting');
    await figma.send(...exported);
    await started;
    daemon.send({
      type: 'job.progress',
      jobId,
      progress: { stage: 'matching', done: 12, total: 13, elapsedMs: 4200 },
    });
    await figma.ui.getByText('12 of 13').waitFor();
    await screenshot('running');

    const [first = '', second = '', third = '', ...rest] = IDS;
    const error = { code: 'IMAGE_UNREADABLE', message: 'The image can’t be decoded.', hint: '' } as const;
    const targets: WarpedTarget[] = [
      { state: 'refused', targetId: first, reason: TOO_SMALL, cause: 'implausible-transform' },
      { state: 'failed', targetId: second, imageId: 'f'.repeat(64), error },
      warped(third, 0.34),
      ...rest.map((targetId) => warped(targetId, 0.93)),
    ];
    const pngs = new Uint8Array(sticker.length * (targets.length - 2));
    for (let at = 0; at < pngs.length; at += sticker.length) pngs.set(sticker, at);
    daemon.sendResult(jobId, { kind: 'warp', targets }, pngs);
    await figma.button('Place on 9 pictures').waitFor();
    await screenshot('preview');
    await figma.ui.locator('.scroll').evaluate((element) => element.scrollBy(0, 330));
    await screenshot('preview-refused');
    await figma.ui.locator('.scroll').evaluate((element) => element.scrollBy(0, 500));
    await screenshot('preview-rows');

    await figma.button('Place on 9 pictures').click();
    await figma.next('pictures.apply');
    const skipped = [{ targetId: third, itemId: '', reason: 'The picture was deleted.' }];
    await figma.send({ type: 'applied', summary: { created: 7, updated: 1, notes: 0, skipped } });
    await figma.heading('Edit propagated').waitFor();
    await screenshot('done');
    await figma.button('Undo').click();
    await figma.send({ type: 'undone' });
    await figma.heading('Edit undone').waitFor();
    await screenshot('undone');
  });

  it('fails with a screen of its own', async () => {
    daemon.onJob = ({ jobId }) => {
      daemon.send({ type: 'job.failed', jobId, error: failure('GPU_OUT_OF_MEMORY') });
    };
    await open();
    await figma.button('Find matches').click();
    await figma.next('pictures.export');
    await figma.send(...exported);
    await figma.heading('Out of memory').waitFor();
    await screenshot('failed');
  });
});
