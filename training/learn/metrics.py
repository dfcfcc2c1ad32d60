"""Scores of features on a set: PCK of points, accuracy of elements, and detection of missing counterparts."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch


from learn.features import Extractor, ImageFeatures, extract_features
from learn.points import corresponding_points, covered
from learn.sets import Pair, open_image, read_set

#: Thresholds of PCK, relative to the target's longer side.
ALPHAS = (0.02, 0.05, 0.1)
#: Points sampled per pair when a set has no `pairs.json`.
POINTS_PER_PAIR = 40
SEED = 7
#: Recall at which the precision of "no counterpart" is reported.
RECALL = 0.8


@dataclass(frozen=True)
class PointPair:
    """Two images and corresponding points (n,2) in pixels, with `elements` if known."""

    source: Path
    target: Path
    source_points: np.ndarray
    target_points: np.ndarray
    group: str
    elements: Pair | None


@dataclass
class Scores:
    """Collects results; the summary is in percent."""

    #: Errors by group, relative to the target's longer side.
    distances: dict[str, list[float]] = field(default_factory=dict)
    #: PCK of each pair at the middle of `ALPHAS`.
    pairs: list[tuple[float, PointPair]] = field(default_factory=list)
    elements_right: list[bool] = field(default_factory=list)
    #: For each element: whether it has no counterpart, and the predicted margin of that.
    absence: list[tuple[bool, float]] = field(default_factory=list)
    #: Whether the margin has a learned threshold.
    has_dustbin: bool = False

    def summary(self) -> dict:
        everything = [d for distances in self.distances.values() for d in distances]
        summary = {"points": len(everything), "pck": _pck(everything)}
        if self.elements_right:
            summary["right_element"] = percent(np.array(self.elements_right))
        if any(absent for absent, _ in self.absence):
            summary["no_counterpart"] = absence_scores(self.absence, self.has_dustbin)
        pairs = Counter(pair.group for _, pair in self.pairs)
        summary["groups"] = {group: {"pairs": pairs[group], "pck": _pck(d)} for group, d in sorted(self.distances.items())}
        return summary


def read_point_pairs(folder: Path) -> list[PointPair]:
    """
    The pairs of a set with the points of its `pairs.json`, or with points sampled from its elements. A folder with only
    `pairs.json` has no elements. Throws FileNotFoundError if both files are missing.
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
    Arg-max of cosine similarity at one size, without refinement.
    `threshold`: descriptors (n,C) -> the similarity (n,) below which they have no counterpart; 0 by default.
    """
    scores = Scores(has_dustbin=threshold is not None)
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
    """Scores elements by their centres, except those that a smaller element covers."""
    shown = [_visible_centres(boxes) for boxes in (pair.source_boxes, pair.target_boxes)]
    (sources, source_centres), (targets, target_centres) = shown
    if len(sources) == 0 or len(targets) == 0:
        return
    queries = here.at(source_centres)
    choice = targets[(queries @ there.at(target_centres).T).argmax(1).numpy()]
    among = np.isin(sources, targets)
    # a text and its only word share a box and count as the same element
    same = (pair.target_boxes[choice] == pair.target_boxes[sources]).all(1)
    scores.elements_right.extend(same[among].tolist())
    best, _ = there.nearest(queries)
    margin = (threshold(queries) if threshold else torch.zeros(len(queries))) - best
    absent = ~pair.in_both[sources]
    scores.absence.extend(zip(absent.tolist(), margin.tolist()))


def _visible_centres(boxes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Indices and centres of the elements in this image whose centre no smaller element covers."""
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
    """Average precision of "no counterpart" over all margins; with a learned threshold, also its precision and recall."""
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
        predicted = margin > 0
        scores |= {"precision": percent(truth[predicted]) if predicted.any() else None, "recall": percent(predicted[truth])}
    return scores


def percent(shares: np.ndarray) -> float:
    return round(100 * float(np.mean(shares)), 1)
