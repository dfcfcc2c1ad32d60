import { afterEach, describe, expect, test } from 'vitest';
import type { DocumentSpec, Json, NodeSpec } from '../../../test/figma-host/spec.js';
import type { Operation, Write } from '../../src/shared/operation.js';
import { PluginSession } from './plugin-session.js';

let session: PluginSession;
afterEach(() => session.close());

const fill = (r: number, g: number, b: number): Json => [{ type: 'SOLID', color: { r, g, b } }];
const rectangle = (key: string, more: Partial<NodeSpec> = {}): NodeSpec => ({
  ...{ key, type: 'RECTANGLE', name: key, x: 10, y: 10, width: 100, height: 40, props: { fills: fill(1, 0, 0) } },
  ...more,
});
const label = (key: string, characters: string): NodeSpec => ({
  ...{ key, type: 'TEXT', name: key, x: 20, y: 20 },
  props: { characters, fontSize: 12, fontName: { family: 'Inter', style: 'Regular' }, fills: fill(0, 0, 0) },
});
const frame = (key: string, x: number, children: NodeSpec[], more: Partial<NodeSpec> = {}): NodeSpec => ({
  ...{ key, type: 'FRAME', name: key, x, width: 400, height: 600, props: { fills: fill(1, 1, 1) }, children },
  ...more,
});

function fileOf(inTarget: NodeSpec[], inSource: NodeSpec[] = [rectangle('source:box')]): DocumentSpec {
  return {
    name: 'Edits',
    children: [frame('source', 0, inSource), frame('target', 600, inTarget)],
    styles: [{ name: 'Accent', type: 'PAINT', props: { paints: fill(0, 0, 1) } }],
  };
}

async function open(document: DocumentSpec): Promise<void> {
  session = await PluginSession.open(document, { command: 'transfer-edits' });
}

function operation(write: Write, editId = `${write.kind}`): Operation {
  const layerId = 'layerId' in write ? write.layerId : '';
  const what = write.kind === 'set' ? write.property : write.kind;
  return { editId, write, record: { sourceLayerId: `source of ${editId}`, what, layerId, source: '1', written: '1' } };
}

function set(key: string, property: string, before: Json, after: Json): Operation {
  return operation({ kind: 'set', layerId: session.id(key), property, before, after }, `${key} ${property}`);
}

async function apply(operations: Operation[], targetKey = 'target') {
  session.send({
    ...{ type: 'edits.apply', command: 'transfer-edits', sourceId: session.id('source') },
    targets: [{ targetId: session.id(targetKey), operations }],
  });
  return (await session.next('edits.applied')).summary;
}

describe('the record of edits', () => {
  const stored = () => JSON.stringify(session.host.byKey('target').sharedPluginData);

  test('has nothing of layers that were deleted', async () => {
    await open(fileOf([rectangle('box'), rectangle('other')]));
    await apply([set('box', 'opacity', 1, 0.5)]);
    const boxId = session.id('box');
    expect(stored()).toContain(boxId);
    session.host.removeNode(boxId);
    await apply([set('other', 'opacity', 1, 0.5)]);
    expect(stored()).not.toContain(`\\"${boxId}\\"`);
    expect(stored()).toContain(session.id('other'));
  });

  test('that Figma has no room for loses the oldest edits, which is said, and Apply succeeds', async () => {
    await open(fileOf([rectangle('box')]));
    const records = (from: number) =>
      JSON.stringify(
        Array.from({ length: 300 }, (_, n) => [`${from + n}`.padEnd(290, '.'), 'fills', session.id('box'), '1']),
      );
    const full = [0, 1, 2, 3].map((n) => [`samepoint/edits.${n}`, records(300 * n)]);
    session.host.edit(session.id('target'), { sharedPluginData: Object.fromEntries(full) });
    const one = set('box', 'opacity', 1, 0.5);
    const copies = Array.from({ length: 100 }, (_, n) => {
      return { ...one, record: { ...one.record, sourceLayerId: `layer ${n}`.padEnd(280, '.') } };
    });
    const summary = await apply(copies);
    expect(summary.skipped).toEqual([]);
    expect(summary.notices).toEqual([expect.stringMatching(/^“target” has too many edits to keep track of/)]);
  });
});

