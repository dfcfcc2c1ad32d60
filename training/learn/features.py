"""Features of whole pictures, prepared as the daemon prepares them for one look."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from learn.loss import sample_columns
from learn.model import UiUnet

#: A picture of 8 bits (height, width, 3) -> unit columns (C, height/4, width/4), rounded up.
Extractor = Callable[[np.ndarray], Tensor]

STRIDE_PX = 4


@dataclass(frozen=True)
class Look:
    """Features of a picture at one size."""

    columns: Tensor
    #: Pixels of the look a pixel of the picture.
    scale: float

    def at(self, points: np.ndarray) -> Tensor:
        """Columns (n,C) at points of the picture."""
        scaled = torch.as_tensor(points, dtype=torch.float32)[None] * self.scale
        return sample_columns(self.columns[None], scaled, STRIDE_PX)[0]

    def nearest(self, queries: Tensor) -> tuple[Tensor, np.ndarray]:
        """The highest similarity of each of (n,C) with any cell, and that cell's place in the picture (n,2)."""
        width = self.columns.shape[2]
        best, cell = (queries @ self.columns.flatten(1)).max(1)
        places = torch.stack([cell % width, cell // width], 1) + 0.5
        return best, (places * STRIDE_PX / self.scale).numpy()


def look(image: Image.Image, extract: Extractor, long_side: int) -> Look:
    scale = long_side / max(image.size)
    size = tuple(max(1, round(length * scale)) for length in image.size)
    return Look(extract(np.asarray(image.resize(size, Image.Resampling.BILINEAR))), scale)


def network_extractor(model: UiUnet) -> Extractor:
    """Features of the network; sizes that are no multiple of `size_multiple` get their edges repeated, and are cut back."""
    multiple = model.config.size_multiple

    @torch.no_grad()
    def extract(pixels: np.ndarray) -> Tensor:
        height, width = pixels.shape[:2]
        x = torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 127.5 - 1
        x = F.pad(x, (0, -width % multiple, 0, -height % multiple), mode="replicate")
        device = next(model.parameters()).device
        columns = model.features(x.to(device, memory_format=torch.channels_last))[0].cpu()
        return columns[:, : -(-height // STRIDE_PX), : -(-width // STRIDE_PX)].contiguous()

    return extract
