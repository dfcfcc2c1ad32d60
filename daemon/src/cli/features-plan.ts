import { SamepointError } from '@samepoint/shared-protocol';
import { choosePresets, passesOf, planFeatures } from '../diffusion/feature-plan.js';
import type { InputSize } from '../diffusion/input-size.js';
import { filesOf, type ModelFiles } from '../diffusion/model-files.js';
import { checkCheckpoint, type NetworkCut } from '../diffusion/open-network.js';
import type { Preset } from '../diffusion/presets.js';
import type { Size } from '../images/resize.js';
import { modelEnvironment } from '../models/model-environment.js';
import { resolveModel } from '../models/resolve-model.js';

/** The families of networks that a checkpoint may hold. */
export const NETWORK_KINDS = ['sd-unet', 'cleandift', 'adm', 'vit'] as const;
export type NetworkKind = (typeof NETWORK_KINDS)[number];

/** What the command line may say about one network. */
export interface NetworkChoice {
  backend?: string;
  preset?: string;
  checkpoint?: string;
  network?: NetworkKind;
  t?: number;
  upFtIndex?: number;
  ensemble?: number;
  size?: Size;
}

/** One network with the settings it is to run with. */
export interface NetworkPlan {
  cut: NetworkCut;
  files: ModelFiles;
  t: number;
  ensembleSize: number;
  size: InputSize;
}

/**
 * Options first, then the preset of the backend. A checkpoint stands in for the backend's, which lends what it lacks.
 * @throws SamepointError `BAD_REQUEST`, `BACKEND_UNKNOWN`, `MODEL_MISSING`
 */
export function planNetwork(choice: NetworkChoice): NetworkPlan {
  const { backend, preset: name, checkpoint } = choice;
  const preset = backend === undefined ? undefined : choosePresets({ backend, preset: name })[0]?.preset;
  const kind = choice.network ?? preset?.network;
  const files = checkpoint === undefined ? backendFiles(backend) : withCheckpoint(checkpoint, backend, kind);
  const size = sizeOf(choice, preset);
  const t = choice.t ?? (preset !== undefined && 't' in preset ? preset.t : 0);
  return {
    cut: cutOf(choice, preset, t),
    files,
    t,
    ensembleSize: choice.ensemble ?? (preset === undefined ? 1 : passesOf(preset)),
    size,
  };
}

function cutOf({ network, upFtIndex }: NetworkChoice, preset: Preset | undefined, t: number): NetworkCut {
  const kind = network ?? preset?.network;
  if (kind === undefined) {
    throw incomplete('Which network to take is not said.', 'Give --backend, or --checkpoint and --network.');
  }
  if (kind === 'ui-unet') return { network: kind };
  if (kind === 'vit') {
    const chosen = preset?.network === 'vit' ? preset.feature : {};
    return { network: kind, feature: upFtIndex === undefined ? chosen : { layer: upFtIndex } };
  }
  const block = upFtIndex ?? (preset !== undefined && 'upFtIndex' in preset ? preset.upFtIndex : undefined);
  if (block === undefined) throw incomplete('Which block to take is not said.', 'Add --up-ft-index K.');
  return { network: kind, t, upFtIndex: block };
}

function sizeOf({ size }: NetworkChoice, preset: Preset | undefined): InputSize {
  if (size !== undefined) return { fit: 'squash', ...size, multiple: 1 };
  if (preset === undefined) throw incomplete('The size is not said.', 'Add --size WxH.');
  return preset.size;
}

function backendFiles(backend: string | undefined): ModelFiles {
  if (backend === undefined) throw incomplete('No checkpoint is given.', 'Add --backend ID or --checkpoint PATH.');
  return planFeatures({ backend }).parts[0]?.files ?? new Map();
}

/** What is wrong with the checkpoint itself is named before an option that is missing. */
function withCheckpoint(
  checkpoint: string,
  backend: string | undefined,
  network: NetworkCut['network'] | undefined,
): ModelFiles {
  const own = filesOf(checkpoint);
  const resolved = backend === undefined ? undefined : resolveModel(backend, {}, modelEnvironment());
  const files = resolved?.ok === true ? new Map([...resolved.files, ...own]) : own;
  if (network !== undefined) checkCheckpoint(network, files);
  return files;
}

function incomplete(message: string, hint: string): SamepointError {
  return new SamepointError('BAD_REQUEST', message, hint);
}
