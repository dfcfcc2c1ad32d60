import sharp from 'sharp';
import { afterEach, describe, expect, test } from 'vitest';
import { inboxDocument } from './documents/inbox-document.js';
import { SHOP_TARGETS, shopDocument } from './documents/shop-document.js';
import { createFigmaHost, type FigmaHost } from './figma-host.js';
import { buildNodes } from './lay-out-nodes.js';
import type { NodeSpec } from './spec.js';

let host: FigmaHost;
afterEach(() => host.dispose());

const fill = (r: number, g: number, b: number) => [{ type: 'SOLID', color: { r, g, b } }];
const square = (key: string, x: number, color: ReturnType<typeof fill>, props: NodeSpec['props'] = {}): NodeSpec => ({
  key,
  type: 'RECTANGLE',
  name: key,
  x,
  y: 10,
  width: 20,
  height: 20,
  props: { fills: color, ...props },
});

async function draw(children: NodeSpec[], onPage: NodeSpec[] = []): Promise<void> {
  const frame = {
    key: 'frame',
    type: 'FRAME',
    name: 'F',
    x: 30,
    width: 100,
    height: 40,
    props: { fills: fill(1, 1, 1) },
  } as const;
  host = await createFigmaHost({ document: { name: 'D', children: [{ ...frame, children }, ...onPage] }, mainJs: '' });
}

async function colorsAt(points: [number, number][], contentsOnly = true): Promise<string[]> {
  const png = await host.export(host.byKey('frame').id, 1, contentsOnly);
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return points.map(([x, y]) => data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3).toString('hex'));
}

describe('a render', () => {
  test('contains what covers the frame only without contentsOnly', async () => {
    await draw([], [square('over', 50, fill(1, 0, 0))]);
    expect(await colorsAt([[30, 20]])).toEqual(['ffffff']);
    expect(await colorsAt([[30, 20]], false)).toEqual(['ff0000']);
  });

  test('draws later siblings on top, without hidden ones', async () => {
    await draw([
      square('a', 10, fill(1, 0, 0)),
      square('b', 20, fill(0, 0, 1)),
      square('c', 20, fill(0, 1, 0), { visible: false }),
    ]);
    expect(
      await colorsAt([
        [15, 20],
        [25, 20],
      ]),
    ).toEqual(['ff0000', '0000ff']);
  });

  test('clips all later siblings of a mask', async () => {
    await draw([
      square('under', 60, fill(0, 1, 0)),
      square('mask', 10, fill(0, 0, 0), { isMask: true }),
      { ...square('wide', 0, fill(1, 0, 0)), width: 100 },
    ]);
    expect(
      await colorsAt([
        [20, 20],
        [50, 20],
        [70, 20],
      ]),
    ).toEqual(['ff0000', 'ffffff', '00ff00']);
  });

  test('draws text without installed fonts', async () => {
    const words: NodeSpec = {
      type: 'TEXT',
      name: 'T',
      x: 10,
      y: 5,
      props: { characters: 'IIII', fontSize: 24, fills: fill(0, 0, 0) },
    };
    await draw([words]);
    const png = await host.export(host.byKey('frame').id);
    const { channels } = await sharp(png).removeAlpha().stats();
    expect(channels[0]?.min).toBe(0);
  });
});

describe('an export', () => {
  test('of a group shows its children only, of a section and a component set what they contain', async () => {
    const red = fill(1, 0, 0);
    const inside = { type: 'RECTANGLE', name: 'R', width: 10, height: 10, props: { fills: red } } as const;
    const box = { width: 20, height: 20, props: { fills: fill(0, 0, 1) } };
    await draw(
      [{ key: 'group', type: 'GROUP', name: 'G', children: [square('a', 30, red), square('b', 50, fill(0, 1, 0))] }],
      [
        { key: 'section', type: 'SECTION', name: 'S', x: 200, ...box, children: [{ ...inside, x: 5 }] },
        { key: 'set', type: 'COMPONENT_SET', name: 'C', x: 300, ...box, children: [{ ...inside, type: 'COMPONENT' }] },
      ],
    );
    const pixel = async (key: string, x: number) => {
      const png = await host.export(host.byKey(key).id);
      const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
      const at = (5 * info.width + x) * 3;
      return `${info.width} ${data.subarray(at, at + 3).toString('hex')}`;
    };
    expect(await Promise.all([pixel('group', 5), pixel('group', 35)])).toEqual(['40 ff0000', '40 00ff00']);
    expect(await Promise.all([pixel('section', 2), pixel('section', 8)])).toEqual(['20 0000ff', '20 ff0000']);
    expect(await Promise.all([pixel('set', 5), pixel('set', 15)])).toEqual(['20 ff0000', '20 0000ff']);
  });
});

