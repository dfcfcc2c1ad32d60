import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { filesOf } from '../../src/diffusion/networks/model-files.js';
import { compileUiNetwork } from '../../src/diffusion/networks/ui-network.js';
import { useTempFolder } from '../support/temp-folder.js';

const MODEL = fileURLToPath(new URL('../../models/ui/', import.meta.url));
const SIZE = { width: 64, height: 32 };

const folder = useTempFolder();
const model = () => folder.path('ui');

beforeEach(() => cpSync(MODEL, model(), { recursive: true }));

function changeConfig(change: Record<string, unknown>): void {
  const path = `${model()}/config.json`;
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change }));
}

describe('the embedded network', () => {
  it('returns one descriptor per 4×4 pixels', () => {
    const {
      inputs: [input],
      outputs: [output],
    } = compileUiNetwork(filesOf(model()), SIZE);
    expect(input?.dims).toEqual([1, 3, 32, 64]);
    expect(output?.dims).toEqual([1, expect.any(Number), 8, 16]);
  });

  it('rejects sides that are no multiples', () => {
    expect(() => compileUiNetwork(filesOf(model()), { width: 65, height: 32 })).toThrow(RangeError);
    expect(() => compileUiNetwork(filesOf(model()), { width: 64, height: 33 })).toThrow(RangeError);
  });

  it.each<[string, () => void]>([
    ['a configuration that is not JSON', () => writeFileSync(`${model()}/config.json`, '{')],
    ['a configuration of another network', () => changeConfig({ network: 'vit' })],
    ['a configuration that the weights do not fit', () => changeConfig({ headChannels: 7 })],
    ['weights that were cut off', () => cutOff(`${model()}/model.safetensors`)],
  ])('is rejected as MODEL_INVALID with %s', (_case, damage) => {
    damage();
    expect(() => compileUiNetwork(filesOf(model()), SIZE)).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID', message: expect.stringContaining(model()) }),
    );
  });
});

function cutOff(path: string): void {
  writeFileSync(path, readFileSync(path).subarray(0, -1));
}
