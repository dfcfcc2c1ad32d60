import { writeFileSync } from 'node:fs';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { byRank } from '../../../src/cli/files/write-eval-report.js';
import type { CaseMark } from '../../../src/eval/datasets/dataset.js';
import { drawCase } from '../../../src/eval/report/case-figure.js';
import { draw, toPng } from '../../support/draw.js';
import { useTempFolder } from '../../support/temp-folder.js';

const folder = useTempFolder();
const [small, large] = ['small.png', 'large.png'];

beforeAll(async () => {
  writeFileSync(folder.path(small), await toPng(draw(300, 200)));
  writeFileSync(folder.path(large), await toPng(draw(4800, 400)));
});

async function figureOf(target: string, marks: readonly CaseMark[] = []) {
  const svg = await drawCase({ source: folder.path(small), target: folder.path(target), marks });
  const images = [...svg.matchAll(/base64,([^"]+)"/g)].map(([, data = '']) => Buffer.from(data, 'base64'));
  const sizes = await Promise.all(images.map((image) => sharp(image).metadata()));
  return { svg, sizes: sizes.map(({ format, width, height }) => [format, width, height]) };
}

describe('the drawing of a case', () => {
  it('has its images at their own size, up to 2400 pixels', async () => {
    const { svg, sizes } = await figureOf(large);
    expect(sizes).toEqual([
      ['webp', 300, 200],
      ['webp', 2400, 200],
    ]);
    expect(svg).toContain(`viewBox="0 0 ${300 + 16 + 2400} 200"`);
  });

  it('numbers each point at both ends, and has a shape for each grade', async () => {
    const at = { source: { x: 20, y: 30 }, truth: { x: 40, y: 50 }, predicted: { x: 60, y: 70 } };
    const marks: CaseMark[] = [
      { ...at, grade: 'right' },
      { ...at, grade: 'near' },
      { ...at, grade: 'wrong' },
      { ...at, predicted: null, grade: 'wrong' },
    ];
    const { svg } = await figureOf(small, marks);
    const groups = svg.split('<g><title>').slice(1);
    expect(groups).toHaveLength(4);
    for (const [n, group] of groups.entries()) expect(group.match(RegExp(`>${n + 1}</text>`, 'g'))).toHaveLength(2);
    const shapes = groups.slice(0, 3).map((group, n) => {
      const grade = marks[n]?.grade;
      return RegExp(`class="mark ${grade}"[^>]*>(<[^>]+>)`).exec(group)?.[1];
    });
    expect(new Set(shapes).size).toBe(3);
    expect(shapes).not.toContain(undefined);
    expect(groups[3]).not.toContain('class="link');
  });

  it('keeps the numbers of close points apart', async () => {
    const points = [
      { x: 100, y: 100 },
      { x: 104, y: 100 },
      { x: 100, y: 104 },
      { x: 104, y: 104 },
    ];
    const marks = points.map((point): CaseMark => {
      return { source: point, truth: point, predicted: point, grade: 'right' };
    });
    const { svg } = await figureOf(small, marks);
    const places = [...svg.matchAll(/class="mark source"[^>]*>.*?<text (x="[^"]+" y="[^"]+")/g)].map(([, at]) => at);
    expect(new Set(places).size).toBe(4);
  });
});

it('cases are sorted by the strictest threshold, ties by the next one', () => {
  const cases = [
    [50, 100, 100],
    [80, 80, 90],
    [50, 100, 90],
    [80, 85, 85],
  ].map((ranks) => ({ ranks }));
  expect([...cases].sort(byRank).map(({ ranks }) => ranks[0])).toEqual([80, 80, 50, 50]);
  expect([...cases].sort(byRank)).toEqual([cases[3], cases[1], cases[0], cases[2]]);
});