describe('the inbox document', () => {
  test('has every part of the source in both targets, under another name', async () => {
    host = await createFigmaHost({ document: inboxDocument(), mainJs: '' });
    const nodes = host.nodes();
    const parts = (prefix: string) =>
      new Map(
        nodes
          .filter(({ key }) => key?.startsWith(`${prefix}:`))
          .map((node) => [node.key?.slice(prefix.length + 1), node]),
      );
    const [light, dark, large] = [parts('light'), parts('dark'), parts('large')];
    const overlays = [...light.keys()].filter((part) => /callout|arrow|sticker/.test(part ?? ''));
    expect(light.size - overlays.length).toBe(dark.size);
    expect(dark.size).toBeGreaterThan(50);
    for (const [part, node] of dark) {
      expect(light.get(part)?.type).toBe(node.type);
      expect(large.has(part)).toBe(true);
      expect(node.props.name).not.toBe(light.get(part)?.props.name);
    }
    const order = (screen: Map<string | undefined, (typeof nodes)[number]>, prefix: string) =>
      screen.get('row-1')?.childIds.map((id) => host.node(id).key?.slice(prefix.length + 1));
    expect(order(dark, 'dark')).not.toEqual(order(light, 'light'));
  });

  test('renders the same each time', async () => {
    host = await createFigmaHost({ document: inboxDocument(), mainJs: '' });
    const first = await host.export(host.byKey('dark:screen').id);
    host.dispose();
    host = await createFigmaHost({ document: inboxDocument(), mainJs: '' });
    expect(Buffer.from(await host.export(host.byKey('dark:screen').id)).equals(Buffer.from(first))).toBe(true);
  });
});

describe('paints, corners, strokes and effects', () => {
  const at = (...points: [number, number][]) => colorsAt(points);

  test('are drawn in order, with their opacity and blend mode', async () => {
    const half = [{ type: 'SOLID', color: { r: 0, g: 0, b: 1 }, opacity: 0.5 }];
    const multiplied = [{ type: 'SOLID', color: { r: 1, g: 0, b: 0 }, blendMode: 'MULTIPLY' }];
    await draw([
      square('half', 0, [...fill(1, 0, 0), ...half]),
      square('hidden', 20, [...fill(0, 1, 0), { ...half[0], visible: false } as (typeof half)[number]]),
      square('multiplied', 40, [...fill(0, 1, 0), ...multiplied]),
    ]);
    expect(await at([10, 20], [30, 20], [50, 20])).toEqual(['7f0080', '00ff00', '000000']);
  });

  test('have a radius and a stroke for each corner and side', async () => {
    const sides = { strokes: fill(0, 0, 1), strokeWeight: 0, strokeLeftWeight: 4 };
    await draw([
      square('corner', 0, fill(1, 0, 0), { topLeftRadius: 10 }),
      square('sides', 40, fill(1, 0, 0), sides),
      square('outside', 70, fill(1, 0, 0), { strokes: fill(0, 0, 1), strokeWeight: 2, strokeAlign: 'OUTSIDE' }),
    ]);
    expect(await at([1, 11], [18, 11], [41, 20], [58, 20], [69, 20], [71, 20])).toEqual([
      ...['ffffff', 'ff0000', '0000ff', 'ff0000', '0000ff', 'ff0000'],
    ]);
  });

  test('follow the transform of a gradient, and the fields of a shadow', async () => {
    const stops = [
      { position: 0, color: { r: 0, g: 0, b: 0, a: 1 } },
      { position: 1, color: { r: 1, g: 1, b: 1, a: 1 } },
    ];
    const down = [
      [0, 1, 0],
      [-1, 0, 1],
    ];
    const offset = { x: 20, y: 0 };
    const color = { r: 0, g: 0, b: 1, a: 1 };
    const shadow = { type: 'DROP_SHADOW', color, offset, radius: 0, spread: 0, visible: true, blendMode: 'NORMAL' };
    const gradient = {
      ...square('gradient', 0, []),
      props: { fills: [{ type: 'GRADIENT_LINEAR', gradientTransform: down, gradientStops: stops }] },
    };
    await draw([gradient, square('shadowed', 40, fill(1, 0, 0), { effects: [shadow] })]);
    const [top = '', bottom = '', shade] = await at([10, 11], [10, 28], [70, 20]);
    expect(Number.parseInt(top.slice(0, 2), 16)).toBeLessThan(30);
    expect(Number.parseInt(bottom.slice(0, 2), 16)).toBeGreaterThan(225);
    expect(shade).toBe('0000ff');
  });
});

describe('the shop document', () => {
  test('has all layers of the screen before the edit in each target', () => {
    const nodes = buildNodes(shopDocument());
    const parts = (prefix: string) =>
      new Map(
        nodes.flatMap((node) =>
          node.key?.startsWith(`${prefix}:`) ? [[node.key.slice(prefix.length + 1), node]] : [],
        ),
      );
    const before = parts('before');
    expect(before.size).toBeGreaterThan(30);
    for (const target of SHOP_TARGETS) {
      for (const [part, node] of before) expect(parts(target).get(part)?.type, `${target}:${part}`).toBe(node.type);
    }
    expect(parts('tablet').get('product-1')?.width).toBe(768 - 2 * 48);
    expect(parts('after').has('note')).toBe(false);
  });
});
