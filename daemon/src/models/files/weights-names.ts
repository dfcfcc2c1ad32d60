import { basename, dirname } from 'node:path/posix';

/** Stems of the names that diffusers, transformers and open_clip give to weights: as safetensors → as PyTorch file. */
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

/** `stem[.fp16][-00001-of-00003][.fp16].safetensors[.index[.fp16].json]`; diffusers once wrote the variant behind the number. */
const NAME = /^(\w+?)(\.fp16)?(-00001-of-\d{5})?(\.fp16)?\.(safetensors|bin)(\.index(\.fp16)?\.json)?$/;

interface Variant {
  /** What the catalogue calls these weights: `unet/diffusion_pytorch_model.safetensors`. */
  name: string;
  /** The smallest is taken: safetensors before PyTorch files, whole precision before half, one file before several. */
  rank: number;
}

/** The file whose place in the official layout a file may take, or undefined for what is no file of weights. */
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
 * Files of a folder by the names of the official layout: of several that hold the same weights in different formats the
 * best. What is no such file keeps its name.
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
