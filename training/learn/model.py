"""The embedded network, wired like `daemon/src/graph/networks/ui-unet.ts`. Module names are those of the shipped tensors."""

import json
import math
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class UiUnetConfig:
    """`config.json` beside the weights, with these keys in camelCase."""

    network: str = "ui-unet"
    in_channels: int = 3
    patch_size: int = 4
    level_channels: tuple[int, ...] = (24, 64, 96, 160)
    resnets_per_level: int = 2
    attention_levels: tuple[int, ...] = (2, 3)
    attention_head_channels: int = 32
    group_norm_groups: int = 8
    group_norm_eps: float = 1e-5
    time_embedding_channels: int = 160
    timestep: float = 0
    noise: str = "none"
    head_channels: int = 96
    feature_stride: int = 4
    input_range: tuple[int, ...] = (-1, 1)
    size_multiple: int = 32
    padding: str = "edge"
    default_long_side: int = 512


def read_config(path: Path) -> UiUnetConfig:
    given = {_snake(key): value for key, value in json.loads(path.read_text()).items()}
    known = {field.name for field in fields(UiUnetConfig)}
    if unknown := set(given) - known:
        raise ValueError(f"{path} has unknown keys: {sorted(unknown)}")
    return UiUnetConfig(**{key: tuple(v) if isinstance(v, list) else v for key, v in given.items()})


