"""Measures how many cells match the same cell of an unrelated image, for shared and independent noise.

    python test/parity/make-same-cell.py

Output: daemon/test/fixtures/sd/dift/same-cell.json. The networks are those of make-sd.py, the features those of make-dift.py.
An image is a grid of random colours in squares of `squarePx`. A share is a mean over `DRAWS` draws of all noise.
"""

import importlib
import json

import torch
from diffusers import DDIMScheduler, UNet2DConditionModel
from safetensors.torch import load_file

dift = importlib.import_module("make-dift")

IMAGES, SQUARES, SQUARE_PX = 6, 8, 32
MEMBERS, T, UP_FT_INDEX = 2, 261, 1
DRAWS = 10


def descriptors(unet: torch.nn.Module, latent: torch.Tensor, text: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
    """Descriptors (channels, cells) of the mean over the ensemble."""
    schedule = DDIMScheduler(**dift.SCHEDULE)
    noisy = [schedule.add_noise(latent, epsilon[None], torch.tensor([T])) for epsilon in noise]
    mean = torch.stack([dift.features_after(unet, xt, text, T)[UP_FT_INDEX][0] for xt in noisy]).mean(0)
    return torch.nn.functional.normalize(mean.flatten(1), dim=0)


def same_cell_share(maps: list[torch.Tensor]) -> float:
    """Percentage of nearest neighbours at the same position, over all ordered pairs of images."""
    pairs = [(a, b) for a in maps for b in maps if a is not b]
    hits = [((a.T @ b).argmax(1) == torch.arange(a.shape[1])).float().mean() for a, b in pairs]
    return 100 * float(torch.stack(hits).mean())


@torch.no_grad()
def main() -> None:
    torch.manual_seed(0)
    vae = dift.open_encoder()
    # rounded, so that the file stores the exact numbers
    grids = (torch.rand(IMAGES, 3, SQUARES, SQUARES) * 200 - 100).round() / 100
    images = grids.repeat_interleave(SQUARE_PX, 2).repeat_interleave(SQUARE_PX, 3)
    latents = [vae.encode(image[None]).latent_dist.mean * vae.config.scaling_factor for image in images]
    shares = {}
    for family in ("sd1", "sd2"):
        unet = UNet2DConditionModel.from_pretrained(dift.FIXTURES / family / "unet", torch_dtype=torch.float32).eval()
        text = load_file(dift.FIXTURES / family / "parity.safetensors")["text"]
        draws = {"independent": [], "shared": []}
        for _ in range(DRAWS):
            noise = torch.randn(IMAGES, MEMBERS, *latents[0].shape[1:])
            for kind, at in (("independent", range(IMAGES)), ("shared", [0] * IMAGES)):
                maps = [descriptors(unet, latent, text, noise[n]) for latent, n in zip(latents, at)]
                draws[kind].append(same_cell_share(maps))
        shares[family] = {kind: round(sum(found) / DRAWS, 2) for kind, found in draws.items()}
        print(family, {kind: (min(found), max(found)) for kind, found in draws.items()})
    rounded = [[round(value, 2) for value in grid.flatten().tolist()] for grid in grids]
    settings = {"squares": SQUARES, "squarePx": SQUARE_PX, "members": MEMBERS, "t": T, "upFtIndex": UP_FT_INDEX}
    path = dift.FIXTURES / "dift/same-cell.json"
    path.write_text(json.dumps({**settings, "grids": rounded, "sharePercent": shares}) + "\n")


if __name__ == "__main__":
    main()
