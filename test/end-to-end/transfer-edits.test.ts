import { describe, expect } from 'vitest';
import { solid } from '../figma-host/documents/parts.js';
import { SHOP_EDIT, SHOP_TARGETS, shopBadge, shopDocument } from '../figma-host/documents/shop-document.js';
import type { FigmaPage } from '../figma-host/figma-page.js';
import { BROWSER_TIMEOUT_MS } from '../figma-host/launch-chromium.js';
import type { RawNode } from '../figma-host/spec.js';
import { test as base } from './fixtures.js';
import { press } from './keyboard.js';
import type { PluginInFigma } from './plugin-in-figma.js';
import { pairByCode, saveFrame, saveScreenshot, startRun } from './steps.js';

const test = base.extend('document', () => shopDocument());

/** Of waits without an event of their own. */
const PATIENCE = { timeout: BROWSER_TIMEOUT_MS, interval: 100 };

type Target = (typeof SHOP_TARGETS)[number];

describe('transferring the difference between two frames', () => {
  test('makes the same edits once in other themes, languages, sizes and versions, in one undo step', async ({
    plugin,
    daemon,
  }) => {
    const { host } = plugin;
    const figma = await plugin.run('transfer-difference');
    await pairByCode(figma, daemon.code);
    await pickVersions(plugin, figma, SHOP_TARGETS);
    await startRun(figma);
    await figma.heading('Edits').waitFor();
    await saveScreenshot(figma, 'edits-1-preview');
    const [before, steps] = [host.snapshot(), host.undoSteps];
    await applyEdits(figma);
    await saveScreenshot(figma, 'edits-2-done');
    for (const target of SHOP_TARGETS) await saveFrame(plugin, `${target}:screen`, `edits-${target}`);

    for (const target of SHOP_TARGETS) {
      expectEdited(plugin, target, before);
      expectSwapped(plugin, target);
    }
    expect(host.undoSteps).toBe(steps + 1);

    const edited = host.snapshot();
    const again = await plugin.run('transfer-difference');
    await startRun(again);
    await again.heading('Edits').waitFor();
    await saveScreenshot(again, 'edits-3-again');
    await expectOnlyConflicts(again, { alreadyThere: 33, in: SHOP_TARGETS.length, conflicts: 2 });
    expect(host.snapshot()).toEqual(edited);

    host.undo();
    expect(host.snapshot()).toEqual(before);
    expect(host.errors).toEqual([]);
  });
});

describe('transferring recorded edits', () => {
  const targets = ['german', 'tablet'] as const;

  test('makes them once in other frames, in one undo step', async ({ plugin, daemon }) => {
    const { host } = plugin;
    await recordAndEdit(plugin);
    const figma = await plugin.run('transfer-edits');
    await pairByCode(figma, daemon.code);
    await press(figma, figma.ui.getByRole('radio', { name: /Basket/ }), 'Space');
    plugin.select(...targets.map((target) => `${target}:screen`));
    await press(figma, figma.button(/^Add .* as targets?$/));
    await startRun(figma);
    await figma.heading('Edits').waitFor();
    await saveScreenshot(figma, 'edits-4-recorded');
    const [before, steps] = [host.snapshot(), host.undoSteps];
    await applyEdits(figma);
    const edited = host.snapshot();

    for (const target of targets) expectEdited(plugin, target, before);
    expect(host.undoSteps).toBe(steps + 1);

    const again = await plugin.run('transfer-edits');
    await startRun(again);
    await again.heading('Edits').waitFor();
    await saveScreenshot(again, 'edits-5-recorded-again');
    await expectOnlyConflicts(again, { alreadyThere: 11, in: targets.length, conflicts: 1 });
    expect(host.snapshot()).toEqual(edited);

    host.undo();
    expect(host.snapshot()).toEqual(before);
    expect(host.errors).toEqual([]);
  });
});

