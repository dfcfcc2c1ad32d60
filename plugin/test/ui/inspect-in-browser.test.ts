import { type InspectRequest, imageLabel, MATCHING_STAGES, type Point } from '@samepoint/shared-protocol';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FigmaPage } from '../../../test/figma-host/figma-page.js';
import { launchChromium } from '../../../test/figma-host/launch-chromium.js';
import { bundleUi } from '../../bundle.mjs';
import type { ExportedFrame } from '../../src/shared/messages.js';
import { hashFrame } from '../../src/ui/flow/request.js';
import { FakeDaemon } from './fake-daemon.js';
import { failure, frameSummary } from './fixtures.js';
import { look } from './look.js';
import { DARK, LIGHT, mockup } from './mockup.js';
import { openUi } from './open-ui.js';
import { selection, session } from './session.js';

/** The wide window. */
const WIDE = { width: 840, height: 580 };

const NAMES = {
  source: 'Settings / Light',
  dark: 'Settings / Dark',
  copy: 'Settings / Copy',
  broken: 'Settings / Old',
};
const HEATMAP = { width: 100, height: 75 };

let browser: Browser;
let html: string;
let frames: ExportedFrame[];

beforeAll(async () => {
  html = await bundleUi();
  browser = await launchChromium();
  frames = [
    await mockup('source', NAMES.source, LIGHT),
    await mockup('dark', NAMES.dark, DARK),
    await mockup('copy', NAMES.copy, { ...LIGHT, accent: '#00a37a' }),
    await mockup('broken', NAMES.broken, { ...LIGHT, accent: '#333333' }),
  ];
});

afterAll(async () => {
  await browser.close();
});

/** A heat map with a peak at each match. */
function heatmapOf(matches: readonly { point: Point; similarity: number }[]): Uint8Array {
  const { width, height } = HEATMAP;
  return Uint8Array.from({ length: width * height }, (_, cell) => {
    const [x, y] = [4 * (cell % width) + 2, 4 * Math.floor(cell / width) + 2];
    const peaks = matches.map(({ point, similarity }) => {
      return similarity * Math.exp(-((x - point.x) ** 2 + (y - point.y) ** 2) / 3000);
    });
    return Math.round(255 * Math.max(0.1, ...peaks));
  });
}

