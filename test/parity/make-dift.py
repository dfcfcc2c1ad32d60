"""Writes DIFT features of an image, end to end, with the small Stable Diffusion networks of make-sd.py.

    python test/parity/make-dift.py

Output: daemon/test/fixtures/sd/dift/{sd1,sd2}.safetensors: an image, noise for an ensemble, and the mean of the features
after every up block; `sampled_*` as the published code runs it, where every member draws a latent of its own, with the
draws in `latent_noise`. The encoder, the schedule and the U-Net are those of diffusers.
"""

import json
from pathlib import Path

import torch
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from safetensors.torch import load_file, save_file

FIXTURES = Path(__file__).parents[2] / "daemon/test/fixtures/sd"
MEMBERS = 3
HEIGHT, WIDTH = 32, 48
TIMESTEPS = {"sd1": 261, "sd2": 51}
# Stable Diffusion's `scheduler/scheduler_config.json`
SCHEDULE = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}


def open_encoder() -> AutoencoderKL:
    """The fixture has no decoder, which stays random and unused."""
    vae = AutoencoderKL.from_config(json.loads((FIXTURES / "vae/config.json").read_text()))
    weights = load_file(FIXTURES / "vae/diffusion_pytorch_model.safetensors")
    vae.load_state_dict({name: value.float() for name, value in weights.items()}, strict=False)
    return vae.eval()


def features_after(unet: torch.nn.Module, latent: torch.Tensor, text: torch.Tensor, t: int) -> list[torch.Tensor]:
    outputs: list[torch.Tensor] = []
    hooks = [block.register_forward_hook(lambda _m, _i, output: outputs.append(output)) for block in unet.up_blocks]
    unet(latent, t, encoder_hidden_states=text)
    for hook in hooks:
        hook.remove()
    return outputs


@torch.no_grad()
def make(name: str, t: int) -> None:
    torch.manual_seed(t)
    unet = UNet2DConditionModel.from_pretrained(FIXTURES / name / "unet", torch_dtype=torch.float32).eval()
    text = load_file(FIXTURES / name / "parity.safetensors")["text"]
    vae = open_encoder()
    image = torch.rand(1, 3, HEIGHT, WIDTH) * 2 - 1
    distribution = vae.encode(image).latent_dist
    scale = vae.config.scaling_factor
    noise = torch.randn(MEMBERS, *distribution.mean.shape[1:])
    latent_noise = torch.randn_like(noise)
    schedule = DDIMScheduler(**SCHEDULE)

    def means(kind: str, latents: torch.Tensor) -> dict[str, torch.Tensor]:
        noisy = schedule.add_noise(latents, noise, torch.full((MEMBERS,), t))
        members = [features_after(unet, member[None], text, t) for member in noisy]
        return {f"{kind}_{k}": torch.stack(block).mean(0).contiguous() for k, block in enumerate(zip(*members))}

    (FIXTURES / "dift").mkdir(exist_ok=True)
    # DiagonalGaussianDistribution.sample(), with recorded draws
    drawn = distribution.mean + distribution.std * latent_noise
    tensors = {
        **{"image": image, "noise": noise, "latent_noise": latent_noise},
        **means("features", (distribution.mean * scale).expand(MEMBERS, -1, -1, -1)),
        **means("sampled", drawn * scale),
    }
    save_file(tensors, FIXTURES / "dift" / f"{name}.safetensors")


if __name__ == "__main__":
    for name, t in TIMESTEPS.items():
        make(name, t)
