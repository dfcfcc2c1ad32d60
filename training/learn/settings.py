"""Every number of a training that someone may want to change."""

from dataclasses import dataclass, field

from learn.crops import CropSettings
from learn.loss import LossSettings


@dataclass(frozen=True)
class TrainingSettings:
    pairs_per_step: int = 3
    #: Side of the crops, and of those during the decay: statistics of group norms and attention depend on size, and a crop that
    #: shows a list to its end is the only one that can tell its rows apart.
    crop_px: int = 192
    decay_crop_px: int = 384
    decay_pairs_per_step: int = 1
    #: Share of the steps that see one pair of whole pictures instead of crops: what is absent is known of these alone, and how
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
