"""The element matcher, wired like `daemon/src/graph/networks/element-matcher.ts`."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

MATCHER_FILE = "elements.safetensors"
CONFIG_FILE = "elements.json"
MATCHER_FILES = (MATCHER_FILE, CONFIG_FILE)
#: Octaves of the positional sinusoids; the longest period is two long sides.
OCTAVES = 6
#: Lower limit of lengths, relative to the longer side.
SHORTEST = 1e-3
#: Score that masks padding.
HIDDEN = -1e4


@dataclass(frozen=True)
class ElementMatcherConfig:
    """`elements.json` beside the weights, with these keys in camelCase."""

    network: str = "element-matcher"
    column_channels: int = 480
    geometry_channels: int = 10 + 4 * OCTAVES
    width: int = 128
    heads: int = 4
    layers: int = 4
    norm_eps: float = 1e-5
    temperature: float = 0.05


def geometry(boxes: Tensor, size: tuple[int, int]) -> Tensor:
    """
    Position features (n, 10 + 4·octaves) of boxes (n,4) in an image of (width, height): centre and size relative to the longer
    side, centre relative to width and height, image shape, logarithm of the size, sines and cosines of the centre.
    """
    sides = boxes.new_tensor(size)
    side = sides.max()
    middle = boxes[:, :2] + boxes[:, 2:] / 2
    centre, extent = middle / side, boxes[:, 2:] / side
    angles = (centre[:, :, None] * 2.0 ** torch.arange(OCTAVES) * torch.pi).flatten(1)
    shape = (sides / side).expand(len(boxes), 2)
    return torch.cat([centre, extent, middle / sides, shape, extent.clamp(min=SHORTEST).log(), angles.sin(), angles.cos()], 1)


@dataclass
class Elements:
    """
    Elements of images, padded to the same number: `mask` (N,n) is true for real ones; unit `descriptors` (N,n,places·channels),
    `geometry` (N,n,numbers), and `dustbin` (N,n), the similarity to the dustbin.
    """

    descriptors: Tensor
    geometry: Tensor
    dustbin: Tensor
    mask: Tensor


@dataclass
class Assignment:
    """Logits of matching (N,n,m), and of the dustbin, (N,n) and (N,m)."""

    logits: Tensor
    dustbin: Tensor
    other_dustbin: Tensor


class ElementMatcher(nn.Module):
    """After SuperGlue (Sarlin et al., 2020) and LightGlue (Lindenberger et al., 2023)."""

    def __init__(self, config: ElementMatcherConfig = ElementMatcherConfig(), dropout: float = 0):
        super().__init__()
        self.config = config
        width = config.width
        self.appearance = nn.Linear(config.column_channels, width)
        self.geometry_1 = nn.Linear(config.geometry_channels, width)
        self.geometry_2 = nn.Linear(width, width)
        self.angles = nn.Linear(2, width // config.heads // 2, bias=False)
        nn.init.normal_(self.angles.weight, std=6.0)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.layers))
        self.dropout = nn.Dropout(dropout)

    def forward(self, source: Elements, target: Elements) -> list[Assignment]:
        """The assignment after each layer; the last one is the result."""
        similarity = source.descriptors @ target.descriptors.transpose(1, 2) / self.config.temperature
        dustbins = [elements.dustbin / self.config.temperature for elements in (source, target)]
        x, rotation_x = self._embed(source)
        y, rotation_y = self._embed(target)
        assignments = [Assignment(similarity, *dustbins)]
        for layer in self.layers:
            a = assignments[-1]
            x, y = (
                layer.expectation(x, target, a.logits, a.dustbin),
                layer.expectation(y, source, a.logits.transpose(1, 2), a.other_dustbin),
            )
            x, y = layer.self_attention(x, rotation_x, source.mask), layer.self_attention(y, rotation_y, target.mask)
            x, y = layer.cross_attention(x, y, target.mask), layer.cross_attention(y, x, source.mask)
            logits = layer.looks * similarity + layer.gain * (layer.project(x) @ layer.project(y).transpose(1, 2))
            dustbin, other_dustbin = (
                layer.looks_none * initial + layer.none(h)[..., 0] for initial, h in zip(dustbins, (x, y))
            )
            assignments.append(Assignment(logits, dustbin, other_dustbin))
        return assignments[1:]

    def _embed(self, elements: Elements) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        angles = self.angles(elements.geometry[..., :2])[:, None]
        state = self.dropout(self.appearance(elements.descriptors)) + self.geometry_2(F.gelu(self.geometry_1(elements.geometry)))
        return state, (angles.cos(), angles.sin())


class Layer(nn.Module):
    """Expectation, self-attention, cross-attention, and assignment. Names of modules are those of the shipped tensors."""

    def __init__(self, config: ElementMatcherConfig):
        super().__init__()
        width = config.width
        self.heads = config.heads
        self.expected = nn.Linear(config.geometry_channels + 1, width)
        self.within_qkv = nn.Linear(width, 3 * width)
        self.within_out = nn.Linear(width, width)
        self.across_qk = nn.Linear(width, width)
        self.across_v = nn.Linear(width, width)
        self.across_out = nn.Linear(width, width)
        for name in ("expect", "within", "across"):
            self.add_module(f"{name}_mix_1", nn.Linear(2 * width, 2 * width))
            self.add_module(f"{name}_norm", nn.LayerNorm(2 * width, eps=config.norm_eps))
            self.add_module(f"{name}_mix_2", nn.Linear(2 * width, width))
        self.project = nn.Linear(width, width)
        self.none = nn.Linear(width, 1)
        nn.init.zeros_(self.none.weight)
        nn.init.zeros_(self.none.bias)
        # the initial assignment is close to the descriptor similarity
        self.looks = nn.Parameter(torch.ones(1))
        self.looks_none = nn.Parameter(torch.ones(1))
        self.gain = nn.Parameter(torch.full((1,), width**-0.5))

    def expectation(self, x: Tensor, others: Elements, logits: Tensor, dustbin: Tensor) -> Tensor:
        """Adds the expected geometry of the match: that of all candidates, weighted by their probabilities."""
        masked = logits.masked_fill(~others.mask[:, None], HIDDEN)
        probabilities = torch.cat([masked, dustbin[..., None]], 2).softmax(2)[..., :-1]
        expected = torch.cat([probabilities @ others.geometry, probabilities.sum(2, keepdim=True)], 2)
        return self._ffn("expect", x, self.expected(expected))

    def self_attention(self, x: Tensor, rotation: tuple[Tensor, Tensor], mask: Tensor) -> Tensor:
        q, k, v = (self._split(part) for part in self.within_qkv(x).chunk(3, 2))
        return self._ffn("within", x, self.within_out(self._attend(_rotary(q, rotation), _rotary(k, rotation), v, mask)))

    def cross_attention(self, x: Tensor, y: Tensor, mask: Tensor) -> Tensor:
        q, k, v = self._split(self.across_qk(x)), self._split(self.across_qk(y)), self._split(self.across_v(y))
        return self._ffn("across", x, self.across_out(self._attend(q, k, v, mask)))

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(2, (self.heads, -1)).transpose(1, 2)

    def _attend(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
        return F.scaled_dot_product_attention(q, k, v, attn_mask=mask[:, None, None]).transpose(1, 2).flatten(2)

    def _ffn(self, name: str, x: Tensor, message: Tensor) -> Tensor:
        """x + second(GELU(norm(first([x, message]))))"""
        first, norm, second = (getattr(self, f"{name}_{part}") for part in ("mix_1", "norm", "mix_2"))
        return x + second(F.gelu(norm(first(torch.cat([x, message], 2)))))


def _rotary(x: Tensor, rotation: tuple[Tensor, Tensor]) -> Tensor:
    """Rotary positions (Su et al., RoFormer, 2021): rotates pairs of channels, one from each half."""
    (cos, sin), (first, second) = rotation, x.chunk(2, 3)
    return torch.cat([first * cos - second * sin, first * sin + second * cos], 3)


def load_matcher(folder: Path) -> ElementMatcher:
    """`elements.json` and `elements.safetensors`, in float32."""
    values = json.loads((folder / CONFIG_FILE).read_text())
    names = {_camel(name): name for name in ElementMatcherConfig.__dataclass_fields__}
    matcher = ElementMatcher(ElementMatcherConfig(**{names[key]: value for key, value in values.items()}))
    matcher.load_state_dict({name: t.float() for name, t in load_file(folder / MATCHER_FILE).items()})
    return matcher.eval()


def save_matcher(matcher: ElementMatcher, folder: Path) -> None:
    """Writes weights in fp16 and the config."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / MATCHER_FILE
    save_file({name: t.detach().half().contiguous() for name, t in matcher.state_dict().items()}, path, metadata={"format": "pt"})
    path.chmod(0o644)  # safetensors makes it readable by the owner only
    lines = [f"  {json.dumps(_camel(key))}: {json.dumps(value).replace('e-0', 'e-')}" for key, value in asdict(matcher.config).items()]
    (folder / CONFIG_FILE).write_text("{\n" + ",\n".join(lines) + "\n}\n")


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
