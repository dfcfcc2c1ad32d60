"""
Scores baselines without training on a set: raw patches, dense HOG, dense SIFT and the untrained network. Optionally also models.

    python baselines.py sets/validation --limit 60 --model embedded=../daemon/models/ui
"""

import learn  # noqa: F401, I001 (before torch)

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from learn.features import STRIDE_PX, Extractor, network_extractor
from learn.metrics import read_point_pairs, score
from learn.model import UiUnet, UiUnetConfig
from learn.sets import even_subsample
from learn.weights import load_model

LONG_SIDE_PX = 512
PATCH_PX = 13
HOG_WINDOW_PX, HOG_BLOCK_PX, HOG_CELL_PX, HOG_BINS = 32, 16, 8, 9
#: Diameter of a SIFT keypoint; its 4 × 4 cells reach 3 times as far.
SIFT_SIZE_PX = 8
UNTRAINED_SEED = 0


def patches(pixels: np.ndarray) -> Tensor:
    """Colours of the 13×13 pixels around each cell, minus their mean."""
    around = _framed(pixels, PATCH_PX // 2, PATCH_PX // 2)
    x = torch.from_numpy(around).permute(2, 0, 1)[None].float() / 255
    # cell centres lie between two pixels, so windows start one pixel earlier
    columns = F.unfold(x[:, :, 2:, 2:], PATCH_PX, stride=STRIDE_PX)[0]
    return _units((columns - columns.mean(0)).numpy().T, pixels)


def hog(pixels: np.ndarray) -> Tensor:
    """Histograms of oriented gradients (Dalal & Triggs, 2005) around each cell."""
    before = HOG_WINDOW_PX // 2 - STRIDE_PX // 2
    framed = _framed(pixels, before, before)
    side, block, cell = ((length, length) for length in (HOG_WINDOW_PX, HOG_BLOCK_PX, HOG_CELL_PX))
    descriptor = cv2.HOGDescriptor(side, block, cell, cell, HOG_BINS)
    rows, columns = _cells(pixels)
    # the descriptor places windows by their top left corners, row by row
    framed = framed[: HOG_WINDOW_PX + STRIDE_PX * (rows - 1), : HOG_WINDOW_PX + STRIDE_PX * (columns - 1)]
    values = descriptor.compute(np.ascontiguousarray(framed), winStride=(STRIDE_PX, STRIDE_PX), padding=(0, 0))
    return _units(values.reshape(rows * columns, -1), pixels)


def sift(pixels: np.ndarray) -> Tensor:
    """Upright SIFT (Lowe, 2004) of one size at each cell."""
    rows, columns = _cells(pixels)
    middle = STRIDE_PX / 2
    keypoints = [
        cv2.KeyPoint(x * STRIDE_PX + middle, y * STRIDE_PX + middle, SIFT_SIZE_PX, 0.0)
        for y in range(rows)
        for x in range(columns)
    ]
    grey = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY)
    kept, values = cv2.SIFT_create().compute(grey, keypoints)
    if len(kept) != len(keypoints):
        raise RuntimeError("SIFT dropped keypoints")
    return _units(values, pixels)


def untrained() -> Extractor:
    torch.manual_seed(UNTRAINED_SEED)
    return network_extractor(UiUnet(UiUnetConfig()).eval())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", type=Path)
    parser.add_argument("--limit", type=int, help="number of pairs, evenly spread (default: all)")
    parser.add_argument("--model", action="append", default=[], metavar="NAME=FOLDER", help="a model to compare")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    pairs = even_subsample(read_point_pairs(options.set), options.limit)
    for name, open_extractor, threshold in [*_baselines(), *map(_model, options.model)]:
        with torch.no_grad():
            print(json.dumps({"features": name, **score(pairs, open_extractor(), LONG_SIDE_PX, threshold).summary()}), flush=True)


def _baselines() -> list[tuple[str, Callable[[], Extractor], None]]:
    fixed = {"raw patches": patches, "HOG": hog, "SIFT": sift}
    return [*((name, lambda extract=extract: extract, None) for name, extract in fixed.items()), ("untrained", untrained, None)]


def _model(text: str):
    name, folder = text.split("=", 1)
    model, has_dustbin = load_model(Path(folder))
    return name, lambda: network_extractor(model), model.no_counterpart if has_dustbin else None


def _cells(pixels: np.ndarray) -> tuple[int, int]:
    height, width = pixels.shape[:2]
    return -(-height // STRIDE_PX), -(-width // STRIDE_PX)


def _framed(pixels: np.ndarray, before: int, after: int) -> np.ndarray:
    """Pads by repeating edges, up to whole cells."""
    height, width = pixels.shape[:2]
    rows, columns = _cells(pixels)
    right, below = columns * STRIDE_PX - width + after, rows * STRIDE_PX - height + after
    return np.pad(pixels, ((before, below), (before, right), (0, 0)), mode="edge")


def _units(values: np.ndarray, pixels: np.ndarray) -> Tensor:
    """(cells, C) -> unit descriptors (C, rows, columns)"""
    rows, columns = _cells(pixels)
    return F.normalize(torch.from_numpy(values.astype(np.float32)), dim=1).T.reshape(-1, rows, columns)


if __name__ == "__main__":
    main()
