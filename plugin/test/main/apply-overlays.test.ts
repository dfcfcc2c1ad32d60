import { afterEach, describe, expect, test } from 'vitest';
import { inboxDocument } from '../../../test/figma-host/documents/inbox-document.js';
import { boundsOf } from '../../../test/figma-host/matrix.js';
import type { DocumentSpec, NodeSpec } from '../../../test/figma-host/spec.js';
import { PluginSession } from './plugin-session.js';

let session: PluginSession;
afterEach(() => session.close());

const IDENTITY = { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 };
const fill = (r: number, g: number, b: number) => [{ type: 'SOLID', color: { r, g, b } }];

/** Two equal frames side by side, with additional nodes in the source, the target or the page. */
function pair(parts: {
  inSource?: NodeSpec[];
  inTarget?: NodeSpec[];
  onPage?: NodeSpec[];
  target?: Partial<NodeSpec>;
}): DocumentSpec {
  const screen = (key: string, x: number, children: NodeSpec[] = []): NodeSpec => ({
    key,
    type: 'FRAME',
    name: key,
    x,
    width: 400,
    height: 800,
    props: { fills: fill(1, 1, 1) },
    children,
  });
  const target = { ...screen('target', 600, parts.inTarget), ...parts.target };
  return { name: 'Pair', children: [...(parts.onPage ?? []), screen('source', 0, parts.inSource), target] };
}

const sticker: NodeSpec = {
  key: 'sticker',
  type: 'RECTANGLE',
  name: 'Sticker',
  x: 100,
  y: 200,
  width: 40,
  height: 20,
  props: { fills: fill(1, 0, 0), cornerRadius: 4 },
};
const label: NodeSpec = {
  key: 'label',
  type: 'TEXT',
  name: 'Label',
  x: 10,
  y: 10,
  props: { characters: 'Look here', fontName: { family: 'Inter', style: 'Bold' }, fontSize: 20 },
};

async function open(document: DocumentSpec): Promise<void> {
  session = await PluginSession.open(document, { command: 'transfer-layers' });
}

async function place(keys: string[], transform: typeof IDENTITY | null = IDENTITY) {
  const accepted = keys.map((key) => session.byTransform('target', key, transform));
  return session.apply(accepted, 'transfer-layers', 'source');
}

/** Nodes with this name that the plugin created. */
function copies(name: string) {
  return session.host.nodes().filter((node) => node.props.name === name && node.sharedPluginData['samepoint/origin']);
}

function onlyCopy(name: string) {
  const [copy, ...others] = copies(name);
  if (copy === undefined || others.length > 0) throw new Error(`${others.length + 1} copies of ${name}`);
  return copy;
}

