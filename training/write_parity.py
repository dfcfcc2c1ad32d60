"""
Writes a model's reference for the product's test: three random pictures and their features, from the weights as they ship.

    python write_parity.py ../daemon/models/ui ../daemon/test/fixtures/ui/parity.safetensors
"""

import learn  # noqa: F401, I001 (before torch)

import argparse
from pathlib import Path

import torch
from safetensors.torch import save_file

from learn.weights import load_model

#: Height × width.
SIZES = ((96, 160), (160, 96), (128, 128))
SEED = 0
NOTE = "features = unit-length columns of the head, computed with the fp16-rounded weights in float32"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("file", type=Path)
    options = parser.parse_args()
    model, _ = load_model(options.model)
    generator = torch.Generator().manual_seed(SEED)
    tensors = {}
    for height, width in SIZES:
        # blocks as large as a cell, so that there are edges and plains
        blocks = torch.rand(1, 3, height // 8, width // 8, generator=generator) * 2 - 1
        x = torch.nn.functional.interpolate(blocks, scale_factor=8.0, mode="nearest")
        with torch.no_grad():
            tensors[f"input_{height}x{width}"] = x.contiguous()
            tensors[f"features_{height}x{width}"] = model.features(x).contiguous()
    save_file(tensors, options.file, metadata={"note": NOTE})


if __name__ == "__main__":
    main()
