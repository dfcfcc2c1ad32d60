"""
Scores a model on a set: points by arg-max of similarity at one size, and elements by the element matcher if the model has one.
Optionally draws the worst pairs.

    python evaluate.py ../daemon/models/ui sets/validation --worst worst.png
"""

import learn  # noqa: F401, I001 (before torch)

import argparse
import json
from pathlib import Path

import torch

from learn.element_matcher import MATCHER_FILE, load_matcher
from learn.element_pairs import score_elements, extract_pairs
from learn.features import network_extractor
from learn.metrics import PointPair, read_point_pairs, score
from learn.model import UiUnet
from learn.sets import even_subsample
from learn.sheets import draw_worst
from learn.weights import load_model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("set", type=Path)
    parser.add_argument("--limit", type=int, help="number of pairs, evenly spread (default: all)")
    parser.add_argument("--long-side", type=int, help="longer side in pixels (default: the model's)")
    parser.add_argument("--worst", type=Path, help="output image of the worst pairs")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    model, has_dustbin = load_model(options.model)
    extract = network_extractor(model)
    long_side = options.long_side or model.config.default_long_side
    dustbin = model.no_counterpart if has_dustbin else None
    pairs = even_subsample(read_point_pairs(options.set), options.limit)
    with torch.no_grad():
        scores = score(pairs, extract, long_side, dustbin)
        print(json.dumps({**scores.summary(), **_matched_elements(options.model, model, pairs)}, indent=2))
        if options.worst is not None:
            draw_worst(scores, extract, long_side).save(options.worst)


def _matched_elements(folder: Path, model: UiUnet, pairs: list[PointPair]) -> dict:
    """Scores of the element matcher: all elements, all but words of texts, and all that no smaller element covers."""
    if not (folder / MATCHER_FILE).exists():
        return {}
    matcher = load_matcher(folder)
    extracted = extract_pairs([pair.elements for pair in pairs if pair.elements is not None], model)
    return {
        "matched_all": score_elements(extracted, model, matcher, words=True, covered_too=True),
        "matched_layers": score_elements(extracted, model, matcher, words=False, covered_too=True),
        "matched_visible": score_elements(extracted, model, matcher, words=True, covered_too=False),
    }


if __name__ == "__main__":
    main()
