"""Options that both training commands share. Invalid ones end the command with a message."""

from collections.abc import Sequence

from learn.run import Run
from learn.settings import Settings, with_numbers


def chosen_settings(settings: Settings, texts: Sequence[str]) -> Settings:
    """The settings with the overrides from `--set`."""
    try:
        return with_numbers(settings, texts)
    except ValueError as error:
        raise SystemExit(f"--set {error}") from error


def resume(run: Run, anew: bool) -> bool:
    """Resumes from the run's checkpoint, if there is one, unless `--anew` is given."""
    try:
        return not anew and run.resume()
    except ValueError as error:
        raise SystemExit(str(error)) from error
