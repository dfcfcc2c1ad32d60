import { fileURLToPath } from 'node:url';
import type { Placement, TransferResult } from '@samepoint/shared-protocol';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FigmaPage } from '../../../test/figma-host/figma-page.js';
import { BROWSER_TIMEOUT_MS, launchChromium } from '../../../test/figma-host/launch-chromium.js';
import { bundleUi } from '../../bundle.mjs';
import type { Design, Token } from '../../src/shared/design.js';
import type { Command, ExportedFrame, ExportedItem, FrameSummary, MainToUi } from '../../src/shared/messages.js';
import { BASE, EDIT_ITEMS, editPlacements, editResult, OURS, screen } from './edit-frames.js';
import { FakeDaemon } from './fake-daemon.js';
import { frameSummary, layerPlacement } from './fixtures.js';
import { look } from './look.js';
import { DARK, LIGHT, mockup, PARTS } from './mockup.js';
import { openUi } from './open-ui.js';
import { session } from './session.js';

const RENDER_COUNTER = fileURLToPath(new URL('./count-renders.ts', import.meta.url));
const MANY = 100;
const ITEMS_PER_FRAME = 20;
/** More nodes than this make a checkbox slow. */
const MOST_NODES = 1500;

let browser: Browser;
let html: string;
let daemon: FakeDaemon;
let figma: FigmaPage;
let light: ExportedFrame;
let dark: ExportedFrame;

