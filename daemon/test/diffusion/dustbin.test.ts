import { expect, it } from 'vitest';
import { dustbinSimilarity, readDustbin } from '../../src/diffusion/networks/dustbin.js';
import { readSafetensorsHeader } from '../../src/graph/weights/safetensors.js';
import { useTempFolder } from '../support/temp-folder.js';
import { writeSafetensors } from '../support/weights-files.js';

const folder = useTempFolder();

/** −1, 2 and 0.5 as halves. */
const HALVES = Uint16Array.of(0xbc00, 0x4000, 0x3800);

function written(names: readonly [string, number][]) {
  const path = folder.path('model.safetensors');
  let begin = 0;
  const entries = names.map(([name, count]) => {
    const end = begin + 2 * count;
    const entry = [name, { dtype: 'F16', shape: [count], data_offsets: [begin, end] }] as const;
    begin = end;
    return entry;
  });
  writeSafetensors(path, Object.fromEntries(entries), new Uint8Array(HALVES.buffer));
  return readSafetensorsHeader(path);
}

it('reads the dustbin from the weights', () => {
  const bin = readDustbin(
    written([
      ['no_counterpart.weight', 2],
      ['no_counterpart.bias', 1],
    ]),
  );

  expect(bin).toEqual({ weight: Float32Array.of(-1, 2), bias: 0.5 });
});

it('is undefined for a network without a dustbin', () => {
  expect(readDustbin(written([['head.bias', 3]]))).toBeUndefined();
});

it('computes the similarity of a descriptor to the dustbin', () => {
  const bin = { weight: Float32Array.of(-1, 2), bias: 0.5 };

  expect(dustbinSimilarity(bin, Float32Array.of(0.6, 0.8))).toBeCloseTo(0.5 - 0.6 + 1.6);
});
