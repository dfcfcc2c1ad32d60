import { basename, dirname } from 'node:path/posix';

/** File stems of weights in diffusers, transformers and open_clip: safetensors → PyTorch. */
const BIN_STEMS: Readonly<Record<string, string>> = {
  diffusion_pytorch_model: 'diffusion_pytorch_model',
  model: 'pytorch_model',
  open_clip_model: 'open_clip_pytorch_model',
};
const STEMS: ReadonlyMap<string, string> = new Map(
  Object.entries(BIN_STEMS).flatMap(([stem, bin]) => [
    [`${stem}.safetensors`, stem],
    [`${bin}.bin`, stem],
  ]),
);

/** `stem[.fp16][-00001-of-00003][.fp16].safetensors[.index[.fp16].json]`; older diffusers puts the variant after the number. */
const NAME = /^(\w+?)(\.fp16)?(-00001-of-\d{5})?(\.fp16)?\.(safetensors|bin)(\.index(\.fp16)?\.json)?$/;

interface Variant {
  /** The name of these weights in the catalogue: `unet/diffusion_pytorch_model.safetensors`. */
  name: string;
  /** The lowest rank wins: safetensors before PyTorch files, full precision before half, one file before several. */
  rank: number;
}

/** The official file that a file may replace; undefined for other files than weights. */
function variantOf(file: string): Variant | undefined {
  const [, stem = '', half, shard, lateHalf, format = '', index, indexHalf] = NAME.exec(basename(file)) ?? [];
  const official = STEMS.get(`${stem}.${format}`);
  if (official === undefined || (shard !== undefined && index !== undefined)) return undefined;
  const isHalf = [half, lateHalf, indexHalf].some((part) => part !== undefined);
  const parts = (index === undefined ? 0 : 1) + (shard === undefined ? 0 : 2);
  const folder = dirname(file);
  const name = `${official}.safetensors`;
  return {
    name: folder === '.' ? name : `${folder}/${name}`,
    rank: (format === 'bin' ? 100 : 0) + (isHalf ? 10 : 0) + parts,
  };
}

/**
 * Maps the files of a folder to official names: of several formats of the same weights, the best. Other files keep their
 * names.
 * @param names relative to the folder, with `/`
 * @returns official name → name
 */
export function officialNames(names: Iterable<string>): Map<string, string> {
  const official = new Map<string, string>();
  const ranks = new Map<string, number>();
  for (const file of names) {
    const { name, rank } = variantOf(file) ?? { name: file, rank: 0 };
    if (rank > (ranks.get(name) ?? Number.POSITIVE_INFINITY)) continue;
    official.set(name, file);
    ranks.set(name, rank);
  }
  return official;
}