def write_config(config: UiUnetConfig, path: Path) -> None:
    # exponents as Biome formats them
    values = {key: json.dumps(value).replace("e-0", "e-") for key, value in asdict(config).items()}
    lines = [f"  {json.dumps(_camel(key))}: {value}" for key, value in values.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")


class UiUnet(nn.Module):
    """A small U-Net, wired like those of diffusion models, with a feature head and a denoising head."""

    def __init__(self, config: UiUnetConfig):
        super().__init__()
        self.config = config
        levels = config.level_channels
        patch = config.in_channels * config.patch_size**2
        self.conv_in = nn.Conv2d(patch, levels[0], 3, padding=1)
        self.time_embedding = TimeEmbedding(config.time_embedding_channels)
        self.down = nn.ModuleList()
        skips = [levels[0]]
        channels = levels[0]
        for level, width in enumerate(levels):
            inputs = [channels] + [width] * (config.resnets_per_level - 1)
            last = level == len(levels) - 1
            self.down.append(Level(config, level, inputs, downsample=not last))
            skips += [width] * (config.resnets_per_level + (not last))
            channels = width
        self.mid = Middle(config, channels)
        self.up = nn.ModuleList()
        for level in reversed(range(len(levels))):
            inputs = []
            for _ in range(config.resnets_per_level + 1):
                inputs.append(channels + skips.pop())
                channels = levels[level]
            self.up.append(Level(config, level, inputs, upsample=level > 0))
        self.head = nn.Conv2d(sum(levels), config.head_channels, 1)
        self.conv_norm_out = _norm(config, channels)
        self.conv_out = nn.Conv2d(channels, patch, 3, padding=1)
        nn.init.zeros_(self.conv_out.weight)
        nn.init.zeros_(self.conv_out.bias)
        self.no_counterpart = Dustbin(config.head_channels)

    def forward(self, x: Tensor, t: Tensor) -> list[Tensor]:
        """(N,3,H,W) in [-1,1] at timesteps (N,) -> the decoder's maps before their upsamplers, lowest resolution first."""
        e = self.time_embedding(t)
        h = self.conv_in(F.pixel_unshuffle(x, self.config.patch_size))
        skips = [h]
        for level in self.down:
            for block in level.blocks():
                h = block(h, e)
                skips.append(h)
            if level.downsample is not None:
                h = level.downsample(h)
                skips.append(h)
        h = self.mid(h, e)
        maps = []
        for level in self.up:
            for block in level.blocks():
                h = block(torch.cat([h, skips.pop()], 1), e)
            maps.append(h)
            if level.upsample is not None:
                h = level.upsample(F.interpolate(h, scale_factor=2.0, mode="nearest"))
        return maps

    def descriptors(self, maps: list[Tensor]) -> Tensor:
        """Descriptors (N,headChannels,H/4,W/4). The head is linear, so it is applied to each map at its own resolution."""
        parts = self.head.weight.split([m.shape[1] for m in maps], 1)
        size = maps[-1].shape[2:]
        total = F.conv2d(maps[-1], parts[-1], self.head.bias)
        for part, h in zip(parts[:-1], maps[:-1]):
            total = total + F.interpolate(F.conv2d(h, part), size=size, mode="bilinear", align_corners=False)
        return F.normalize(total.float(), dim=1)

    def denoised(self, maps: list[Tensor]) -> Tensor:
        """Prediction of the denoising head, as pixels (N,3,H,W)."""
        out = self.conv_out(F.silu(self.conv_norm_out(maps[-1])))
        return F.pixel_shuffle(out.float(), self.config.patch_size)

    def features(self, x: Tensor) -> Tensor:
        """Descriptors of clean images, as the daemon computes them."""
        return self.descriptors(self(x, x.new_full((len(x),), self.config.timestep)))


class Level(nn.Module):
    """Residual blocks of one resolution, each followed by attention on some levels."""

    def __init__(self, config: UiUnetConfig, level: int, inputs: list[int], downsample=False, upsample=False):
        super().__init__()
        width = config.level_channels[level]
        self._count = len(inputs)
        for n, channels in enumerate(inputs, 1):
            self.add_module(f"resnet_{n}", Resnet(config, channels, width))
            if level in config.attention_levels:
                self.add_module(f"attention_{n}", Attention(config, width))
        self.downsample = nn.Conv2d(width, width, 3, stride=2, padding=1) if downsample else None
        self.upsample = nn.Conv2d(width, width, 3, padding=1) if upsample else None

    def blocks(self):
        for n in range(1, self._count + 1):
            yield lambda h, e, n=n: self._block(n, h, e)

    def _block(self, n: int, h: Tensor, e: Tensor) -> Tensor:
        h = getattr(self, f"resnet_{n}")(h, e)
        attention = getattr(self, f"attention_{n}", None)
        return h if attention is None else attention(h)


class Middle(nn.Module):
    def __init__(self, config: UiUnetConfig, channels: int):
        super().__init__()
        self.resnet_1 = Resnet(config, channels, channels)
        self.attention = Attention(config, channels)
        self.resnet_2 = Resnet(config, channels, channels)

    def forward(self, h: Tensor, e: Tensor) -> Tensor:
        return self.resnet_2(self.attention(self.resnet_1(h, e)), e)


class Resnet(nn.Module):
    def __init__(self, config: UiUnetConfig, inputs: int, outputs: int):
        super().__init__()
        self.norm_1 = _norm(config, inputs)
        self.conv_1 = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.time = nn.Linear(config.time_embedding_channels, outputs)
        self.norm_2 = _norm(config, outputs)
        self.conv_2 = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.skip = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else None

    def forward(self, x: Tensor, e: Tensor) -> Tensor:
        h = self.conv_1(F.silu(self.norm_1(x)))
        h = h + self.time(F.silu(e))[:, :, None, None].to(h.dtype)
        h = self.conv_2(F.silu(self.norm_2(h)))
        return h + (x if self.skip is None else self.skip(x))


class Attention(nn.Module):
    def __init__(self, config: UiUnetConfig, channels: int):
        super().__init__()
        self.heads = channels // config.attention_head_channels
        self.norm = _norm(config, channels)
        self.qkv = nn.Conv2d(channels, 3 * channels, 1)
        self.out = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        n, c, h, w = x.shape
        qkv = self.qkv(self.norm(x)).reshape(n, 3, self.heads, c // self.heads, h * w).transpose(3, 4)
        attended = F.scaled_dot_product_attention(qkv[:, 0], qkv[:, 1], qkv[:, 2])
        return x + self.out(attended.transpose(2, 3).reshape(n, c, h, w))


class TimeEmbedding(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.half = channels // 4
        self.linear_1 = nn.Linear(2 * self.half, channels)
        self.linear_2 = nn.Linear(channels, channels)

    def forward(self, t: Tensor) -> Tensor:
        frequencies = torch.exp(-math.log(10000) / self.half * torch.arange(self.half, device=t.device))
        angles = t[:, None].float() * frequencies
        return self.linear_2(F.silu(self.linear_1(torch.cat([angles.cos(), angles.sin()], 1))))


class Dustbin(nn.Module):
    """
    Learned dustbin, as in SuperGlue (Sarlin et al., 2020): a logit for "no counterpart" that depends on the descriptor. It is an
    additional cell in the softmax over the other image.
    """

    START_SIMILARITY = 0.5

    def __init__(self, channels: int):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(channels))
        self.bias = nn.Parameter(torch.full((1,), self.START_SIMILARITY))

    def forward(self, descriptors: Tensor) -> Tensor:
        """(..., channels) -> (...)"""
        return (descriptors.to(self.weight.device) @ self.weight + self.bias).to(descriptors.device)


def _norm(config: UiUnetConfig, channels: int) -> nn.GroupNorm:
    return nn.GroupNorm(config.group_norm_groups, channels, eps=config.group_norm_eps)


def _snake(name: str) -> str:
    return "".join("_" + c.lower() if c.isupper() else c for c in name)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
