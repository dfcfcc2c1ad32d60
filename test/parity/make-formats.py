"""Writes small random networks in the usual checkpoint formats, with the features of the original code.

    python test/parity/make-formats.py

Output: daemon/test/fixtures/formats/. Files are written by the code that writes them for everyone: diffusers' and
transformers' `save_pretrained`, and `torch.save`. parity.safetensors beside them holds inputs and features:
`unet`: latent, text, and the output of every up block at t = 0; the vision transformers: image_<size>,
token_<block>_<size>, and final_<size> behind the network's last LayerNorm. Sizes are height x width.
"""

import importlib.util
import shutil
import sys
import types
from pathlib import Path

import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import load_file, save_file
from transformers import CLIPConfig, CLIPModel, CLIPVisionConfig, CLIPVisionModel, Dinov2Config, Dinov2Model

HERE = Path(__file__).parent
OUT = HERE.parents[1] / "daemon/test/fixtures/formats"
UNET_LAYERS = 1
NATIVE = (32, 32)


def randomise(model: torch.nn.Module, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if parameter.dim() >= 2 and not any(part in name for part in ("position", "cls", "class")):
            noise = noise * 1.5 / parameter[0].numel() ** 0.5
        elif name.endswith("bias"):
            noise = 0.3 * noise
        elif parameter.dim() == 1:
            noise = 1 + 0.3 * noise
        # values are exact in half precision, so every format may use either
        parameter.data = noise.half().float()


def random(*shape: int, seed: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def fresh(name: str) -> Path:
    shutil.rmtree(OUT / name, ignore_errors=True)
    (OUT / name).mkdir(parents=True)
    return OUT / name


# --- the U-Net of Stable Diffusion


def lightning_module() -> type:
    """Stand-in for a class of PyTorch Lightning that its checkpoints reference."""
    name = "pytorch_lightning.callbacks.model_checkpoint"
    module = types.ModuleType(name)
    module.ModelCheckpoint = type("ModelCheckpoint", (), {"__module__": name})
    for parent in ("pytorch_lightning", "pytorch_lightning.callbacks"):
        sys.modules[parent] = types.ModuleType(parent)
    sys.modules[name] = module
    return module.ModelCheckpoint


def original_names(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    spec = importlib.util.spec_from_file_location("ldm_names", HERE / "make-ldm-names.py")
    names = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(names)
    return {f"model.diffusion_model.{names.unet_name(name, UNET_LAYERS)}": tensor for name, tensor in state.items()}


@torch.no_grad()
def make_unet() -> None:
    unet = UNet2DConditionModel(
        block_out_channels=(4, 8),
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        layers_per_block=UNET_LAYERS,
        cross_attention_dim=4,
        attention_head_dim=2,
        norm_num_groups=2,
    ).eval()
    randomise(unet, seed=1)
    folder = fresh("unet")
    unet.save_pretrained(folder / "sharded/unet", max_shard_size="40KB")
    unet.save_pretrained(folder / "bin/unet", safe_serialization=False)
    unet.half()
    unet.save_pretrained(folder / "sharded-fp16/unet", max_shard_size="20KB", variant="fp16")
    unet.save_pretrained(folder / "bin-sharded/unet", max_shard_size="20KB", safe_serialization=False)
    state = unet.state_dict()
    save_lightning(folder / "original", state)
    unet.float()

    latent, text = random(1, 4, 8, 8, seed=2), random(1, 5, 4, seed=3)
    seen = {}
    for index, block in enumerate(unet.up_blocks):
        block.register_forward_hook(lambda _module, _inputs, output, key=f"up_{index}": seen.__setitem__(key, output))
    unet(latent, torch.tensor([0]), text)
    save_file({"latent": latent, "text": text} | seen, folder / "parity.safetensors")


def save_lightning(folder: Path, unet: dict[str, torch.Tensor]) -> None:
    """A Lightning checkpoint: weights, counters, custom objects and the state of the optimizer."""
    folder.mkdir(parents=True)
    checkpoint_class = lightning_module()
    state = original_names(unet)
    state |= {"betas": torch.zeros(4), "model_ema.num_updates": torch.tensor(7, dtype=torch.int32)}
    optimizer = torch.optim.AdamW([torch.nn.Parameter(torch.ones(3))])
    optimizer.param_groups[0]["params"][0].grad = torch.ones(3)
    optimizer.step()
    saved = {
        "epoch": 0,
        "global_step": 470_000,
        "pytorch-lightning_version": "1.4.2",
        "callbacks": {checkpoint_class: {"monitor": "val/loss", "best_model_score": torch.tensor(0.1), "dirpath": Path("logs")}},
        "optimizer_states": [optimizer.state_dict()],
        "lr_schedulers": [{"base_lrs": [1e-4], "last_epoch": 1}, checkpoint_class()],
        "state_dict": state,
    }
    torch.save(saved, folder / "original.ckpt")
    shutil.copy(OUT / "unet/bin/unet/config.json", folder / "config.json")


# --- vision transformers


def maps(states: dict[str, torch.Tensor], size: tuple[int, int], patch: int) -> dict[str, torch.Tensor]:
    rows, columns = size[0] // patch, size[1] // patch
    return {
        f"{key}_{size[0]}x{size[1]}": tokens[:, 1:].transpose(1, 2).reshape(1, -1, rows, columns).contiguous()
        for key, tokens in states.items()
    }


def features(model, image: torch.Tensor, norm: torch.nn.Module, patch: int, **forward) -> dict[str, torch.Tensor]:
    hidden = model(image, output_hidden_states=True, **forward).hidden_states[1:]
    states = {f"token_{n}": state for n, state in enumerate(hidden)} | {"final": norm(hidden[-1])}
    return maps(states, (image.shape[2], image.shape[3]), patch)


@torch.no_grad()
def make_clip(name: str, seed: int, whole: bool) -> None:
    """`whole`: vision and text model, as published by OpenAI and LAION; otherwise the vision model alone."""
    vision = CLIPVisionConfig(
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=2,
        image_size=32,
        patch_size=8,
        hidden_act="gelu" if whole else "quick_gelu",
    )
    text = {
        "vocab_size": 16,
        "max_position_embeddings": 8,
        "hidden_size": 8,
        "intermediate_size": 8,
        "num_hidden_layers": 1,
        "num_attention_heads": 1,
        "bos_token_id": 0,
        "eos_token_id": 1,
    }
    both = CLIPConfig(vision_config=vision.to_dict(), text_config=text, projection_dim=8)
    model = (CLIPModel(both) if whole else CLIPVisionModel(vision)).eval()
    randomise(model, seed)
    folder = fresh(name)
    model.half().save_pretrained(folder)
    model.float()
    tower = model.vision_model if whole else getattr(model, "vision_model", model)
    tensors = {}
    for size in (NATIVE, (40, 64)):
        image = random(1, 3, *size, seed=size[1])
        tensors[f"image_{size[0]}x{size[1]}"] = image
        tensors |= features(tower, image, tower.post_layernorm, 8, interpolate_pos_encoding=True)
    save_file(tensors, folder / "parity.safetensors")


def official_names(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Tensor names of facebookresearch/dinov2: the inverse of transformers' conversion script."""
    names = {
        "embeddings.cls_token": "cls_token",
        "embeddings.mask_token": "mask_token",
        "embeddings.position_embeddings": "pos_embed",
        "embeddings.patch_embeddings.projection": "patch_embed.proj",
        "encoder.layer.": "blocks.",
        "attention.output.dense": "attn.proj",
        "layer_scale1.lambda1": "ls1.gamma",
        "layer_scale2.lambda1": "ls2.gamma",
        "mlp.weights_in": "mlp.w12",
        "mlp.weights_out": "mlp.w3",
        "layernorm.": "norm.",
    }
    official = {}
    for name, tensor in state.items():
        for ours, theirs in names.items():
            name = name.replace(ours, theirs)
        official[name] = tensor
    for prefix in {name.split(".attention.")[0] for name in official if ".attention." in name}:
        for kind in ("weight", "bias"):
            parts = [official.pop(f"{prefix}.attention.attention.{part}.{kind}") for part in ("query", "key", "value")]
            official[f"{prefix}.attn.qkv.{kind}"] = torch.cat(parts)
    return official


@torch.no_grad()
def make_dinov2(name: str, seed: int, swiglu: bool) -> dict[str, torch.Tensor]:
    """Heads of 64 channels, as every official network has. Returns the weights by their official names."""
    config = Dinov2Config(
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=1,
        mlp_ratio=1,
        image_size=32,
        patch_size=8,
        use_swiglu_ffn=swiglu,
    )
    model = Dinov2Model(config).eval()
    randomise(model, seed)
    folder = fresh(name)
    model.half().save_pretrained(folder)
    model.float()
    image = random(1, 3, *NATIVE, seed=seed)
    tensors = {f"image_{NATIVE[0]}x{NATIVE[1]}": image} | features(model, image, model.layernorm, 8)
    save_file(tensors, folder / "parity.safetensors")
    return official_names(load_file(folder / "model.safetensors"))


def save_official(name: str, state: dict[str, torch.Tensor]) -> None:
    folder = OUT / name
    (folder / "official").mkdir()
    torch.save(state, folder / "official/pretrain.pth")
    torch.save(state, folder / "official/legacy.pth", _use_new_zipfile_serialization=False)
    # DINOv2's training groups blocks into chunks; DINO's saves the wrapper of torch's parallel training
    chunked = {f"backbone.{key.replace('blocks.', 'blocks.0.')}": value for key, value in state.items()}
    torch.save({"teacher": chunked | {"dino_head.mlp.0.weight": torch.ones(2, 2)}}, folder / "official/teacher_checkpoint.pth")
    full = {
        "student": {f"module.backbone.{key}": torch.ones(1) for key in state},
        "teacher": {f"backbone.{key}": value for key, value in state.items()} | {"head.last_layer.weight": torch.ones(2, 2)},
        "epoch": 100,
        "args": types.SimpleNamespace(arch="vit_small"),
    }
    torch.save(full, folder / "official/full_checkpoint.pth")


def make_transformers_folders(name: str) -> None:
    """The same weights as written by transformers before version 5, and sharded."""
    folder = OUT / name
    state = load_file(folder / "model.safetensors")
    (folder / "bin").mkdir()
    torch.save(state, folder / "bin/pytorch_model.bin")
    shutil.copy(folder / "config.json", folder / "bin/config.json")
    Dinov2Model.from_pretrained(folder).half().save_pretrained(folder / "sharded", max_shard_size="60KB")


make_unet()
make_clip("clip-vision", seed=5, whole=False)
make_clip("clip", seed=6, whole=True)
save_official("dinov2", make_dinov2("dinov2", seed=7, swiglu=False))
make_transformers_folders("dinov2")
swiglu = make_dinov2("dinov2-swiglu", seed=8, swiglu=True)
(OUT / "dinov2-swiglu/official").mkdir()
torch.save(swiglu, OUT / "dinov2-swiglu/official/pretrain.pth")

protocols = fresh("protocols")
for protocol in (2, 3, 4, 5):
    table = {"w": torch.arange(6.0).reshape(2, 3), "b": torch.arange(3.0), "name": "x" * 300, "bytes": bytes(300), "set": {1, 2}}
    torch.save(table, protocols / f"protocol-{protocol}.pt", pickle_protocol=protocol)
