import { afterEach, describe, expect, test } from 'vitest';
import type { DocumentSpec, NodeSpec } from '../../../test/figma-host/spec.js';
import type { RequestedNote } from '../../src/shared/messages.js';
import { PluginSession } from './plugin-session.js';

let session: PluginSession;
afterEach(() => session.close());

const fills = [{ type: 'SOLID', color: { r: 1, g: 1, b: 1 } }];
/** Exports of frames of this size have two pixels to a unit. */
const SIZE = { width: 400, height: 400 };
const PER_UNIT = 2;

function frame(key: string, x: number, more: Partial<NodeSpec> = {}): NodeSpec {
  return { key, type: 'FRAME', name: key, x, ...SIZE, props: { fills }, ...more };
}

async function open(target: Partial<NodeSpec>, onPage: NodeSpec[] = []): Promise<void> {
  const document: DocumentSpec = {
    name: 'Pins',
    children: [...onPage, frame('source', 0), frame('target', 600, target)],
  };
  session = await PluginSession.open(document);
}

/** A note about a point of the target, in canvas units from its corner. */
function about(x: number, y: number, itemId = 'point', text = 'Look here', targetKey = 'target'): RequestedNote {
  return { targetId: session.id(targetKey), itemId, text, box: { x: x * PER_UNIT, y: y * PER_UNIT, w: 0, h: 0 } };
}

async function note(...notes: RequestedNote[]) {
  session.send({ type: 'notes.apply', command: 'inspect-point', sourceId: session.id('source'), notes });
  return (await session.next('applied')).summary;
}

const named = (pattern: RegExp) => session.host.nodes().filter(({ props }) => pattern.test(String(props.name)));
const pins = () => named(/^Pin \d+$/);
const notes = () => named(/^Note \d+: /);
/** Where a node is on the canvas, from the corner of the target. */
function placeOf(node: { absolute: readonly number[] }): number[] {
  const target = session.host.byKey('target').absolute;
  return [(node.absolute[4] ?? 0) - target[4], (node.absolute[5] ?? 0) - target[5]].map(Math.round);
}

const CORNERS = ['topLeftRadius', 'topRightRadius', 'bottomLeftRadius', 'bottomRightRadius'];
const sharpCorners = (props: { [name: string]: unknown }) => CORNERS.filter((name) => (props[name] ?? 0) === 0);

