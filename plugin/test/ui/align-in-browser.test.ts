import type { AlignResult } from '@samepoint/shared-protocol';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FigmaPage } from '../../../test/figma-host/figma-page.js';
import { launchChromium } from '../../../test/figma-host/launch-chromium.js';
import { bundleUi } from '../../bundle.mjs';
import type { ExportedFrame, MainToUi } from '../../src/shared/messages.js';
import { BASE, EDIT_ITEMS, editPlacements, editResult, screen } from './edit-frames.js';
import { FakeDaemon } from './fake-daemon.js';
import { frameSummary } from './fixtures.js';
import { look } from './look.js';
import { DARK, LIGHT, mockup } from './mockup.js';
import { openUi } from './open-ui.js';
import { selection, session } from './session.js';

/** The window of a comparison, and that of the picks. */
const [WIDE, STANDARD] = [
  { width: 840, height: 580 },
  { width: 340, height: 560 },
];

let browser: Browser;
let html: string;
let frames: ExportedFrame[];

beforeAll(async () => {
  html = await bundleUi();
  browser = await launchChromium();
  const after = screen('t', { label: 'Add to cart', button: '#FF5500', hasBadge: true, hasAvatar: false });
  const edits = { applied: [], warnings: [] };
  frames = [
    { ...(await mockup('s', 'Settings v1', LIGHT)), edits: { design: BASE, ...edits } },
    { ...(await mockup('t', 'Settings v2', { ...LIGHT, accent: DARK.accent })), edits: { design: after, ...edits } },
  ];
});

afterAll(async () => {
  await browser.close();
});

