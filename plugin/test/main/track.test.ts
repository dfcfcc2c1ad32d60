import sharp from 'sharp';
import { afterEach, describe, expect, test } from 'vitest';
import { imageFill } from '../../../test/figma-host/images.js';
import type { NodeSpec } from '../../../test/figma-host/spec.js';
import { DEFAULT_TRACKING, type TrackedMark, type TrackOutput } from '../../src/shared/tracking.js';
import { PluginSession } from './plugin-session.js';

let session: PluginSession;
afterEach(() => session.close());

const PNG = new Uint8Array(
  await sharp({ create: { width: 60, height: 40, channels: 4, background: '#336699' } })
    .png()
    .toBuffer(),
);
const RED = [{ type: 'SOLID', color: { r: 1, g: 0, b: 0 } }];

/** A picture of 300 × 200. */
const still = (key: string, x: number, rest: Partial<NodeSpec> = {}): NodeSpec => ({
  ...{ key, type: 'RECTANGLE', name: key, x, width: 300, height: 200 },
  props: { fills: [imageFill(PNG)] },
  ...rest,
});
const frame = (key: string, x: number, rest: Partial<NodeSpec> = {}): NodeSpec => ({
  ...{ key, type: 'FRAME', name: key, x, width: 300, height: 200, children: [] },
  props: { fills: [{ type: 'SOLID', color: { r: 1, g: 1, b: 1 } }] },
  ...rest,
});
const shape = (key: string, type: NodeSpec['type'], x: number, props: NodeSpec['props'] = {}): NodeSpec => ({
  ...{ key, type, name: key, x, y: 50, width: 60, height: 40 },
  props: { fills: [], strokes: RED, ...props },
});
const LASSO = shape('lasso', 'VECTOR', 30, {
  strokeWeight: 4,
  vectorPaths: [{ windingRule: 'NONE', data: 'M 0 0 L 60 0 L 60 40 L 0 40' }],
});

async function open(children: NodeSpec[], selected: string[] = []): Promise<void> {
  session = await PluginSession.open({ name: 'Track', children }, { command: 'track-frames', selected });
}

async function picks() {
  session.send({ type: 'ready' });
  const { picks: found, tracking } = await session.next('session');
  const keyOf = (id: string) => session.host.node(id).key;
  return {
    source: found.source === null ? null : keyOf(found.source.nodeId),
    targets: found.targets.map(({ nodeId }) => keyOf(nodeId)),
    regions: found.overlays.map(({ nodeId }) => keyOf(nodeId)),
    overlays: found.overlays,
    tracking,
  };
}

async function exportRegions(keys: string[], sourceKey = 'one', targetKeys = ['two']) {
  const targetIds = targetKeys.map((key) => session.id(key));
  const overlayIds = keys.map((key) => session.id(key));
  const sourceId = session.id(sourceKey);
  session.send({ type: 'export.start', command: 'track-frames', sourceId, targetIds, overlayIds, layerIds: [] });
  return session.next('export.done');
}

/** A box of 20 × 10 % of the frame at 10 % of its width and 50 % of its height, with one curved side. */
const MARK: Omit<TrackedMark, 'regionId'> = {
  ...{ name: 'lasso', colour: '#ff00aa' },
  shape: {
    kind: 'outline',
    outline: [
      {
        start: { x: 0.1, y: 0.5 },
        segments: [
          [0.3, 0.5],
          [0.3, 0.55, 0.3, 0.55, 0.3, 0.6],
          [0.1, 0.6],
          [0.1, 0.5],
        ],
      },
    ],
  },
};

async function apply(
  targetKeys: string[],
  options: { output?: TrackOutput; region?: string; mark?: Partial<TrackedMark> } = {},
) {
  const { output = 'outlines', region = 'lasso', mark = {} } = options;
  const regionId = session.id(region);
  const targets = targetKeys.map((key) => {
    return { targetId: session.id(key), marks: [{ ...MARK, regionId, ...mark }] };
  });
  const tracking = { ...DEFAULT_TRACKING, output, hand: ['one', ...targetKeys].map((key) => session.id(key)) };
  session.send({ type: 'track.apply', sourceId: session.id('one'), tracking, targets });
  return (await session.next('applied')).summary;
}

/** What the plugin made. */
const made = (name = 'lasso') => session.host.nodes().filter(({ key, props }) => key === null && props.name === name);