describe('edits', () => {
  test('are written as one undo step, which leaves the document as it was', async () => {
    await open(fileOf([rectangle('box'), label('label', 'Buy')]));
    const [before, steps] = [session.host.snapshot(), session.host.undoSteps];
    const summary = await apply([
      set('label', 'characters', 'Buy', 'Add to cart'),
      set('box', 'opacity', 1, 0.5),
      operation({
        kind: 'resize',
        layerId: session.id('box'),
        before: { width: 100, height: 40 },
        after: { width: 120, height: 40 },
      }),
      operation({ kind: 'move', layerId: session.id('box'), before: { x: 10, y: 10 }, after: { x: 30, y: 10 } }),
    ]);
    expect(summary).toMatchObject({ written: 4, targets: 1, skipped: [] });
    expect(session.host.byKey('label').props.characters).toBe('Add to cart');
    expect(session.host.byKey('box')).toMatchObject({ width: 120, height: 40, matrix: [1, 0, 0, 1, 30, 10] });
    expect(session.host.undoSteps).toBe(steps + 1);
    session.host.undo();
    expect(session.host.snapshot()).toEqual(before);
  });

  test('of a difference propose both versions when the command runs again', async () => {
    const document = fileOf([rectangle('box')]);
    const after = frame('after', 1200, [rectangle('after:box')]);
    await open({ ...document, children: [...document.children, after] });
    const [sourceId, afterId] = [session.id('source'), session.id('after')];
    const targets = [{ targetId: session.id('target'), operations: [set('box', 'opacity', 1, 0.5)] }];
    session.send({ type: 'edits.apply', command: 'transfer-difference', sourceId, afterId, targets });
    await session.next('edits.applied');
    await session.host.runCommand('transfer-difference');
    session.send({ type: 'ready' });
    const { picks } = await session.next('session');
    const ids = [picks.source, picks.after, ...picks.targets].map((frame) => frame?.nodeId);
    expect(ids).toEqual([sourceId, afterId, session.id('target')]);
  });

  test('with a style, whose setter is asynchronous, are still one undo step', async () => {
    await open(fileOf([rectangle('box')]));
    const [before, steps] = [session.host.snapshot(), session.host.undoSteps];
    const styleId = session.host.assets().styles[0]?.id ?? '';
    const summary = await apply([set('box', 'fillStyleId', '', styleId), set('box', 'opacity', 1, 0.5)]);
    expect(summary.written).toBe(2);
    expect(session.host.byKey('box').props).toMatchObject({ fillStyleId: styleId, fills: fill(0, 0, 1), opacity: 0.5 });
    expect(session.host.undoSteps).toBe(steps + 1);
    session.host.undo();
    expect(session.host.snapshot()).toEqual(before);
  });

  test('are all taken back if Figma rejects one', async () => {
    await open(fileOf([rectangle('box'), label('label', 'Buy')]));
    const before = session.host.snapshot();
    session.host.breakWrite(session.id('label'), 'opacity');
    session.send({
      ...{ type: 'edits.apply', command: 'transfer-edits', sourceId: session.id('source') },
      targets: [
        {
          targetId: session.id('target'),
          operations: [set('box', 'opacity', 1, 0.5), set('label', 'opacity', 1, 0.5)],
        },
      ],
    });
    const { problem, edit } = await session.next('apply.failed');
    expect(problem.message).toMatch(/^Figma rejected a change, and all changes were undone/);
    expect(edit).toMatchObject({ targetId: session.id('target'), editId: 'label opacity' });
    expect(session.host.snapshot()).toEqual(before);
  });

  test('that Figma would reject where they are go with a reason, and the others are written', async () => {
    await open(fileOf([rectangle('box')]));
    const { written, skipped } = await apply([
      set('box', 'layoutSizingHorizontal', 'FIXED', 'FILL'),
      set('box', 'layoutPositioning', 'AUTO', 'ABSOLUTE'),
      set('box', 'minWidth', null, 40),
      set('box', 'opacity', 1, 0.5),
    ]);
    expect(written).toBe(1);
    expect(skipped.map(({ reason }) => reason)).toEqual([
      'Width sizing of “box” needs a parent with auto layout.',
      'Absolute position of “box” needs a parent with auto layout.',
      'Min width of “box” needs auto layout.',
    ]);
  });

  test('of layers that changed, were deleted or locked after the preview are left out with a reason', async () => {
    await open(fileOf([rectangle('changed'), rectangle('deleted'), rectangle('locked'), rectangle('box')]));
    const operations = ['changed', 'deleted', 'locked', 'box'].map((key) => set(key, 'opacity', 1, 0.5));
    session.host.edit(session.id('changed'), { opacity: 0.8 });
    session.host.edit(session.id('locked'), { locked: true });
    session.host.removeNode(session.id('deleted'));
    const { written, skipped } = await apply(operations);
    expect(written).toBe(1);
    expect(skipped.map(({ reason }) => reason)).toEqual([
      '“changed” was changed after the preview. Find matches again.',
      'The layer was deleted after the preview.',
      '“locked” is locked. Unlock it and find matches again.',
    ]);
  });

  test('that need a missing font or an unknown property are left out, and the others are written', async () => {
    await open(fileOf([label('label', 'Buy'), rectangle('box')]));
    const { written, skipped } = await apply([
      set('label', 'fontName', { family: 'Inter', style: 'Regular' }, { family: 'Lost', style: 'Bold' }),
      set('box', 'absoluteTransform', null, 3),
      set('box', 'fillStyleId', '', 'S:lost,'),
      set('box', 'opacity', 1, 0.5),
    ]);
    expect(written).toBe(1);
    expect(skipped.map(({ reason }) => reason)).toEqual([
      'The font Lost Bold is missing. Install it and try again.',
      'Absolute transform of “box” can’t be set. Change it by hand.',
      'The style is not in this file any more.',
    ]);
  });
});

