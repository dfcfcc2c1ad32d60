import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import * as z from 'zod';
import { compile } from '../../graph/compile.js';
import { readConfig } from '../../graph/config.js';
import { clipTextConfigSchema } from '../../graph/networks/clip-text.js';
import { sdUnetConfigSchema } from '../../graph/networks/sd-unet.js';
import { sdVaeConfigSchema } from '../../graph/networks/sd-vae-encoder.js';
import { taesdConfigSchema } from '../../graph/networks/taesd.js';
import { vit } from '../../graph/networks/vit.js';
import { facebookView, type VitCheckpoint, vitCheckpoint, vitConfigSchema } from '../../graph/networks/vit-config.js';
import { isWeightType } from '../../graph/onnx/graph-builder.js';
import { networkKind } from '../../graph/weights/network-kind.js';
import { openWeights } from '../../graph/weights/weights.js';
import type { CatalogueFile, CatalogueModel } from '../catalogue.js';
import { damaged } from '../download/failures.js';
import type { ModelEnvironment } from '../model-environment.js';
import { readStore } from '../model-store.js';
import { findFile } from '../resolve-model.js';
import { checkSingleFile, checkTextChannels, checkTextWidth, SINGLE_FILE, singleFilePath } from './single-file.js';

const UNET_CONFIG = 'unet/config.json';
const widthSchema = z.object({ cross_attention_dim: z.number() });

/**
 * As `checkWeights`, and of what was registered for a Stable Diffusion, that it is of the model's family: no file of a folder
 * is the model's whose U-Net belongs to another one.
 * @param registered what the user registered for the model, or is about to: name of the file → path
 * @throws SamepointError `MODEL_INVALID`
 */
export function checkModelFile(
  path: string,
  file: CatalogueFile,
  model: CatalogueModel,
  registered: Readonly<Record<string, string>>,
  catalogue: readonly CatalogueModel[],
): void {
  checkWeights(path, file);
  if (model.textChannels === undefined || registered[file.name] !== path) return;
  const config = registered[UNET_CONFIG];
  if (config !== undefined && existsSync(config)) {
    if (checkpointFolder(config) === checkpointFolder(path)) checkFolder(config, model, catalogue);
  } else if (isUnet(file)) {
    // it is going to be run with the model's configuration
    checkTextChannels(openWeights(path), model, catalogue);
  }
}

/** With a configuration of its own a U-Net may take text of any width, except that of another family. */
function checkFolder(config: string, model: CatalogueModel, catalogue: readonly CatalogueModel[]): void {
  const found = textWidthIn(config);
  if (found === undefined || catalogue.every(({ textChannels }) => textChannels !== found)) return;
  checkTextWidth(checkpointFolder(config), found, model, catalogue);
}

/** Undefined where the file is damaged, which is reported of that file alone. */
function textWidthIn(config: string): number | undefined {
  try {
    return widthSchema.parse(JSON.parse(readFileSync(config, 'utf8'))).cross_attention_dim;
  } catch {
    return undefined;
  }
}

/** The folder of a checkpoint in the official layout (`unet/config.json`) that a file is of. */
function checkpointFolder(path: string): string {
  return dirname(dirname(path));
}

function isUnet({ name, proof }: CatalogueFile): boolean {
  return name.startsWith('unet/') && proof !== undefined;
}

/**
 * Checks that a file is what the catalogue says, as far as its header tells: format, the tensor that gives it away,
 * and element types; of a configuration, that it describes a network. Never reads the weights, and of a pickle nothing
 * is executed.
 * @throws SamepointError `MODEL_INVALID`
 */
