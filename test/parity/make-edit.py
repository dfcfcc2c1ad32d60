"""Writes the result of the published edit propagation on small feature maps.

    python test/parity/make-edit.py

Output: daemon/test/fixtures/edit.safetensors: feature maps of two images as a network gives them, pixels of an edit, the
pixels of the target that they go to, the homography, and the edit as it is warped. The steps and their settings are those
of edit_propagation.ipynb of Tang et al., 2023.
"""

from pathlib import Path

import cv2
import numpy as np
import torch
from safetensors.torch import save_file
from torch.nn import functional as F

OUTPUT = Path(__file__).parents[2] / "daemon/test/fixtures/edit.safetensors"
CHANNELS = 12
SOURCE = {"cells": (9, 12), "pixels": (45, 60)}
TARGET = {"cells": (10, 9), "pixels": (52, 44)}
POINTS = 300
THRESHOLD = 5.0


def waves(cells: tuple[int, int], shift: float) -> torch.Tensor:
    """Smooth features with a unique descriptor per position: (1, channels, rows, columns)."""
    rows, columns = cells
    y = torch.linspace(0, 1, rows)[:, None]
    x = torch.linspace(0, 1, columns)[None] + shift
    channel = torch.arange(1, CHANNELS + 1)[:, None, None]
    length = 1 + torch.rand(1, rows, columns)
    return (torch.cos(channel * x * 1.3 + channel * y * 0.9 + channel) * length)[None] + torch.randn(1, CHANNELS, rows, columns) * 0.03


def pixels(size: tuple[int, int]) -> torch.Tensor:
    rows, columns = torch.meshgrid(torch.arange(size[0]), torch.arange(size[1]), indexing="ij")
    return torch.stack((columns, rows), -1)


def normed(points: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
    return points / torch.tensor([size[1] - 1.0, size[0] - 1.0]) * 2 - 1


def main() -> None:
    torch.manual_seed(7)
    source, target = waves(SOURCE["cells"], 0.0), waves(TARGET["cells"], 0.15)
    unit = [F.normalize(features, p=2, dim=1) for features in (source, target)]
    points = pixels(SOURCE["pixels"]).reshape(-1, 2)
    points = points[torch.randperm(len(points))][:POINTS]
    grid = pixels(TARGET["pixels"])
    queries = F.grid_sample(unit[0], normed(points, SOURCE["pixels"])[None, None], align_corners=True).squeeze().T
    everywhere = F.grid_sample(unit[1], normed(grid, TARGET["pixels"])[None], align_corners=True)
    distances = torch.cdist(queries, everywhere[0].permute(1, 2, 0).reshape(-1, CHANNELS))
    found = grid.reshape(-1, 2)[distances.min(dim=1).indices]
    homography, _ = cv2.findHomography(points.numpy(), found.numpy(), cv2.RANSAC, THRESHOLD)
    height, width = SOURCE["pixels"]
    sticker = np.random.default_rng(7).integers(0, 256, (height, width, 4), dtype=np.uint8)
    warped = cv2.warpPerspective(sticker, homography, TARGET["pixels"][::-1])
    tensors = {
        **{"source": source, "target": target, "points": points.float(), "found": found.float()},
        **{"homography": torch.from_numpy(homography).float()},
        **{"sticker": torch.from_numpy(sticker).float(), "warped": torch.from_numpy(warped).float()},
    }
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, OUTPUT)


if __name__ == "__main__":
    main()
