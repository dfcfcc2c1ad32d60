import { afterEach, describe, expect, test } from 'vitest';
import type { DocumentSpec, Json, NodeSpec } from '../../../test/figma-host/spec.js';
import { withIdsOf } from '../../src/edits/align-designs.js';
import { diffDesigns } from '../../src/edits/diff-designs.js';
import { merge } from '../../src/edits/merge.js';
import { inWriteOrder } from '../../src/edits/write-order.js';
import type { Design } from '../../src/shared/design.js';
import type { ExportedFrame } from '../../src/shared/messages.js';
import type { Operation } from '../../src/shared/operation.js';
import { PluginSession } from './plugin-session.js';

let session: PluginSession;
afterEach(() => session.close());

const fill = (r: number, g: number, b: number): Json => [{ type: 'SOLID', color: { r, g, b } }];
const box = (key: string, x: number, y: number, more: Partial<NodeSpec> = {}): NodeSpec => ({
  ...{ key, type: 'RECTANGLE', name: key.split(':')[1] ?? key, x, y, width: 100, height: 40 },
  ...{ props: { fills: fill(1, 0, 0) }, ...more },
});
/** A container at x = `left` with these children; those of a group have the coordinates of the page. */
const container = (type: NodeSpec['type'], key: string, left: number, children: NodeSpec[]): NodeSpec => ({
  ...{ key, type, name: key, children },
  ...(type === 'GROUP' ? {} : { x: left, width: 400, height: 300, props: { fills: fill(1, 1, 1) } }),
});

describe('annotations', () => {
  const note = { annotations: [{ labelMarkdown: 'At least 44 px high', properties: [] }] };
  const source = container('FRAME', 'source', 0, [
    box('source:box', 20, 20, { props: { fills: fill(1, 0, 0), ...note } }),
    box('source:other', 20, 100, { props: { fills: fill(0, 1, 0), ...note } }),
  ]);
  const variant: NodeSpec = {
    ...{ key: 'set:variant', type: 'COMPONENT', name: 'State=On', width: 200, height: 100 },
    children: [box('set:box', 20, 20)],
  };
  const document: DocumentSpec = {
    name: 'Containers',
    children: [
      source,
      container('SECTION', 'section', 600, [box('section:box', 20, 20)]),
      container('GROUP', 'group', 1200, [box('group:box', 1200, 20), box('group:more', 1200, 200)]),
      container('COMPONENT_SET', 'set', 1800, [variant]),
    ],
  };

  test('reach layers in a section, a group and a component set, or a note beside them, in one undo step', async () => {
    session = await PluginSession.open(document);
    const targets = ['section', 'group', 'set'];
    const { frames } = await session.exportFrames('transfer-annotations', 'source', targets);
    for (const [index, key] of targets.entries()) {
      const [root, ...inside] = frames[index + 1]?.layers ?? [];
      expect(root?.layerId).toBe(session.id(key));
      const direct = inside.filter(({ parentId }) => parentId === root?.layerId);
      expect(direct.map(({ layerId }) => layerId)).toContain(session.host.byKey(key).childIds[0]);
      const found = inside.find(({ layerId }) => layerId === session.id(`${key}:box`));
      expect(found).toMatchObject({ candidate: true, parentId: expect.any(String) });
    }
    const [before, steps] = [session.host.snapshot(), session.host.undoSteps];
    const accepted = targets.flatMap((key) => [
      session.onLayer(key, 'source:box', `${key}:box`),
      session.onLayer(key, 'source:other', null),
    ]);
    const summary = await session.apply(accepted, 'transfer-annotations', 'source');
    expect(summary).toMatchObject({ created: 3, updated: 0, notes: 3, skipped: [] });
    for (const key of targets) expect(session.host.annotations(session.id(`${key}:box`))).toHaveLength(1);
    const notes = session.host.nodes().filter(({ props }) => /^Note \d+: /.test(String(props.name)));
    expect(new Set(notes.map(({ absolute }) => absolute[4]))).toEqual(new Set([1016, 1316, 2216]));
    expect(session.host.undoSteps).toBe(steps + 1);
    session.host.undo();
    expect(session.host.snapshot()).toEqual(before);
  });
});

