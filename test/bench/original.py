"""One measurement of DIFT as its published code computes it, with PyTorch and diffusers.

    python -m venv venv && venv/bin/pip install -r test/parity/requirements.txt accelerate
    npm run bench -- original --python venv/bin/python

Argument: a FeaturesRequest of run-child.ts as JSON. Output: a Measurement. Every member of the ensemble is
encoded by the VAE, noise is added, the U-Net runs on all members at once up to the up block.
"""

import json
import sys
import time

import numpy
import torch
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel


class Stop(Exception):
    """Ends the U-Net's forward pass."""


def load(request: dict) -> tuple[UNet2DConditionModel, AutoencoderKL]:
    folder = request["checkpoint"]
    unet = UNet2DConditionModel.from_pretrained(folder, subfolder="unet", torch_dtype=torch.float32).eval()
    # the checkpoint has no decoder; diffusers creates a random one, which the published code also drops
    vae = AutoencoderKL.from_pretrained(
        folder, subfolder="vae", torch_dtype=torch.float32, low_cpu_mem_usage=False
    ).eval()
    vae.decoder = None
    return unet, vae


def stop_after(block: torch.nn.Module, taken: list[torch.Tensor]) -> None:
    def stop(_module: torch.nn.Module, _inputs: tuple, output: torch.Tensor) -> None:
        taken.append(output)
        raise Stop

    block.register_forward_hook(stop)


def features(request: dict, unet: UNet2DConditionModel, vae: AutoencoderKL, taken: list[torch.Tensor]) -> torch.Tensor:
    members = request["ensembleSize"]
    image = torch.from_numpy(numpy.load(request["image"])).repeat(members, 1, 1, 1)
    text = torch.from_numpy(numpy.load(request["text"])).repeat(members, 1, 1)
    distribution = vae.encode(image).latent_dist
    latent = distribution.mean if request["latentMode"] == "mean" else distribution.sample()
    latent = latent * vae.config.scaling_factor
    noise = torch.from_numpy(numpy.load(request["noise"])) if "noise" in request else torch.randn_like(latent)
    schedule = DDIMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
    t = torch.tensor([request["t"]])
    try:
        unet(schedule.add_noise(latent, noise, t), t, encoder_hidden_states=text)
    except Stop:
        pass
    return taken.pop().mean(0, keepdim=True)


def peak_gb() -> float:
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) * 1024 / 1e9


@torch.no_grad()
def main() -> None:
    request = json.loads(sys.argv[1])
    begin = time.perf_counter()
    unet, vae = load(request)
    load_s = time.perf_counter() - begin
    taken: list[torch.Tensor] = []
    stop_after(unet.up_blocks[request["block"]], taken)
    run_s = []
    for _ in range(request["runs"]):
        begin = time.perf_counter()
        result = features(request, unet, vae, taken)
        run_s.append(time.perf_counter() - begin)
    if "out" in request:
        numpy.save(request["out"], result.numpy())
    finite = bool(result.isfinite().all())
    measurement = {"loadS": load_s, "runS": run_s, "peakGb": peak_gb(), "dims": list(result.shape), "finite": finite}
    print(json.dumps(measurement))


if __name__ == "__main__":
    main()
