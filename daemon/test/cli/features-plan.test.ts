import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { planNetwork } from '../../src/cli/features-plan.js';

const CHECKPOINT = fileURLToPath(new URL('../fixtures/sd/sd2/unet', import.meta.url));
const SIZE = { width: 64, height: 64 };

describe('what `features` takes of the VAE', () => {
  const alone = { checkpoint: CHECKPOINT, network: 'sd-unet', upFtIndex: 1, size: SIZE } as const;
  const published = { checkpoint: CHECKPOINT, backend: 'sd21', preset: 'semantic' } as const;

  it('is what the preset takes, and the mean without one', () => {
    expect(planNetwork(alone).latentMode).toBe('mean');
    expect(planNetwork(published).latentMode).toBe('sample');
    expect(planNetwork({ ...published, preset: 'default' }).latentMode).toBe('mean');
  });

  it('is what is asked for', () => {
    expect(planNetwork({ ...alone, latentMode: 'sample' }).latentMode).toBe('sample');
    expect(planNetwork({ ...published, latentMode: 'mean' }).latentMode).toBe('mean');
  });
});

describe('another layer of a vision transformer', () => {
  it('is looked at as the preset looks at its own', () => {
    const { cut } = planNetwork({ checkpoint: CHECKPOINT, backend: 'dino-vitb8', preset: 'semantic', upFtIndex: 7 });
    expect(cut).toMatchObject({ network: 'vit', feature: { layer: 7, finalNorm: true } });
  });
});
