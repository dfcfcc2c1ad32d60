import { LIMITS } from '@samepoint/shared-protocol';
import sharp from 'sharp';
import { afterEach, describe, expect, test } from 'vitest';
import { inboxDocument } from '../../../test/figma-host/documents/inbox-document.js';
import type { DocumentSpec, NodeSpec } from '../../../test/figma-host/spec.js';
import type { UiToMain } from '../../src/shared/messages.js';
import { PluginSession } from './plugin-session.js';

let session: PluginSession;
afterEach(() => session.close());

const RED = [{ type: 'SOLID', color: { r: 1, g: 0, b: 0 } }];
const WHITE = [{ type: 'SOLID', color: { r: 1, g: 1, b: 1 } }];

/** A frame rotated by 30 degrees, with a red square in a group. */
function rotatedDocument(): DocumentSpec {
  const square: NodeSpec = {
    key: 'square',
    type: 'RECTANGLE',
    name: 'Square',
    x: 40,
    y: 60,
    width: 30,
    height: 20,
    props: { fills: RED },
  };
  const group: NodeSpec = { key: 'group', type: 'GROUP', name: 'Group', children: [square] };
  return {
    name: 'Turned',
    children: [
      {
        key: 'turned',
        type: 'FRAME',
        name: 'Turned',
        x: 500,
        y: 300,
        rotation: 30,
        width: 200,
        height: 150,
        props: { fills: WHITE, annotations: [{ label: 'On the frame' }] },
        children: [group],
      },
      { key: 'other', type: 'FRAME', name: 'Other', width: 200, height: 150, props: { fills: WHITE } },
    ],
  };
}

