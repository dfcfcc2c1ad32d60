"""Hyperparameters of the training."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import TypeVar, get_args

from learn.crops import CropSettings
from learn.loss import LossSettings

Settings = TypeVar("Settings")


@dataclass(frozen=True)
class TrainingSettings:
    pairs_per_step: int = 3
    #: Side of the crops, before and during the decay. Larger ones adapt group norms and attention to the size of whole images,
    #: and include the ends of lists, which distinguish similar rows.
    crop_px: int = 192
    decay_crop_px: int = 384
    decay_pairs_per_step: int = 1
    #: Share of the steps with one pair of whole images instead of crops. Only these show the whole layout, and which elements have
    #: no counterpart.
    whole_share: float = 0.5
    learning_rate: float = 4e-4
    betas: tuple[float, float] = (0.9, 0.99)
    weight_decay: float = 0.01
    warmup_steps: int = 100
    #: Share of the decay in the training.
    decay_share: float = 0.3
    ema: float = 0.998
    gradient_norm: float = 1.0
    #: Validations without gain before the decay begins, and the smallest gain in percent.
    patience: int = 4
    least_gain: float = 0.2
    checkpoint_minutes: float = 3
    validation_minutes: float = 10
    #: Pairs per validation during training; the last validation uses all.
    validation_pairs: int = 60
    log_steps: int = 20
    crops: CropSettings = field(default_factory=CropSettings)
    loss: LossSettings = field(default_factory=LossSettings)


def with_numbers(settings: Settings, texts: Sequence[str]) -> Settings:
    """
    The settings with overrides such as `learning_rate=2e-4`, `crops.queries=96`, `crops.whole_long_sides=384,800`.
    Throws ValueError for an unknown name or an invalid number.
    """
    for text in texts:
        path, _, value = text.partition("=")
        settings = _with_number(settings, path.split("."), value, text, type(settings))
    return settings


def _with_number(settings, path: list[str], value: str, text: str, whole: type):
    name, *rest = path
    kinds = {field.name: field.type for field in fields(settings)} if is_dataclass(settings) else {}
    if name not in kinds or is_dataclass(kinds[name]) != bool(rest):
        raise ValueError(f"{text}: unknown setting; settings are {', '.join(_paths(whole))}")
    if rest:
        return replace(settings, **{name: _with_number(getattr(settings, name), rest, value, text, whole)})
    several = get_args(kinds[name])
    numbers = value.split(",") if several else [value]
    if several and len(numbers) != len(several):
        raise ValueError(f"{text}: {name} needs {len(several)} numbers, separated by commas")
    try:
        parsed = tuple(kind(number) for kind, number in zip(several or (kinds[name],), numbers))
    except ValueError as error:
        raise ValueError(f"{text}: {error}") from error
    return replace(settings, **{name: parsed if several else parsed[0]})


def _paths(kind: type) -> list[str]:
    return [
        path
        for field in fields(kind)
        for path in ([f"{field.name}.{inner}" for inner in _paths(field.type)] if is_dataclass(field.type) else [field.name])
    ]
