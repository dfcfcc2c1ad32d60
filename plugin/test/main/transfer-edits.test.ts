import { afterEach, describe, expect, test } from 'vitest';
import { shopDocument } from '../../../test/figma-host/documents/shop-document.js';
import { createFigmaHost, type FigmaHost } from '../../../test/figma-host/figma-host.js';
import { diffDesigns } from '../../src/edits/diff-designs.js';
import { merge } from '../../src/edits/merge.js';
import type { Counterpart, MergedEdit } from '../../src/edits/merged-edit.js';
import { inWriteOrder } from '../../src/edits/write-order.js';
import type { Design } from '../../src/shared/design.js';
import type { EditableFrame, ExportedFrame, MainToUi, UiToMain } from '../../src/shared/messages.js';
import type { Operation } from '../../src/shared/operation.js';
import { MAIN_JS } from './plugin-session.js';

const TARGETS = ['dark', 'german', 'tablet'];

let host: FigmaHost;
/** The key of each layer before anything is edited, by id. */
let keys: Map<string, string | null>;
afterEach(() => host.dispose());

const id = (key: string): string => host.byKey(key).id;

type MessageOf<T extends MainToUi['type']> = Extract<MainToUi, { type: T }>;

/** Waits for a message; frames before it are collected. */
async function next<T extends MainToUi['type']>(type: T, act: () => unknown, frames: ExportedFrame[] = []) {
  const received = new Promise<MessageOf<T>>((resolve, reject) => {
    const stop = host.onMainMessage((message) => {
      const known = message as MainToUi;
      if (known.type === 'export.frame') frames.push(known.frame);
      if (known.type === 'export.failed' || known.type === 'apply.failed') reject(new Error(known.problem.message));
      if (known.type !== type) return;
      stop();
      resolve(known as MessageOf<T>);
    });
  });
  await act();
  return received;
}

const send = (message: UiToMain) => host.sendToMain(message);

async function openRecorded(): Promise<void> {
  host = await createFigmaHost({ document: shopDocument(), mainJs: MAIN_JS });
  keys = new Map(host.nodes().map((node) => [node.id, node.key]));
  host.select([id('before:screen')]);
  await host.runCommand('record-edits');
  const isClosed = () => host.reports.some(({ kind }) => kind === 'closePlugin');
  while (!isClosed()) await new Promise((resolve) => setImmediate(resolve));
}

/** The same layer of the other frame, by the keys of the document. */
function counterpartsIn(base: Design, prefix: string): Record<string, Counterpart> {
  const byKey = new Map(host.nodes().map((node) => [node.key, node.id]));
  const entries = Object.keys(base.layers).map((layerId) => {
    const part = keys.get(layerId)?.replace(/^before:/, `${prefix}:`);
    const found = part === undefined ? null : (byKey.get(part) ?? null);
    return [layerId, { layerId: found, confidence: 0.99, runnersUp: [] }] as const;
  });
  return Object.fromEntries(entries);
}

/** Exports the frames and merges the recorded edits into each target. */
async function mergeAll(): Promise<{ prefix: string; merged: MergedEdit[] }[]> {
  const frames: ExportedFrame[] = [];
  await host.runCommand('transfer-edits');
  await next('session', () => send({ type: 'ready' }));
  const targetIds = TARGETS.map((prefix) => id(`${prefix}:screen`));
  const request = { type: 'export.start', command: 'transfer-edits', sourceId: id('before:screen') } as const;
  const act = () => send({ ...request, targetIds, overlayIds: [], layerIds: [] });
  const { after } = await next('export.done', act, frames);
  const [base, ...targets] = frames.map(({ edits }) => edits) as EditableFrame[];
  if (base === undefined || after === undefined) throw new Error('no source');
  const edits = diffDesigns(base.design, after);
  return targets.map(({ design, applied }, n) => {
    const prefix = TARGETS[n] ?? '';
    const counterparts = counterpartsIn(base.design, prefix);
    return { prefix, merged: merge({ base: base.design, ours: after, edits, theirs: design, counterparts, applied }) };
  });
}

function included(merged: readonly MergedEdit[]): Operation[] {
  return merged.flatMap(({ outcome }) =>
    outcome.kind === 'change' && outcome.include !== 'never' ? [outcome.operation] : [],
  );
}

async function applyAll(all: Awaited<ReturnType<typeof mergeAll>>) {
  const targets = all.map(({ prefix, merged }) => ({
    targetId: id(`${prefix}:screen`),
    operations: inWriteOrder(included(merged)),
  }));
  const request = { type: 'edits.apply', command: 'transfer-edits', sourceId: id('before:screen') } as const;
  return (await next('edits.applied', () => send({ ...request, targets }))).summary;
}

function editByHand(): void {
  host.edit(id('before:teaser/headline'), { characters: 'Autumn sale' });
  host.edit(id('before:teaser'), { cornerRadius: 28 });
  host.edit(id('before:list'), { itemSpacing: 16 });
  host.edit(id('before:teaser/button'), { mainComponent: id('Light:button-Primary') });
  host.removeNode(id('before:note'));
  const badge = { key: 'badge', type: 'RECTANGLE', name: 'Badge', width: 40, height: 20 } as const;
  host.insertNode({ ...badge, props: { cornerRadius: 10 } }, id('before:header'), 1);
}

describe('recorded edits', () => {
  test('reach all frames in one undo step, and are already so when they are transferred again', async () => {
    await openRecorded();
    editByHand();
    const before = host.snapshot();
    const first = await mergeAll();
    const steps = host.undoSteps;
    const summary = await applyAll(first);
    expect(summary.skipped).toEqual([]);
    expect(summary.written).toBe(first.flatMap(({ merged }) => included(merged)).length);
    for (const prefix of TARGETS) {
      expect(host.byKey(`${prefix}:teaser`).props.cornerRadius).toBe(28);
      const [, badge] = host.byKey(`${prefix}:header`).childIds.map((child) => host.node(child).props.name);
      expect(badge).toBe('Badge');
    }
    expect(host.nodes().filter(({ key }) => key === 'tablet:note')).toEqual([]);
    expect(host.undoSteps).toBe(steps + 1);
    const written = host.snapshot();
    for (const { prefix, merged } of await mergeAll()) {
      expect([prefix, included(merged).map(({ editId, write }) => [editId, write])]).toEqual([prefix, []]);
    }
    expect(host.snapshot()).toEqual(written);
    host.undo();
    expect(host.snapshot()).toEqual(before);
  });
});