describe('a pin', () => {
  test('points at the place that its note is about, with the same number, in one undo step', async () => {
    await open({});
    const before = session.host.snapshot();
    const summary = await note(about(100, 200));
    expect(summary).toMatchObject({ created: 0, updated: 0, notes: 1, skipped: [] });
    const [pin, written] = [pins()[0], notes()[0]];
    if (pin === undefined) throw new Error('there is no pin');
    // its bottom left corner is the tip
    expect(placeOf(pin)).toEqual([100, 200 - pin.height]);
    expect(sharpCorners(pin.props)).toEqual(['bottomLeftRadius']);
    expect(pin.parentId).toBe(session.id('target'));
    const textsIn = (id: string | undefined): unknown[] => {
      const node = session.host.node(id ?? '');
      return node.type === 'TEXT' ? [node.props.characters] : node.childIds.flatMap(textsIn);
    };
    expect(textsIn(pin.id)).toEqual(['1']);
    expect(textsIn(written?.id)).toEqual(['1', 'Look here']);
    expect(session.host.undoSteps).toBe(1);
    session.host.undo();
    expect(session.host.snapshot()).toEqual(before);
  });

  test.each([
    ['the right edge', 395, 200, [375, 180], 'bottomRightRadius'],
    ['the top edge', 100, 5, [100, 5], 'topLeftRadius'],
    ['the top right corner', 395, 5, [375, 5], 'topRightRadius'],
  ])('stays inside of the frame at %s', async (_, x, y, place, corner) => {
    await open({});
    await note(about(x, y));
    const [pin] = pins();
    if (pin === undefined) throw new Error('there is no pin');
    expect(placeOf(pin)).toEqual(place);
    expect(sharpCorners(pin.props)).toEqual([corner]);
  });

  test('is moved by another run, and keeps its number', async () => {
    await open({});
    await note(about(100, 100, 'a'), about(100, 200, 'b'));
    const again = await note(about(50, 300, 'b'));
    expect(again).toMatchObject({ updated: 1, notes: 0 });
    expect(pins().map(({ props }) => props.name)).toEqual(['Pin 1', 'Pin 2']);
    expect(notes()).toHaveLength(2);
    const moved = pins().find(({ props }) => props.name === 'Pin 2');
    expect(moved === undefined ? null : placeOf(moved)).toEqual([50, 280]);
  });

  test('takes the next free number', async () => {
    await open({});
    await note(about(100, 100, 'a'), about(100, 200, 'b'));
    await note(about(200, 300, 'c'));
    expect(notes().map(({ props }) => props.name)).toEqual([
      'Note 1: Look here',
      'Note 2: Look here',
      'Note 3: Look here',
    ]);
  });

  test('is absolute in auto layout, which does not move', async () => {
    const child: NodeSpec = { key: 'child', type: 'RECTANGLE', name: 'child', width: 50, height: 50, props: { fills } };
    const props = { fills, layoutMode: 'VERTICAL', primaryAxisSizingMode: 'FIXED', counterAxisSizingMode: 'FIXED' };
    await open({ props, children: [child] });
    const before = session.host.byKey('child').absolute;
    await note(about(100, 200));
    const [pin] = pins();
    if (pin === undefined) throw new Error('there is no pin');
    expect([pin.parentId, placeOf(pin)]).toEqual([session.id('target'), [100, 180]]);
    expect(session.host.byKey('child').absolute).toEqual(before);
  });

  test('lies on top of an instance, which takes no layers', async () => {
    await open({ type: 'INSTANCE', component: 'component' }, [frame('component', 2000, { type: 'COMPONENT' })]);
    await note(about(100, 200));
    const [pin] = pins();
    if (pin === undefined) throw new Error('there is no pin');
    expect([pin.parentId, placeOf(pin)]).toEqual(['0:1', [100, 180]]);
  });

  test('lies on top of a main component, so that its instances do not get it', async () => {
    const instance: NodeSpec = { key: 'use', type: 'INSTANCE', name: 'use', component: 'target', x: 2000, ...SIZE };
    await open({ type: 'COMPONENT' });
    session.host.insertNode(instance, '0:1');
    await note(about(100, 200));
    expect(pins().map(({ parentId }) => parentId)).toEqual(['0:1']);
    expect(session.host.byKey('use').childIds).toEqual([]);
  });

  test('goes with the note once a layer matches', async () => {
    await open({ children: [{ key: 'layer', type: 'RECTANGLE', name: 'layer', width: 50, height: 50 }] });
    session.host.editAnnotations(session.id('source'), [{ label: 'Opens a menu' }]);
    await session.apply([session.onLayer('target', 'source', null)], 'transfer-annotations', 'source');
    expect([pins(), notes()].map(({ length }) => length)).toEqual([1, 1]);
    const summary = await session.apply(
      [session.onLayer('target', 'source', 'layer')],
      'transfer-annotations',
      'source',
    );
    expect(summary).toMatchObject({ created: 0, updated: 1 });
    expect([pins(), notes()].map(({ length }) => length)).toEqual([0, 0]);
  });

  test('goes with the undo of the plugin, and nothing else does', async () => {
    await open({});
    session.send({ type: 'ready' });
    await session.next('session');
    session.host.edit(session.id('source'), { name: 'Renamed before' });
    const before = session.host.snapshot();
    await note(about(100, 200));
    session.host.select([session.id('target')]);
    let selected: string | undefined;
    while (selected !== session.id('target')) {
      selected = (await session.next('selection')).selection.frames[0]?.nodeId;
    }
    session.send({ type: 'undo' });
    await session.next('undone');
    expect(session.host.snapshot()).toEqual(before);
  });

  test('is no layer of the frame for later runs', async () => {
    await open({ children: [{ key: 'layer', type: 'RECTANGLE', name: 'layer', width: 50, height: 50 }] });
    session.host.editAnnotations(session.id('source'), [{ label: 'Opens a menu' }]);
    await note(about(100, 200));
    expect(pins()).toHaveLength(1);
    const { frames } = await session.exportFrames('transfer-annotations', 'source', ['target']);
    expect(frames[1]?.layers.map(({ name }) => name)).toEqual(['target', 'layer']);
    const edits = await session.exportFrames('transfer-difference', 'source', ['target']);
    const design = edits.frames[1]?.edits?.design;
    expect(Object.values(design?.layers ?? {}).map(({ name }) => name)).toEqual(['target', 'layer']);
  });
});
