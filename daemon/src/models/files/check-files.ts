import { existsSync } from 'node:fs';
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
import { readJsonSync } from '../../read-text.js';
import type { CatalogueFile, CatalogueModel } from '../catalogue.js';
import { damaged } from '../download/failures.js';
import type { ModelEnvironment } from '../model-environment.js';
import { readStore } from '../model-store.js';
import { findFile } from '../resolve-model.js';
import { checkSingleFile, checkTextChannels, checkTextWidth, SINGLE_FILE, singleFilePath } from './single-file.js';

const UNET_CONFIG = 'unet/config.json';
const widthSchema = z.object({ cross_attention_dim: z.number() });

/**
 * Runs `checkWeights`. For a registered Stable Diffusion, also checks that it belongs to the model's family: the folder of
 * a U-Net of another family contains no files of this model.
 * @param registered files that are or will be registered for the model: file name → path
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
    // it will run with the model's configuration
    checkTextChannels(openWeights(path), model, catalogue);
  }
}

/** A U-Net with its own configuration may use any text width except that of another family. */
function checkFolder(config: string, model: CatalogueModel, catalogue: readonly CatalogueModel[]): void {
  const found = textWidthIn(config);
  if (found === undefined || catalogue.every(({ textChannels }) => textChannels !== found)) return;
  checkTextWidth(checkpointFolder(config), found, model, catalogue);
}

/** Undefined if the file is damaged, which is reported for that file only. */
function textWidthIn(config: string): number | undefined {
  try {
    return widthSchema.parse(readJsonSync(config, (reason) => new Error(reason))).cross_attention_dim;
  } catch {
    return undefined;
  }
}

/** The folder of a file's checkpoint in the official layout (`unet/config.json`). */
function checkpointFolder(path: string): string {
  return dirname(dirname(path));
}

function isUnet({ name, proof }: CatalogueFile): boolean {
  return name.startsWith('unet/') && proof !== undefined;
}

/**
 * Checks a file's header against the catalogue: format, identifying tensor and element types; for a configuration, that it
 * describes a network. Does not read the weights, and executes nothing of a pickle.
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
    throw damaged(path, `its weights are ${tensor.dtype}; only F32, F16 and BF16 are supported`);
  }
}

/** The diffusers class of TAESD, which may replace the VAE. */
const TINY = 'AutoencoderTiny';
/** diffusers writes the class to its configurations; transformers does not. */
const classSchema = z.object({ _class_name: z.string().optional() });

/**
 * Checks that a configuration describes a network that can be compiled, by its name in the catalogue.
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
 * Whether a configuration matches the weights of a vision transformer: every tensor it describes exists with its shape, and
 * there are no further blocks. False for weights that need no configuration (facebookresearch's) and for invalid files.
 */
export function isConfigOf(config: string, weights: string): boolean {
  try {
    const opened = openWeights(weights);
    return facebookView(opened) === undefined && fits(vitCheckpoint(opened, config));
  } catch {
    return false;
  }
}

/** @throws SamepointError `MODEL_INVALID` if a tensor is missing or has another shape */
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
  /** Absent for a registered single file. */
  file?: CatalogueFile;
  path: string;
  /** Whether the user registered it; then a download is another file. */
  isRegistered: boolean;
  /** The failed check. */
  error: SamepointError;
}

/** The local files of a model with invalid headers. */
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
