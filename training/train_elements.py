"""
Trains the element matcher on descriptors of a feature network, and writes it beside the weights of that network. Interrupted
runs resume.

    python train_elements.py ../daemon/models/ui --train sets/train --validation sets/validation --run runs/elements --minutes 90
"""

import learn  # noqa: F401, I001 (before torch)

import argparse
import hashlib
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from learn.commands import chosen_settings, resume
from learn.element_matcher import ElementMatcher, load_matcher, save_matcher
from learn.element_pairs import ExampleSettings, PairElements, batch, matching_loss, score_elements, extract_pairs, training_example
from learn.model import UiUnet
from learn.progress import Progress
from learn.run import Run
from learn.sets import read_set, even_subsample
from learn.weights import load_model


@dataclass(frozen=True)
class ElementSettings:
    """Hyperparameters of the training."""

    pairs_per_step: int = 8
    learning_rate: float = 4e-4
    betas: tuple[float, float] = (0.9, 0.99)
    weight_decay: float = 0.02
    dropout: float = 0.1
    warmup_steps: int = 100
    decay_share: float = 0.5
    ema: float = 0.995
    gradient_norm: float = 1.0
    #: Weight of each layer but the last in the loss; the last has the rest of 1.
    early_share: float = 0.15
    checkpoint_minutes: float = 3
    validation_minutes: float = 5
    validation_pairs: int = 100
    log_steps: int = 50
    examples: ExampleSettings = field(default_factory=ExampleSettings)


def main() -> None:
    options = _options()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    features, has_dustbin = load_model(options.model)
    if not has_dustbin:
        raise SystemExit(f'{options.model} has no dustbin, which the matcher requires')
    settings = chosen_settings(ElementSettings(), options.set)
    progress = Progress(options.steps or options.minutes, settings.decay_share, patience=0, least_gain=0)
    run = Run(options.run, _new_matcher(options, settings), progress, settings, options.seed, _training(options))
    resumed = resume(run, options.anew)
    run.log("start", resumed=resumed)
    pairs = [pair for folder in options.train for pair in _extracted(folder, features, options)]
    if not pairs:
        raise SystemExit("the sets have no pair with elements in both images; pass other sets to --train")
    validation = _extracted(options.validation, features, options)
    train(run, pairs, validation, features, by_steps=options.steps is not None)
    save_matcher(run.average, options.out or options.model)
    run.log("end", **_scores(run, validation, features))


def train(run: Run, pairs: list[PairElements], validation: list[PairElements], features: UiUnet, by_steps: bool) -> None:
    """Trains to the end of the schedule. The examples of step n depend only on the seed."""
    settings = run.settings
    saved = validated = begun = time.monotonic()
    while not run.progress.finished:
        rng = np.random.default_rng([run.seed, run.step])
        torch.manual_seed(int(rng.integers(2**31)))  # for dropout
        chosen = rng.integers(len(pairs), size=settings.pairs_per_step)
        drawn = (training_example(pairs[n], features, settings.examples, rng) for n in chosen)
        examples = [example for example in drawn if example is not None]
        if examples:
            run.update(loss := _loss(run, batch(examples)))
        else:
            run.step += 1
        now = time.monotonic()
        run.progress.advance(1 if by_steps else (now - begun) / 60)
        begun = now
        if examples and run.step % settings.log_steps == 0:
            run.log("train", rate=round(run.progress.rate, 4), loss=round(loss.item(), 4))
        if now - validated > 60 * settings.validation_minutes:
            run.log("validation", **_scores(run, even_subsample(validation, settings.validation_pairs), features))
            validated = begun = time.monotonic()
        if now - saved > 60 * settings.checkpoint_minutes:
            run.save()
            saved = time.monotonic()
    run.save()


def _loss(run: Run, example) -> torch.Tensor:
    found = run.model(example.source, example.target)
    early = run.settings.early_share
    shares = [early] * (len(found) - 1) + [1 - early * (len(found) - 1)]
    return sum(share * matching_loss(layer, example) for share, layer in zip(shares, found))


def _scores(run: Run, pairs: list[PairElements], features: UiUnet) -> dict:
    return {
        "visible": score_elements(pairs, features, run.average, words=True, covered_too=False),
        "layers": score_elements(pairs, features, run.average, words=False, covered_too=True),
    }


def _extracted(folder: Path, features: UiUnet, options: argparse.Namespace) -> list[PairElements]:
    """Descriptors of a set, cached by the hash of the features and the set."""
    name = f"{folder.resolve().name}-{_hash(options.model / 'model.safetensors', folder / 'pairs.jsonl')}"
    return extract_pairs(read_set(folder), features, options.run / "features" / name)


def _hash(*files: Path) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def _new_matcher(options: argparse.Namespace, settings: ElementSettings) -> ElementMatcher:
    matcher = ElementMatcher(dropout=settings.dropout)
    if options.start is not None:
        matcher.load_state_dict(load_matcher(options.start).state_dict())
    return matcher


def _training(options: argparse.Namespace) -> dict:
    """Identifies the training, beside seed and settings."""
    start = options.start and str(options.start.resolve())
    return {"features": _hash(options.model / "model.safetensors"), "start": start, "counts": "steps" if options.steps else "minutes"}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="folder of the feature network")
    parser.add_argument("--train", type=Path, nargs="+", required=True, help="sets to train on")
    parser.add_argument("--validation", type=Path, required=True, help="set with held-out content")
    parser.add_argument("--run", type=Path, required=True, help="folder of checkpoint, log and cached descriptors; an interrupted run resumes")
    parser.add_argument("--anew", action="store_true", help="ignore the checkpoint and start again")
    parser.add_argument("--out", type=Path, help="output folder of the matcher (default: the feature network's)")
    budget = parser.add_mutually_exclusive_group(required=True)
    budget.add_argument("--minutes", type=float, help="training time without feature extraction and validation")
    budget.add_argument("--steps", type=int, help="number of steps instead, for reproducible training")
    parser.add_argument("--start", type=Path, help="folder of a matcher with initial weights")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--set", action="append", default=[], metavar="NAME=NUMBER", help="override a setting of ElementSettings, such as examples.most=96")
    return parser.parse_args()


if __name__ == "__main__":
    main()
