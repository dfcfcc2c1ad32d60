"""Writes the tensor names of Stable Diffusion in the original layout, in diffusers and in transformers.

    python test/parity/make-ldm-names.py

Output: daemon/test/fixtures/sd/ldm-names.json.gz, pairs of names for the U-Net, the encoder and both text encoders.
Which is which is decided by diffusers: its converters turn the original names into those of its own networks.
"""

import gzip
import json
import re
from pathlib import Path

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from diffusers.loaders.single_file_utils import (
    convert_ldm_unet_checkpoint,
    convert_ldm_vae_checkpoint,
    convert_open_clip_checkpoint,
)
from transformers import CLIPTextConfig, CLIPTextModel

OUT = Path(__file__).parents[2] / "daemon/test/fixtures/sd/ldm-names.json.gz"
UNET = "model.diffusion_model."
VAE = "first_stage_model."
OPEN_CLIP = "cond_stage_model.model."
TEXT_LAYERS = 2

RESNET = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}


def unet_name(name: str, layers: int) -> str:
    """Candidate for the original name; diffusers' converter verifies it."""
    if match := re.match(r"time_embedding\.linear_(\d)\.(.*)", name):
        return f"time_embed.{2 * int(match[1]) - 2}.{match[2]}"
    if name.startswith("conv_in."):
        return name.replace("conv_in", "input_blocks.0.0")
    if name.startswith("conv_norm_out."):
        return name.replace("conv_norm_out", "out.0")
    if name.startswith("conv_out."):
        return name.replace("conv_out", "out.2")
    kind, rest = re.match(r"(down_blocks\.\d+|mid_block|up_blocks\.\d+)\.(.*)", name).groups()
    part, index, inner = re.match(r"(resnets|attentions|downsamplers|upsamplers)\.(\d+)\.(.*)", rest).groups()
    index = int(index)
    if part == "resnets":
        for ours, theirs in RESNET.items():
            inner = inner.replace(ours, theirs)
    if kind == "mid_block":
        return f"middle_block.{2 * index if part == 'resnets' else 1}.{inner}"
    level = int(kind.split(".")[1])
    per_level = layers + 1
    if kind.startswith("down"):
        if part == "downsamplers":
            return f"input_blocks.{per_level * (level + 1)}.0.op.{inner.removeprefix('conv.')}"
        return f"input_blocks.{per_level * level + index + 1}.{int(part == 'attentions')}.{inner}"
    if part == "upsamplers":
        return f"output_blocks.{per_level * level + layers}.{1 if level == 0 else 2}.{inner}"
    return f"output_blocks.{per_level * level + index}.{int(part == 'attentions')}.{inner}"


def vae_name(name: str) -> str:
    name = name.replace("conv_norm_out", "norm_out").replace("conv_shortcut", "nin_shortcut")
    name = re.sub(r"encoder\.down_blocks\.(\d+)\.resnets\.", r"encoder.down.\1.block.", name)
    name = re.sub(r"encoder\.down_blocks\.(\d+)\.downsamplers\.0\.", r"encoder.down.\1.downsample.", name)
    name = re.sub(r"mid_block\.resnets\.(\d)", lambda match: f"mid.block_{int(match[1]) + 1}", name)
    for ours, theirs in {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}.items():
        name = name.replace(f"mid_block.attentions.0.{ours}", f"mid.attn_1.{theirs}")
    return name


def matched(original: dict[str, torch.Tensor], converted: dict[str, torch.Tensor], wanted: set[str]) -> list[list[str]]:
    """Pairs of names of equal tensors; every wanted name must occur."""
    by_value = {tensor.flatten()[0].item(): name for name, tensor in original.items()}
    pairs = [[by_value[tensor.flatten()[0].item()], name] for name, tensor in converted.items() if name in wanted]
    assert {name for _, name in pairs} == wanted, wanted - {name for _, name in pairs}
    return sorted(pairs)


