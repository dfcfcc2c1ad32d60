"""
Samples images from noise, to inspect the denoising head.

    python sample_sheet.py runs/denoise/model samples.png
"""

import learn  # noqa: F401, I001 (before torch)

import argparse
from pathlib import Path

import torch
from PIL import Image

from learn.diffusion import sample
from learn.sheets import tiled
from learn.weights import load_model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("file", type=Path)
    parser.add_argument("--count", type=int, default=16)
    parser.add_argument("--side", type=int, default=160, help="in pixels, a multiple of the network's `sizeMultiple` (32)")
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    model, _ = load_model(options.model)
    images = sample(model, options.count, options.side, options.steps, options.seed)
    pixels = ((images + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()
    tiled([Image.fromarray(image) for image in pixels], across=4).save(options.file)


if __name__ == "__main__":
    main()
