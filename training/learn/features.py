"""Features of whole images, preprocessed like a pyramid level in the daemon."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from learn.loss import sample_descriptors
from learn.model import UiUnet

#: 8-bit image (height, width, 3) -> descriptors (C, height/4, width/4), rounded up.
Extractor = Callable[[np.ndarray], Tensor]

STRIDE_PX = 4


@dataclass(frozen=True)
class ImageFeatures:
    """Descriptors of an image at one size."""

    descriptors: Tensor
    #: Scale from the original image to the resized one.
    scale: float

    def at(self, points: np.ndarray) -> Tensor:
        """Descriptors (n,C) at points of the image."""
        scaled = torch.as_tensor(points, dtype=torch.float32)[None] * self.scale
        return sample_descriptors(self.descriptors[None], scaled, STRIDE_PX)[0]

    def nearest(self, queries: Tensor) -> tuple[Tensor, np.ndarray]:
        """Highest similarity of each query (n,C) over all cells, and the position of that cell in the image (n,2)."""
        width = self.descriptors.shape[2]
        best, cell = (queries @ self.descriptors.flatten(1)).max(1)
        places = torch.stack([cell % width, cell // width], 1) + 0.5
        return best, (places * STRIDE_PX / self.scale).numpy()


def extract_features(image: Image.Image, extract: Extractor, long_side: int) -> ImageFeatures:
    scale = long_side / max(image.size)
    size = tuple(max(1, round(length * scale)) for length in image.size)
    return ImageFeatures(extract(np.asarray(image.resize(size, Image.Resampling.BILINEAR))), scale)


def network_extractor(model: UiUnet) -> Extractor:
    """Descriptors of the network. Images are padded to a multiple of `size_multiple` by repeating edges; the padding is cut off."""
    multiple = model.config.size_multiple

    @torch.no_grad()
    def extract(pixels: np.ndarray) -> Tensor:
        height, width = pixels.shape[:2]
        x = torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 127.5 - 1
        x = F.pad(x, (0, -width % multiple, 0, -height % multiple), mode="replicate")
        device = next(model.parameters()).device
        descriptors = model.features(x.to(device, memory_format=torch.channels_last))[0].cpu()
        return descriptors[:, : -(-height // STRIDE_PX), : -(-width // STRIDE_PX)].contiguous()

    return extract