describe('overlays', () => {
  test('are placed in the target by the transform, scaled and rotated', async () => {
    await open(pair({ inSource: [sticker] }));
    // pixels are 1.92 to a unit in both; by half, a quarter turn, and to (384, 192) px = (200, 100) units
    await place(['sticker'], { a: 0, b: 0.5, c: -0.5, d: 0, e: 384, f: 192 });
    const copy = onlyCopy('Sticker');
    expect(copy.parentId).toBe(session.id('target'));
    expect([copy.width, copy.height, copy.props.cornerRadius]).toEqual([20, 10, 2]);
    const { x, y, width, height } = boundsOf(copy.absolute, copy.width, copy.height);
    // the corner (100, 200) lands at (200 − 100, 100 + 50) and the box extends to its left
    expect(x - 600).toBeCloseTo(90, 4);
    expect(y).toBeCloseTo(150, 4);
    expect([width, height]).toEqual([expect.closeTo(10, 4), expect.closeTo(20, 4)]);
  });

  test.each([0, 30])('that are mirrored and rotated by %i° stay so', async (rotation) => {
    await open(pair({ inSource: [{ ...sticker, isFlipped: true, rotation }] }));
    await place(['sticker']);
    const original = session.host.byKey('sticker').absolute;
    const expected = original.map((value, index) => expect.closeTo(index === 4 ? value + 600 : value, 4));
    expect(onlyCopy('Sticker').absolute).toEqual(expected);
  });

  test.each([
    [1.004, 40],
    [1.02, 40.8],
    [0.05, 2],
  ])('keep their size unless the scale differs from 1 by more than 0.5 %%: %d', async (scale, width) => {
    await open(pair({ inSource: [sticker] }));
    await place(['sticker'], { ...IDENTITY, a: scale, d: scale });
    expect(onlyCopy('Sticker').width).toBeCloseTo(width, 6);
  });

  test('are scaled by the scales of both exports', async () => {
    await open(pair({ inSource: [sticker], target: { width: 800, height: 1600 } }));
    await place(['sticker']);
    const copy = onlyCopy('Sticker');
    // the same pixels mean twice as many units in a frame that is exported at half the scale
    expect([copy.width, copy.height]).toEqual([80, 40]);
    expect([copy.absolute[4], copy.absolute[5]]).toEqual([expect.closeTo(800, 4), expect.closeTo(400, 4)]);
  });

  test('are placed at the same pixels in a rotated target', async () => {
    await open(pair({ inSource: [sticker], target: { rotation: 90, y: 900 } }));
    await place(['sticker']);
    const copy = onlyCopy('Sticker');
    const [, , , , e, f] = copy.matrix;
    expect([e, f]).toEqual([expect.closeTo(100, 4), expect.closeTo(200, 4)]);
    expect(copy.absolute[0]).toBeCloseTo(0, 6);
  });

  test('on top of the source are placed on top of the target', async () => {
    await open(pair({ onPage: [sticker] }));
    await place(['sticker']);
    const copy = onlyCopy('Sticker');
    expect(copy.parentId).toBe('0:1');
    expect([copy.absolute[4], copy.absolute[5]]).toEqual([expect.closeTo(700, 4), expect.closeTo(200, 4)]);
  });

  test('are positioned absolutely in auto layout', async () => {
    const child = (name: string): NodeSpec => ({ key: name, type: 'RECTANGLE', name, width: 50, height: 50 });
    const target = { props: { fills: fill(1, 1, 1), layoutMode: 'VERTICAL', itemSpacing: 8 } };
    await open(pair({ inSource: [sticker], inTarget: [child('a'), child('b')], target }));
    const before = session.host.byKey('b').absolute;
    await place(['sticker']);
    const copy = onlyCopy('Sticker');
    expect(copy.props.layoutPositioning).toBe('ABSOLUTE');
    expect([copy.matrix[4], copy.matrix[5]]).toEqual([expect.closeTo(100, 4), expect.closeTo(200, 4)]);
    expect(session.host.byKey('b').absolute).toEqual(before);
  });

  test('are placed on top of an instance, not in it', async () => {
    const component: NodeSpec = {
      key: 'component',
      type: 'COMPONENT',
      name: 'Screen',
      x: 2000,
      width: 400,
      height: 800,
      props: { fills: fill(1, 1, 1) },
    };
    await open(
      pair({ inSource: [sticker], onPage: [component], target: { type: 'INSTANCE', component: 'component' } }),
    );
    const { created, skipped } = await place(['sticker']);
    expect([created, skipped]).toEqual([1, []]);
    const copy = onlyCopy('Sticker');
    expect(copy.parentId).toBe('0:1');
    expect([copy.absolute[4], copy.absolute[5]]).toEqual([expect.closeTo(700, 4), expect.closeTo(200, 4)]);
  });

  describe('for a main component', () => {
    const use: NodeSpec = { key: 'use', type: 'INSTANCE', name: 'Use', component: 'target', x: 2000 };

    async function placeIn(componentKeys: string[]) {
      await open(pair({ inSource: [sticker], target: { type: 'COMPONENT' } }));
      const intoComponents = componentKeys.map((key) => session.id(key));
      session.host.insertNode(use, '0:1');
      session.send({
        ...{ type: 'apply', command: 'transfer-layers', sourceId: session.id('source') },
        ...{ accepted: [session.byTransform('target', 'sticker', IDENTITY)], intoComponents },
      });
      return (await session.next('applied')).summary;
    }

    test('lie on top of it, so that its instances stay as they are, which is said', async () => {
      const summary = await placeIn([]);
      expect(onlyCopy('Sticker')).toMatchObject({ parentId: '0:1' });
      expect(session.host.byKey('use').childIds).toEqual([]);
      expect(summary.notices).toEqual([
        '“target” is a main component: layers lie on top of it, so that its instances stay as they are.',
      ]);
    });

    test('are in it and in its instances if the designer wants so, which is said', async () => {
      const summary = await placeIn(['target']);
      expect(session.host.byKey('use').childIds).toHaveLength(1);
      expect(summary.notices).toEqual(['All instances of “target” changed with it.']);
    });
  });

  test('keep the style of their text', async () => {
    await open(pair({ inSource: [label] }));
    await place(['label'], { ...IDENTITY, a: 1.5, d: 1.5 });
    const copy = onlyCopy('Label');
    expect(copy.props).toMatchObject({ fontSize: 30, fontName: { family: 'Inter', style: 'Bold' } });
  });

  test('with a missing font are skipped with its name', async () => {
    const odd = {
      ...label,
      key: 'odd',
      name: 'Odd',
      props: { ...label.props, fontName: { family: 'Rare', style: 'Thin' } },
    };
    await open(pair({ inSource: [sticker, odd] }));
    const { created, skipped } = await place(['odd', 'sticker']);
    expect(created).toBe(1);
    expect(skipped[0]?.reason).toBe('The font Rare Thin is missing. Install it and try again.');
  });

  test('that are instances or components become instances', async () => {
    const component: NodeSpec = { ...sticker, key: 'component', type: 'COMPONENT', name: 'Badge' };
    const instance: NodeSpec = {
      key: 'instance',
      type: 'INSTANCE',
      name: 'Badge use',
      component: 'component',
      x: 5,
      y: 5,
    };
    await open(pair({ onPage: [component], inSource: [instance] }));
    await place(['component', 'instance']);
    expect(onlyCopy('Badge').type).toBe('INSTANCE');
    expect(onlyCopy('Badge use').type).toBe('INSTANCE');
    expect(session.host.nodes().filter(({ type }) => type === 'COMPONENT')).toHaveLength(1);
  });

  test('keep the layer order of their originals', async () => {
    const over = { ...sticker, key: 'over', name: 'Over' };
    await open(pair({ inSource: [sticker, over] }));
    await place(['over', 'sticker']);
    const target = session.host.byKey('target');
    expect(target.childIds).toEqual([onlyCopy('Sticker').id, onlyCopy('Over').id]);
  });

  test('that are masks are grouped with the layers they mask', async () => {
    const mask = { ...sticker, key: 'mask', name: 'Mask', props: { ...sticker.props, isMask: true } };
    await open(pair({ inSource: [mask, { ...sticker, name: 'Masked' }] }));
    await place(['mask', 'sticker']);
    const group = session.host.node(onlyCopy('Mask').parentId ?? '');
    expect(group).toMatchObject({ type: 'GROUP', parentId: session.id('target') });
    expect(group.childIds).toEqual([onlyCopy('Mask').id, onlyCopy('Masked').id]);
    await place(['mask', 'sticker']);
    expect(session.host.nodes().filter(({ type }) => type === 'GROUP')).toHaveLength(1);
  });

  test('are placed on top of a target that contains a mask', async () => {
    const mask = { ...sticker, key: 'mask', name: 'Mask', props: { ...sticker.props, isMask: true } };
    await open(pair({ inSource: [sticker], inTarget: [mask] }));
    await place(['sticker']);
    expect(onlyCopy('Sticker').parentId).toBe('0:1');
  });

  test('of an earlier run are replaced at the same layer index', async () => {
    await open(pair({ inSource: [sticker] }));
    await place(['sticker']);
    const first = onlyCopy('Sticker');
    const summary = await place(['sticker'], { ...IDENTITY, e: 19.2 });
    expect(summary).toMatchObject({ created: 0, updated: 1 });
    const second = onlyCopy('Sticker');
    expect(second.absolute[4] - first.absolute[4]).toBeCloseTo(10, 4);
    expect(session.host.undoSteps).toBe(2);
    session.host.undo();
    expect(onlyCopy('Sticker').id).toBe(first.id);
  });

  test('that the designer deleted are created again', async () => {
    await open(pair({ inSource: [sticker] }));
    await place(['sticker']);
    session.host.removeNode(onlyCopy('Sticker').id);
    expect(await place(['sticker'])).toMatchObject({ created: 1, updated: 0 });
    expect(copies('Sticker')).toHaveLength(1);
  });

  test('are rolled back if a write throws', async () => {
    const over = { ...sticker, key: 'over', name: 'Over' };
    await open(pair({ inSource: [sticker, over] }));
    await place(['sticker']);
    const before = session.host.snapshot();
    session.host.breakWrite(session.id('target'), 'sharedPluginData');
    const accepted = ['sticker', 'over'].map((key) => session.byTransform('target', key, { ...IDENTITY, e: 50 }));
    session.send({ type: 'apply', command: 'transfer-layers', sourceId: session.id('source'), accepted });
    await session.next('apply.failed');
    expect(session.host.snapshot()).toEqual(before);
  });

  test('without a match, or too small, are skipped with a reason', async () => {
    await open(pair({ inSource: [sticker] }));
    const nowhere = await place(['sticker'], null);
    const tiny = await place(['sticker'], { ...IDENTITY, a: 0.001, d: 0.001 });
    expect([...nowhere.skipped, ...tiny.skipped].map(({ reason }) => reason)).toEqual([
      'No match in this frame.',
      'It would be too small in this frame.',
    ]);
    expect(session.host.undoSteps).toBe(0);
  });

  test('are one undo step', async () => {
    session = await PluginSession.open(inboxDocument(), { command: 'transfer-layers' });
    const keys = ['light:callout', 'light:arrow', 'light:sticker'];
    const accepted = keys.map((key) => session.byTransform('dark:screen', key, IDENTITY));
    const before = session.host.snapshot();
    expect(await session.apply(accepted, 'transfer-layers')).toMatchObject({ created: 3, skipped: [] });
    expect(session.host.undoSteps).toBe(1);
    expect(onlyCopy('Sticker').type).toBe('GROUP');
    session.host.undo();
    expect(session.host.snapshot()).toEqual(before);
  });
});
