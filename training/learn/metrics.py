"""What features are worth on a set: PCK of points, the right element among all, and what has no counterpart."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch


from learn.features import Extractor, ImageFeatures, extract_features
from learn.points import corresponding_points, covered
from learn.sets import Pair, open_image, read_set

#: Parts of the target's longer side.
ALPHAS = (0.02, 0.05, 0.1)
#: For pairs that come without chosen points.
POINTS_PER_PAIR = 40
SEED = 7
#: Recall at which the precision of "no counterpart" is told.
RECALL = 0.8


@dataclass(frozen=True)
class PointPair:
    """Two images and corresponding points (n,2) in their pixels; `elements` where they are known."""

    source: Path
    target: Path
    source_points: np.ndarray
    target_points: np.ndarray
    group: str
    elements: Pair | None


@dataclass
class Scores:
    """Gathers results; shares are in percent."""

    #: By group, distances from the true place in parts of the target's longer side.
    distances: dict[str, list[float]] = field(default_factory=dict)
    #: One entry a pair: share of points within the middle of `ALPHAS`.
    pairs: list[tuple[float, PointPair]] = field(default_factory=list)
    elements_right: list[bool] = field(default_factory=list)
    #: One entry an element: (has no counterpart, margin by which it seems so).
    absence: list[tuple[bool, float]] = field(default_factory=list)
    #: Is there a threshold for that margin?
    knows_absence: bool = False

    def summary(self) -> dict:
        everything = [d for distances in self.distances.values() for d in distances]
        summary = {"points": len(everything), "pck": _pck(everything)}
        if self.elements_right:
            summary["right_element"] = percent(np.array(self.elements_right))
        if any(absent for absent, _ in self.absence):
            summary["no_counterpart"] = absence_scores(self.absence, self.knows_absence)
        pairs = Counter(pair.group for _, pair in self.pairs)
        summary["groups"] = {group: {"pairs": pairs[group], "pck": _pck(d)} for group, d in sorted(self.distances.items())}
        return summary


def read_point_pairs(folder: Path) -> list[PointPair]:
    """
    A set's pairs with the points of its `pairs.json`, or points sampled from its elements where it has none. A folder
    with `pairs.json` alone will do; it tells nothing of elements. Throws FileNotFoundError where there is neither.
    """
    only_points = (folder / "pairs.json").exists() and not (folder / "pairs.jsonl").exists()
    pairs = [] if only_points else read_set(folder)
    if not (folder / "pairs.json").exists():
        return [_sampled(pair, n) for n, pair in enumerate(pairs)]
    known = {(pair.source, pair.target): pair for pair in pairs}
    return [
        PointPair(
            source=folder / entry["source"],
            target=folder / entry["target"],
            source_points=np.array(entry["sourcePoints"], dtype=float),
            target_points=np.array(entry["targetPoints"], dtype=float),
            group=entry.get("group", "pairs"),
            elements=known.get((folder / entry["source"], folder / entry["target"])),
        )
        for entry in json.loads((folder / "pairs.json").read_text())
    ]


def score(pairs: list[PointPair], extract: Extractor, long_side: int, threshold=None) -> Scores:
    """
    Arg-max of cosine similarity at one size, no refinement.
    `threshold`: descriptors (n,C) -> the similarity (n,) below which they have no counterpart; 0 where nothing is known.
    """
    scores = Scores(knows_absence=threshold is not None)
    for pair in pairs:
        source, target = open_image(pair.source), open_image(pair.target)
        here, there = extract_features(source, extract, long_side), extract_features(target, extract, long_side)
        if len(pair.source_points):
            _, found = there.nearest(here.at(pair.source_points))
            distances = np.linalg.norm(found - pair.target_points, axis=1) / max(target.size)
            scores.distances.setdefault(pair.group, []).extend(distances.tolist())
            scores.pairs.append((float((distances <= ALPHAS[1]).mean()), pair))
        if pair.elements is not None:
            _score_elements(scores, pair.elements, here, there, threshold)
    return scores


def _score_elements(scores: Scores, pair: Pair, here: ImageFeatures, there: ImageFeatures, threshold) -> None:
    """By centres, of those elements whose centre no smaller one covers."""
    shown = [_visible_centres(boxes) for boxes in (pair.source_boxes, pair.target_boxes)]
    (sources, source_centres), (targets, target_centres) = shown
    if len(sources) == 0 or len(targets) == 0:
        return
    queries = here.at(source_centres)
    choice = targets[(queries @ there.at(target_centres).T).argmax(1).numpy()]
    among = np.isin(sources, targets)
    # a text of one word and the word lie in the same box, and are one thing to whoever points at it
    same = (pair.target_boxes[choice] == pair.target_boxes[sources]).all(1)
    scores.elements_right.extend(same[among].tolist())
    best, _ = there.nearest(queries)
    margin = (threshold(queries) if threshold else torch.zeros(len(queries))) - best
    absent = ~pair.in_both[sources]
    scores.absence.extend(zip(absent.tolist(), margin.tolist()))


def _visible_centres(boxes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Indices of the elements that are here and whose centre is their own, and these centres."""
    here = np.flatnonzero(~np.isnan(boxes[:, 0]))
    centres = boxes[here, :2] + boxes[here, 2:] / 2
    own = ~covered(boxes, here, centres)
    return here[own], centres[own]


def _sampled(pair: Pair, n: int) -> PointPair:
    points = corresponding_points(pair, POINTS_PER_PAIR, np.random.default_rng([SEED, n]))
    return PointPair(pair.source, pair.target, points.source, points.target, pair.change[0], pair)


def _pck(distances: list[float]) -> list[float]:
    return [percent(np.array(distances) <= alpha) for alpha in ALPHAS]


def absence_scores(absence: list[tuple[bool, float]], known: bool) -> dict:
    """Average precision over all margins; where there is a threshold, precision and recall of "it has none" at it."""
    truth, margin = (np.array(values) for values in zip(*absence))
    ordered = truth[np.argsort(-margin, kind="stable")]
    precisions = np.cumsum(ordered) / np.arange(1, len(ordered) + 1)
    found = np.cumsum(ordered) / ordered.sum()
    scores = {
        "share": percent(truth),
        "average_precision": percent(precisions[ordered]),
        "precision_at_recall_80": percent(precisions[np.searchsorted(found, RECALL)]),
    }
    if known:
        said = margin > 0
        scores |= {"precision": percent(truth[said]) if said.any() else None, "recall": percent(said[truth])}
    return scores


def percent(shares: np.ndarray) -> float:
    return round(100 * float(np.mean(shares)), 1)
