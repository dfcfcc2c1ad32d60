"""Model weights in the shipped format."""

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from learn.element_matcher import MATCHER_FILES
from learn.model import UiUnet, read_config, write_config

#: Optional tensors: models without a dustbin lack them.
OPTIONAL = {"no_counterpart.weight", "no_counterpart.bias"}


def load_model(folder: Path) -> tuple[UiUnet, bool]:
    """The network of `folder` (`config.json`, `model.safetensors`) in float32, and whether it has a dustbin."""
    model = UiUnet(read_config(folder / "config.json"))
    tensors = {name: tensor.float() for name, tensor in load_file(folder / "model.safetensors").items()}
    missing, unexpected = model.load_state_dict(tensors, strict=False)
    if unexpected or set(missing) - OPTIONAL:
        raise ValueError(f"{folder} does not fit its config: missing {missing}, too many {unexpected}")
    return model.eval(), not missing


def save_model(model: UiUnet, folder: Path) -> None:
    """Writes weights in fp16 and the config. Deletes an element matcher in `folder`, because it fits only the earlier features."""
    folder.mkdir(parents=True, exist_ok=True)
    halves = {name: tensor.detach().to(torch.float16).contiguous() for name, tensor in model.state_dict().items()}
    path = folder / "model.safetensors"
    save_file(halves, path, metadata={"format": "pt"})
    path.chmod(0o644)  # safetensors makes it readable by the owner only
    write_config(model.config, folder / "config.json")
    for name in MATCHER_FILES:
        (folder / name).unlink(missing_ok=True)
