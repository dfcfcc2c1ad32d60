import { describe, expect } from 'vitest';
import type { InspectedNode } from '../figma-host/figma-host.js';
import type { DocumentSpec, NodeSpec } from '../figma-host/spec.js';
import { test as base } from './fixtures.js';
import { press, tabTo } from './keyboard.js';
import { pairByCode, saveScreenshot } from './steps.js';
import { drawStill, overlap, STILL, still, VAN_X, vanPath } from './stills.js';

/** How far apart the stills are on the canvas, in two rows. */
const GAP = 40;

const placeOf = (n: number) => ({
  x: (n % 3) * (STILL.width + GAP),
  y: Math.floor(n / 3) * (STILL.height + GAP),
});

/** A line around the van of the first still, drawn on the page over it. */
const LASSO: NodeSpec = {
  ...{ key: 'lasso', type: 'VECTOR', name: 'Van', x: VAN_X[0], y: 190, width: 150, height: 76 },
  props: {
    vectorPaths: [{ windingRule: 'NONE', data: 'M 0 20 L 20 0 L 110 0 L 128 34 L 150 40 L 150 76 L 0 76 Z' }],
    strokes: [{ type: 'SOLID', color: { r: 1, g: 0.8, b: 0 } }],
    strokeWeight: 3,
  },
};

const test = base.extend('document', async (): Promise<DocumentSpec> => {
  const stills = await Promise.all(
    VAN_X.map(async (x, n) => still(`s${n}`, `Still ${n + 1}`, await drawStill(x), placeOf(n))),
  );
  return { name: 'Street', children: [...stills, LASSO] };
});

describe('tracking a region through the stills of a video', () => {
  test('outlines it in each of them with the keyboard alone, in one undo step, and a second run replaces the outlines', async ({
    plugin,
    daemon,
  }) => {
    const { host } = plugin;
    const keys = VAN_X.map((_, n) => `s${n}`);
    plugin.select(...keys, 'lasso');
    const figma = await plugin.run('track-frames');
    await pairByCode(figma, daemon.code);
    await figma.ui.getByRole('radio', { name: '“Still 1” is annotated', checked: true }).waitFor();
    await saveScreenshot(figma, 'track-1-pick');
    await press(figma, figma.button('Track'));
    await figma.heading('Preview').waitFor();
    await figma.ui.getByText('Found in all frames').waitFor();
    await saveScreenshot(figma, 'track-2-preview');

    // the second frame is left out
    await tabTo(figma, /As you drew it$/);
    await figma.page.keyboard.press('ArrowDown');
    await figma.ui
      .getByRole('checkbox', { name: 'All regions in “Still 2”' })
      .and(figma.ui.locator(':focus'))
      .waitFor();
    await figma.page.keyboard.press('Space');
    await figma.button('Place 3 regions').waitFor();
    await figma.page.keyboard.press('Space');
    const steps = host.undoSteps;
    await press(figma, figma.button('Place 4 regions'));
    await figma.heading('Regions placed').waitFor();
    await saveScreenshot(figma, 'track-3-done');

    const outlines = host
      .nodes()
      .filter(({ type, key, props }) => type === 'VECTOR' && key === null && props.name === 'Van');
    expect(outlines).toHaveLength(4);
    for (const [n, x] of VAN_X.entries()) {
      if (n === 0) continue;
      const { x: left, y: top } = placeOf(n);
      const own = outlines.find((node) => isOver(node, left, top));
      // intersection over union with the van as it was drawn
      expect.soft(await overlap(pathOf(own, left, top), vanPath(x)), `still ${n + 1}`).toBeGreaterThan(0.85);
      // it looks like the line that was drawn
      expect.soft(own?.props).toMatchObject({ strokes: LASSO.props?.strokes, strokeWeight: 3 });
    }
    expect(host.undoSteps).toBe(steps + 1);

    plugin.select('s3');
    const again = await plugin.run('track-frames');
    await again.ui.getByRole('listitem').filter({ hasText: 'Van' }).waitFor();
    await press(again, again.button('Track'));
    await again.heading('Preview').waitFor();
    const before = host.snapshot();
    await press(again, again.button(/^Place 4 regions$/));
    await again.ui.getByText('Replaced 4 regions of an earlier run').waitFor();
    expect(host.nodes().filter(({ props }) => props.name === 'Van')).toHaveLength(5);
    await press(again, again.button('Undo'));
    await again.heading('Transfer undone').waitFor();
    expect(host.snapshot()).toEqual(before);
    expect(host.errors).toEqual([]);
  });
});

/** Whether a layer begins on the still at this place. */
function isOver({ absolute }: InspectedNode, left: number, top: number): boolean {
  const [, , , , x, y] = absolute;
  return x >= left && x < left + STILL.width && y >= top && y < top + STILL.height;
}

/** The path of a vector in the coordinates of a still. */
function pathOf(node: InspectedNode | undefined, left: number, top: number): string {
  const paths = Array.isArray(node?.props.vectorPaths) ? node.props.vectorPaths : [];
  const [, , , , x = 0, y = 0] = node?.absolute ?? [];
  const shift = [x - left, y - top];
  return paths
    .map((path) => (typeof path === 'object' && path !== null && 'data' in path ? String(path.data) : ''))
    .join(' ')
    .replace(/(-?[\d.]+) (-?[\d.]+)/g, (_, px: string, py: string) => {
      return `${Number(px) + (shift[0] ?? 0)} ${Number(py) + (shift[1] ?? 0)}`;
    });
}
