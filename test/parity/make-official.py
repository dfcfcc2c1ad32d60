"""Writes small random networks in the layout of the official repositories, with PyTorch's features of an image.

    python test/parity/make-official.py

Output, in daemon/test/fixtures/official:
  repositories.json     every file of every repository; what is not on disk is filler, which features do not need
  <org>/<name>/...      the files that features need, under their official names and with the official fields
  images/, noise/       what goes in
  expected/             the features, and the states of the prompts, by diffusers and transformers on these folders
Channels, heads, words and some blocks are fewer than the official ones; all else in a configuration is as in the official file,
which official_configurations.py checks by its published hash where there is one. ADM's weights are those of make-adm.py.
"""

import importlib
import json
import shutil
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL, AutoencoderTiny, DDIMScheduler, UNet2DConditionModel
from official_configurations import (
    CLEANDIFT,
    DINO,
    DINO_CONFIG,
    DINOV2_B,
    DINOV2_CONFIGS,
    DINOV2_S,
    OPENCLIP,
    OPENCLIP_CONFIG,
    REPOSITORIES,
    SD15,
    SD15_SCHEDULER,
    SD15_TEXT,
    SD15_UNET,
    SD15_VAE,
    SD21,
    SD21_SCHEDULER,
    SD21_TEXT,
    SD21_UNET,
    SD21_VAE,
    TAESD,
    TAESD_CONFIG,
    TOKENIZERS,
    VISION,
    in_order,
    smaller,
)
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


def write_json(path: Path, value: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2) + "\n")


def write_weights(path: Path, tensors: dict[str, torch.Tensor]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: value.contiguous() for name, value in tensors.items()}, path, metadata={"format": "pt"})


def halves(network: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.half() for name, value in network.state_dict().items()}


def old_attention_names(name: str) -> str:
    """Attention names of the published VAEs, from before diffusers renamed them."""
    for new, old in (("to_q", "query"), ("to_k", "key"), ("to_v", "value"), ("to_out.0", "proj_attn")):
        name = name.replace(f"attentions.0.{new}.", f"attentions.0.{old}.")
    return name


def write_tokenizer(repository: str) -> int:
    """Official settings with a small vocabulary. Returns the size of the vocabulary."""
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
    """As in make-vit.py, with weights small enough for the depth of the official networks."""
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


# --- inputs and expected outputs ---


def write_image(size: tuple[int, int]) -> None:
    """Coloured waves with a bright bar: smooth (a small file) and distinct everywhere."""
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
    """CleanDIFT's U-Net on the latent without noise."""
    unet = open_unet(OUT / SD21)
    clean = load_file(OUT / CLEANDIFT / "cleandift_sd21_unet.safetensors")
    unet.load_state_dict({name: value.float() for name, value in clean.items()})
    return {name: block_output(unet, latent, states) for name, states in prompt_states(OUT / SD21).items()}


def expect(name: str, **groups: dict[str, torch.Tensor]) -> None:
    tensors = {f"{group}_{key}": value.contiguous() for group, values in groups.items() for key, value in values.items()}
    save_file(tensors, OUT / f"expected/{name}.safetensors")


def to_map(tokens: torch.Tensor, size: tuple[int, int], patch: int) -> torch.Tensor:
    """Tokens after the class token -> (1, channels, rows, columns)"""
    return tokens[:, 1:].transpose(1, 2).reshape(1, -1, size[1] // patch, size[0] // patch).contiguous()


def imagenet_pixels() -> torch.Tensor:
    return pixels_of(VIT_SIZE, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])


def expect_dino() -> None:
    """DINOv2: output of the last block, before the final LayerNorm. DINO: keys of a block."""
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