def numbered(names: list[str], shapes: list[torch.Size]) -> dict[str, torch.Tensor]:
    return {name: torch.full(shape, float(n + 1)) for n, (name, shape) in enumerate(zip(names, shapes, strict=True))}


def unet_pairs() -> list[list[str]]:
    unet = UNet2DConditionModel(block_out_channels=(32, 64, 96, 128), cross_attention_dim=32, attention_head_dim=8)
    state = unet.state_dict()
    original = numbered([UNET + unet_name(name, 2) for name in state], [tensor.shape for tensor in state.values()])
    converted = convert_ldm_unet_checkpoint(dict(original), dict(unet.config) | {"class_embed_type": None})
    return matched(original, converted, set(state))


def vae_pairs() -> list[list[str]]:
    blocks = {"down_block_types": ["DownEncoderBlock2D"] * 4, "up_block_types": ["UpDecoderBlock2D"] * 4}
    vae = AutoencoderKL(block_out_channels=(32, 64, 96, 128), layers_per_block=2, **blocks)
    state = {name: tensor for name, tensor in vae.state_dict().items() if name.startswith(("encoder.", "quant_conv."))}
    shapes = [t.shape + (1, 1) if "attentions" in n and t.ndim == 2 else t.shape for n, t in state.items()]
    original = numbered([VAE + vae_name(name) for name in state], shapes)
    converted = convert_ldm_vae_checkpoint(dict(original), dict(vae.config))
    return matched(original, converted, set(state))


def open_clip_pairs() -> list[list[str]]:
    """Each stacked tensor yields three."""
    config = CLIPTextConfig(hidden_size=64, intermediate_size=64, num_hidden_layers=TEXT_LAYERS, num_attention_heads=1)
    text = CLIPTextModel(config)
    state = text.state_dict()
    original: dict[str, torch.Tensor] = {}
    for n, (name, tensor) in enumerate(state.items()):
        theirs = name.removeprefix("text_model.").replace("encoder.layers.", "transformer.resblocks.")
        theirs = theirs.replace("layer_norm1", "ln_1").replace("layer_norm2", "ln_2").replace("mlp.fc1", "mlp.c_fc")
        theirs = theirs.replace("mlp.fc2", "mlp.c_proj").replace("self_attn.", "attn.").replace("final_layer_norm", "ln_final")
        theirs = theirs.replace("embeddings.token_embedding", "token_embedding")
        theirs = theirs.replace("embeddings.position_embedding.weight", "positional_embedding")
        values = torch.full(tensor.shape, float(n + 1))
        if stacked := re.match(r"(.*attn)\.([qkv])_proj\.(weight|bias)", theirs):
            whole = original.setdefault(f"{OPEN_CLIP}{stacked[1]}.in_proj_{stacked[3]}", torch.zeros(192, *tensor.shape[1:]))
            start = 64 * "qkv".index(stacked[2])
            whole[start : start + 64] = values
        else:
            original[OPEN_CLIP + theirs] = values
    original[f"{OPEN_CLIP}text_projection"] = torch.zeros(64, 64)
    converted = convert_open_clip_checkpoint(text, dict(original), prefix=OPEN_CLIP)
    by_value = {float(value): name for name, tensor in original.items() for value in tensor.unique()}
    pairs = [[by_value[tensor.flatten()[0].item()], name] for name, tensor in converted.items() if "position_ids" not in name]
    # published checkpoints have a prefix that transformers 5 omits
    assert {name.removeprefix("text_model.") for _, name in pairs} == {name.removeprefix("text_model.") for name in state}
    return sorted(pairs)


def main() -> None:
    names = {"unet": unet_pairs(), "vae": vae_pairs(), "openClip": open_clip_pairs()}
    OUT.write_bytes(gzip.compress(json.dumps(names).encode(), mtime=0))


if __name__ == "__main__":
    main()
