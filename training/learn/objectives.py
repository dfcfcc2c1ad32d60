"""The three objectives: denoising, correspondence, or both in one batch."""

import torch

from learn.diffusion import TIMESTEPS, noised
from learn.loss import correspondence_loss
from learn.run import Run

OBJECTIVES = ("denoise", "correspond", "both")


def losses(run: Run, batch, objective: str, device: torch.device) -> tuple[torch.Tensor, dict]:
    """
    Clean images at timestep 0 for correspondence and one noised image per pair for denoising, in one batch.
    """
    clean = torch.cat([batch["source"], batch["target"]]).to(device)
    pairs = len(clean) // 2
    inputs, times = [], []
    if objective != "denoise":
        inputs.append(clean)
        times.append(torch.full((2 * pairs,), run.model.config.timestep, device=device))
    if objective != "correspond":
        generator = torch.Generator().manual_seed(run.seed * 1_000_003 + run.step)
        pictures = clean if objective == "denoise" else clean[:pairs]
        t = torch.randint(TIMESTEPS, (len(pictures),), generator=generator).to(device)
        x, v = noised(pictures, t, torch.randn(pictures.shape, generator=generator).to(device))
        inputs.append(x)
        times.append(t)
    x = torch.cat(inputs).contiguous(memory_format=torch.channels_last)
    with torch.autocast(device.type, torch.bfloat16, enabled=multiplies_in_bfloat16(device)):
        maps = run.model(x, torch.cat(times))
        total, log = torch.zeros((), device=device), {}
        if objective != "correspond":
            predicted = run.model.denoised([m[-len(v) :] for m in maps])
            denoising = (predicted - v).square().mean()
            total = total + run.settings.loss.denoise_weight * denoising
            log["denoise_loss"] = round(denoising.item(), 4)
        if objective != "denoise":
            descriptors = run.model.descriptors([m[: 2 * pairs] for m in maps])
    if objective != "denoise":
        found = correspondence_loss(run.model, descriptors[:pairs], descriptors[pairs:], batch, run.settings.loss)
        total = total + found.loss
        log |= {"loss": round(found.loss.item(), 4), "right": round(found.right, 3), "absent_right": round(found.absent_right, 3)}
    return total, log


def multiplies_in_bfloat16(device: torch.device) -> bool:
    """Whether the device has bfloat16 instructions. Emulation is much slower than float32."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return device.type == "cpu" and torch.cpu._is_avx512_bf16_supported()
