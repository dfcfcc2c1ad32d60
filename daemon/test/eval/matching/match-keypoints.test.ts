import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { sampleDescriptors } from '../../../src/eval/matching/match-keypoints.js';

const numbers = z.array(z.number());
const fixture = z.object({
  features: z.array(z.array(numbers)),
  width: z.number(),
  height: z.number(),
  keypoints: z.array(z.tuple([z.number(), z.number()])),
  descriptors: z.array(numbers),
});

/** Made by `python test/parity/make-descriptors.py`. */
const { features, width, height, keypoints, descriptors } = fixture.parse(
  JSON.parse(readFileSync(new URL('../../fixtures/descriptors.json', import.meta.url), 'utf8')),
);

it('descriptors of keypoints equal grid_sample, which fades at the edges', () => {
  const [rows, columns] = [features[0]?.length ?? 0, features[0]?.[0]?.length ?? 0];
  const chw = Float32Array.from(features.flat(2));
  const shape = { channels: features.length, rows, columns };
  const map = { ...shape, chw, cellWidthPx: width / columns, cellHeightPx: height / rows };
  const points = keypoints.map(([x, y]) => ({ x, y }));
  const sampled = sampleDescriptors(map, { width, height }, points);
  expect(sampled).toMatchObject({ count: keypoints.length, channels: features.length });
  for (const [n, value] of descriptors.flat().entries()) expect(sampled.data[n]).toBeCloseTo(value, 5);
});
