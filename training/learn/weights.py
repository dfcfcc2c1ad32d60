"""Weights in the file that ships."""

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from learn.element_matcher import MATCHER_FILES
from learn.model import UiUnet, read_config, write_config

#: Tensors that a file may lack: v0 was made before there was a place for what has no counterpart.
OPTIONAL = {"no_counterpart.weight", "no_counterpart.bias"}


def load_model(folder: Path) -> tuple[UiUnet, bool]:
    """The network of `folder` (`config.json`, `model.safetensors`) in float32, and whether it knows *no counterpart*."""
    model = UiUnet(read_config(folder / "config.json"))
    tensors = {name: tensor.float() for name, tensor in load_file(folder / "model.safetensors").items()}
    missing, unexpected = model.load_state_dict(tensors, strict=False)
    if unexpected or set(missing) - OPTIONAL:
        raise ValueError(f"{folder} does not fit its config: missing {missing}, too many {unexpected}")
    return model.eval(), not missing


def save_model(model: UiUnet, folder: Path) -> None:
    """Writes weights in fp16 and the config. A matcher of elements that lies there belonged to other features, and goes."""
    folder.mkdir(parents=True, exist_ok=True)
    halves = {name: tensor.detach().to(torch.float16).contiguous() for name, tensor in model.state_dict().items()}
    path = folder / "model.safetensors"
    save_file(halves, path, metadata={"format": "pt"})
    path.chmod(0o644)  # safetensors writes for the owner alone
    write_config(model.config, folder / "config.json")
    for name in MATCHER_FILES:
        (folder / name).unlink(missing_ok=True)
