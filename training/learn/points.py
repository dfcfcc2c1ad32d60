"""Corresponding points, sampled from corresponding elements."""

from dataclasses import dataclass

import numpy as np

from learn.sets import Pair

#: Points of elements with different insides: the centre, the middles of the edges, the corners.
ANCHORS = np.array([[0.5, 0.5], [0, 0.5], [1, 0.5], [0.5, 0], [0.5, 1], [0, 0], [1, 0], [0, 1], [1, 1]])

#: Probability of each. The centre is most frequent, because most queries are centres of layers and annotations.
ANCHOR_SHARES = np.array([0.4, *[0.075] * 8])

#: The change under which left edges correspond to right edges, except in rigid elements.
MIRRORING = "right-to-left"

#: Points sampled per requested point, because covered ones are dropped.
DRAWN_PER_POINT = 3


@dataclass(frozen=True)
class Points:
    """Corresponding points (n,2) in pixels of each image, and the element index of each (n,)."""

    source: np.ndarray
    target: np.ndarray
    element: np.ndarray


def corresponding_points(pair: Pair, count: int, rng: np.random.Generator) -> Points:
    """
    At most `count` points: anywhere in a rigid element, at the anchors of others, uniformly over elements. A point belongs to
    the smallest element around it, so points that a smaller element covers in either image are dropped.
    """
    elements = np.flatnonzero(pair.in_both)
    if len(elements) == 0:
        return Points(np.zeros((0, 2)), np.zeros((0, 2)), elements)
    chosen = rng.choice(elements, count * DRAWN_PER_POINT)
    rigid = pair.rigid[chosen, None]
    anchors = ANCHORS[rng.choice(len(ANCHORS), len(chosen), p=ANCHOR_SHARES)]
    places = np.where(rigid, rng.random((len(chosen), 2)), anchors)
    mirrored = np.abs([1, 0] - places) if MIRRORING in pair.change else places
    source = _at(pair.source_boxes[chosen], places)
    target = _at(pair.target_boxes[chosen], np.where(rigid, places, mirrored))
    free = ~(covered(pair.source_boxes, chosen, source) | covered(pair.target_boxes, chosen, target))
    kept = np.flatnonzero(free)[:count]
    return Points(source[kept], target[kept], chosen[kept])


def points_without_counterpart(
    boxes: np.ndarray, others: np.ndarray, count: int, rng: np.random.Generator
) -> np.ndarray:
    """At most `count` points (n,2) in elements that have a box in `boxes` but none in `others`."""
    elements = np.flatnonzero(~np.isnan(boxes[:, 0]) & np.isnan(others[:, 0]))
    if len(elements) == 0:
        return np.zeros((0, 2))
    chosen = rng.choice(elements, count * DRAWN_PER_POINT)
    points = _at(boxes[chosen], rng.random((len(chosen), 2)))
    return points[~covered(boxes, chosen, points)][:count]


def covered(boxes: np.ndarray, own: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Whether an element smaller than the point's own (index `own`) contains it: (n,) booleans."""
    areas = boxes[:, 2] * boxes[:, 3]
    low, high = boxes[None, :, :2], boxes[None, :, :2] + boxes[None, :, 2:]
    inside = ((points[:, None] >= low) & (points[:, None] <= high)).all(2)
    return (inside & (areas[None] < areas[own, None])).any(1)


def _at(boxes: np.ndarray, places: np.ndarray) -> np.ndarray:
    return boxes[:, :2] + places * boxes[:, 2:]