describe('the comparison of two versions', () => {
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

  const screenshot = (name: string) => look(figma, `align-${name}`);

  /** Compares both frames; the daemon answers the alignment with this result. */
  async function compare(outcome: AlignResult['outcome'], pngs: Uint8Array[] = []): Promise<void> {
    daemon.onJob = ({ jobId, request }) => {
      if (request.kind === 'align') {
        const payload = new Uint8Array(pngs.flatMap((png) => [...png]));
        if (pngs.length === 0) daemon.send({ type: 'job.result', jobId, result: { kind: 'align', outcome } });
        else daemon.sendResult(jobId, { kind: 'align', outcome }, payload);
        return;
      }
      const result = editResult({
        t: editPlacements('t', { avatar: { layerId: null, confidence: 0 }, card: { confidence: 0.5 } }),
      });
      daemon.send({ type: 'job.result', jobId, result });
    };
    const [source, after] = frames.map(({ nodeId, name }) => ({ ...frameSummary(nodeId), name }));
    await figma.send(
      session('align-compare', daemon.port, { picks: { source: source ?? null, after: after ?? null } }),
      selection(),
    );
    await figma.button('Compare').waitFor();
    await screenshot('pick');
    await figma.button('Compare').click();
    await figma.next('export.start');
    await figma.send(
      ...frames.map((frame, at): MainToUi => ({ type: 'export.frame', frame, done: at + 1, total: 2 })),
      { type: 'export.done', items: EDIT_ITEMS, notices: [] },
    );
    expect(await figma.next('window')).toMatchObject({ size: 'wide' });
    await figma.page.setViewportSize(WIDE);
  }

  async function compareAligned(): Promise<void> {
    const [before, after] = frames.map(({ png }) => png);
    if (before === undefined || after === undefined) throw new Error('there are two frames');
    await compare(
      {
        ...{ state: 'aligned', coverage: 0.98, difference: 3.2 },
        fit: {
          ...{ kind: 'similarity', transform: [1.03, 0, 12, 0, 1.03, -4, 0, 0, 1], inliers: 540, samples: 600 },
          ...{ residualPx: 0.42, confidence: 0.93 },
        },
        ...{ alignedPngBytes: before.length, overlayPngBytes: before.length, residualPngBytes: after.length },
      },
      [before, before, after],
    );
  }

  const tab = (name: string) => figma.ui.getByRole('tab', { name });

  it('shows both versions on each other, in turn and side by side', async () => {
    await compareAligned();
    await figma.ui.getByText('“Settings v1” was moved 12 px right and 4 px up and scaled to 103% to fit.').waitFor();
    await figma.ui.getByText('540 of 600 points agree, half of them within 0.4 px.').waitFor();
    const slider = figma.ui.getByRole('slider', { name: 'Opacity of “Settings v1” on “Settings v2”' });
    await slider.focus();
    await figma.page.keyboard.press('ArrowRight');
    expect(await slider.getAttribute('aria-valuetext')).toBe('55%');
    await screenshot('overlay');
    const picture = figma.ui.getByRole('img', { name: '“Settings v1” on “Settings v2”' });
    await picture.focus();
    await figma.page.keyboard.press('+');
    await figma.button('Show all').waitFor();
    await screenshot('overlay-zoomed');
    await figma.page.keyboard.press('0');
    await figma.button('Show all').waitFor({ state: 'detached' });

    await tab('Overlay').focus();
    await figma.page.keyboard.press('ArrowRight');
    await figma.ui.getByText('Shown: Settings v2').waitFor();
    // no control has the space bar
    await figma.ui.getByRole('img', { name: '“Settings v2”' }).focus();
    await figma.page.keyboard.press('Space');
    await figma.ui.getByText('Shown: Settings v1').waitFor();
    await figma.button('Switch').press('Space');
    await figma.ui.getByText('Shown: Settings v2').waitFor();
    await screenshot('flicker');
    await figma.ui.getByLabel('Flicker automatically').check();
    await figma.ui.getByText('Shown: Settings v1').waitFor();
    await figma.ui.getByText('Shown: Settings v2').waitFor();
    await figma.page.emulateMedia({ reducedMotion: 'reduce' });
    await figma.ui.getByText('Off: the system asks for reduced motion.').waitFor();
    expect(await figma.ui.getByLabel('Flicker automatically').isDisabled()).toBe(true);

    await tab('Side by side').click();
    await figma.ui.getByRole('img', { name: 'Map of the differences' }).waitFor();
    await screenshot('side-by-side');
  });

  it('places the picture that is seen, and undoes that', async () => {
    await compareAligned();
    await figma.button('Place overlay beside “Settings v2”').click();
    expect(await figma.next('comparison.place')).toMatchObject({ sourceId: 's', afterId: 't', picture: 'overlay' });
    await figma.send({ type: 'applied', summary: { created: 1, updated: 0, notes: 0, skipped: [] } });
    await figma.ui.getByText('The overlay stands beside “Settings v2”.').waitFor();
    await screenshot('placed');
    await figma.button('Undo').click();
    await figma.next('undo');
    await figma.send({ type: 'undone' });
    await figma.ui.getByText('The overlay is removed again.').waitFor();
  });

  it('lists what changed, filters it, and shows a layer', async () => {
    await compareAligned();
    await tab('What changed').click();
    await figma.ui.getByText('4 changes in 4 layers').waitFor();
    await screenshot('changes');
    await figma.button(/^Text/).click();
    await figma.ui.getByText('1 change in 1 layer').waitFor();
    await figma.button('Copy as text').click();
    await figma.ui.getByText('Copied.').waitFor();
    await figma.button('Show “Button label”').click();
    expect(await figma.next('reveal')).toMatchObject({ nodeId: 't-label' });
    await figma.button(/^Added, removed, moved/).click();
    await figma.button('Show before: “Avatar”').click();
    expect(await figma.next('reveal')).toMatchObject({ nodeId: 's-avatar' });
    await figma.page.setViewportSize(STANDARD);
    await screenshot('changes-narrow');
  });

  it('shows the reason of a refused alignment beside what changed', async () => {
    const reason = '231 of 600 points were found in the target, but most of it would lie outside the target.';
    await compare({ state: 'refused', reason, cause: 'outside-target' });
    await figma.ui.getByText('4 changes in 4 layers').waitFor();
    await tab('Overlay').click();
    await figma.ui.getByText('The first picture would lie outside of the second.').waitFor();
    await screenshot('refused');
    await figma.page.keyboard.press('Escape');
    await figma.button('Compare').waitFor();
  });
});
