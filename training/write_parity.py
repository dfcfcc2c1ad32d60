"""
Writes reference outputs of a model for the daemon's tests, from the shipped weights: features of three random images, and the
assignment of random elements in two images.

    python write_parity.py ../daemon/models/ui ../daemon/test/fixtures/ui/parity.safetensors
"""

import learn  # noqa: F401, I001 (before torch)

import argparse
from pathlib import Path

import torch
from safetensors.torch import save_file

from learn.element_matcher import MATCHER_FILE, Elements, geometry, load_matcher
from learn.weights import load_model

#: Height × width.
SIZES = ((96, 160), (160, 96), (128, 128))
SEED = 0
#: Number of elements in each image, and its width × height.
ELEMENTS = ((70, (390, 844)), (13, (1440, 900)))
NOTE = "features = unit-length descriptors of the head, computed with the fp16-rounded weights in float32"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("file", type=Path)
    options = parser.parse_args()
    model, _ = load_model(options.model)
    generator = torch.Generator().manual_seed(SEED)
    tensors = {}
    for height, width in SIZES:
        # blocks of 8 pixels give edges and flat areas
        blocks = torch.rand(1, 3, height // 8, width // 8, generator=generator) * 2 - 1
        x = torch.nn.functional.interpolate(blocks, scale_factor=8.0, mode="nearest")
        with torch.no_grad():
            tensors[f"input_{height}x{width}"] = x.contiguous()
            tensors[f"features_{height}x{width}"] = model.features(x).contiguous()
    save_file({**tensors, **_matched(options.model, generator)}, options.file, metadata={"note": NOTE})


def _matched(model: Path, generator: torch.Generator) -> dict[str, torch.Tensor]:
    """Reference of the element matcher; empty if the model has none."""
    if not (model / MATCHER_FILE).exists():
        return {}
    matcher, tensors, sides = load_matcher(model), {}, []
    for prefix, (count, size) in zip(("elements_", "other_elements_"), ELEMENTS):
        descriptors = torch.nn.functional.normalize(torch.randn(count, matcher.config.column_channels, generator=generator), dim=1)
        boxes = (torch.rand(count, 4, generator=generator) * 0.5 * torch.tensor([*size, *size])).round()
        dustbin = torch.rand(count, generator=generator)
        at = geometry(boxes, size)
        sides.append(Elements(descriptors[None], at[None], dustbin[None], torch.ones(1, count, dtype=torch.bool)))
        tensors |= {f"{prefix}columns": descriptors, f"{prefix}boxes": boxes, f"{prefix}none": dustbin}
        tensors |= {f"{prefix}geometry": at, f"{prefix}size": torch.tensor(size, dtype=torch.float32)}
    with torch.no_grad():
        found = matcher(*sides)[-1]
    return {**tensors, "logits": found.logits[0], "matched_none": found.dustbin[0], "other_matched_none": found.other_dustbin[0]}


if __name__ == "__main__":
    main()
