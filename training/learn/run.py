"""The state of a training run, in a folder with `checkpoint.pt` and `log.jsonl`."""

import copy
import json
import os
from dataclasses import asdict
from pathlib import Path

import torch
from torch import nn

from learn.progress import Progress


class Run:
    """
    A network in training, its moving average and its progress. `training` identifies the training: a checkpoint with other values
    does not resume.
    """

    def __init__(
        self, folder: Path, model: nn.Module, progress: Progress, settings, seed: int, training: dict | None = None
    ):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.model, self.progress, self.settings, self.seed = folder, model, progress, settings, seed
        self.training = {**(training or {}), "seed": seed, **asdict(settings)}
        self.step = 0
        self.average = copy.deepcopy(model).eval().requires_grad_(False)
        self.optimizer = torch.optim.AdamW(
            model.parameters(), lr=settings.learning_rate, betas=settings.betas, weight_decay=settings.weight_decay
        )

    def to(self, device: torch.device) -> None:
        for network in (self.model, self.average):
            network.to(device, memory_format=torch.channels_last)

    def resume(self) -> bool:
        """Resumes from the folder's checkpoint, if it has one. Throws ValueError if that belongs to another training."""
        path = self.folder / "checkpoint.pt"
        if not path.exists():
            return False
        state = torch.load(path, map_location="cpu", weights_only=True)
        begun = state.get("training", {})
        if others := [f"{name}: {begun.get(name)}, not {value}" for name, value in self.training.items() if begun.get(name) != value]:
            raise ValueError(f"{path} is of another training ({'; '.join(others)}); give another --run, or --anew to begin again")
        self.model.load_state_dict(state["model"])
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step = state["step"]
        # the budget may change before the decay begins
        self.progress = Progress(**{**state["progress"], "budget": self.progress.budget})
        return True

    def save(self) -> None:
        """Writes the checkpoint atomically."""
        state = {
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "progress": asdict(self.progress),
            "training": self.training,
        }
        unfinished = self.folder / "checkpoint.pt.part"
        torch.save(state, unfinished)
        os.replace(unfinished, self.folder / "checkpoint.pt")

    def log(self, kind: str, **values) -> None:
        line = json.dumps({"kind": kind, "step": self.step, "spent": round(self.progress.spent, 3), **values})
        with (self.folder / "log.jsonl").open("a") as file:
            file.write(line + "\n")
        print(line, flush=True)

    def update(self, loss: torch.Tensor) -> None:
        """One step of the optimizer and of the moving average."""
        warm = min(1.0, (self.step + 1) / self.settings.warmup_steps)
        for group in self.optimizer.param_groups:
            group["lr"] = self.settings.learning_rate * warm * self.progress.rate
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.gradient_norm)
        self.optimizer.step()
        self.step += 1
        # a smaller decay at first, so that the random initial weights fade
        keep = min(self.settings.ema, self.step / (self.step + 10))
        with torch.no_grad():
            ours = list(self.model.state_dict().values())
            torch._foreach_lerp_(list(self.average.state_dict().values()), ours, 1 - keep)
