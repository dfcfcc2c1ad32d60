import type { VitFeature } from '../graph/networks/vit.js';
import { POSITION_INTERPOLATIONS } from '../graph/networks/vit-config.js';
import type { InputSize } from './input-size.js';

/** `default` is for people; the others are settings that were published for a task. */
export const PRESET_NAMES = ['default', 'semantic', 'geometric', 'video', 'edit'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

/** What the published protocol of a task does with the features. */
export type PublishedMatching =
  /** Every keypoint goes to the most similar pixel; both maps are stretched to the images bilinearly before. */
  | { kind: 'nearest-pixel' }
  /** Mutual nearest neighbours among detected keypoints, then a homography. */
  | { kind: 'homography'; keypoints: number; estimator: 'lmeds' | 'ransac'; thresholdPx: number }
  /** Labels carried from the first frame and the last `queueFrames`; the radius is in cells. */
  | { kind: 'label-propagation'; temperature: number; topK: number; radiusCells: number; queueFrames: number }
  /** Random pixels of an edit to their nearest neighbours, then a homography that warps the edit. */
  | { kind: 'edit-propagation'; points: number; estimator: 'ransac'; thresholdPx: number };

/** What of the VAE is diffused: its mean, or a sample of its distribution. */
export const LATENT_MODES = ['mean', 'sample'] as const;
export type LatentMode = (typeof LATENT_MODES)[number];

interface PresetBase {
  /** Model of the catalogue, or `ui`. */
  backend: string;
  name: PresetName;
  size: InputSize;
  similarity: 'cosine' | 'l2';
  /** Sub-cell positions by window soft-argmax: measured to help `ui`, reported to help ViTs and to hurt Stable Diffusion. */
  refinement: boolean;
  matching?: PublishedMatching;
  /** Some of it was chosen by hand; what was fitted to the preset does not hold for it. */
  custom?: true;
}

/** DIFT: a U-Net after one of its decoder blocks. */
export interface DiffusionPreset extends PresetBase {
  network: 'sd-unet' | 'cleandift' | 'adm';
  t: number;
  /** Up block of Stable Diffusion, output block of ADM. */
  upFtIndex: number;
  ensembleSize: number;
  /** Text condition, with `{category}` for what the image shows; without a category, the empty prompt. */
  prompt: string;
  /** Of Stable Diffusion. Default: the mean. */
  latentMode?: LatentMode;
  /** `t` goes before the time that a checkpoint of CleanDIFT has learned. */
  ignoreLearnedT?: true;
}

/** A block of a vision transformer, the last if none is named, and what of it. */
export type VitChoice = Omit<VitFeature, 'layer'> & { layer?: number };

/** The rivals: a vision transformer after one of its blocks. */
export interface VitPreset extends PresetBase {
  network: 'vit';
  feature: VitChoice;
}

export interface UiPreset extends PresetBase {
  network: 'ui-unet';
}

export type Preset = DiffusionPreset | VitPreset | UiPreset;

const square = (side: number, multiple = 64) => ({ fit: 'squash', width: side, height: side, multiple }) as const;
const bucket = (side: number, multiple = 64) => ({ fit: 'bucket', side, multiple }) as const;
const VIDEO_SIZE = { fit: 'short-side', px: 480, multiple: 32 } as const;
const UI_SIZE = { fit: 'long-sides', px: [384, 512, 768], firstLook: 512, multiple: 32 } as const;
const UI_VIDEO_SIZE = { fit: 'long-sides', px: [768], firstLook: 768, multiple: 32 } as const;

const CATEGORY = 'a photo of a {category}';
const NEAREST = { kind: 'nearest-pixel' } as const;
const LMEDS = { kind: 'homography', keypoints: 1000, estimator: 'lmeds', thresholdPx: 3 } as const;
const RANSAC = { kind: 'homography', keypoints: 1000, estimator: 'ransac', thresholdPx: 3 } as const;
const LABELS = { kind: 'label-propagation', radiusCells: 15, queueFrames: 28 } as const;
const EDIT = { kind: 'edit-propagation', points: 1000, estimator: 'ransac', thresholdPx: 5 } as const;

const cosine = { similarity: 'cosine', refinement: false } as const;
const l2 = { similarity: 'l2', refinement: false } as const;
const refined = { similarity: 'cosine', refinement: true } as const;

const sd21 = { backend: 'sd21', network: 'sd-unet', ...cosine } as const;
const sd15 = { backend: 'sd15', network: 'sd-unet', ...cosine } as const;
const clean = { backend: 'cleandift-sd21', network: 'cleandift', ...cosine, ensembleSize: 1 } as const;
const adm = { backend: 'adm', network: 'adm', prompt: '' } as const;
const dinov2 = { network: 'vit', feature: { finalNorm: false }, ...refined } as const;

/**
 * Every way the backends look at an image. `semantic`, `geometric`, `video` and `edit` of `sd21` and `adm`: Tang et al.,
 * Emergent Correspondence from Image Diffusion, 2023, section 5, appendix and public code. `cleandift-sd21`: Stracke et
 * al., CleanDIFT, 2025. DINO and DINOv2: the layers of Zhang et al., A Tale of Two Features, 2023 (there DINO ViT-S/8,
 * which has as many); its images are padded, not squashed. `sd15` takes the settings of 2.1. For `openclip` no published
 * layer was found: the last one. `video` of `ui` is ours: 768 px carried masks better than 512 (mean overlap 0.77 against
 * 0.68 over three drawn sequences of cards on a mockup); temperature and top k hardly mattered. The sizes of `default` are
 * ours, near those the networks were trained on, not measured.
 */
// biome-ignore format: a table is read by its columns
export const PRESETS: readonly Preset[] = [
  { backend: 'ui', network: 'ui-unet', name: 'default', size: UI_SIZE, ...refined },
  { backend: 'ui', network: 'ui-unet', name: 'video',   size: UI_VIDEO_SIZE, ...refined, matching: { ...LABELS, temperature: 0.1, topK: 10, queueFrames: 8 } },

  { ...clean, name: 'default',   size: bucket(768),  t: 261, upFtIndex: 1,  prompt: '' },
  { ...clean, name: 'semantic',  size: square(768),  t: 261, upFtIndex: 1,  prompt: '', matching: NEAREST },

  { ...sd21,  name: 'default',   size: bucket(768),  t: 261, upFtIndex: 1,  ensembleSize: 2, prompt: '' },
  { ...sd21,  name: 'semantic',  size: square(768),  t: 261, upFtIndex: 1,  ensembleSize: 8, prompt: CATEGORY, matching: NEAREST },
  { ...sd21,  name: 'geometric', size: square(768),  t: 0,   upFtIndex: 2,  ensembleSize: 8, prompt: '', matching: LMEDS },
  { ...sd21,  name: 'video',     size: VIDEO_SIZE,   t: 51,  upFtIndex: 2,  ensembleSize: 8, prompt: '', matching: { ...LABELS, temperature: 0.2, topK: 15 } },
  { ...sd21,  name: 'edit',      size: square(768),  t: 261, upFtIndex: 1,  ensembleSize: 8, prompt: CATEGORY, matching: EDIT },

  { ...sd15,  name: 'default',   size: bucket(512),  t: 261, upFtIndex: 1,  ensembleSize: 2, prompt: '' },
  { ...sd15,  name: 'semantic',  size: square(768),  t: 261, upFtIndex: 1,  ensembleSize: 8, prompt: CATEGORY, matching: NEAREST },

  { ...adm,   name: 'default',   size: bucket(512),  t: 101, upFtIndex: 4,  ensembleSize: 2, ...cosine },
  { ...adm,   name: 'semantic',  size: square(512),  t: 101, upFtIndex: 4,  ensembleSize: 8, ...cosine, matching: NEAREST },
  { ...adm,   name: 'geometric', size: square(768),  t: 41,  upFtIndex: 11, ensembleSize: 4, ...l2, matching: RANSAC },
  { ...adm,   name: 'video',     size: VIDEO_SIZE,   t: 51,  upFtIndex: 7,  ensembleSize: 4, ...cosine, matching: { ...LABELS, temperature: 0.1, topK: 10 } },

  { backend: 'dinov2-b', ...dinov2, name: 'default',  size: bucket(518, 14) },
  { backend: 'dinov2-b', ...dinov2, name: 'semantic', size: square(840, 14), matching: NEAREST },
  { backend: 'dinov2-s', ...dinov2, name: 'default',  size: bucket(518, 14) },
  { backend: 'dinov2-s', ...dinov2, name: 'semantic', size: square(840, 14), matching: NEAREST },
  { backend: 'dino-vitb8', network: 'vit', name: 'default', size: bucket(448, 8),  feature: { layer: 9, facet: 'key' }, ...refined },
  { backend: 'openclip',   network: 'vit', name: 'default', size: bucket(448, 14), feature: { interpolation: POSITION_INTERPOLATIONS.offset }, ...refined },
];

/** Backends in the order in which they are offered. */
export const BACKEND_IDS: readonly string[] = [...new Set(PRESETS.map(({ backend }) => backend))];

/** The same preset after another block. */
export function withBlock(preset: Preset, block: number): Preset {
  if (preset.network === 'ui-unet') return preset;
  return preset.network === 'vit'
    ? { ...preset, feature: { ...preset.feature, layer: block } }
    : { ...preset, upFtIndex: block };
}

/** The block that a preset's network is cut after; none where the network or its depth decides. */
export function blockOf(preset: Preset): number | undefined {
  if (preset.network === 'ui-unet') return undefined;
  return preset.network === 'vit' ? preset.feature.layer : preset.upFtIndex;
}
