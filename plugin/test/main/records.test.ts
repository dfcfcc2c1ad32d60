import { afterEach, describe, expect, test } from 'vitest';
import type { DocumentSpec, Json, NodeSpec } from '../../../test/figma-host/spec.js';
import type { AcceptedPlacement } from '../../src/shared/messages.js';
import { PluginSession } from './plugin-session.js';

let session: PluginSession;
afterEach(() => session.close());

const AMOUNT = 150;

/** A source with an annotation of 600 characters on each layer, and a target with as many layers. */
function longWords(): DocumentSpec {
  const screen = (key: string, x: number, annotated: boolean): NodeSpec => ({
    ...{ key, type: 'FRAME', name: key, x, width: 400, height: 400 },
    children: Array.from({ length: AMOUNT }, (_, n): NodeSpec => {
      const label = `${n} `.padEnd(600, 'wörter ');
      const props: { [name: string]: Json } = annotated ? { annotations: [{ label }] } : {};
      return { key: `${key}:${n}`, type: 'RECTANGLE', name: `Layer ${n}`, y: n, width: 20, height: 20, props };
    }),
  });
  return { name: 'Long words', children: [screen('source', 0, true), screen('target', 600, false)] };
}

const numbers = Array.from({ length: AMOUNT }, (_, n) => n);
let ids: ReadonlyMap<string, string> = new Map();
const id = (key: string) => ids.get(key) ?? '';

async function open(): Promise<void> {
  session = await PluginSession.open(longWords());
  // looked up once: the document is large
  ids = new Map(session.host.nodes().map((node) => [node.key ?? '', node.id]));
}

function onAll(): AcceptedPlacement[] {
  const found = { kind: 'layer', confidence: 0.9, evidence: { image: 0.9 }, box: null } as const;
  return numbers.map((n) => ({
    targetId: id('target'),
    placement: { ...found, itemId: `${id(`source:${n}`)}#0`, layerId: id(`target:${n}`) },
  }));
}

const entries = (): { [key: string]: string | undefined } =>
  Object.fromEntries(
    Object.entries(session.host.byKey('target').sharedPluginData).map(([name, value]) => [name.split('/')[1], value]),
  );
const bytesOf = (text: string) => Buffer.byteLength(text);

describe('the record of a run', () => {
  test('of 150 annotations of 600 characters has none of their words, and finds them again', async () => {
    await open();
    const first = await session.apply(onAll(), 'transfer-annotations', 'source');
    expect(first).toMatchObject({ created: AMOUNT, skipped: [] });
    expect(bytesOf(JSON.stringify(entries()))).toBeLessThan(12_000);
    expect(JSON.stringify(entries())).not.toContain('wörter');
    const again = await session.apply(onAll(), 'transfer-annotations', 'source');
    expect(again).toMatchObject({ created: 0, updated: AMOUNT });
  });

  test('of a version that stored the words is understood, and replaced by hashes', async () => {
    await open();
    await session.apply(onAll(), 'transfer-annotations', 'source');
    const applied = session.host.snapshot();
    const old = numbers.slice(0, 100).map((n) => ({
      ...{ kind: 'annotation', sourceId: id('source'), itemId: `${id(`source:${n}`)}#0` },
      nodeId: id(`target:${n}`),
      fingerprint: JSON.stringify([`${n} `.padEnd(600, 'wörter ').trim(), [], '']),
    }));
    session.host.edit(id('target'), {
      sharedPluginData: { 'samepoint/placed': JSON.stringify(old), 'samepoint/placed.0': null },
    });
    const again = await session.apply(onAll().slice(0, 100), 'transfer-annotations', 'source');
    expect(again).toMatchObject({ created: 0, updated: 100, skipped: [] });
    expect(entries().placed ?? '').toBe('');
    const annotations = (nodes: typeof applied) => nodes.map(({ props }) => props.annotations ?? null);
    expect(annotations(session.host.snapshot())).toEqual(annotations(applied));
  });

  test('has nothing of layers that were deleted', async () => {
    await open();
    await session.apply(onAll(), 'transfer-annotations', 'source');
    const deleted = numbers.slice(1).map((n) => id(`target:${n}`));
    for (const id of deleted) session.host.removeNode(id);
    await session.apply(onAll().slice(0, 1), 'transfer-annotations', 'source');
    const stored = JSON.stringify(entries());
    expect(stored).toContain(id('target:0'));
    expect(deleted.filter((id) => stored.includes(`"${id}"`))).toEqual([]);
  });

  test('that Figma has no room for loses the oldest items, which is said, and Apply succeeds', async () => {
    await open();
    await session.apply(onAll().slice(0, 1), 'transfer-annotations', 'source');
    const [oldest] = JSON.parse(entries()['placed.0'] ?? '[]');
    // other sources, whose items have long ids
    const more = Array.from({ length: 1500 }, (_, n) => [
      ...oldest.slice(0, 2),
      `${n}`.padEnd(250, '.'),
      ...oldest.slice(3),
    ]);
    const lists = [0, 1, 2, 3].map((n) => more.slice(n * 340, (n + 1) * 340));
    const stored = lists.map((list, n) => [`samepoint/placed.${n}`, JSON.stringify(list)]);
    session.host.edit(id('target'), { sharedPluginData: Object.fromEntries(stored) });
    const summary = await session.apply(onAll(), 'transfer-annotations', 'source');
    expect(summary.created + summary.updated + summary.skipped.length).toBe(AMOUNT);
    expect(summary.notices).toEqual([
      expect.stringMatching(/^“target” has too many .* the \d+ oldest are not updated/),
    ]);
    const again = await session.apply(onAll().slice(1), 'transfer-annotations', 'source');
    expect(again).toMatchObject({ created: 0, updated: AMOUNT - 1 });
  });
});
