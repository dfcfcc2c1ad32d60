import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FigmaPage } from '../../../test/figma-host/figma-page.js';
import { launchChromium } from '../../../test/figma-host/launch-chromium.js';
import { bundleUi } from '../../bundle.mjs';
import type {
  Command,
  FrameSummary,
  MainToUi,
  Picks,
  RecordingSummary,
  SelectedLayer,
  SelectionSummary,
} from '../../src/shared/messages.js';
import { FakeDaemon } from './fake-daemon.js';
import { frameSummary, layerPlacement } from './fixtures.js';
import { look } from './look.js';
import { DARK, LIGHT, mockup, PARTS } from './mockup.js';
import { openUi } from './open-ui.js';
import { selection, session } from './session.js';

const SOURCE = { ...frameSummary('s'), name: 'Settings / Light' };
const TARGETS = ['t', 'u'].map((nodeId) => ({ ...frameSummary(nodeId), name: `Settings / ${nodeId.toUpperCase()}` }));
const LAYERS = Object.keys(PARTS).map((part): SelectedLayer => {
  return { nodeId: `s-${part}`, name: part, type: 'FRAME', ancestorIds: ['s', 'page'], frameId: 's' };
});
const HOUR_MS = 3_600_000;
const RECORDINGS: RecordingSummary[] = [
  { nodeId: 's', name: 'Settings / Light', recordedAt: Date.now() - 2.5 * HOUR_MS, frame: SOURCE },
  { nodeId: 'gone', name: 'Checkout', recordedAt: Date.now() - 75 * HOUR_MS, frame: null },
];

let browser: Browser;
let html: string;
let exported: MainToUi[];

beforeAll(async () => {
  html = await bundleUi();
  browser = await launchChromium();
  const [source, first, second] = [SOURCE, ...TARGETS];
  const frames = [
    await mockup('s', source?.name ?? '', LIGHT),
    await mockup('t', first?.name ?? '', DARK),
    await mockup('u', second?.name ?? '', DARK),
  ];
  const items = LAYERS.map(({ nodeId, name }) => {
    return { item: { kind: 'layer' as const, itemId: nodeId, layerId: nodeId }, label: name, detail: 'frame' };
  });
  exported = [
    ...frames.map((frame, index): MainToUi => ({ type: 'export.frame', frame, done: index + 1, total: frames.length })),
    { type: 'export.done', items, notices: [] },
  ];
});

afterAll(async () => {
  await browser.close();
});

describe('the commands', () => {
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

  async function open(command: Command, picks: Partial<Picks> = {}, recordings: RecordingSummary[] = []) {
    await figma.send(session(command, daemon.port, { picks, recordings }));
  }

  async function select(frames: FrameSummary[], parts: Partial<SelectionSummary> = {}): Promise<void> {
    await figma.send(selection({ frames, ...parts }));
  }

  async function screenshot(name: string): Promise<void> {
    expect(await figma.ui.locator('.button.primary').count()).toBe(1);
    await look(figma, name);
  }

  it('explains how to record edits while there are none', async () => {
    await open('transfer-edits');
    await figma.heading('No recorded edits').waitFor();
    await screenshot('recordings-none');
    await figma.page.keyboard.press('Tab');
    await figma.button('Close').click();
    await figma.next('close');
  });

  it('offers recordings with their age, and asks before it deletes one whose frame is there', async () => {
    await open('transfer-edits', { targets: TARGETS }, RECORDINGS);
    await figma.ui.getByText('Recorded 2 hours ago').waitFor();
    expect(await figma.ui.getByRole('radio', { name: 'Checkout' }).isDisabled()).toBe(true);
    await figma.ui.getByRole('radio', { name: 'Settings / Light' }).focus();
    await figma.page.keyboard.press('Space');
    await screenshot('recordings-two');
    await figma.button('Delete the recording of “Settings / Light”').click();
    await screenshot('recordings-delete');
    await figma.button('Keep').click();
    await figma.button('Delete the recording of “Checkout”').click();
    expect(await figma.next('recording.delete')).toMatchObject({ nodeId: 'gone' });
    await figma.button('Find matches').click();
    expect(await figma.next('export.start')).toMatchObject({ command: 'transfer-edits', sourceId: 's' });
  });

  it('takes the difference of two frames, which can be swapped', async () => {
    await open('transfer-difference');
    const [after, target] = TARGETS;
    if (after === undefined || target === undefined) throw new Error('two frames');
    await select([SOURCE]);
    await figma.button('Use “Settings / Light” as before').click();
    await select([after]);
    await figma.button('Use “Settings / T” as after').click();
    await select([target]);
    await figma.button('Add “Settings / U” as target').click();
    await screenshot('difference');
    await figma.button('Swap before and after').click();
    await figma.button('Find matches').click();
    expect(await figma.next('export.start')).toMatchObject({ sourceId: 't', afterId: 's', targetIds: ['u'] });
  });

  it('selects matching layers, and names what is in doubt and what is missing', async () => {
    daemon.onJob = ({ jobId }) => {
      const placements = (nodeId: string) => [
        layerPlacement('s-avatar', 0.93, { layerId: `${nodeId}-avatar`, box: PARTS.avatar }),
        layerPlacement('s-title', 0.8, { layerId: `${nodeId}-title`, box: PARTS.title }),
        layerPlacement('s-card', 0.31, { layerId: `${nodeId}-card`, box: PARTS.card }),
        layerPlacement('s-button', 0.05, { layerId: null, box: null }),
      ];
      const targets = ['t', 'u'].map((targetId) => ({ targetId, placements: placements(targetId) }));
      daemon.send({ type: 'job.result', jobId, result: { kind: 'transfer', targets } });
    };
    await open('select-matching');
    await select([SOURCE, ...TARGETS], { layers: LAYERS, layerFrames: [SOURCE] });
    await figma.button('Use 4 selected layers of “Settings / Light”').click();
    await figma.ui.getByText('Settings / U').waitFor();
    await screenshot('select-pick');
    await figma.button('Find matches').click();
    await figma.next('export.start');
    await figma.send(...exported);
    expect((await figma.next('select')).targets).toEqual([
      { targetId: 't', layerIds: ['t-avatar', 't-title'] },
      { targetId: 'u', layerIds: ['u-avatar', 'u-title'] },
    ]);
    await figma.send({ type: 'selected', count: 4, notices: [] });
    await figma.heading('Selected 4 layers in 2 of 2 frames').waitFor();
    await screenshot('select-done');
    await figma.ui.getByLabel('Include doubtful (2)').focus();
    await figma.page.keyboard.press('Space');
    const { targets } = await figma.next('select');
    expect(targets.map(({ layerIds }) => layerIds.length)).toEqual([3, 3]);
  });
});
