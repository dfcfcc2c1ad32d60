import type { NetworkKind } from './open-network.js';

/** One row of the paper's settings: which image size, timestep, block and ensemble serve which task. */
export interface PublishedPreset {
  /** Model of the catalogue. */
  backend: string;
  network: NetworkKind;
  task: 'semantic' | 'geometric' | 'video';
  /** Pixels; for video the short side, the other follows and both are multiples of 32. */
  size: { width: number; height: number } | { shortSide: number };
  t: number;
  upFtIndex: number;
  ensembleSize: number;
}

const square = (side: number) => ({ width: side, height: side });

/**
 * Settings of DIFT's public code (Tang et al., 2023, section 5 and appendix), and of CleanDIFT (Stracke et al., 2025).
 * The first row of a backend is its default.
 */
export const PUBLISHED_PRESETS: readonly PublishedPreset[] = [
  { backend: 'sd21', network: 'sd-unet', task: 'semantic', size: square(768), t: 261, upFtIndex: 1, ensembleSize: 8 },
  { backend: 'sd21', network: 'sd-unet', task: 'geometric', size: square(768), t: 0, upFtIndex: 2, ensembleSize: 8 },
  {
    backend: 'sd21',
    network: 'sd-unet',
    task: 'video',
    size: { shortSide: 480 },
    t: 51,
    upFtIndex: 2,
    ensembleSize: 8,
  },
  { backend: 'sd15', network: 'sd-unet', task: 'semantic', size: square(768), t: 261, upFtIndex: 1, ensembleSize: 8 },
  {
    backend: 'cleandift-sd21',
    network: 'cleandift',
    task: 'semantic',
    size: square(768),
    t: 261,
    upFtIndex: 1,
    ensembleSize: 1,
  },
  { backend: 'adm', network: 'adm', task: 'semantic', size: square(512), t: 101, upFtIndex: 4, ensembleSize: 8 },
  { backend: 'adm', network: 'adm', task: 'geometric', size: square(768), t: 41, upFtIndex: 11, ensembleSize: 4 },
  { backend: 'adm', network: 'adm', task: 'video', size: { shortSide: 480 }, t: 51, upFtIndex: 7, ensembleSize: 4 },
];
