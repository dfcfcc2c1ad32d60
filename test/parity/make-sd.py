"""Writes small Stable Diffusion networks with diffusers' features.

    python test/parity/make-sd.py

Output: daemon/test/fixtures/sd/{sd1,sd2}/unet, sd/vae and sd/taesd, each with a parity.safetensors.
sd1 is SD 1.5-like: a fixed number of heads, convolution projections, fp16 weights.
sd2 is SD 2.1-like: heads per block, linear projections, fp32 weights.
"""

import shutil
from pathlib import Path

import torch
from diffusers import AutoencoderKL, AutoencoderTiny, UNet2DConditionModel
from safetensors.torch import load_file, save_file

OUT = Path(__file__).parents[2] / "daemon/test/fixtures/sd"
WEIGHTS = "diffusion_pytorch_model.safetensors"
TOKENS = 77
# latent height and width, time: square, not square, sizes that the encoder cannot halve, a learned time
UNET_CASES = [(16, 16, 261), (8, 24, 0), (10, 13, 41.25)]
IMAGE_SIZES = [(32, 32), (48, 24), (40, 56)]


def randomise(network: torch.nn.Module, seed: int) -> None:
    """Affine weights other than 1 and 0, and non-uniform attention, so that every tensor matters."""
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in network.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if "norm" in name:
            parameter.data = noise * 0.2 + (1 if name.endswith("weight") else 0)
        elif "to_q" in name or "to_k" in name:
            parameter.data = noise * 2 / parameter.shape[-1] ** 0.5
        elif parameter.ndim > 1:
            parameter.data = noise * 0.8 / parameter[0].numel() ** 0.5
        else:
            parameter.data = noise * 0.1


def check_every_weight_matters(network: torch.nn.Module, features: torch.Tensor, unused: tuple[str, ...]) -> None:
    features.square().sum().backward()
    for name, parameter in network.named_parameters():
        # a bias of the keys cancels out in the softmax
        if not name.startswith(unused) and not name.endswith("to_k.bias"):
            assert parameter.grad is not None and parameter.grad.abs().max() > 1e-4, name
    network.zero_grad()


def save(network: torch.nn.Module, folder: Path, half: bool) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if half:
        network.half()
    network.save_pretrained(folder)
    network.float()


def unet_features(unet: torch.nn.Module, latent: torch.Tensor, text: torch.Tensor, t: float) -> list[torch.Tensor]:
    outputs: list[torch.Tensor] = []
    hooks = [block.register_forward_hook(lambda _m, _i, output: outputs.append(output)) for block in unet.up_blocks]
    unet(latent, torch.tensor([float(t)]), encoder_hidden_states=text)
    for hook in hooks:
        hook.remove()
    return outputs


def make_unet(name: str, seed: int, half: bool, **config: object) -> None:
    torch.manual_seed(seed)
    unet = UNet2DConditionModel(sample_size=16, norm_num_groups=4, **config).eval()
    randomise(unet, seed)
    save(unet, OUT / name / "unet", half)
    text = torch.randn(1, TOKENS, config["cross_attention_dim"])
    tensors = {"text": text}
    for height, width, t in UNET_CASES:
        latent = torch.randn(1, 4, height, width)
        features = unet_features(unet, latent, text, t)
        check_every_weight_matters(unet, features[-1], ("conv_norm_out", "conv_out"))
        tensors[f"latent_{height}x{width}"] = latent
        tensors |= {f"features_{height}x{width}_{k}": value.detach().contiguous() for k, value in enumerate(features)}
    save_file(tensors, OUT / name / "parity.safetensors")


def make_vae() -> None:
    torch.manual_seed(3)
    vae = AutoencoderKL(
        block_out_channels=[16, 24, 32, 32],
        down_block_types=["DownEncoderBlock2D"] * 4,
        up_block_types=["UpDecoderBlock2D"] * 4,
        layers_per_block=2,
        latent_channels=4,
        norm_num_groups=8,
        sample_size=32,
    ).eval()
    randomise(vae, 3)
    save(vae, OUT / "vae", half=True)
    keep_encoder(OUT / "vae")
    tensors = {}
    for height, width in IMAGE_SIZES:
        image = torch.rand(1, 3, height, width) * 2 - 1
        distribution = vae.encode(image).latent_dist
        moments = torch.cat([distribution.mean, distribution.logvar])
        check_every_weight_matters(vae, moments, ("decoder", "post_quant_conv"))
        tensors[f"image_{height}x{width}"] = image
        tensors[f"mean_{height}x{width}"] = distribution.mean.detach().contiguous()
        tensors[f"logvar_{height}x{width}"] = distribution.logvar.detach().contiguous()
    save_file(tensors, OUT / "vae/parity.safetensors")


def make_taesd() -> None:
    torch.manual_seed(4)
    taesd = AutoencoderTiny(encoder_block_out_channels=(16, 16, 16, 16), decoder_block_out_channels=(16, 16, 16, 16)).eval()
    randomise(taesd, 4)
    save(taesd, OUT / "taesd", half=True)
    keep_encoder(OUT / "taesd")
    tensors = {}
    for height, width in IMAGE_SIZES:
        image = torch.rand(1, 3, height, width) * 2 - 1
        latent = taesd.encode(image).latents
        check_every_weight_matters(taesd, latent, ("decoder",))
        tensors[f"image_{height}x{width}"] = image
        tensors[f"latent_{height}x{width}"] = latent.detach().contiguous()
    save_file(tensors, OUT / "taesd/parity.safetensors")


def keep_encoder(folder: Path) -> None:
    """The decoder is not needed; the fixtures are small without it."""
    tensors = load_file(folder / WEIGHTS)
    kept = {name: value for name, value in tensors.items() if name.startswith(("encoder.", "quant_conv."))}
    save_file(kept, folder / WEIGHTS, metadata={"format": "pt"})


if __name__ == "__main__":
    make_unet(
        "sd1", seed=1, half=True, block_out_channels=[8, 16, 24, 32], cross_attention_dim=24, attention_head_dim=4
    )
    make_unet(
        "sd2",
        seed=2,
        half=False,
        block_out_channels=[8, 16, 16, 24],
        cross_attention_dim=32,
        attention_head_dim=[1, 2, 2, 3],
        use_linear_projection=True,
        layers_per_block=1,
    )
    make_vae()
    make_taesd()
