"""Writes the noise schedules of diffusers' DDIMScheduler for several configurations.

    python test/parity/make-schedules.py

Output: daemon/test/fixtures/schedules.json: each configuration with alphas_cumprod at some timesteps.
"""

import json
from pathlib import Path

from diffusers import DDIMScheduler

OUTPUT = Path(__file__).parents[2] / "daemon/test/fixtures/schedules.json"
STABLE_DIFFUSION = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
CASES = {
    "Stable Diffusion": {**STABLE_DIFFUSION, "num_train_timesteps": 1000, "trained_betas": None},
    "zero SNR": {**STABLE_DIFFUSION, "prediction_type": "v_prediction", "rescale_betas_zero_snr": True},
    "linear": {"beta_start": 0.0001, "beta_end": 0.02, "beta_schedule": "linear"},
    "no fields": {},
    "cosine": {"beta_schedule": "squaredcos_cap_v2"},
    "cosine, zero SNR": {"beta_schedule": "squaredcos_cap_v2", "rescale_betas_zero_snr": True},
    "fewer steps": {**STABLE_DIFFUSION, "num_train_timesteps": 400},
    "trained betas": {**STABLE_DIFFUSION, "trained_betas": [0.01, 0.05, 0.2, 0.4]},
    "trained betas, zero SNR": {"trained_betas": [0.01, 0.05, 0.2, 0.4], "rescale_betas_zero_snr": True},
}
TIMESTEPS = (0, 1, 3, 51, 261, 399, 500, 998, 999)


def make(config: dict) -> dict:
    alphas = DDIMScheduler.from_config(config).alphas_cumprod
    steps = len(alphas)
    return {"config": config, "steps": steps, "alphas": {t: float(alphas[t]) for t in TIMESTEPS if t < steps}}


if __name__ == "__main__":
    OUTPUT.write_text(json.dumps({name: make(config) for name, config in CASES.items()}, indent=1) + "\n")