describe('export', () => {
  test('frames are exported in order, source first, at most 1536 px long', async () => {
    session = await PluginSession.open(inboxDocument());
    const { frames } = await session.exportFrames('transfer-annotations', 'light:screen', [
      'dark:screen',
      'large:screen',
    ]);
    expect(frames.map(({ name }) => name)).toEqual(['Inbox / Light', 'Frame 2041', 'Frame 2042']);
    for (const frame of frames) {
      const { width, height } = await sharp(frame.png).metadata();
      expect([width, height]).toEqual([frame.width, frame.height]);
      expect(Math.max(width, height)).toBeGreaterThan(1530);
      expect(Math.max(width, height)).toBeLessThanOrEqual(1536);
    }
  });

  test('a small frame is enlarged at most twice', async () => {
    session = await PluginSession.open(rotatedDocument());
    const { frames } = await session.exportFrames('transfer-annotations', 'turned', ['other']);
    expect(frames.map(({ width, height }) => [width, height])).toEqual([
      [400, 300],
      [400, 300],
    ]);
  });

  test('boxes are in pixels of the export, also in a rotated frame and in a group', async () => {
    session = await PluginSession.open(rotatedDocument());
    const { frames } = await session.exportFrames('transfer-annotations', 'turned', ['other']);
    const layers = frames[0]?.layers ?? [];
    const square = layers.find(({ name }) => name === 'Square');
    expect(square?.box.x).toBeCloseTo(80, 6);
    expect(square?.box.y).toBeCloseTo(120, 6);
    expect(square?.box.w).toBeCloseTo(60, 6);
    expect(square?.box.h).toBeCloseTo(40, 6);
    const { data, info } = await sharp(frames[0]?.png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const colorAt = (x: number, y: number) => [
      ...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3),
    ];
    expect(colorAt(110, 140)).toEqual([255, 0, 0]);
    expect(colorAt(70, 140)).toEqual([255, 255, 255]);
  });

  test('groups are not candidates, hidden layers are skipped, text layers have their text', async () => {
    session = await PluginSession.open(rotatedDocument());
    const turned = await session.exportFrames('transfer-annotations', 'turned', ['other']);
    expect(turned.frames[0]?.layers.map(({ type, candidate }) => [type, candidate])).toEqual([
      ['FRAME', true],
      ['GROUP', false],
      ['RECTANGLE', true],
    ]);
    session.close();
    const document = inboxDocument();
    const [light, ...others] = document.children;
    const children = light?.children?.map((child) =>
      child.key === 'light:banner' ? { ...child, props: { ...child.props, visible: false } } : child,
    );
    if (light === undefined || children === undefined) throw new Error('the document has no source');
    session = await PluginSession.open({ ...document, children: [{ ...light, children }, ...others] });
    const inbox = await session.exportFrames('transfer-annotations', 'light:screen', ['dark:screen']);
    const layers = inbox.frames[0]?.layers ?? [];
    expect(layers.some(({ name }) => name === 'Invite your team')).toBe(false);
    expect(layers.find(({ text }) => text === 'Inbox')).toMatchObject({ type: 'TEXT', candidate: true });
    expect(layers.length).toBeGreaterThan(40);
  });

  test('each annotation is an item, also a second one on a layer and one on the frame', async () => {
    session = await PluginSession.open(inboxDocument());
    const { done } = await session.exportFrames('transfer-annotations', 'light:screen', ['dark:screen']);
    const button = session.id('light:button');
    const ofButton = done.items.filter(({ item }) => item.kind === 'layer' && item.layerId === button);
    expect(ofButton.map(({ item, label }) => [item.itemId, label])).toEqual([
      [`${button}#0`, 'Opens the invite dialog'],
      [`${button}#1`, 'At least 44 px high'],
    ]);
    expect(done.items).toHaveLength(9);
    session.close();
    session = await PluginSession.open(rotatedDocument());
    const turned = await session.exportFrames('transfer-annotations', 'turned', ['other']);
    expect(turned.done.items.map(({ detail }) => detail)).toEqual(['on the frame']);
  });

  test('notices mention measurements and comments', async () => {
    session = await PluginSession.open(inboxDocument());
    const { done } = await session.exportFrames('transfer-annotations', 'light:screen', ['dark:screen']);
    expect(done.notices.join(' ')).toMatch(/1 measurement is not transferred: .* Dev Mode/);
    expect(done.notices.join(' ')).toMatch(/Comments are not transferred/);
  });

  test('annotations on hidden layers are skipped with a notice', async () => {
    const document = inboxDocument();
    const [light, ...others] = document.children;
    const children = light?.children?.map((child) =>
      child.key === 'light:banner' ? { ...child, props: { ...child.props, visible: false } } : child,
    );
    if (light === undefined || children === undefined) throw new Error('the document has no source');
    session = await PluginSession.open({ ...document, children: [{ ...light, children }, ...others] });
    const { done } = await session.exportFrames('transfer-annotations', 'light:screen', ['dark:screen']);
    expect(done.items).toHaveLength(7);
    expect(done.notices[0]).toMatch(/^2 annotations on hidden layers are not transferred/);
  });

  test('layers over the limit are skipped with a notice', async () => {
    const dot = (index: number): NodeSpec => ({
      type: 'RECTANGLE',
      name: `Dot ${index}`,
      x: index % 100,
      y: index / 100,
    });
    const crowd: NodeSpec = {
      key: 'crowd',
      type: 'FRAME',
      name: 'Crowd',
      x: -900,
      props: { fills: RED },
      children: Array.from({ length: LIMITS.layersPerFrame }, (_, index) => dot(index)),
    };
    const document = inboxDocument();
    session = await PluginSession.open({ ...document, children: [...document.children, crowd] });
    const { frames, done } = await session.exportFrames('transfer-annotations', 'light:screen', ['crowd']);
    expect(frames[1]?.layers).toHaveLength(LIMITS.layersPerFrame);
    expect(done.notices[0]).toMatch(/“Crowd” has too many layers/);
  });

  test('overlays are items with a box in pixels of the source, and not layers', async () => {
    session = await PluginSession.open(inboxDocument());
    const keys = ['light:callout', 'light:arrow', 'light:sticker'];
    const { frames, done } = await session.exportFrames('transfer-layers', 'light:screen', ['dark:screen'], keys);
    const scale = (frames[0]?.width ?? 0) / 390;
    const [callout] = done.items;
    if (callout?.item.kind !== 'overlay') throw new Error('the callout is not an overlay');
    expect(callout.item.box.x).toBeCloseTo(96 * scale, 6);
    expect(callout.item.box.w).toBeCloseTo(168 * scale, 6);
    expect(done.items.map(({ label }) => label)).toEqual(['Callout', 'Arrow', 'Sticker']);
    expect(frames[0]?.layers.some(({ name }) => name === 'Callout')).toBe(false);
  });

  test('a source without annotations, a hidden frame and a deleted frame fail with a message', async () => {
    const document = inboxDocument();
    const hidden = { key: 'hidden', type: 'FRAME', name: 'Old', x: -800, props: { visible: false } } as const;
    session = await PluginSession.open({ ...document, children: [...document.children, hidden] });
    const start = {
      type: 'export.start' as const,
      command: 'transfer-annotations' as const,
      overlayIds: [],
      layerIds: [],
    };
    const [light, dark] = [session.id('light:screen'), session.id('dark:screen')];
    session.send({ ...start, sourceId: dark, targetIds: [light] });
    expect((await session.next('export.failed')).problem.message).toBe('“Frame 2041” has no annotations.');
    session.send({ ...start, sourceId: light, targetIds: [session.id('hidden')] });
    expect((await session.next('export.failed')).problem.message).toMatch('“Old” is hidden.');
    session.send({ ...start, sourceId: light, targetIds: ['404:1'] });
    expect((await session.next('export.failed')).problem.message).toBe('A selected frame was deleted.');
  });

  test('a target that cannot be exported does not stop the others, unless all fail', async () => {
    session = await PluginSession.open(inboxDocument());
    const [light, dark, large] = [session.id('light:screen'), session.id('dark:screen'), session.id('large:screen')];
    const command = 'transfer-annotations' as const;
    const start = { type: 'export.start' as const, command, overlayIds: [], layerIds: [], sourceId: light };
    session.host.breakExport(dark, 'fails');
    session.send({ ...start, targetIds: [dark, large] });
    expect((await session.next('export.frame')).frame.nodeId).toBe(light);
    const { nodeId, name, problem } = await session.next('export.frame-failed');
    expect([nodeId, name]).toEqual([dark, 'Frame 2041']);
    expect(problem.message).toMatch('“Frame 2041” can’t be exported: ');
    expect((await session.next('export.frame')).frame.nodeId).toBe(large);
    expect((await session.next('export.done')).items.length).toBeGreaterThan(0);
    session.send({ ...start, targetIds: [dark] });
    expect((await session.next('export.failed')).problem).toEqual(problem);
  });

  test('a cancelled export stops, and the next one succeeds', async () => {
    session = await PluginSession.open(inboxDocument());
    const choice: UiToMain = {
      type: 'export.start',
      command: 'transfer-annotations',
      sourceId: session.id('light:screen'),
      targetIds: [session.id('dark:screen')],
      overlayIds: [],
      layerIds: [],
    };
    session.send(choice);
    session.send({ type: 'export.cancel' });
    const { frames } = await session.exportFrames('transfer-annotations', 'light:screen', ['large:screen']);
    expect(frames.map(({ name }) => name)).toEqual(['Inbox / Light', 'Frame 2042']);
  });

  test('an export does not change the document', async () => {
    session = await PluginSession.open(inboxDocument());
    const before = session.host.snapshot();
    await session.exportFrames('transfer-annotations', 'light:screen', ['dark:screen']);
    expect(session.host.snapshot()).toEqual(before);
    expect(session.host.undoSteps).toBe(0);
  });
});
