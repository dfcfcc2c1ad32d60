"""Writes small guided-diffusion U-Nets with their DIFT features.

    python test/parity/make-adm.py [FOLDER]

Output: daemon/test/fixtures/adm/{official,plain}/{model.pt,config.json,parity.safetensors}.
official has the layers of 256x256_diffusion_uncond.pt: scale-shift norm, blocks that change the resolution, attention at
three resolutions, heads of a fixed width. plain has the other choice wherever guided-diffusion offers one.

The network is written out below after openai/guided-diffusion, unet.py (MIT). FOLDER holds the same three files made by
that code itself: with it, the script first checks that the network below gives the same features.
"""

import json
import math
import sys
from collections import OrderedDict
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

OUT = Path(__file__).parents[2] / "daemon/test/fixtures/adm"
ENSEMBLE = 2
CASES = [(8, 8, 101), (8, 16, 41)]
OFFICIAL = {
    "in_channels": 3,
    "model_channels": 32,
    "num_res_blocks": 1,
    "attention_resolutions": [1, 2, 4],
    "channel_mult": [1, 1, 1],
    "num_classes": None,
    "num_heads": 4,
    "num_head_channels": 16,
    "num_heads_upsample": -1,
    "use_scale_shift_norm": True,
    "resblock_updown": True,
    "use_new_attention_order": False,
}
PLAIN = OFFICIAL | {
    "attention_resolutions": [2],
    "channel_mult": [1, 2],
    "num_head_channels": -1,
    "num_heads_upsample": 2,
    "use_scale_shift_norm": False,
    "resblock_updown": False,
    "use_new_attention_order": True,
}