describe('what is proposed', () => {
  test('equal stills in a board are the frames, what lies on one of them a region of it', async () => {
    const board = frame('board', 0, {
      width: 2000,
      height: 900,
      children: [still('one', 20), still('two', 400), still('three', 800), shape('spot', 'ELLIPSE', 450)],
    });
    await open([board], ['one', 'two', 'three', 'spot']);
    const { source, targets, regions, overlays } = await picks();
    expect([source, new Set(targets), regions]).toEqual(['two', new Set(['one', 'three']), ['spot']]);
    expect(overlays[0]?.isFilled).toBeUndefined();
  });

  test('a filled shape in a frame is told, since it hides what it marks', async () => {
    const filled = shape('filled', 'ELLIPSE', 30, { fills: RED });
    await open([frame('one', 0, { children: [filled] }), frame('two', 400), LASSO], ['two', 'filled']);
    expect((await picks()).overlays).toMatchObject([{ name: 'filled', isFilled: true }]);
  });

  test('nothing is read that other commands do not need', async () => {
    session = await PluginSession.open({ name: 'Other', children: [frame('one', 0)] }, { selected: ['one'] });
    session.send({ type: 'ready' });
    expect((await session.next('selection')).selection.frames[0]).not.toHaveProperty('x');
  });
});

describe('the regions of the annotated frame', () => {
  test('are outlines of shapes, boxes of text and frames, pixels of groups and pictures', async () => {
    const text: NodeSpec = { key: 'text', type: 'TEXT', name: 'text', x: 10, y: 10, props: { characters: 'Hello' } };
    const group: NodeSpec = {
      key: 'group',
      type: 'GROUP',
      name: 'group',
      children: [shape('dot', 'ELLIPSE', 200, { fills: RED })],
    };
    const mask = shape('mask', 'RECTANGLE', 100, { isMask: true, fills: RED });
    await open([frame('one', 0, { children: [text, group, mask] }), frame('two', 400), LASSO, still('cutout', 0)]);
    const { regions = [], notices } = await exportRegions(['lasso', 'text', 'group', 'mask', 'cutout']);
    expect(regions.map(({ name, shape: { kind } }) => [name, kind])).toEqual([
      ['lasso', 'paths'],
      ['text', 'paths'],
      ['group', 'image'],
      ['mask', 'paths'],
      ['cutout', 'image'],
    ]);
    // the export has two pixels for each canvas unit
    expect(regions[0]?.shape).toMatchObject({
      transform: { a: 2, e: 60, f: 100 },
      paths: [{ data: 'M 0 0 L 60 0 L 60 40 L 0 40' }],
    });
    expect(notices).toEqual([]);
  });

  test('that are hidden or deleted are named; frames come without layers', async () => {
    await open([
      frame('one', 0, { children: [shape('hidden', 'ELLIPSE', 0, { visible: false })] }),
      frame('two', 400),
      LASSO,
    ]);
    session.send({
      ...{ type: 'export.start', command: 'track-frames', sourceId: session.id('one'), targetIds: [session.id('two')] },
      ...{ overlayIds: [session.id('hidden'), '9:9'], layerIds: [] },
    });
    expect((await session.next('export.frame')).frame.layers).toEqual([]);
    const { regions, notices } = await session.next('export.done');
    expect(regions).toEqual([]);
    expect(notices).toEqual(['“hidden” is left out: it is hidden.', 'A region was deleted.']);
  });
});

