"""Writes small vision transformers with the features that transformers, timm and open_clip compute from them.

    python test/parity/make-vit.py

Output: daemon/test/fixtures/vit/<family>/ with the checkpoint in its official layout and parity.safetensors:
image_<size>, <facet>_<layer>_<size> (the block's output, or its attention's queries, keys, values), and
final_<size> (last block behind the network's last LayerNorm). Sizes are height x width.
"""

import json
import math
import shutil
from pathlib import Path

import open_clip
import timm
import torch
from safetensors.torch import save_file
from transformers import (
    Dinov2Config,
    Dinov2Model,
    Dinov2WithRegistersConfig,
    Dinov2WithRegistersModel,
    ViTConfig,
    ViTModel,
)

OUT = Path(__file__).parents[2] / "daemon/test/fixtures/vit"
FACET_LAYER = 1


def randomise(model: torch.nn.Module, seed: int) -> None:
    """Random weights for which every tensor matters, including layer scales and class tokens."""
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if any(part in name for part in ("pos", "cls", "class", "regist")):
            parameter.data = noise
        elif parameter.dim() == 4:
            parameter.data = noise / parameter[0].numel() ** 0.5
        elif parameter.dim() == 2:
            parameter.data = noise * 1.5 / parameter.shape[1] ** 0.5
        elif name.endswith("bias"):
            parameter.data = 0.3 * noise
        else:
            parameter.data = 1 + 0.3 * noise


def image_of(size: tuple[int, int]) -> torch.Tensor:
    generator = torch.Generator().manual_seed(size[0] * 1000 + size[1])
    return torch.randn(1, 3, *size, generator=generator)


class Recorder:
    """Collects the outputs of the blocks, and of the projections of one block."""

    def __init__(self) -> None:
        self.seen: dict[str, torch.Tensor] = {}

    def watch(self, key: str, module: torch.nn.Module) -> None:
        def keep(_module, _inputs, output):
            self.seen[key] = (output[0] if isinstance(output, tuple) else output).detach()

        module.register_forward_hook(keep)

    def watch_fused(self, attention_norm: torch.nn.Module, weight: torch.Tensor, bias: torch.Tensor) -> None:
        def keep(_module, _inputs, output):
            qkv = torch.nn.functional.linear(output, weight, bias).detach()
            for key, part in zip(("query", "key", "value"), qkv.chunk(3, dim=-1)):
                self.seen[f"{key}_{FACET_LAYER}"] = part

        attention_norm.register_forward_hook(keep)


def maps(seen: dict[str, torch.Tensor], size: tuple[int, int], patch: int, skipped: int) -> dict[str, torch.Tensor]:
    rows, columns = size[0] // patch, size[1] // patch
    return {
        f"{key}_{size[0]}x{size[1]}": tokens[:, skipped:].transpose(1, 2).reshape(1, -1, rows, columns).contiguous()
        for key, tokens in seen.items()
    }


def write(folder: Path, file: str, weights: dict[str, torch.Tensor], half: bool) -> None:
    dtype = torch.float16 if half else torch.float32
    # clone: safetensors rejects shared memory
    stored = {key: value.detach().to(dtype).clone().contiguous() for key, value in weights.items()}
    save_file(stored, folder / file, metadata={"format": "pt"})


def fresh(name: str) -> Path:
    shutil.rmtree(OUT / name, ignore_errors=True)
    (OUT / name).mkdir(parents=True)
    return OUT / name


@torch.no_grad()
def make_transformers(name: str, model, seed: int, half: bool, sizes, **forward) -> None:
    folder = fresh(name)
    randomise(model.eval(), seed)
    if half:
        model.half()
    model.save_pretrained(folder)
    model.float()
    config = model.config
    recorder = Recorder()
    blocks = model.layers if hasattr(model, "layers") else model.encoder.layer
    for i, block in enumerate(blocks):
        recorder.watch(f"token_{i}", block)
    attention = blocks[FACET_LAYER].attention
    for key, module in (("query", attention.q_proj), ("key", attention.k_proj), ("value", attention.v_proj)):
        recorder.watch(f"{key}_{FACET_LAYER}", module)
    tensors = {}
    for size in sizes:
        image = image_of(size)
        recorder.seen["final"] = model(image, **forward).last_hidden_state
        skipped = 1 + getattr(config, "num_register_tokens", 0)
        tensors |= {f"image_{size[0]}x{size[1]}": image} | maps(recorder.seen, size, config.patch_size, skipped)
    save_file(tensors, folder / "parity.safetensors")


def dino_positions(embedding: torch.Tensor, size: tuple[int, int], patch: int) -> torch.Tensor:
    """DINO's and DINOv2's interpolation of (1, N+1, channels): 0.1 is added before computing the scale."""
    side = math.isqrt(embedding.shape[1] - 1)
    rows, columns = size[0] // patch, size[1] // patch
    if rows * columns == side * side and size[0] == size[1]:
        return embedding
    grid = embedding[:, 1:].reshape(1, side, side, -1).permute(0, 3, 1, 2)
    factors = ((rows + 0.1) / side, (columns + 0.1) / side)
    grid = torch.nn.functional.interpolate(grid, scale_factor=factors, mode="bicubic")
    assert grid.shape[-2:] == (rows, columns)
    return torch.cat([embedding[:, :1], grid.permute(0, 2, 3, 1).flatten(1, 2)], dim=1)