class Adm:
    """The network with a table of tensors. Missing tensors are drawn at random, as float16."""

    def __init__(self, config: dict, tensors: OrderedDict):
        self.config = config
        self.tensors = tensors

    def tensor(self, name: str, *shape: int, around: float = 0) -> torch.Tensor:
        if name not in self.tensors:
            scale = 0.2 if len(shape) == 1 else 0.8 / math.prod(shape[1:]) ** 0.5
            self.tensors[name] = (torch.randn(shape) * scale + around).half()
        return self.tensors[name].float()

    def conv(self, x: torch.Tensor, name: str, channels: int, kernel: int, stride: int = 1) -> torch.Tensor:
        weight = self.tensor(f"{name}.weight", channels, x.shape[1], *[kernel] * (x.ndim - 2))
        convolve = F.conv1d if x.ndim == 3 else F.conv2d
        return convolve(x, weight, self.tensor(f"{name}.bias", channels), stride, kernel // 2)

    def linear(self, x: torch.Tensor, name: str, channels: int) -> torch.Tensor:
        return F.linear(x, self.tensor(f"{name}.weight", channels, x.shape[1]), self.tensor(f"{name}.bias", channels))

    def norm(self, x: torch.Tensor, name: str) -> torch.Tensor:
        c = x.shape[1]
        return F.group_norm(x, 32, self.tensor(f"{name}.weight", c, around=1), self.tensor(f"{name}.bias", c), 1e-5)

    def resnet(self, x: torch.Tensor, e: torch.Tensor, name: str, channels: int, resample=lambda h: h) -> torch.Tensor:
        h = resample(F.silu(self.norm(x, f"{name}.in_layers.0")))
        h = self.conv(h, f"{name}.in_layers.2", channels, 3)
        x = resample(x)
        if self.config["use_scale_shift_norm"]:
            scale, shift = self.linear(F.silu(e), f"{name}.emb_layers.1", 2 * channels)[..., None, None].chunk(2, 1)
            h = self.norm(h, f"{name}.out_layers.0") * (1 + scale) + shift
        else:
            h = self.norm(h + self.linear(F.silu(e), f"{name}.emb_layers.1", channels)[..., None, None], f"{name}.out_layers.0")
        h = self.conv(F.silu(h), f"{name}.out_layers.3", channels, 3)
        return h + (x if x.shape[1] == channels else self.conv(x, f"{name}.skip_connection", channels, 1))

    def attention(self, x: torch.Tensor, name: str, heads: int) -> torch.Tensor:
        n, c, h, w = x.shape
        if self.config["num_head_channels"] != -1:
            heads = c // self.config["num_head_channels"]
        cells = x.reshape(n, c, h * w)
        qkv = self.conv(self.norm(cells, f"{name}.norm"), f"{name}.qkv", 3 * c, 1)
        if self.config["use_new_attention_order"]:
            q, k, v = (part.reshape(n * heads, c // heads, -1) for part in qkv.chunk(3, 1))
        else:
            q, k, v = qkv.reshape(n * heads, 3 * c // heads, -1).chunk(3, 1)
        weights = torch.softmax(q.transpose(1, 2) @ k / (c // heads) ** 0.5, -1)
        attended = (v @ weights.transpose(1, 2)).reshape(n, c, h * w)
        return (cells + self.conv(attended, f"{name}.proj_out", c, 1)).reshape(x.shape)

    def resample(self, x: torch.Tensor, e: torch.Tensor, name: str, up: bool) -> torch.Tensor:
        change = (lambda h: F.interpolate(h, scale_factor=2)) if up else (lambda h: F.avg_pool2d(h, 2))
        if self.config["resblock_updown"]:
            return self.resnet(x, e, name, x.shape[1], change)
        if up:
            return self.conv(change(x), f"{name}.conv", x.shape[1], 3)
        return self.conv(x, f"{name}.op", x.shape[1], 3, stride=2)

    def time(self, t: float) -> torch.Tensor:
        c = self.config["model_channels"]
        angles = t * torch.exp(-math.log(10000) * torch.arange(c // 2) / (c // 2))
        h = self.linear(torch.cat([angles.cos(), angles.sin()])[None], "time_embed.0", 4 * c)
        return self.linear(F.silu(h), "time_embed.2", 4 * c)

    def features(self, x: torch.Tensor, t: float) -> list[torch.Tensor]:
        """The result of every output block."""
        config = self.config
        channels = [mult * config["model_channels"] for mult in config["channel_mult"]]
        attends = [2**level in config["attention_resolutions"] for level in range(len(channels))]
        up_heads = config["num_heads"] if config["num_heads_upsample"] == -1 else config["num_heads_upsample"]
        e = self.time(t)
        h = self.conv(x, "input_blocks.0.0", channels[0], 3)
        skips = [h]
        for level, width in enumerate(channels):
            for _ in range(config["num_res_blocks"]):
                name = f"input_blocks.{len(skips)}"
                h = self.resnet(h, e, f"{name}.0", width)
                if attends[level]:
                    h = self.attention(h, f"{name}.1", config["num_heads"])
                skips.append(h)
            if level < len(channels) - 1:
                h = self.resample(h, e, f"input_blocks.{len(skips)}.0", up=False)
                skips.append(h)
        h = self.resnet(h, e, "middle_block.0", channels[-1])
        h = self.attention(h, "middle_block.1", config["num_heads"])
        h = self.resnet(h, e, "middle_block.2", channels[-1])
        results = []
        for level in reversed(range(len(channels))):
            for block in range(config["num_res_blocks"] + 1):
                name = f"output_blocks.{len(results)}"
                h = self.resnet(torch.cat([h, skips.pop()], 1), e, f"{name}.0", channels[level])
                if attends[level]:
                    h = self.attention(h, f"{name}.1", up_heads)
                if level > 0 and block == config["num_res_blocks"]:
                    h = self.resample(h, e, f"{name}.{2 if attends[level] else 1}", up=True)
                results.append(h)
        return results


def dift(network: Adm, image: torch.Tensor, noise: torch.Tensor, t: int) -> list[torch.Tensor]:
    """The features of the noisy image, averaged over the ensemble of noises."""
    alphas_bar = torch.cumprod(1 - torch.linspace(1e-4, 0.02, 1000, dtype=torch.float64), 0)
    signal, disturbance = float(alphas_bar[t].sqrt()), float((1 - alphas_bar[t]).sqrt())
    members = network.features(signal * image + disturbance * noise, t)
    return [member.mean(0, keepdim=True).contiguous() for member in members]


def check_against_original(folder: Path) -> None:
    network = Adm(json.loads((folder / "config.json").read_text()), torch.load(folder / "model.pt"))
    vectors = load_file(folder / "parity.safetensors")
    for name in vectors:
        if name.startswith("features"):
            _, size, t, k = name.split("_")
            ours = dift(network, vectors[f"image_{size}"], vectors[f"noise_{size}_{t}"], int(t[1:]))[int(k[1:])]
            error = ((ours - vectors[name]).norm() / vectors[name].norm()).item()
            print(f"{name}: relative error {error:.1e}")
            assert error < 1e-5


def make(name: str, config: dict, seed: int) -> None:
    torch.manual_seed(seed)
    network = Adm(config, OrderedDict())
    vectors = {}
    for height, width, t in CASES:
        image, noise = torch.rand(1, 3, height, width) * 2 - 1, torch.randn(ENSEMBLE, 3, height, width)
        vectors |= {f"image_{height}x{width}": image, f"noise_{height}x{width}_t{t}": noise}
        for k, features in enumerate(dift(network, image, noise, t)):
            vectors[f"features_{height}x{width}_t{t}_k{k}"] = features
    (OUT / name).mkdir(parents=True, exist_ok=True)
    torch.save(network.tensors, OUT / name / "model.pt")
    save_file(vectors, OUT / name / "parity.safetensors")
    (OUT / name / "config.json").write_text(json.dumps(config, indent=2) + "\n")


if __name__ == "__main__":
    with torch.no_grad():
        if len(sys.argv) > 1:
            check_against_original(Path(sys.argv[1]))
        make("official", OFFICIAL, seed=5)
        make("plain", PLAIN, seed=6)