beforeAll(async () => {
  html = await bundleUi({ inject: [RENDER_COUNTER], keepNames: true });
  browser = await launchChromium();
  light = await mockup('s', 'Shop / Light', LIGHT);
  dark = await mockup('d', 'Shop / Dark', DARK);
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

/** Runs a job as if the plugin had been closed while it ran, up to its preview. */
async function run(command: Command, frames: ExportedFrame[], done: MainToUi, result: TransferResult): Promise<void> {
  daemon.onJob = ({ jobId, request }) => {
    const targetIds = request.kind === 'transfer' ? request.targets.map(({ targetId }) => targetId) : [];
    const targets = result.targets.filter(({ targetId }) => targetIds.includes(targetId));
    daemon.send({ type: 'job.result', jobId, result: { kind: 'transfer', targets } });
  };
  const [source, ...targets] = frames.map(({ nodeId, name }): FrameSummary => ({ ...frameSummary(nodeId), name }));
  const targetIds = targets.map(({ nodeId }) => nodeId);
  const pending = { jobId: 'job', command, sourceId: source?.nodeId ?? '', targetIds, overlayIds: [] };
  await figma.send(session(command, daemon.port, { picks: { source: source ?? null, targets }, pending }));
  await figma.next('export.start');
  await figma.send(
    ...frames.map((frame, at): MainToUi => ({ type: 'export.frame', frame, done: at + 1, total: frames.length })),
    done,
  );
}

function editable(frame: ExportedFrame, nodeId: string, name: string, design: Design): ExportedFrame {
  const layers = frame.layers.map((layer) => ({ ...layer, layerId: layer.layerId.replace(/^[^-]*/, nodeId) }));
  return { ...frame, nodeId, name, layers, edits: { design, applied: [], warnings: [] } };
}

function exportDone(items: ExportedItem[], after?: Design): MainToUi {
  return { type: 'export.done', items, notices: [], ...(after === undefined ? {} : { after }) };
}

function nodes(): Promise<number> {
  return figma.ui.locator(':root').evaluate((root) => root.querySelectorAll('*').length);
}

/** How often each view was drawn since the last call. */
function takeRenders(): Promise<{ [view: string]: number }> {
  return figma.uiFrame.evaluate(() => {
    const { renders } = window;
    window.renders = {};
    return renders;
  });
}

describe('the preview of annotations', () => {
  const items: ExportedItem[] = (['avatar', 'title', 'card', 'button'] as const).map((part) => ({
    item: { kind: 'layer', itemId: part, layerId: `s-${part}` },
    label: `About the ${part}`,
    detail: `on “${part}”`,
  }));
  const press = async (...keys: string[]) => {
    for (const key of keys) await figma.page.keyboard.press(key);
  };
  const focused = () =>
    figma.ui.locator(':focus').evaluate((element) => element.getAttribute('aria-label') ?? element.textContent);
  const box = (part: string) =>
    figma.ui.getByRole('checkbox', { name: `Apply “About the ${part}” to “Shop / Dark”`, exact: true });

  beforeEach(async () => {
    const whole = { x: 0, y: 0, w: 400, h: 300 };
    const root = { layerId: 'd', type: 'FRAME', name: 'Shop / Dark', box: whole, candidate: true };
    const layers = dark.layers.map((one) => ({ ...one, parentId: one.layerId === 'd-button' ? 'd-card' : 'd' }));
    const target: ExportedFrame = {
      ...dark,
      layers: [root, ...layers],
      changed: [{ itemId: 'avatar', text: 'Opens the profile' }],
    };
    const runnersUp = [{ layerId: 'd-button', confidence: 0.4 }];
    const result = editResult({
      d: [
        layerPlacement('avatar', 0.93, { layerId: 'd-avatar', box: null }),
        layerPlacement('title', 0.3, { layerId: null, box: PARTS.title }),
        { ...layerPlacement('card', 0.6, { layerId: 'd-card', box: null }), runnersUp } as Placement,
        layerPlacement('button', 0.05, { layerId: null, box: null }),
      ],
    });
    await run('transfer-annotations', [light, target], exportDone(items), result);
    await figma.heading('Preview').waitFor();
  });

  it('says where each goes, what someone has changed, and what has no layer', async () => {
    await look(figma, 'preview-annotations');
    expect(await box('avatar').isChecked()).toBe(false);
    await figma.button(/^Conflicts 1/).click();
    await figma.ui.getByText('Changed here since the last run: “Opens the profile”').waitFor();
    await look(figma, 'preview-conflicts');
    await figma.button(/^Not found 2/).click();
    await figma.ui.getByText('No matching layer: adds a note on the canvas for “title”, top').waitFor();
    expect(await figma.ui.getByRole('checkbox').count()).toBe(3);
    await figma.ui.getByRole('slider').fill('20');
    expect((await figma.next('preferences.save')).preferences.threshold).toBe(0.2);
    await vi.waitFor(async () => expect(await box('title').isChecked()).toBe(true), BROWSER_TIMEOUT_MS);
    await look(figma, 'preview-not-found');
  });

  it('is chosen, shown and corrected with the keyboard alone', async () => {
    const group = figma.ui.getByRole('checkbox', { name: 'All items in “Shop / Dark”' });
    await group.focus();
    expect(await group.evaluate((input) => input instanceof HTMLInputElement && input.indeterminate)).toBe(true);
    await press('Enter');
    expect(await figma.next('reveal')).toEqual({ type: 'reveal', nodeId: 'd', box: null });
    await press('ArrowDown', 'Space', 'Enter');
    expect(await box('avatar').isChecked()).toBe(true);
    expect((await figma.next('reveal')).box).toEqual(PARTS.avatar);
    // Space on the row switches it, too
    await press('ArrowRight', 'Space');
    await vi.waitFor(async () => expect(await box('avatar').isChecked()).toBe(false), BROWSER_TIMEOUT_MS);

    await press('ArrowDown', 'ArrowDown', 'ArrowRight');
    expect(await focused()).toBe('Wrong layer?');
    await press('Enter', 'ArrowDown', 'ArrowRight');
    await figma.ui.getByRole('group', { name: 'Layer in “Shop / Dark”' }).waitFor();
    await look(figma, 'preview-correction');
    await figma.button(/button.*Use this layer/).focus();
    await press('Enter');
    await figma.ui.getByText('Corrected by you').waitFor();
    const row = figma.ui.getByRole('listitem').filter({ hasText: 'About the card' });
    await row.locator(':focus').waitFor();
    await press('Home', 'End');
    expect(await focused()).toMatch(/button|Choose layer/);
    await figma.button(/^Apply 1 item/).focus();
    await press('Enter');
    const { accepted } = await figma.next('apply');
    expect(accepted.map(({ placement }) => placement)).toMatchObject([{ itemId: 'card', layerId: 'd-button' }]);
    await figma.send({
      type: 'applied',
      summary: { created: 1, updated: 0, notes: 0, skipped: [], made: ['d-button'] },
    });
    await figma.button('Select and close').focus();
    await look(figma, 'preview-done');
    await press('Enter');
    expect(await figma.next('finish')).toEqual({ type: 'finish', nodeIds: ['d-button'] });
  });
});

describe('the preview of edits', () => {
  beforeEach(async () => {
    const frames = [
      editable(light, 's', 'Shop / Light', BASE),
      editable(light, 'l', 'Shop / Copy', screen('l')),
      editable(dark, 'd', 'Shop / Dark', screen('d', { button: '#4F8CFF', label: 'Kaufen' })),
    ];
    const result = editResult({
      l: editPlacements('l', {
        label: { layerId: 'l-title', confidence: 0.6, runnersUp: [{ layerId: 'l-label', confidence: 0.5 }] },
        title: { layerId: null, confidence: 0 },
      }),
      d: editPlacements('d', { card: { layerId: null, confidence: 0 } }),
    });
    await run('transfer-edits', frames, exportDone(EDIT_ITEMS, OURS), result);
    await figma.heading('Edits').waitFor();
  });

  it('shows conflicts, decides them, and applies', async () => {
    await figma.button(/^Conflicts/).click();
    const conflict = figma.ui.getByRole('group', { name: '“Button label” in “Shop / Dark”', exact: true });
    await conflict.getByText('“Kaufen”').waitFor();
    expect(await conflict.getByRole('button', { name: 'Keep' }).getAttribute('aria-pressed')).toBe('true');
    await conflict.getByRole('button', { name: 'Replace' }).click();
    await figma.button(/^By frame/).click();
    await figma.button(/^All \d/).click();
    const fill = figma.ui.getByRole('checkbox', { name: 'Apply “Button: Fill” to “Shop / Copy”' });
    await fill.uncheck();
    await figma.button(/^Apply \d+ changes$/).click();
    const { targets } = await figma.next('edits.apply');
    const written = (id: string) =>
      targets
        .find(({ targetId }) => targetId === id)
        ?.operations.map(({ write }) => (write.kind === 'set' ? write.property : write.kind));
    expect(written('d')).toEqual(['characters']);
    expect(written('l')).not.toContain('fills');

    const skipped = [
      { targetId: 'd', editId: targets[0]?.operations[0]?.editId ?? '', reason: 'The layer is locked.' },
    ];
    await figma.send({ type: 'edits.applied', summary: { written: 4, targets: 2, skipped } });
    await figma.ui.getByText('Wrote 4 changes to 2 frames').waitFor();
    await figma.ui.getByText('The layer is locked.').waitFor();
    await figma.button('Undo').click();
    await figma.next('undo');
  });

  it('corrects a counterpart by a runner-up', async () => {
    await figma.button(/^Not found/).click();
    await figma.ui.getByText('No matching layer in this frame').first().waitFor();
    await figma.button(/^Conflicts/).click();
    const row = figma.ui.getByRole('listitem').filter({ hasText: 'Shop / Copy' }).first();
    await row.getByRole('button', { name: 'Wrong layer?' }).click();
    await figma.ui.getByRole('button', { name: /Button label.*Use this layer/ }).click();
    await figma.button(/^Apply \d+ changes$/).click();
    const { targets } = await figma.next('edits.apply');
    const written = targets.flatMap(({ operations }) => operations.map(({ write }) => write));
    expect(written).toContainEqual(expect.objectContaining({ layerId: 'l-label', property: 'characters' }));
  });
});

describe('the sections of the preview of edits', () => {
  beforeEach(async () => {
    const card: Token = { kind: 'component', id: 'C:card', name: 'Settings card' };
    const ours = screen('s', { button: '#FFFFFF', radius: 16, hasBadge: true });
    const frames = [
      editable(light, 's', 'Shop / Light', BASE),
      editable(light, 'l', 'Shop / Component', screen('l', { title: 'Preferences', card })),
      editable(dark, 'd', 'Shop / Dark', screen('d', { button: '#4F8CFF', labelFill: '#0C1020' })),
    ];
    const record = { sourceLayerId: 's-title', layerId: 'l-title', what: 'characters' };
    const [, component] = frames;
    if (component?.edits === undefined) throw new Error('no design');
    component.edits.applied.push({ ...record, source: '"Preferences"', written: '"Preferences"' });
    component.edits.warnings.push('is in “Pages”, which is a main component: all its instances change with it.');
    const result = editResult({ l: editPlacements('l'), d: editPlacements('d') });
    await run('transfer-edits', frames, exportDone(EDIT_ITEMS, ours), result);
    await figma.heading('Edits').waitFor();
  });

  it('propose a color of the target, and say what blocks an edit', async () => {
    await look(figma, 'edits-changes');
    await figma.button(/^Conflicts/).click();
    const proposal = figma.button(/^Use proposed color ?#0C1020$/);
    await proposal.click();
    expect(await proposal.getAttribute('aria-pressed')).toBe('true');
    await look(figma, 'edits-proposed-color');
    await figma.button(/^All \d/).click();
    // only what is in view exists
    await figma.ui.getByRole('checkbox').first().press('End');
    await figma.ui.getByText('Edit the main component “Settings card”').waitFor();
    await figma.ui.getByText('An earlier run made these edits here').waitFor();
    await look(figma, 'edits-blocked');
    await figma.ui.getByRole('checkbox', { name: 'Apply “Title” to “Shop / Component”' }).check();
    await figma.button(/^Apply \d+ changes$/).click();
    const { targets } = await figma.next('edits.apply');
    const values = targets.flatMap(({ operations }) =>
      operations.flatMap(({ write }) => (write.kind === 'set' ? JSON.stringify(write.after) : [])),
    );
    expect(values).toContain('"Settings"');
  });
});

describe('a long list', () => {
  it('of edits draws a bounded number of nodes', async () => {
    const ids = Array.from({ length: MANY }, (_, at) => `t${at}`);
    const frames = ids.map((id) => editable(dark, id, `Shop ${id}`, screen(id)));
    const result = editResult(Object.fromEntries(ids.map((id) => [id, editPlacements(id)])));
    await run('transfer-edits', [editable(light, 's', 'Shop', BASE), ...frames], exportDone(EDIT_ITEMS, OURS), result);
    await figma.ui.getByText(`in ${MANY} of ${MANY} frames`).first().waitFor();
    await figma.ui.getByRole('button', { name: /Button label/ }).click();
    await figma.ui.getByRole('checkbox', { name: 'Apply “Button label” to “Shop t0”' }).waitFor();
    expect(await nodes()).toBeLessThan(MOST_NODES);
  });

  it('of matches draws a bounded number of nodes, and works with the keyboard', async () => {
    const items: ExportedItem[] = Array.from({ length: ITEMS_PER_FRAME }, (_, at) => ({
      item: { kind: 'layer', itemId: `i${at}`, layerId: 's-card' },
      label: `Note ${at}`,
      detail: 'Development',
    }));
    const placements = (id: string): Placement[] =>
      items.map(({ item }) => layerPlacement(item.itemId, 0.9, { layerId: `${id}-card`, box: null }));
    const ids = Array.from({ length: MANY }, (_, at) => `t${at}`);
    const frames = ids.map((id) => ({ ...dark, nodeId: id, name: `Shop ${id}` }));
    const result = editResult(Object.fromEntries(ids.map((id) => [id, placements(id)])));
    await run('transfer-annotations', [light, ...frames], exportDone(items), result);
    const box = (at: number, id: string) =>
      figma.ui.getByRole('checkbox', { name: `Apply “Note ${at}” to “Shop ${id}”`, exact: true });
    await box(0, 't0').focus();
    expect(await nodes()).toBeLessThan(MOST_NODES);

    await figma.page.keyboard.press('ArrowDown');
    await takeRenders();
    await figma.page.keyboard.press('Space');
    await figma.button(`Apply ${MANY * ITEMS_PER_FRAME - 1} items`).waitFor();
    expect(await box(1, 't0').isChecked()).toBe(false);
    expect(await takeRenders()).toMatchObject({ PreviewRowView: 1, FrameHeading: 1 });
    await figma.page.keyboard.press('End');
    await box(ITEMS_PER_FRAME - 1, `t${MANY - 1}`).waitFor();
    await figma.page.keyboard.press('ArrowUp');
    await figma.page.keyboard.press('Space');
    expect(await box(ITEMS_PER_FRAME - 2, `t${MANY - 1}`).isChecked()).toBe(false);
    expect(await figma.button(/^Apply/).textContent()).toBe(`Apply ${MANY * ITEMS_PER_FRAME - 2} items`);
    const focused = figma.ui.locator('li:has(:focus)');
    expect(await focused.getAttribute('aria-setsize')).toBe(`${MANY * (ITEMS_PER_FRAME + 1)}`);
    expect(await focused.getAttribute('aria-posinset')).toBe(`${MANY * (ITEMS_PER_FRAME + 1) - 1}`);
    expect(await nodes()).toBeLessThan(MOST_NODES);
  });
});

describe('the preview of layers', () => {
  it('says what goes on top of a main component, and offers to place it inside', async () => {
    const items: ExportedItem[] = [
      {
        item: { kind: 'overlay', itemId: 'o', box: { x: 10, y: 10, w: 40, h: 20 } },
        label: 'Sticker',
        detail: 'frame',
      },
    ];
    const target = { ...dark, nodeId: 't', name: 'Card / Dark', mainComponent: 'Card' };
    const placement: Placement = {
      ...{ kind: 'overlay', itemId: 'o', confidence: 0.9, evidence: { image: 0.9 } },
      ...{ transform: { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 }, inliers: 40, samples: 50, residualPx: 1 },
    };
    await run('transfer-layers', [light, target], exportDone(items), editResult({ t: [placement] }));
    await figma.ui.getByText('“Card” is a main component').waitFor();
    await look(figma, 'preview-main-component');
    const inside = figma.ui.getByLabel('Place inside the component');
    await inside.focus();
    await figma.page.keyboard.press('Space');
    await figma.ui.getByText('All instances of “Card” change with it.').waitFor();
    await look(figma, 'preview-main-component-inside');
    await figma.button('Apply 1 item').click();
    expect(await figma.next('apply')).toMatchObject({ intoComponents: ['t'] });
  });
});
