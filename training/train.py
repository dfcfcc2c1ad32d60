"""
Trains the embedded network on sets of pairs and writes a model folder like `daemon/models/ui/`. Interrupted runs resume.

    python train.py --train sets/train --validation sets/validation --run runs/ui --minutes 240
"""

import learn  # noqa: F401, I001 (before torch)

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import torch

from learn.batches import Batch, Batches, load_batches
from learn.commands import chosen_settings, resume
from learn.features import network_extractor
from learn.metrics import PointPair, read_point_pairs, score
from learn.model import UiUnet, UiUnetConfig, read_config
from learn.objectives import OBJECTIVES, losses, multiplies_in_bfloat16
from learn.progress import Progress
from learn.run import Run
from learn.sets import read_set
from learn.settings import TrainingSettings
from learn.weights import load_model, save_model


def main() -> None:
    options = _options()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    settings = chosen_settings(TrainingSettings(), options.set)
    run = Run(options.run, _new_model(options), _progress(options, settings), settings, options.seed, _training(options))
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    run.to(device)
    resumed = resume(run, options.anew)
    precision = "bfloat16" if multiplies_in_bfloat16(device) else "float32"
    run.log("start", resumed=resumed, objective=options.objective, device=device.type, precision=precision)
    validation = read_point_pairs(options.validation)
    train(run, options, validation, device)
    summary = _validate(run, validation)
    save_model(run.average, options.out or options.run / "model")
    run.log("end", **summary)


def train(run: Run, options: argparse.Namespace, validation: list[PointPair], device: torch.device) -> None:
    """Trains to the end of the schedule."""
    stream = _stream(run, options)
    saved = validated = begun = time.monotonic()
    while not run.progress.finished:
        loss, log = losses(run, next(stream), options.objective, device)
        run.update(loss)
        now = time.monotonic()
        run.progress.advance(1 if options.steps else (now - begun) / 60)
        begun = now
        if run.step % run.settings.log_steps == 0:
            run.log("train", rate=round(run.progress.rate, 4), **log)
        if now - validated > 60 * run.settings.validation_minutes:
            summary = _validate(run, _thinned(validation, run.settings.validation_pairs))
            if not options.steps:  # validation times depend on the machine
                run.progress.validated(summary["pck"][1])
            run.log("validation", **summary)
            validated = begun = time.monotonic()
        if now - saved > 60 * run.settings.checkpoint_minutes:
            run.save()
            saved = time.monotonic()
    run.save()


def _stream(run: Run, options: argparse.Namespace) -> Iterator[Batch]:
    """Batches of small crops, then of fewer and larger ones during the decay, mixed with whole images."""
    pairs, settings = [pair for folder in options.train for pair in read_set(folder)], run.settings
    for decaying, side, size in (
        (False, settings.crop_px, settings.pairs_per_step),
        (True, settings.decay_crop_px, settings.decay_pairs_per_step),
    ):
        batches = load_batches(Batches(pairs, size, settings.whole_share, settings.crops, run.seed), run.step, side, options.workers)
        while run.progress.decaying == decaying:
            yield next(batches)


def _validate(run: Run, pairs: list[PointPair]) -> dict:
    average = run.average
    with torch.no_grad():
        scores = score(pairs, network_extractor(average), average.config.default_long_side, average.no_counterpart)
    return scores.summary()


def _thinned(pairs: list[PointPair], count: int) -> list[PointPair]:
    return pairs[:: max(1, len(pairs) // count)][:count]


def _new_model(options: argparse.Namespace) -> UiUnet:
    if options.start is not None:
        return load_model(options.start)[0].train()
    return UiUnet(UiUnetConfig() if options.config is None else read_config(options.config))


def _progress(options: argparse.Namespace, settings: TrainingSettings) -> Progress:
    budget = options.steps or options.minutes
    return Progress(budget, settings.decay_share, settings.patience, settings.least_gain)


def _training(options: argparse.Namespace) -> dict:
    """Identifies the training, beside seed and settings. Budget and sets are excluded, because both may grow."""
    paths = {name: str(path and path.resolve()) for name, path in (("start", options.start), ("config", options.config))}
    return {"objective": options.objective, "counts": "steps" if options.steps else "minutes", **paths}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=Path, nargs="+", required=True, help="sets to train on")
    parser.add_argument("--validation", type=Path, required=True, help="set with held-out content")
    parser.add_argument("--run", type=Path, required=True, help="folder of checkpoint and log; an interrupted run resumes")
    parser.add_argument("--anew", action="store_true", help="ignore the checkpoint and start again")
    parser.add_argument("--out", type=Path, help="output folder of the model (default: model/ in the run)")
    parser.add_argument("--objective", choices=OBJECTIVES, default="correspond")
    budget = parser.add_mutually_exclusive_group(required=True)
    budget.add_argument("--minutes", type=float, help="training time without validation")
    budget.add_argument("--steps", type=int, help="number of steps instead, for reproducible training")
    parser.add_argument("--config", type=Path, help="config.json of the network (default: the embedded model's)")
    parser.add_argument("--start", type=Path, help="folder of a model with initial weights")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--workers", type=int, default=1, help="processes that prepare crops")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=NUMBER", help="override a setting of learn/settings.py, such as crops.queries=96")
    return parser.parse_args()


if __name__ == "__main__":
    main()