describe('records', () => {
  const recorded = (name: string): Operation => {
    const one = set('box', 'opacity', 1, 0.5);
    return { ...one, record: { ...one.record, sourceLayerId: name, source: 'ü'.repeat(22_000) } };
  };

  test('take several entries of plugin data, and only the oldest are dropped', async () => {
    await open(fileOf([rectangle('box')]));
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
    await apply(names.slice(0, 6).map(recorded));
    session.host.edit(session.id('box'), { opacity: 1 });
    await apply(names.slice(6).map(recorded));
    const { frames } = await session.exportFrames('transfer-difference', 'source', ['target']);
    const applied = frames[1]?.edits?.applied ?? [];
    expect(applied.map(({ sourceLayerId }) => sourceLayerId)).toEqual(names.slice(2));
    expect(applied.every(({ source }) => source === 'ü'.repeat(22_000))).toBe(true);
  });
});

describe('an added layer', () => {
  const add = (parent: string, previous: string | null, more: Partial<Write & { kind: 'add' }> = {}): Operation =>
    operation({
      ...{ kind: 'add', sourceLayerId: session.id('source:box'), parent: { layerId: session.id(parent) } },
      previousSibling: previous === null ? null : { layerId: session.id(previous) },
      ...{ transform: { a: 1, b: 0, c: 0, d: 1, e: 50, f: 60 }, scale: 1, size: null, without: [], ...more },
    });

  test('is a copy above the sibling, scaled, with the id in the record', async () => {
    await open(fileOf([rectangle('first'), rectangle('second')]));
    await apply([add('target', 'first', { scale: 2 })]);
    const target = session.host.byKey('target');
    const [, copyId] = target.childIds;
    expect(target.childIds).toHaveLength(3);
    const copy = session.host.node(copyId ?? '');
    expect(copy).toMatchObject({ props: { name: 'source:box' }, width: 200, height: 80, matrix: [1, 0, 0, 1, 50, 60] });
    expect(JSON.stringify(target.sharedPluginData)).toContain(copy.id);
  });

  test('gets the colors and styles of the target', async () => {
    await open(fileOf([rectangle('first')]));
    const styleId = session.host.assets().styles[0]?.id ?? '';
    const sourceLayerId = session.id('source:box');
    const sets = [
      { sourceLayerId, property: 'fills', value: fill(0, 0, 1) },
      { sourceLayerId, property: 'fillStyleId', value: styleId },
      { sourceLayerId, property: 'strokes', value: fill(0, 1, 0) },
    ];
    const before = session.host.snapshot();
    await apply([add('target', 'first', { colours: sets })]);
    const copy = session.host.node(session.host.byKey('target').childIds[1] ?? '');
    expect(copy.props).toMatchObject({ fills: fill(0, 0, 1), fillStyleId: styleId, strokes: fill(0, 1, 0) });
    session.host.undo();
    expect(session.host.snapshot()).toEqual(before);
  });

  test('into auto layout takes its place in the row', async () => {
    await open(
      fileOf([
        frame('row', 0, [rectangle('first'), rectangle('second')], {
          props: { layoutMode: 'HORIZONTAL', itemSpacing: 8 },
        }),
      ]),
    );
    await apply([add('row', 'first', { transform: null })]);
    const row = session.host.byKey('row');
    const copy = session.host.node(row.childIds[1] ?? '');
    expect(copy.props.name).toBe('source:box');
    expect(copy.absolute[4] - row.absolute[4]).toBe(108);
  });

  test('is left out inside an instance', async () => {
    const component: NodeSpec = { ...frame('main', 0, [rectangle('part')]), type: 'COMPONENT' };
    const document = fileOf([{ key: 'instance', type: 'INSTANCE', name: 'Card', component: 'main' }]);
    await open({ ...document, children: [{ ...component, x: 1200 }, ...document.children] });
    const { written, skipped } = await apply([add('instance', null)]);
    expect(written).toBe(0);
    expect(skipped[0]?.reason).toBe(
      'Layers can’t be added, moved or removed inside the instance “Card”. Change its main component instead.',
    );
  });
});

