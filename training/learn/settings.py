"""Every number of a training that someone may want to change."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import TypeVar, get_args

from learn.crops import CropSettings
from learn.loss import LossSettings

Settings = TypeVar("Settings")


@dataclass(frozen=True)
class TrainingSettings:
    pairs_per_step: int = 3
    #: Side of the crops, and of those during the decay: statistics of group norms and attention depend on size, and a crop that
    #: shows a list to its end is the only one that can tell its rows apart.
    crop_px: int = 192
    decay_crop_px: int = 384
    decay_pairs_per_step: int = 1
    #: Share of the steps that see one pair of whole images instead of crops: what is absent is known of these alone, and how
    #: a screen is laid out is told by all of it.
    whole_share: float = 0.5
    learning_rate: float = 4e-4
    betas: tuple[float, float] = (0.9, 0.99)
    weight_decay: float = 0.01
    warmup_steps: int = 100
    #: Share of the training that the decay takes.
    decay_share: float = 0.3
    ema: float = 0.998
    gradient_norm: float = 1.0
    #: Validations without gain before the decay begins, and the gain in percent that counts.
    patience: int = 4
    least_gain: float = 0.2
    checkpoint_minutes: float = 3
    validation_minutes: float = 10
    #: Pairs of each validation during training; the last one takes all.
    validation_pairs: int = 60
    log_steps: int = 20
    crops: CropSettings = field(default_factory=CropSettings)
    loss: LossSettings = field(default_factory=LossSettings)


def with_numbers(settings: Settings, texts: Sequence[str]) -> Settings:
    """
    The settings with other numbers: `learning_rate=2e-4`, `crops.queries=96`, `crops.whole_long_sides=384,800`.
    Throws ValueError where there is no such number, or the text is none.
    """
    for text in texts:
        path, _, value = text.partition("=")
        settings = _with_number(settings, path.split("."), value, text, type(settings))
    return settings


def _with_number(settings, path: list[str], value: str, text: str, whole: type):
    name, *rest = path
    kinds = {field.name: field.type for field in fields(settings)} if is_dataclass(settings) else {}
    if name not in kinds or is_dataclass(kinds[name]) != bool(rest):
        raise ValueError(f"{text}: there is no such number; there are {', '.join(_paths(whole))}")
    if rest:
        return replace(settings, **{name: _with_number(getattr(settings, name), rest, value, text, whole)})
    several = get_args(kinds[name])
    numbers = value.split(",") if several else [value]
    if several and len(numbers) != len(several):
        raise ValueError(f"{text}: {name} takes {len(several)} numbers, with a comma between")
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