test('copies of layers are at the same place in a section and a group', async () => {
  const source = container('FRAME', 'source', 0, [
    box('source:box', 0, 0, { width: 400, height: 300 }),
    box('arrow', 50, 60),
  ]);
  const group = container('GROUP', 'group', 1200, [box('group:box', 1200, 40, { width: 400, height: 300 })]);
  const section = container('SECTION', 'section', 600, [group]);
  session = await PluginSession.open({ name: 'Containers', children: [source, section] });
  await session.exportFrames('transfer-layers', 'source', ['section', 'group'], ['arrow']);
  const before = session.host.snapshot();
  const same = { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 };
  const accepted = ['section', 'group'].map((key) => session.byTransform(key, 'arrow', same));
  expect(await session.apply(accepted, 'transfer-layers', 'source')).toMatchObject({ created: 2, skipped: [] });
  const arrows = session.host.nodes().filter(({ props }) => props.name === 'arrow');
  const places = arrows.map(({ parentId, absolute }) => [parentId, absolute[4], absolute[5]]);
  expect(places).toContainEqual([session.id('section'), 650, 60]);
  expect(places).toContainEqual([session.id('group'), 1850, 100]);
  session.host.undo();
  expect(session.host.snapshot()).toEqual(before);
});

type Kind = 'FRAME' | 'SECTION' | 'GROUP';

/** Two versions, `before` and `after`, and a target; after moves b by (30, 10), makes it green and adds c below it. */
function versions(source: Kind, target: Kind): DocumentSpec {
  const [first, second, third] = [0, 1000, 2000];
  const at = (type: Kind, left: number) => left * Number(type === 'GROUP');
  const [s, a, t] = [at(source, first), at(source, second), at(target, third)];
  return {
    name: 'Versions',
    children: [
      container(source, 'before', first, [box('before:a', s, 0), box('before:b', s, 100), box('before:d', s, 250)]),
      container(source, 'after', second, [
        box('after:a', a, 0),
        box('after:b', a + 30, 110, { props: { fills: fill(0, 1, 0) } }),
        box('after:c', a + 30, 170, { width: 50 }),
        box('after:d', a, 250),
      ]),
      container(target, 'target', third, [box('target:a', t, 0), box('target:b', t, 100), box('target:d', t, 250)]),
    ],
  };
}

async function exported() {
  const [sourceId, afterId] = [session.id('before'), session.id('after')];
  const request = { type: 'export.start', command: 'transfer-difference', sourceId, afterId } as const;
  session.send({ ...request, targetIds: [session.id('target')], overlayIds: [], layerIds: [] });
  const frames: ExportedFrame[] = [];
  while (frames.length < 3) frames.push((await session.next('export.frame')).frame);
  await session.next('export.done');
  const [base, after, target] = frames.map(({ edits }) => edits);
  if (base === undefined || after === undefined || target === undefined) throw new Error('no designs');
  return { base: base.design, after: after.design, target };
}

/** Counterparts by the names of the layers. */
function byName(from: Design, to: Design) {
  const counterpart = (name: string) => Object.values(to.layers).find((layer) => layer.name === name)?.id ?? null;
  return Object.fromEntries(
    Object.values(from.layers).map(({ id, name }) => [
      id,
      { layerId: id === from.rootId ? to.rootId : counterpart(name), confidence: 0.99, runnersUp: [] },
    ]),
  );
}

async function difference() {
  const { base, after, target } = await exported();
  const ours = withIdsOf(base, after, byName(base, after));
  const edits = diffDesigns(base, ours);
  const counterparts = byName(base, target.design);
  return merge({ base, ours, edits, theirs: target.design, counterparts, applied: target.applied });
}

async function apply(operations: Operation[]) {
  session.send({
    ...{ type: 'edits.apply', command: 'transfer-difference', sourceId: session.id('before') },
    ...{ afterId: session.id('after'), targets: [{ targetId: session.id('target'), operations }] },
  });
  return (await session.next('edits.applied')).summary;
}

