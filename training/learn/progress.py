"""The learning rate schedule: stable, then a linear decay, as in warm-up-stable-decay (Hu et al., MiniCPM, 2024)."""

from dataclasses import dataclass, field

#: Sums of minutes are not exact.
SURELY_ZERO = 1e-9


@dataclass
class Progress:
    """
    Counts minutes or steps. The decay takes the last `decay_share` of the budget. If validation stalls, it begins early and takes
    the same share of the shorter training.
    """

    budget: float
    decay_share: float
    patience: int
    #: Smallest gain of the validation score, in percent, that counts as progress.
    least_gain: float
    spent: float = 0
    decay_from: float | None = None
    decay_length: float = 0
    best_score: float = -1
    validations_without_gain: int = 0
    history: list[float] = field(default_factory=list)

    def advance(self, amount: float) -> None:
        self.spent += amount
        if self.decay_from is None and self.spent >= self.budget * (1 - self.decay_share):
            self._begin_decay(self.budget - self.spent)

    def validated(self, score: float) -> None:
        self.history.append(score)
        gained = score >= self.best_score + self.least_gain
        self.validations_without_gain = 0 if gained else self.validations_without_gain + 1
        self.best_score = max(self.best_score, score)
        if self.decay_from is None and self.validations_without_gain >= self.patience:
            self._begin_decay(self.spent * self.decay_share / (1 - self.decay_share))

    @property
    def decaying(self) -> bool:
        return self.decay_from is not None

    @property
    def rate(self) -> float:
        """Factor of the learning rate: 1, then linearly to 0."""
        if self.decay_from is None:
            return 1
        return max(0.0, 1 - (self.spent - self.decay_from) / max(self.decay_length, SURELY_ZERO))

    @property
    def finished(self) -> bool:
        return self.decaying and self.rate < SURELY_ZERO

    def _begin_decay(self, length: float) -> None:
        self.decay_from, self.decay_length = self.spent, max(0.0, length)