describe('inspecting a point', () => {
  let daemon: FakeDaemon;
  let figma: FigmaPage;
  let asked: InspectRequest[];

  beforeEach(async () => {
    asked = [];
    daemon = await FakeDaemon.start();
    daemon.welcomeWith({ features: [MATCHING_STAGES] });
    daemon.onJob = ({ jobId, request }) => {
      if (request.kind !== 'inspect') return;
      asked.push(request);
      const broken = frames.find(({ nodeId }) => nodeId === 'broken');
      if (broken !== undefined && request.target === hashFrame(broken).imageId) {
        const message = `${imageLabel(request.target)} is damaged.`;
        daemon.send({ type: 'job.failed', jobId, error: failure('IMAGE_UNREADABLE', { message }) });
        return;
      }
      const { x, y } = request.point;
      const matches = [
        { point: { x, y }, similarity: 0.94, confidence: 0.97 },
        { point: { x: 110, y: 122 }, similarity: 0.61, confidence: 0.08 },
        { point: { x: 200, y: 56 }, similarity: 0.42, confidence: 0.01 },
      ];
      const result = { kind: 'inspect', matches, heatmap: { ...HEATMAP, lowest: -0.31, highest: 0.94 } } as const;
      daemon.sendResult(jobId, result, heatmapOf(matches));
    };
    figma = await openUi(browser, html, daemon.port);
  });

  afterEach(async () => {
    await figma.page.close();
    await daemon.close();
  });

  const screenshot = (name: string) => look(figma, `inspect-${name}`);

  async function open(targetIds: string[]): Promise<void> {
    const summaries = frames.map(({ nodeId, name }) => ({ ...frameSummary(nodeId, 2), name }));
    const pick = (id: string) => summaries.find(({ nodeId }) => nodeId === id) ?? frameSummary(id);
    const picks = { source: pick('source'), targets: targetIds.map(pick) };
    await figma.send(session('inspect-point', daemon.port, { picks }));
    const layers = [
      { nodeId: 'source-button', name: 'button', type: 'FRAME', ancestorIds: ['source'], frameId: 'source' },
    ];
    await figma.send(selection({ layers }));
    await screenshot('pick');
    await figma.ui.locator('.button.primary').click();
    await figma.next('export.start');
    const exported = frames.filter(({ nodeId }) => nodeId === 'source' || targetIds.includes(nodeId));
    for (const frame of exported) await figma.send({ type: 'export.frame', frame, done: 1, total: exported.length });
    await figma.send({ type: 'export.done', items: [], notices: [] });
    expect(await figma.next('window')).toMatchObject({ size: 'wide' });
    await figma.page.setViewportSize(WIDE);
  }

  it('follows the point in every target, by mouse and by keyboard', async () => {
    await open(['dark', 'copy', 'broken']);
    const picture = figma.ui.getByRole('application');
    await figma.ui.getByText('x 316, y 266').waitFor();
    await figma.button('Show 2 runners-up in “Settings / Dark”').waitFor();
    await screenshot('matches');

    await picture.press('Shift+ArrowLeft');
    await picture.press('ArrowUp');
    await figma.ui.getByText('x 306, y 265').waitFor();
    const box = await picture.boundingBox();
    await figma.page.mouse.move((box?.x ?? 0) + 60, (box?.y ?? 0) + (box?.height ?? 0) / 2);
    await figma.page.mouse.down();
    await figma.ui.getByText('“card”').waitFor();
    await figma.page.mouse.up();
    await expect.poll(() => asked.filter(({ coarseToFine }) => coarseToFine).length).toBeGreaterThan(0);
    await picture.press('+');
    await picture.press('+');
    await screenshot('zoomed');
    await picture.press('0');

    await picture.press('Enter');
    await figma.page.keyboard.press('Enter');
    expect(await figma.next('layer.show')).toMatchObject({ frameId: 'dark', layerId: 'dark-card' });
    await figma.send({ type: 'selected', count: 1, notices: [] });
    await figma.ui.getByText('Selected in Figma.').waitFor();

    await figma.page.keyboard.press('ArrowDown');
    await figma.page.keyboard.press('Enter');
    await figma.button('Hide 2 runners-up in “Settings / Dark”').waitFor();
    await figma.page.keyboard.press('ArrowUp');
    await figma.page.keyboard.press('ArrowRight');
    await figma.page.keyboard.press('Enter');
    await figma.ui.getByRole('textbox').fill('Same card, darker.');
    await screenshot('note');
    await figma.page.keyboard.press('Enter');
    expect(await figma.next('notes.apply')).toMatchObject({
      notes: [{ targetId: 'dark', text: 'Same card, darker.' }],
    });
    await figma.send({ type: 'applied', summary: { created: 0, updated: 0, notes: 1, skipped: [] } });
    await figma.ui.getByText('Note placed.').waitFor();

    await figma.ui.getByRole('combobox', { name: 'Heat map' }).selectOption('magma');
    expect(await figma.next('preferences.save')).toMatchObject({ preferences: { colourMap: 'magma' } });
    await figma.send({ type: 'export.outdated', frameIds: ['copy'], deletedIds: [] });
    await figma.button('Export again').waitFor();
    await screenshot('changed');
    await figma.ui.locator('.inspect-targets').evaluate((list) => list.scrollTo(0, list.scrollHeight));
    await figma.ui.getByText('“Settings / Old” is damaged.').waitFor();
    await screenshot('failed-target');
    await figma.page.keyboard.press('Escape');
    expect(await figma.next('window')).toMatchObject({ size: 'standard' });
  });

  it('keeps the matches while the daemon is away, and finds what is similar in the source alone', async () => {
    await open([]);
    await figma.ui.getByText('“Settings / Light”, the source itself').waitFor();
    await figma
      .button(/^Select layer “button”/)
      .first()
      .waitFor();
    daemon.drop();
    await figma.ui.getByText(/The point and the matches stay here/).waitFor();
    await screenshot('disconnected');
    await figma.ui.getByText(/^Ready on/).waitFor();
    const before = asked.length;
    await figma.ui.getByRole('application').press('ArrowLeft');
    await expect.poll(() => asked.length).toBeGreaterThan(before);
  });
});