describe('the difference of two versions', () => {
  test.each<[Kind, Kind]>([
    ['FRAME', 'GROUP'],
    ['FRAME', 'SECTION'],
    ['GROUP', 'GROUP'],
    ['GROUP', 'FRAME'],
    ['SECTION', 'GROUP'],
  ])('of a %s reaches a %s in one undo step, and is already so the next time', async (source, target) => {
    session = await PluginSession.open(versions(source, target), { command: 'transfer-difference' });
    const merged = await difference();
    const operations = merged.flatMap(({ outcome }) => (outcome.kind === 'change' ? [outcome.operation] : []));
    expect(operations.map(({ write }) => write.kind).sort()).toEqual(['add', 'move', 'set']);
    const before = session.host.snapshot();
    const steps = session.host.undoSteps;
    expect(await apply(inWriteOrder(operations))).toMatchObject({ written: 3, targets: 1, skipped: [] });
    const children = session.host.byKey('target').childIds.map((id) => session.host.node(id));
    const places = children.map(({ props, absolute }) => [props.name, absolute[4], absolute[5]]);
    expect(places).toEqual([
      ['a', 2000, 0],
      ['b', 2030, 110],
      ['c', 2030, 170],
      ['d', 2000, 250],
    ]);
    expect(session.host.byKey('target:b').props.fills).toMatchObject([{ color: { r: 0, g: 1, b: 0 } }]);
    expect((await exported()).target.applied).toHaveLength(3);
    expect((await difference()).map(({ outcome }) => outcome.kind)).toEqual(merged.map(() => 'already-so'));
    expect(session.host.undoSteps).toBe(steps + 1);
    session.host.undo();
    expect(session.host.snapshot()).toEqual(before);
  });
});

describe('what Figma does not allow is left out with a reason, and the rest is written', () => {
  const [source, copied] = [container('FRAME', 'before', 0, [box('before:new', 0, 0)]), box('set:box', 20, 20)];
  const opened = async (target: NodeSpec) => {
    session = await PluginSession.open({ name: 'Refused', children: [source, target] });
  };
  const record = { sourceLayerId: 'source', what: 'remove', source: '1', written: '1' };
  const removal = (key: string): Operation => {
    const layerId = session.id(key);
    return { editId: key, write: { kind: 'remove', layerId }, record: { ...record, sourceLayerId: key, layerId } };
  };
  const applied = async (operations: Operation[]) => {
    const targets = [{ targetId: session.id('target'), operations }];
    session.send({ type: 'edits.apply', command: 'transfer-edits', sourceId: session.id('before'), targets });
    return (await session.next('edits.applied')).summary;
  };

  test('the last layer of the target group, also in a group of its own', async () => {
    const nested = container('GROUP', 'nested', 0, [box('target:c', 600, 200)]);
    await opened(container('GROUP', 'target', 0, [box('target:a', 600, 0), box('target:b', 600, 100), nested]));
    const before = session.host.snapshot();
    const { written, skipped } = await applied(['target:a', 'target:b', 'target:c'].map(removal));
    expect(written).toBe(2);
    expect(skipped.map(({ reason }) => reason)).toEqual([
      '“c” is all that is left in the group “target”. Delete the group by hand.',
    ]);
    expect(session.host.byKey('target').childIds).toEqual([session.id('nested')]);
    session.host.undo();
    expect(session.host.snapshot()).toEqual(before);
  });

  test('a new layer in a component set, which takes only variants', async () => {
    const variant: NodeSpec = { ...box('target:on', 0, 0), type: 'COMPONENT', name: 'State=On', children: [copied] };
    await opened(container('COMPONENT_SET', 'target', 600, [variant]));
    const addTo = (key: string): Operation => ({
      editId: key,
      write: {
        ...{ kind: 'add', sourceLayerId: session.id('before:new'), parent: { layerId: session.id(key) } },
        ...{ previousSibling: null, transform: null, scale: 1, size: null, without: [] },
      },
      record: { ...record, what: 'add', sourceLayerId: key, layerId: '' },
    });
    const { written, skipped } = await applied([addTo('target'), addTo('target:on')]);
    expect(written).toBe(1);
    expect(skipped.map(({ reason }) => reason)).toEqual([
      '“target” is a component set, which takes only variants. Add “new” to a variant by hand.',
    ]);
    expect(session.host.byKey('target:on').childIds).toHaveLength(2);
  });
});
