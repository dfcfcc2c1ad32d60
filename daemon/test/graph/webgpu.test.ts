import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { probeInput, probeNetwork } from '../../src/graph/probe/probe-graph.js';
import { runOnce } from '../../src/graph/runtime/run.js';
import { CPU_RUNTIME } from '../../src/graph/runtime/runtime.js';
import { NETWORK_CASES, runCase } from '../support/network-cases.js';

/** The software Vulkan driver of Debian's Chromium: slow, but reproducible. */
const SOFTWARE_DRIVER = '/usr/lib/chromium/vk_swiftshader_icd.json';

if (existsSync(SOFTWARE_DRIVER)) process.env.VK_DRIVER_FILES ??= SOFTWARE_DRIVER;

const WEBGPU = { provider: 'webgpu', precision: 'float32' } as const;

/** Why WebGPU is unavailable; undefined if it works. */
const missing = await runOnce({ ...CPU_RUNTIME, ...WEBGPU }, probeNetwork, { x: probeInput() }).then(
  () => undefined,
  (thrown: unknown) => String(thrown),
);
if (missing !== undefined) {
  const remedy = 'Debian: `sudo apt-get install chromium libvulkan1`.';
  if (process.env.CI) throw new Error(`CI requires an adapter for the WebGPU tests. ${remedy} ${missing}`);
  process.stderr.write(`samepoint: NO WEBGPU: skipping its tests. ${remedy}\n`);
}

describe.skipIf(missing !== undefined)(
  'on WebGPU, which runs every node, the features are those of the original:',
  () => {
    it.each(Object.entries(NETWORK_CASES))('%s', async (_name, open) => {
      const { error, placement } = await runCase(await open(), 'webgpu', WEBGPU);
      expect(error).toBeLessThan(1e-4);
      expect([...placement.keys()]).toEqual(['webgpu']);
    });
  },
);
