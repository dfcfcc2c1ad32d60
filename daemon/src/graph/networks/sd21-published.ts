/** `unet/config.json` of Stable Diffusion 2.1, as published. */
export const SD21_UNET = {
  _class_name: 'UNet2DConditionModel',
  sample_size: 96,
  block_out_channels: [320, 640, 1280, 1280],
  down_block_types: ['CrossAttnDownBlock2D', 'CrossAttnDownBlock2D', 'CrossAttnDownBlock2D', 'DownBlock2D'],
  up_block_types: ['UpBlock2D', 'CrossAttnUpBlock2D', 'CrossAttnUpBlock2D', 'CrossAttnUpBlock2D'],
  attention_head_dim: [5, 10, 20, 20],
  cross_attention_dim: 1024,
  use_linear_projection: true,
};

/** `vae/config.json` of Stable Diffusion 2.1, as published. */
export const SD21_VAE = {
  _class_name: 'AutoencoderKL',
  sample_size: 768,
  block_out_channels: [128, 256, 512, 512],
  down_block_types: Array.from({ length: 4 }, () => 'DownEncoderBlock2D'),
  up_block_types: Array.from({ length: 4 }, () => 'UpDecoderBlock2D'),
  latent_channels: 4,
  layers_per_block: 2,
};
