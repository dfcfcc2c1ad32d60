"""
What a model is worth on sets: points by arg-max of similarity at one size, elements by the model's matcher of elements where it has
one, and a sheet of the pairs where it fails most.

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
    parser.add_argument("--limit", type=int, help="how many pairs, evenly spread (default: all)")
    parser.add_argument("--long-side", type=int, help="default: that of the model")
    parser.add_argument("--worst", type=Path, help="file to draw the worst pairs to")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    model, knows_absence = load_model(options.model)
    extract = network_extractor(model)
    long_side = options.long_side or model.config.default_long_side
    bins = model.no_counterpart if knows_absence else None
    pairs = even_subsample(read_point_pairs(options.set), options.limit)
    with torch.no_grad():
        scores = score(pairs, extract, long_side, bins)
        print(json.dumps({**scores.summary(), **_matched_elements(options.model, model, pairs)}, indent=2))
        if options.worst is not None:
            draw_worst(scores, extract, long_side).save(options.worst)


def _matched_elements(folder: Path, model: UiUnet, pairs: list[PointPair]) -> dict:
    """By the matcher: all whose middle lies in the image; all but words of texts; and those whose middle no other covers."""
    if not (folder / MATCHER_FILE).exists():
        return {}
    matcher = load_matcher(folder)
    seen = extract_pairs([pair.elements for pair in pairs if pair.elements is not None], model)
    return {
        "matched_all": score_elements(seen, model, matcher, words=True, covered_too=True),
        "matched_layers": score_elements(seen, model, matcher, words=False, covered_too=True),
        "matched_visible": score_elements(seen, model, matcher, words=True, covered_too=False),
    }


if __name__ == "__main__":
    main()