describe('outlines', () => {
  test('lie at their place in the frame with the look of the region, in one undo step that leaves nothing', async () => {
    await open([frame('one', 0), frame('two', 400), LASSO]);
    const before = session.host.snapshot();
    const steps = session.host.undoSteps;
    expect(await apply(['two'])).toMatchObject({ created: 1, updated: 0, skipped: [] });
    const [outline, ...others] = made();
    expect(others).toEqual([]);
    expect(outline).toMatchObject({ type: 'VECTOR', parentId: session.id('two'), height: 20 });
    expect(outline?.absolute.slice(4)).toEqual([430, 100]);
    expect(outline?.props).toMatchObject({
      ...{ strokes: RED, strokeWeight: 4 },
      vectorPaths: [{ windingRule: 'EVENODD', data: 'M 0 0 L 60 0 C 60 10 60 10 60 20 L 0 20 L 0 0 Z' }],
    });
    expect(session.host.undoSteps).toBe(steps + 1);
    session.host.undo();
    expect(session.host.snapshot()).toEqual(before);
  });

  test('have a line in the colour of the preview where the region is no drawn shape', async () => {
    await open([
      frame('one', 0, { children: [frame('card', 10, { width: 90, height: 40 })] }),
      frame('two', 400),
      LASSO,
    ]);
    await apply(['two'], { region: 'card', mark: { name: 'card' } });
    const [outline] = made('card');
    expect(outline?.props.strokes).toMatchObject([{ color: { r: 1, g: 0, b: expect.closeTo(2 / 3, 2) } }]);
    expect(outline?.props.fills ?? []).toEqual([]);
  });

  test('follow the rotation of a picture, right above it, and leave auto layout', async () => {
    const row = frame('row', 900, {
      props: { layoutMode: 'HORIZONTAL' },
      children: [still('in', 0), still('last', 0)],
    });
    await open([still('one', 0), still('turned', 400, { rotation: 90 }), row, LASSO]);
    await apply(['turned', 'in']);
    const [first, second] = made();
    const turned = session.host.byKey('turned');
    expect(first?.absolute.slice(0, 4)).toEqual(turned.absolute.slice(0, 4).map((part) => expect.closeTo(part, 9)));
    const into = session.host.byKey('row');
    expect(into.childIds.indexOf(second?.id ?? '')).toBe(into.childIds.indexOf(session.id('in')) + 1);
    const picture = session.host.byKey('in');
    expect((second?.absolute[4] ?? 0) - picture.absolute[4]).toBeCloseTo(30, 9);
    expect(second?.props.layoutPositioning).toBe('ABSOLUTE');
  });

  test('lie beside the layers of instances and main components, which take none', async () => {
    const main = frame('main', 400, { type: 'COMPONENT' });
    const instance: NodeSpec = { key: 'instance', type: 'INSTANCE', name: 'instance', component: 'main', x: 800 };
    await open([frame('one', 0), main, instance, LASSO]);
    expect(await apply(['main', 'instance'])).toMatchObject({ created: 2, skipped: [] });
    const page = session.host.byKey('one').parentId;
    expect(made().map(({ parentId }) => parentId)).toEqual([page, page]);
    expect(made().map(({ absolute }) => absolute[4])).toEqual([430, 830]);
  });

  test('of a later run replace those of the earlier one, whose frames and regions are proposed again', async () => {
    await open([frame('one', 0), frame('three', 800), frame('two', 400), LASSO], ['two']);
    await apply(['three', 'two']);
    expect(
      await apply(['three'], { output: 'points', mark: { shape: { kind: 'point', point: { x: 0.5, y: 0.5 } } } }),
    ).toMatchObject({ created: 0, updated: 1 });
    expect(
      made()
        .map(({ type }) => type)
        .sort(),
    ).toEqual(['ELLIPSE', 'VECTOR']);
    expect(session.host.byKey('one').relaunchData).toHaveProperty('track-frames');
    const found = await picks();
    expect([found.source, found.targets, found.regions]).toEqual(['one', ['three', 'two'], ['lasso']]);
    expect(found.tracking?.hand).toEqual(['one', 'three', 'two'].map((key) => session.id(key)));
  });
});

describe('mask groups', () => {
  test('cut a copy of the picture to the region', async () => {
    await open([still('one', 0), still('two', 400), LASSO]);
    const before = session.host.snapshot();
    await apply(['two'], { output: 'masks' });
    const [group, mask] = made().sort((a, b) => (a.type === 'GROUP' ? -1 : b.type === 'GROUP' ? 1 : 0));
    expect(group?.type).toBe('GROUP');
    expect(group?.childIds[0]).toBe(mask?.id);
    expect(mask?.props).toMatchObject({ isMask: true });
    const copy = session.host.node(group?.childIds[1] ?? '');
    expect(copy).toMatchObject({ type: 'RECTANGLE', width: 300, height: 200, props: { fills: [imageFill(PNG)] } });
    expect(copy.absolute).toEqual(session.host.byKey('two').absolute);
    expect(mask?.absolute.slice(4)).toEqual([430, 100]);
    expect(copy.sharedPluginData).toEqual({});
    session.host.undo();
    expect(session.host.snapshot()).toEqual(before);
  });

  test('cut an image of a frame that has layers', async () => {
    await open([
      frame('one', 0),
      frame('two', 400, { children: [shape('dot', 'ELLIPSE', 10, { fills: RED })] }),
      LASSO,
    ]);
    await apply(['two'], { output: 'masks' });
    const group = made().find(({ type }) => type === 'GROUP');
    expect(group?.parentId).toBe(session.id('two'));
    expect(session.host.node(group?.childIds[1] ?? '').props.fills).toMatchObject([{ type: 'IMAGE' }]);
  });
});

describe('what cannot be written', () => {
  test('a frame that was deleted since the preview is skipped, the others are written', async () => {
    await open([frame('one', 0), frame('two', 400), frame('three', 800), LASSO]);
    const gone = session.id('two');
    session.host.removeNode(gone);
    const regionId = session.id('lasso');
    const targets = [gone, session.id('three')].map((targetId) => ({ targetId, marks: [{ ...MARK, regionId }] }));
    session.send({ type: 'track.apply', sourceId: session.id('one'), tracking: DEFAULT_TRACKING, targets });
    const { summary } = await session.next('applied');
    expect(summary).toMatchObject({ created: 1, skipped: [{ targetId: gone, reason: 'The frame was deleted.' }] });
  });

  test('a rejected write takes all of them back', async () => {
    await open([frame('one', 0), frame('two', 400), frame('three', 800), LASSO]);
    const before = session.host.snapshot();
    session.host.breakWrite(session.id('three'), 'sharedPluginData');
    await expect(apply(['two', 'three'])).rejects.toThrow(/all changes were undone/);
    expect(session.host.snapshot()).toEqual(before);
  });
});