@torch.no_grad()
def make_facebook(name: str, seed: int, sizes) -> None:
    """timm's network, whose names are facebookresearch's, with positions interpolated like facebookresearch."""
    folder = fresh(name)
    patch = 8
    model = timm.models.VisionTransformer(
        img_size=32, patch_size=patch, embed_dim=128, depth=2, num_heads=2, mlp_ratio=2, init_values=1.0, num_classes=0
    ).eval()
    randomise(model, seed)
    model.half()
    write(folder, "model.safetensors", model.state_dict(), half=True)
    model.float()
    recorder = Recorder()
    for i, block in enumerate(model.blocks):
        recorder.watch(f"token_{i}", block)
    qkv = model.blocks[FACET_LAYER].attn.qkv
    recorder.watch_fused(model.blocks[FACET_LAYER].norm1, qkv.weight, qkv.bias)
    tensors = {}
    for size in sizes:
        image = image_of(size)
        patches = model.patch_embed.proj(image).flatten(2).transpose(1, 2)
        tokens = torch.cat([model.cls_token, patches], dim=1) + dino_positions(model.pos_embed, size, patch)
        recorder.seen["final"] = model.norm(model.blocks(tokens))
        tensors |= {f"image_{size[0]}x{size[1]}": image} | maps(recorder.seen, size, patch, 1)
    save_file(tensors, folder / "parity.safetensors")


@torch.no_grad()
def make_open_clip(name: str, seed: int, half: bool, quick_gelu: bool, sizes, dift_size) -> None:
    folder = fresh(name)
    patch = 8
    vision = {"image_size": 32, "layers": 3, "width": 48, "head_width": 16, "mlp_ratio": 4.3637, "patch_size": patch}
    text = {"context_length": 8, "vocab_size": 64, "width": 16, "heads": 1, "layers": 1}
    model = open_clip.CLIP(24, vision, text, quick_gelu=quick_gelu).eval()
    randomise(model, seed)
    if half:
        model.half().float()
    write(folder, "open_clip_model.safetensors", model.state_dict(), half)
    config = {
        "model_cfg": {"embed_dim": 24, "quick_gelu": quick_gelu, "vision_cfg": vision, "text_cfg": text},
        "preprocess_cfg": {"mean": [0.48145466, 0.4578275, 0.40821073], "std": [0.26862954, 0.26130258, 0.27577711]},
    }
    if not quick_gelu:
        del config["model_cfg"]["quick_gelu"]
    (folder / "open_clip_config.json").write_text(json.dumps(config, indent=2))

    def run(size, positions=None):
        sized = open_clip.CLIP(24, {**vision, "image_size": size}, text, quick_gelu=quick_gelu).eval()
        state = {key: value.clone() for key, value in model.state_dict().items()}
        if positions is None:
            open_clip.model.resize_pos_embed(state, sized)
        else:
            state["visual.positional_embedding"] = positions
        sized.load_state_dict(state)
        visual = sized.visual
        recorder = Recorder()
        for i, block in enumerate(visual.transformer.resblocks):
            recorder.watch(f"token_{i}", block)
        block = visual.transformer.resblocks[FACET_LAYER]
        recorder.watch_fused(block.ln_1, block.attn.in_proj_weight, block.attn.in_proj_bias)
        recorder.watch("final", visual.ln_post)
        visual(image_of(size))
        return maps(recorder.seen, size, patch, 1)

    tensors = {f"image_{size[0]}x{size[1]}": image_of(size) for size in [*sizes, dift_size]}
    for size in sizes:
        tensors |= run(size)
    # DIFT's OpenCLIP baseline interpolates positions like DINO
    embedding = model.visual.positional_embedding[None]
    dift = run(dift_size, dino_positions(embedding, dift_size, patch)[0])
    tensors |= {f"dift_{key}": value for key, value in dift.items()}
    save_file(tensors, folder / "parity.safetensors")


SMALL = {"num_hidden_layers": 3, "num_attention_heads": 3, "hidden_size": 48}

make_transformers(
    "dino",
    ViTModel(ViTConfig(**SMALL, intermediate_size=192, image_size=32, patch_size=8), add_pooling_layer=False),
    seed=1,
    half=True,
    sizes=[(32, 32), (64, 40), (24, 48), (32, 64)],
    interpolate_pos_encoding=True,
)
make_transformers(
    "dinov2",
    Dinov2Model(Dinov2Config(**SMALL, mlp_ratio=4, image_size=70, patch_size=14)),
    seed=2,
    half=False,
    sizes=[(70, 70), (56, 98), (112, 42)],
)
make_transformers(
    "dinov2-registers",
    Dinov2WithRegistersModel(
        Dinov2WithRegistersConfig(**SMALL, mlp_ratio=4, image_size=70, patch_size=14, num_register_tokens=4)
    ),
    seed=3,
    half=True,
    sizes=[(70, 70), (56, 98), (112, 28), (45, 30)],
)
make_facebook("facebook", seed=4, sizes=[(32, 32), (64, 40), (24, 48)])
make_open_clip(
    "openclip-gelu", 5, half=False, quick_gelu=False, sizes=[(32, 32), (64, 40), (16, 48)], dift_size=(56, 56)
)
make_open_clip(
    "openclip-quickgelu", 6, half=True, quick_gelu=True, sizes=[(32, 32), (40, 64)], dift_size=(48, 48)
)
