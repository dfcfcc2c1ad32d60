import { LIMITS, type TransferResult } from '@samepoint/shared-protocol';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FigmaPage } from '../../../test/figma-host/figma-page.js';
import { BROWSER_TIMEOUT_MS, launchChromium } from '../../../test/figma-host/launch-chromium.js';
import { bundleUi } from '../../bundle.mjs';
import type { ExportedItem, FrameSummary, MainToUi, PendingJob } from '../../src/shared/messages.js';
import { CODE, FakeDaemon, TOKEN } from './fake-daemon.js';
import { failure, layerPlacement, UI_BACKEND, welcome } from './fixtures.js';
import { look } from './look.js';
import { DARK, LIGHT, mockup, PARTS } from './mockup.js';
import { openUi } from './open-ui.js';
import { selection, session } from './session.js';

const SOURCE = summary('s', 'Settings / Light', 4);
const TARGET = summary('t', 'Settings / Dark', 0);

const ITEMS: ExportedItem[] = (['avatar', 'title', 'card', 'button'] as const).map((part) => ({
  item: { kind: 'layer', itemId: part, layerId: `s-${part}` },
  label: `About the ${part}`,
  detail: 'Development',
}));

const RESULT: TransferResult = {
  kind: 'transfer',
  targets: [
    {
      targetId: 't',
      placements: [
        layerPlacement('avatar', 0.93, { layerId: 't-avatar', box: PARTS.avatar }),
        layerPlacement('title', 0.62, { layerId: null, box: PARTS.title }),
        layerPlacement('card', 0.31, { layerId: 't-card', box: PARTS.card }),
        layerPlacement('button', 0.05, { layerId: null, box: null }),
      ],
    },
  ],
};

let browser: Browser;
let html: string;
let daemon: FakeDaemon;
let figma: FigmaPage;
let exported: MainToUi[];

beforeAll(async () => {
  html = await bundleUi();
  browser = await launchChromium();
  const frames = [await mockup('s', SOURCE.name, LIGHT), await mockup('t', TARGET.name, DARK)];
  exported = [
    ...frames.map((frame, index): MainToUi => ({ type: 'export.frame', frame, done: index + 1, total: frames.length })),
    {
      type: 'export.done',
      items: ITEMS,
      notices: ['2 measurements are not transferred: run the plugin in Dev Mode to transfer them.'],
    },
  ];
});

afterAll(async () => {
  await browser.close();
});

beforeEach(async () => {
  daemon = await FakeDaemon.start();
  figma = await openUi(browser, html, daemon.port);
});

afterEach(async () => {
  await figma.page.close();
  await daemon.close();
});

function summary(nodeId: string, name: string, annotations: number): FrameSummary {
  return { nodeId, name, width: 400, height: 300, annotations, layers: 3, blocked: null };
}

function opened(token: string | null = TOKEN, pending: PendingJob | null = null): MainToUi {
  const picks = pending === null ? {} : { source: SOURCE, targets: [TARGET] };
  return session('transfer-annotations', daemon.port, { token, picks, pending });
}

/** Picks source and target in the UI and starts the run. */
async function pickAndStart(): Promise<void> {
  await figma.send(selection({ frames: [SOURCE] }));
  await figma.button('Use “Settings / Light” as source').click();
  await figma.send(selection({ frames: [TARGET] }));
  await figma.button('Add “Settings / Dark” as target').click();
  await figma.button('Find matches').click();
}