describe('the order of layers', () => {
  test.each([
    ['third', null, ['third', 'first', 'second']],
    ['first', 'second', ['second', 'first', 'third']],
    ['first', 'third', ['second', 'third', 'first']],
    ['third', 'first', ['first', 'third', 'second']],
  ])('%s goes above %s', async (moved, previous, order) => {
    await open(fileOf([rectangle('first'), rectangle('second'), rectangle('third')]));
    const previousSibling = previous === null ? null : { layerId: session.id(previous) };
    await apply([operation({ kind: 'reorder', layerId: session.id(moved), previousSibling })]);
    expect(session.host.byKey('target').childIds.map((id) => session.host.node(id).key)).toEqual(order);
  });

  test('changes with the parent of a layer, and a removed layer is gone', async () => {
    await open(fileOf([frame('group', 0, []), rectangle('box'), rectangle('old')]));
    const [parent, transform] = [{ layerId: session.id('group') }, { a: 1, b: 0, c: 0, d: 1, e: 5, f: 6 }];
    await apply([
      operation({ kind: 'reparent', layerId: session.id('box'), parent, previousSibling: null, transform }),
      operation({ kind: 'remove', layerId: session.id('old') }),
    ]);
    expect(session.host.byKey('target').childIds).toEqual([session.id('group')]);
    expect(session.host.byKey('group').childIds).toEqual([session.id('box')]);
    expect(session.host.byKey('box').matrix).toEqual([1, 0, 0, 1, 5, 6]);
  });
});
