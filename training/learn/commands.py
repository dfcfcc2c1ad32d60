"""What the two commands that train say where something asked for cannot be: a sentence, and the end."""

from collections.abc import Sequence

from learn.run import Run
from learn.settings import Settings, with_numbers


def chosen_settings(settings: Settings, texts: Sequence[str]) -> Settings:
    """The settings with what `--set` says otherwise."""
    try:
        return with_numbers(settings, texts)
    except ValueError as error:
        raise SystemExit(f"--set {error}") from error


def resume(run: Run, anew: bool) -> bool:
    """Goes on from the run's checkpoint, if there is one and nobody said `--anew`."""
    try:
        return not anew and run.resume()
    except ValueError as error:
        raise SystemExit(str(error)) from error