/** Records `before`, then makes the edits of `after` in it, without the button's. */
async function recordAndEdit(plugin: PluginInFigma): Promise<void> {
  const { host } = plugin;
  plugin.select('before:screen');
  await host.runCommand('record-edits');
  await expect.poll(() => host.reports.some(({ kind }) => kind === 'closePlugin'), PATIENCE).toBe(true);
  host.editText(plugin.id('before:teaser/headline'), SHOP_EDIT.headline);
  host.edit(plugin.id('before:teaser'), { cornerRadius: SHOP_EDIT.teaserRadius });
  host.edit(plugin.id('before:list'), { itemSpacing: SHOP_EDIT.listGap });
  host.edit(plugin.id('before:total/sum'), { fills: solid(SHOP_EDIT.sumColor) });
  host.insertNode(shopBadge('before'), plugin.id('before:header'), 1);
  host.removeNode(plugin.id('before:note'));
}

/** What was applied is not offered again; what was left off stays off. */
async function expectOnlyConflicts(
  figma: FigmaPage,
  expected: { alreadyThere: number; in: number; conflicts: number },
): Promise<void> {
  const sentence = `${expected.alreadyThere} edits are already there in ${expected.in} frames.`;
  expect(await figma.ui.getByText(/already there/).innerText()).toBe(sentence);
  const filters = figma.button(/^(All|Conflicts) \d+$/);
  expect(await filters.allInnerTexts()).toEqual([`All ${expected.conflicts}`, `Conflicts ${expected.conflicts}`]);
  expect(await figma.button('No changes selected').isDisabled()).toBe(true);
}

async function pickVersions(plugin: PluginInFigma, figma: FigmaPage, targets: readonly Target[]): Promise<void> {
  plugin.select('before:screen');
  await press(figma, figma.button(/^Use “.*” as before$/));
  plugin.select('after:screen');
  await press(figma, figma.button(/^Use “.*” as after$/));
  plugin.select(...targets.map((target) => `${target}:screen`));
  await press(figma, figma.button(/^Add .* as targets?$/));
}

async function applyEdits(figma: FigmaPage): Promise<void> {
  await press(figma, figma.button(/^Apply \d+ changes?$/));
  await figma.heading('Transfer complete').waitFor();
}

/** Asserts every edit in a target but the button's; a text in another language and a colour in another theme stay. */
function expectEdited(plugin: PluginInFigma, target: Target, before: readonly RawNode[]): void {
  const { host } = plugin;
  const part = (name: string) => host.byKey(`${target}:${name}`);
  const old = (name: string) => before.find(({ key }) => key === `${target}:${name}`);
  const check = (actual: unknown, what: string) => expect.soft(actual, `${what} in ${target}`);

  const headline = target === 'german' ? old('teaser/headline')?.props.characters : SHOP_EDIT.headline;
  check(part('teaser/headline').props.characters, 'headline').toBe(headline);
  check(part('teaser').props.cornerRadius, 'radius').toBe(SHOP_EDIT.teaserRadius);
  check(part('list').props.itemSpacing, 'gap').toBe(SHOP_EDIT.listGap);
  const color = colorOf(target === 'dark' ? old('total/sum') : host.byKey('after:total/sum'));
  check(colorOf(part('total/sum')), 'colour').toEqual(color);
  check(
    host.nodes().some(({ key }) => key === `${target}:note`),
    'note',
  ).toBe(false);
  const badge = part('header').childIds.map((id) => host.node(id));
  check(badge.filter(({ width }) => width > 24 && width < 80).length, 'badges').toBe(1);
}

/** Asserts the variant of the button. The dark theme has a component set of its own. */
function expectSwapped({ host }: PluginInFigma, target: Target): void {
  const variant = host.byKey(`${target === 'dark' ? 'Dark' : 'Light'}:button-Primary`).id;
  const button = host.byKey(`${target}:teaser/button`);
  expect.soft(button.props.__componentId, `variant in ${target}`).toBe(variant);
}

function colorOf(node: RawNode | undefined): unknown {
  const [paint] = Array.isArray(node?.props.fills) ? node.props.fills : [];
  return typeof paint === 'object' && paint !== null && 'color' in paint ? paint.color : null;
}