describe('the UI in a sandboxed iframe', () => {
  it('pairs, transfers, previews and applies', async () => {
    daemon.onJob = ({ jobId }) => daemon.send({ type: 'job.result', jobId, result: RESULT });
    await figma.send(opened(null));
    await figma.ui.getByLabel('Six-digit pairing code').fill('000000');
    await figma.ui.getByText('Wrong code.').waitFor();
    await look(figma, 'pair-wrong-code');
    await figma.ui.getByLabel('Six-digit pairing code').fill(CODE);
    expect(await figma.next('settings.save')).toEqual({
      type: 'settings.save',
      settings: { token: TOKEN, port: daemon.port },
    });

    await pickAndStart();
    expect(await figma.next('export.start')).toMatchObject({ sourceId: 's', targetIds: ['t'] });
    await figma.send(...exported);
    await figma.heading('Preview').waitFor();
    expect(daemon.images).toHaveLength(2);
    await figma.ui.getByText('2 measurements are not transferred').waitFor();
    await look(figma, 'annotations-preview');

    const box = (part: string) =>
      figma.ui.getByRole('checkbox', { name: `Apply “About the ${part}” to “Settings / Dark”` });
    expect(await box('avatar').isChecked()).toBe(true);
    expect(await box('card').isChecked()).toBe(false);
    expect(await box('button').isDisabled()).toBe(true);
    await figma.ui.getByText('adds a note on the canvas').waitFor();
    expect(await box('title').isChecked()).toBe(true);
    await box('card').check();
    await figma.ui.getByTitle('Zoom to it in “Settings / Dark”').first().click();
    expect(await figma.next('reveal')).toEqual({ type: 'reveal', nodeId: 't', box: PARTS.avatar });

    await figma.button('Apply 3 items').click();
    const { accepted } = await figma.next('apply');
    expect(accepted.map(({ placement }) => placement.itemId)).toEqual(['avatar', 'title', 'card']);
    const skipped = [{ targetId: 't', itemId: 'card', reason: 'The layer is locked.' }];
    await figma.send({ type: 'applied', summary: { created: 1, updated: 0, notes: 1, skipped } });
    await figma.ui.getByText('The layer is locked.').waitFor();
    await look(figma, 'annotations-done');
    await figma.button('Undo').click();
    await figma.next('undo');
  });

  it('draws thumbnails of source and target', async () => {
    daemon.onJob = ({ jobId }) => daemon.send({ type: 'job.result', jobId, result: RESULT });
    await figma.send(opened());
    await pickAndStart();
    await figma.send(...exported);
    const pixel = (label: string) =>
      figma.ui.getByRole('img', { name: label }).evaluate((canvas) => {
        if (!(canvas instanceof HTMLCanvasElement)) return null;
        if (canvas.width !== 56 * devicePixelRatio) return null;
        const middle = canvas.getContext('2d')?.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data;
        return middle === undefined ? null : [...middle.slice(0, 3)];
      });
    await vi.waitFor(async () => {
      expect(await pixel('“About the avatar” in the source')).toEqual([0x7b, 0x61, 0xff]);
      expect(await pixel('“About the avatar” in “Settings / Dark”')).toEqual([0x4f, 0x8c, 0xff]);
    }, BROWSER_TIMEOUT_MS);
  });

  it('rejoins its job after a lost connection', async () => {
    const started: string[] = [];
    daemon.onJob = ({ jobId }) => {
      started.push(jobId);
      if (started.length === 1) {
        daemon.welcomeWith({ jobs: [{ jobId, state: 'running' }] });
        daemon.drop();
      } else daemon.send({ type: 'job.result', jobId, result: RESULT });
    };
    await figma.send(opened());
    await pickAndStart();
    await figma.send(...exported);
    await figma.heading('Preview').waitFor();
    expect(new Set(started).size).toBe(1);
    expect(daemon.images).toHaveLength(2);
  });

  it('resumes a job that was running when the plugin was closed', async () => {
    const pending: PendingJob = {
      jobId: 'before',
      command: 'transfer-annotations',
      sourceId: 's',
      targetIds: ['t'],
      overlayIds: [],
    };
    daemon.onJob = ({ jobId }) => {
      if (jobId === 'before') daemon.send({ type: 'job.result', jobId, result: RESULT });
    };
    await figma.send(opened(TOKEN, pending));
    await figma.next('export.start');
    await figma.send(...exported);
    await figma.heading('Preview').waitFor();
  });

  it('cancels a running job and runs a second one', async () => {
    const cancelled: string[] = [];
    daemon.onMessage = (message) => {
      if (message.type !== 'job.cancel') return;
      cancelled.push(message.jobId);
      daemon.send({ type: 'job.cancelled', jobId: message.jobId, at: 'running' });
      daemon.onJob = ({ jobId }) => daemon.send({ type: 'job.result', jobId, result: RESULT });
    };
    daemon.onJob = ({ jobId }) =>
      daemon.send({
        type: 'job.progress',
        jobId,
        progress: { stage: 'features', done: 1, total: 4, elapsedMs: 2_000 },
      });
    await figma.send(opened());
    await pickAndStart();
    await figma.send(...exported);
    await figma.ui.getByText('Analyzing frames').waitFor();
    await look(figma, 'running');
    await figma.button('Cancel').click();
    await figma.button('Find matches').click();
    await figma.send(...exported);
    await figma.heading('Preview').waitFor();
    expect(cancelled).toHaveLength(1);
  });

  it('shows how to start the daemon, and continues once it runs', async () => {
    const { port } = daemon;
    const start = opened();
    await daemon.close();
    await figma.send(start);
    await figma.heading('Start Samepoint').waitFor();
    expect(await figma.ui.getByLabel('Terminal command').inputValue()).toBe('npx samepoint');
    daemon = await FakeDaemon.start(port);
    await figma.button('Try again').click();
    await figma.ui.getByText('Choose a source frame').waitFor();
  });

  it('shows which side to update', async () => {
    daemon.protocol = { min: 2, max: 2 };
    await figma.send(opened());
    await figma.heading('Update the plugin').waitFor();
    await look(figma, 'update-plugin');
  });

  it('retries a failed job without a second export', async () => {
    daemon.onJob = ({ jobId }) => {
      daemon.onJob = (second) => daemon.send({ type: 'job.result', jobId: second.jobId, result: RESULT });
      daemon.send({ type: 'job.failed', jobId, error: failure('GPU_OUT_OF_MEMORY') });
    };
    await figma.send(opened());
    await pickAndStart();
    await figma.send(...exported);
    await figma.heading('Out of memory').waitFor();
    await look(figma, 'failed-memory');
    await figma.button('Try again').click();
    await figma.heading('Preview').waitFor();
  });

  it('shows size and license of a missing model, its download, and continues once it is installed', async () => {
    const missing = {
      id: 'sd15',
      title: 'Stable Diffusion 1.5',
      state: 'missing',
      download: { bytes: 2.1e9, licence: 'CreativeML Open RAIL-M' },
    } as const;
    daemon.welcomeWith({ backends: [UI_BACKEND, missing] });
    daemon.onJob = ({ jobId, request }) => {
      expect(request.backend).toBe('sd15');
      daemon.send({ type: 'job.result', jobId, result: RESULT });
    };
    daemon.onMessage = (message) => {
      if (message.type !== 'model.pull') return;
      daemon.send({ type: 'model.progress', modelId: message.modelId, receivedBytes: 3e8, totalBytes: 1.9e9 });
    };
    await figma.send(opened());
    await figma.ui.getByLabel('Model for comparing frames').selectOption('sd15');
    await pickAndStart();
    await figma.send(...exported);
    await figma.ui.getByText('License of Stable Diffusion 1.5: CreativeML Open RAIL-M.').waitFor();
    await look(figma, 'failed-model-missing');
    await figma.button('Download model (up to 2.1 GB)').click();
    await figma.ui.getByText('300 MB of 1.9 GB').waitFor();
    await look(figma, 'failed-model-download');
    // to stop is not what the screen is for
    expect(await figma.button('Cancel download').getAttribute('class')).not.toContain('primary');
    const { type: _type, protocol: _protocol, limits: _limits, features: _features, ...status } = welcome();
    daemon.send({ type: 'status', ...status, backends: [UI_BACKEND, { ...missing, state: 'ready' }] });
    await figma.heading('Preview').waitFor();
  });

  it('works with the keyboard alone', async () => {
    daemon.onJob = ({ jobId }) => daemon.send({ type: 'job.result', jobId, result: RESULT });
    await figma.send(opened());
    await pickAndStart();
    await figma.send(...exported);
    const apply = figma.button('Apply 2 items');
    await apply.waitFor();
    const focused = () => figma.ui.locator(':focus').evaluate((element) => element.textContent);
    for (let presses = 0; presses < LIMITS.itemsPerJob; presses += 1) {
      await figma.page.keyboard.press('Tab');
      if ((await figma.ui.locator(':focus').count()) > 0 && (await focused()) === 'Apply 2 items') break;
    }
    await figma.page.keyboard.press('Enter');
    expect((await figma.next('apply')).accepted).toHaveLength(2);
  });
});