export function checkWeights(path: string, file: CatalogueFile): void {
  if (file.name.endsWith('.json')) checkConfig(path, file.name);
  if (file.proof === undefined) return;
  const checkpoint = openWeights(path);
  const proofs = [file.proof].flat();
  const isProof = (name: string) => proofs.some((proof) => name === proof || name.endsWith(`.${proof}`));
  const [, tensor] = [...checkpoint.tensors].find(([name]) => isProof(name)) ?? [];
  if (tensor === undefined) {
    const kind = networkKind(checkpoint);
    const found = kind === undefined ? '' : `; it is ${kind.name}`;
    throw damaged(path, `it has no tensor "${proofs[0]}", so it is not ${file.name}${found}`);
  }
  if (!isWeightType(tensor.dtype)) {
    throw damaged(path, `its weights are ${tensor.dtype}; only F32, F16 and BF16 can be used`);
  }
}

/** The class of diffusers that TAESD is, which may stand in for the VAE. */
const TINY = 'AutoencoderTiny';
/** diffusers writes the class into its configurations, transformers does not. */
const classSchema = z.object({ _class_name: z.string().optional() });

/**
 * Checks that a JSON file describes a network that can be compiled, where its name in the catalogue says that it does.
 * @throws SamepointError `MODEL_INVALID`
 */
export function checkConfig(path: string, name: string): void {
  readConfig(path, schemaOf(path, name));
}

function schemaOf(path: string, name: string): z.ZodType {
  switch (name) {
    case 'unet/config.json':
      return sdUnetConfigSchema;
    case 'vae/config.json':
      return readConfig(path, classSchema)._class_name === TINY ? taesdConfigSchema : sdVaeConfigSchema;
    case 'text_encoder/config.json':
      return clipTextConfigSchema;
    case 'open_clip_config.json':
      return vitConfigSchema;
    case 'config.json':
      return readConfig(path, classSchema)._class_name === undefined ? vitConfigSchema : taesdConfigSchema;
    default:
      return z.unknown();
  }
}

/**
 * Whether a configuration is that of the vision transformer whose weights these are: every tensor that it asks for is there
 * in the shape it should have, and no further block. False for weights that need none (those of facebookresearch), and for
 * files that cannot be used.
 */
export function isConfigOf(config: string, weights: string): boolean {
  try {
    const opened = openWeights(weights);
    return facebookView(opened) === undefined && fits(vitCheckpoint(opened, config));
  } catch {
    return false;
  }
}

/** @throws SamepointError `MODEL_INVALID` where a tensor is missing or has another shape */
function fits({ checkpoint, config }: VitCheckpoint): boolean {
  const { layers, names, patchSize } = config;
  const dims = [1, 3, patchSize, patchSize];
  compile(checkpoint, { pixels: { dims } }, (b, { pixels }) => ({
    map: vit(b, pixels, config, { layer: layers - 1 }),
  }));
  return !checkpoint.tensors.has(names.block(layers).norm1.weight);
}

export interface DamagedFile {
  name: string;
  /** Absent for a single file that was registered. */
  file?: CatalogueFile;
  path: string;
  /** Did the user register it? Then getting it anew is getting another one. */
  isRegistered: boolean;
  /** What is wrong with it. */
  error: SamepointError;
}

/** The files of a model that are on this disk and cannot be used, as far as their headers tell. */
export function damagedFiles(model: CatalogueModel, environment: ModelEnvironment): DamagedFile[] {
  const store = readStore(environment.at.stateFile);
  const registered = store.added[model.id] ?? {};
  const damaged: DamagedFile[] = [];
  const check = (file: Omit<DamagedFile, 'error'>, checks: () => void) => {
    try {
      checks();
    } catch (thrown) {
      damaged.push({ ...file, error: SamepointError.from(thrown) });
    }
  };
  const single = singleFilePath(model, store);
  if (single !== undefined && existsSync(single)) {
    const file = { name: SINGLE_FILE, path: single, isRegistered: true };
    check(file, () => checkSingleFile(single, model, environment.catalogue));
  }
  for (const file of model.files) {
    const path = findFile(model, file, store, environment);
    if (path === undefined) continue;
    const isRegistered = registered[file.name] === path;
    check({ name: file.name, file, path, isRegistered }, () =>
      checkModelFile(path, file, model, registered, environment.catalogue),
    );
  }
  return damaged;
}
