import type { VitFeature } from '../graph/networks/vit.js';
import { POSITION_INTERPOLATIONS } from '../graph/networks/vit-config.js';
import type { Resampling } from '../images/resize.js';
import type { InputSize } from './input-size.js';

/** `default` is for interactive use; the others were published for a task. */
export const PRESET_NAMES = ['default', 'semantic', 'geometric', 'video', 'edit'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

/** How the published protocol of a task matches features. */
export type PublishedMatching =
  /** Arg-max of the cosine similarity over all pixels; both maps are upsampled bilinearly to image size. */
  | { kind: 'nearest-pixel' }
  /** Mutual nearest neighbours among detected keypoints, then a homography. */
  | { kind: 'homography'; keypoints: number; estimator: 'lmeds' | 'ransac'; thresholdPx: number }
  /** Label propagation from the first frame and the last `queueFrames`; the radius is in cells. */
  | {
      kind: 'label-propagation';
      temperature: number;
      topK: number;
      radiusCells: number;
      queueFrames: number;
      /** Pixels per cell at which masks are drawn before they are resized to the frame. */
      drawnCellPx?: number;
    }
  /** Random pixels of an edit to their nearest neighbours, then a homography that warps the edit. */
  | { kind: 'edit-propagation'; points: number; estimator: 'ransac'; thresholdPx: number };

/** How an ensemble member obtains its latent: the mean of the VAE's distribution, or a sample of its own. */
export const LATENT_MODES = ['mean', 'sample'] as const;
export type LatentMode = (typeof LATENT_MODES)[number];

interface PresetBase {
  /** Model of the catalogue, or `ui`. */
  backend: string;
  name: PresetName;
  size: InputSize;
  /** How the image is resized to that size. */
  resampling: Resampling;
  similarity: 'cosine' | 'l2';
  /** Sub-cell positions by window soft-argmax: improves `ui` (measured) and ViTs, worsens Stable Diffusion (reported). */
  refinement: boolean;
  matching?: PublishedMatching;
  /** Has custom settings, so calibrations of the preset do not apply. */
  custom?: true;
}

/** DIFT: a U-Net after one of its decoder blocks. */
export interface DiffusionPreset extends PresetBase {
  network: 'sd-unet' | 'cleandift' | 'adm';
  t: number;
  /** Up block of Stable Diffusion, output block of ADM. */
  upFtIndex: number;
  ensembleSize: number;
  /** Text condition. `{category}` is what the image shows; without a category, the prompt is empty. */
  prompt: string;
  /** Only for networks with a VAE. Default: the mean. */
  latentMode?: LatentMode;
  /** Use `t` instead of the timestep that CleanDIFT learned. */
  ignoreLearnedT?: true;
}

/** A layer of a vision transformer (default: the last), and which of its features. */
export type VitChoice = Omit<VitFeature, 'layer'> & { layer?: number };

/** The baselines of the paper: a vision transformer after one of its blocks. */
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
const UI_SIZE = { fit: 'long-sides', px: [384, 512, 768], basePx: 512, multiple: 32 } as const;
const UI_VIDEO_SIZE = { fit: 'long-sides', px: [768], basePx: 768, multiple: 32 } as const;

const CATEGORY = 'a photo of a {category}';
/** CleanDIFT's spelling; CLIP tokenizers lowercase it. */
const CAPTION = 'A photo of a {category}';
const NEAREST = { kind: 'nearest-pixel' } as const;
const LMEDS = { kind: 'homography', keypoints: 1000, estimator: 'lmeds', thresholdPx: 3 } as const;
const RANSAC = { kind: 'homography', keypoints: 1000, estimator: 'ransac', thresholdPx: 3 } as const;
const LABELS = { kind: 'label-propagation', radiusCells: 15, queueFrames: 28 } as const;
const DAVIS = { ...LABELS, drawnCellPx: 8 } as const;

/** Published settings of edit propagation, for all backends. */
export const EDIT_PROPAGATION = {
  kind: 'edit-propagation',
  points: 1000,
  estimator: 'ransac',
  thresholdPx: 5,
} as const satisfies PublishedMatching;

/** `img.resize(size)` of `extract_dift.py`, of DIFT's evaluation and of CleanDIFT's notebook. */
const pil = { resampling: 'pil-bicubic' } as const;
/** `cv2.resize(img, size)` of `eval_davis.py`. */
const openCv = { resampling: 'opencv-bilinear' } as const;
/** Zhang et al., 2023; `ui` is trained with it among others. */
const lanczos = { resampling: 'lanczos' } as const;

const cosine = { similarity: 'cosine', refinement: false } as const;
const l2 = { similarity: 'l2', refinement: false } as const;
const refined = { similarity: 'cosine', refinement: true } as const;

const sd21 = { backend: 'sd21', network: 'sd-unet', ...pil, ...cosine } as const;
const sd15 = { backend: 'sd15', network: 'sd-unet', ...pil, ...cosine } as const;
const clean = { backend: 'cleandift-sd21', network: 'cleandift', ...pil, ...cosine, ensembleSize: 1 } as const;
const adm = { backend: 'adm', network: 'adm', ...pil, prompt: '' } as const;
const dinov2b = { backend: 'dinov2-b', network: 'vit', ...pil, feature: { finalNorm: false } } as const;
const dinov2s = { ...dinov2b, backend: 'dinov2-s' } as const;
const dino = { backend: 'dino-vitb8', network: 'vit', ...pil } as const;
const openclip = { backend: 'openclip', network: 'vit', ...pil } as const;

/** Ours, and that of the published code. */
const mean = { latentMode: 'mean' } as const;
const drawn = { latentMode: 'sample' } as const;
/** Position interpolation of facebookresearch/dino, also in DIFT's OpenCLIP. */
const offset = { interpolation: POSITION_INTERPOLATIONS.offset } as const;

/**
 * All presets. `default` and both of `ui` are our own; the others are as published. `docs/published-settings.md` lists
 * the source of each, and the remaining differences.
 */
// biome-ignore format: a table is read by its columns
export const PRESETS: readonly Preset[] = [
  { backend: 'ui', network: 'ui-unet', name: 'default', size: UI_SIZE, ...lanczos, ...refined },
  { backend: 'ui', network: 'ui-unet', name: 'video',   size: UI_VIDEO_SIZE, ...lanczos, ...refined, matching: { ...LABELS, temperature: 0.1, topK: 10, queueFrames: 8 } },

  { ...clean, name: 'default',   size: bucket(768),  t: 261, upFtIndex: 1,  prompt: CAPTION, ...mean },
  { ...clean, name: 'semantic',  size: square(768),  t: 261, upFtIndex: 1,  prompt: CAPTION, ...drawn, matching: NEAREST },

  { ...sd21,  name: 'default',   size: bucket(768),  t: 261, upFtIndex: 1,  ensembleSize: 2, prompt: '', ...mean },
  { ...sd21,  name: 'semantic',  size: square(768),  t: 261, upFtIndex: 1,  ensembleSize: 8, prompt: CATEGORY, ...drawn, matching: NEAREST },
  { ...sd21,  name: 'geometric', size: square(768),  t: 0,   upFtIndex: 2,  ensembleSize: 8, prompt: '', ...drawn, matching: LMEDS },
  { ...sd21,  name: 'video',     size: VIDEO_SIZE, ...openCv,   t: 51,  upFtIndex: 2,  ensembleSize: 8, prompt: '', ...drawn, matching: { ...DAVIS, temperature: 0.2, topK: 15 } },
  { ...sd21,  name: 'edit',      size: square(768),  t: 261, upFtIndex: 1,  ensembleSize: 8, prompt: CATEGORY, ...drawn, matching: EDIT_PROPAGATION },

  { ...sd15,  name: 'default',   size: bucket(512),  t: 261, upFtIndex: 1,  ensembleSize: 2, prompt: '', ...mean },
  { ...sd15,  name: 'semantic',  size: square(768),  t: 261, upFtIndex: 1,  ensembleSize: 8, prompt: CATEGORY, ...drawn, matching: NEAREST },

  { ...adm,   name: 'default',   size: bucket(512),  t: 101, upFtIndex: 4,  ensembleSize: 2, ...cosine },
  { ...adm,   name: 'semantic',  size: square(512),  t: 101, upFtIndex: 4,  ensembleSize: 8, ...cosine, matching: NEAREST },
  { ...adm,   name: 'geometric', size: square(768),  t: 41,  upFtIndex: 11, ensembleSize: 4, ...l2, matching: RANSAC },
  { ...adm,   name: 'video',     size: VIDEO_SIZE, ...openCv,   t: 51,  upFtIndex: 7,  ensembleSize: 4, ...cosine, matching: { ...DAVIS, temperature: 0.1, topK: 10 } },

  { ...dinov2b,  name: 'default',  size: bucket(518, 14), ...refined },
  { ...dinov2b,  name: 'semantic', size: square(840, 14), ...lanczos, ...cosine, matching: NEAREST },
  { ...dinov2s,  name: 'default',  size: bucket(518, 14), ...refined },
  { ...dinov2s,  name: 'semantic', size: square(840, 14), ...lanczos, ...cosine, matching: NEAREST },
  { ...dino,     name: 'default',  size: bucket(448, 8),  feature: { layer: 9, facet: 'key' }, ...refined },
  { ...dino,     name: 'semantic', size: square(448, 8),  feature: { layer: 9, finalNorm: true, ...offset }, ...cosine, matching: NEAREST },
  { ...openclip, name: 'default',  size: bucket(448, 14), feature: offset, ...refined },
  { ...openclip, name: 'semantic', size: square(448, 14), feature: { finalNorm: false, ...offset }, ...cosine, matching: NEAREST },
];

/** Backends in display order. */
export const BACKEND_IDS: readonly string[] = [...new Set(PRESETS.map(({ backend }) => backend))];

/** The same preset cut after another block. */
export function withBlock(preset: Preset, block: number): Preset {
  if (preset.network === 'ui-unet') return preset;
  return preset.network === 'vit'
    ? { ...preset, feature: { ...preset.feature, layer: block } }
    : { ...preset, upFtIndex: block };
}

/** Block that the network is cut after; undefined if it is fixed, or the last layer by default. */
export function blockOf(preset: Preset): number | undefined {
  if (preset.network === 'ui-unet') return undefined;
  return preset.network === 'vit' ? preset.feature.layer : preset.upFtIndex;
}
