"""Denoising: the cosine schedule (Nichol & Dhariwal, 2021), v-prediction (Salimans & Ho, 2022), DDIM sampling (Song et al., 2021)."""

import math

import torch
from torch import Tensor

from learn.model import UiUnet

TIMESTEPS = 1000
#: Offset s of the cosine schedule, so that the first timestep has noise.
COSINE_OFFSET = 0.008


def signal_and_noise(t: Tensor) -> tuple[Tensor, Tensor]:
    """Factors of the image and of the noise at timesteps (N,), broadcastable to (N,3,H,W)."""
    angle = ((t.float() / TIMESTEPS + COSINE_OFFSET) / (1 + COSINE_OFFSET) * math.pi / 2)[:, None, None, None]
    return angle.cos(), angle.sin()


def noised(x: Tensor, t: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
    """x_t, and v, the prediction target."""
    signal, strength = signal_and_noise(t)
    return signal * x + strength * noise, signal * noise - strength * x


@torch.no_grad()
def sample(model: UiUnet, count: int, side: int, steps: int, seed: int) -> Tensor:
    """Images (count,3,side,side) in [-1,1] from noise, by deterministic DDIM."""
    x = torch.randn(count, 3, side, side, generator=torch.Generator().manual_seed(seed))
    times = torch.linspace(TIMESTEPS - 1, 0, steps + 1)
    for now, after in zip(times[:-1], times[1:]):
        signal, strength = signal_and_noise(now[None])
        v = model.denoised(model(x, now.expand(count)))
        picture = (signal * x - strength * v).clamp(-1, 1)
        noise = (x - signal * picture) / strength
        signal, strength = signal_and_noise(after[None])
        x = signal * picture + strength * noise
    return x.clamp(-1, 1)
