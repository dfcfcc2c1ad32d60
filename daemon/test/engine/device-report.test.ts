import { type Device, LIMITS } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { DeviceReport, withNotice } from '../../src/engine/device-report.js';
import type { Provider } from '../../src/graph/runtime/runtime.js';

const CHOSEN: Device = { provider: 'webgpu', description: '100 % GPU (WebGPU)', reason: 'It is fast.' };

function report() {
  const changes: Device[] = [];
  return { changes, report: new DeviceReport(CHOSEN, (device) => changes.push(device)) };
}

const placement = (...nodes: [Provider, number][]) => new Map(nodes);

describe('the device report', () => {
  it('is unchanged while networks run on the chosen device', () => {
    const { changes, report: it } = report();
    it.onPlacement(placement(['webgpu', 300]));
    expect(changes).toEqual([]);
  });

  it.each([
    ['some nodes run on the CPU', [placement(['webgpu', 93], ['cpu', 7])], '93 % GPU (WebGPU), 7 % CPU'],
    ['hardly any do', [placement(['webgpu', 9999], ['cpu', 1])], '99 % GPU (WebGPU), 1 % CPU'],
    ['all do', [placement(['cpu', 12])], '100 % CPU'],
    [
      'those of a second network did',
      [placement(['webgpu', 50]), placement(['cpu', 50])],
      '50 % GPU (WebGPU), 50 % CPU',
    ],
  ])('is corrected when %s', (_when, placements, description) => {
    const { changes, report: it } = report();
    for (const one of placements) it.onPlacement(one);
    expect(changes).toEqual([{ ...CHOSEN, description }]);
  });

  it('includes each notice once', () => {
    const { changes, report: it } = report();
    it.notify('It is in float32.');
    it.notify('It is in float32.');
    expect(changes).toEqual([{ ...CHOSEN, reason: 'It is fast. It is in float32.' }]);
  });

  it('is truncated to the limit of the protocol', () => {
    expect(withNotice(CHOSEN, 'x'.repeat(LIMITS.textChars))).toBe(CHOSEN);
  });
});
