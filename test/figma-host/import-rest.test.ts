import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { importRest, type RestFile } from './import-rest.js';
import { buildNodes } from './lay-out-nodes.js';
import type { RawNode } from './spec.js';

const FILE: RestFile = JSON.parse(readFileSync(new URL('documents/rest-file.json', import.meta.url), 'utf8'));

describe('a file from the REST API', () => {
  const { document, losses } = importRest(FILE);
  const nodes = buildNodes(document);
  const byKey = (key: string): RawNode => {
    const found = nodes.find((node) => node.key === key);
    if (found === undefined) throw new Error(`no node ${key}`);
    return found;
  };

  test('keeps its pages, its tree and the type of each layer', () => {
    expect(nodes.filter(({ type }) => type === 'PAGE').map(({ props }) => props.name)).toEqual(['Design', 'Archive']);
    const frame = byKey('1:2');
    expect(frame.childIds.map((id) => nodes.find((node) => node.id === id)?.key)).toEqual(['1:3', '1:4', '1:5', '1:6']);
    expect(byKey('1:6').type).toBe('VECTOR');
  });

  test('places layers by their transform, else by their bounds', () => {
    expect(byKey('1:4').matrix.map((value) => Math.round(value * 100) / 100)).toEqual([0, 1, -1, 0, 60, 20]);
    expect([byKey('2:2').matrix[4], byKey('2:2').width]).toEqual([15, 30]);
  });

  test('has paints, corners, strokes and effects in the form of the plugin API', () => {
    const { fills, topLeftRadius, strokeTopWeight, effects, constraints } = byKey('1:4').props;
    expect(fills).toMatchObject([{ type: 'SOLID', color: { r: 1, g: 0, b: 0 }, opacity: 0.25 }]);
    expect([topLeftRadius, strokeTopWeight]).toEqual([8, 3]);
    expect(effects).toMatchObject([{ type: 'DROP_SHADOW', spread: 0 }]);
    expect(constraints).toEqual({ horizontal: 'STRETCH', vertical: 'MAX' });
    const [gradient] = JSON.parse(JSON.stringify(byKey('1:2').props.fills));
    expect(gradient.gradientTransform).toEqual([
      [0, 1, 0],
      [-1, 0, 1],
    ]);
  });

  test('has the runs of a text', () => {
    const { props } = byKey('1:3');
    expect(props.__runs).toMatchObject([
      { start: 0, end: 3, values: { fontName: { family: 'Inter', style: 'Regular' } } },
      { start: 3, end: 7, values: { fontName: { family: 'Inter', style: 'Bold' }, fontSize: 20 } },
    ]);
    expect(props.lineHeight).toEqual({ unit: 'PIXELS', value: 24 });
  });

  test('has components, instances with their properties, and styles', () => {
    const instance = byKey('1:5');
    expect(instance.type).toBe('INSTANCE');
    expect(byKey('1:5/1:8').props.characters).toBe('Buy');
    expect(byKey('1:4').props.fillStyleId).toMatch(/^S:/);
  });

  test('reports what it leaves out, once for each kind', () => {
    expect(losses).toEqual([
      expect.stringMatching(/^Vectors have no paths/),
      expect.stringMatching(/^Layers of type STICKY are left out: first “Note” \(1:9\)/),
    ]);
  });
});
