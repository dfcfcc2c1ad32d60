"""Sets of pairs on disk: `images/` and `pairs.jsonl`, in the format of README.md."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image

T = TypeVar("T")


@dataclass(frozen=True)
class Pair:
    """Two images of an interface. Boxes are (x, y, width, height) in pixels; NaN for elements that are absent from that image."""

    id: str
    source: Path
    target: Path
    change: tuple[str, ...]
    types: tuple[str, ...]
    source_boxes: np.ndarray
    target_boxes: np.ndarray
    rigid: np.ndarray

    @property
    def in_both(self) -> np.ndarray:
        return ~(np.isnan(self.source_boxes[:, 0]) | np.isnan(self.target_boxes[:, 0]))


def read_set(folder: Path) -> list[Pair]:
    """Throws FileNotFoundError or ValueError if the folder is not a set."""
    lines = (folder / "pairs.jsonl").read_text().splitlines()
    pairs = [_pair(folder, json.loads(line)) for line in lines if line.strip()]
    if not pairs:
        raise ValueError(f"{folder / 'pairs.jsonl'} has no pairs")
    return pairs


def even_subsample(values: Sequence[T], count: int | None) -> list[T]:
    """`count` evenly spread values in order, like `samepoint eval --limit`; all if None."""
    if count is None or count >= len(values):
        return list(values)
    return [value for n, value in enumerate(values) if n * count // len(values) != (n - 1) * count // len(values)]


def open_image(path: Path) -> Image.Image:
    return Image.open(path).convert("RGB")


def _pair(folder: Path, line: dict) -> Pair:
    elements = line["elements"]
    return Pair(
        id=line["id"],
        source=folder / line["source"],
        target=folder / line["target"],
        change=tuple(line["change"]),
        types=tuple(element["type"] for element in elements),
        source_boxes=_boxes(element["source"] for element in elements),
        target_boxes=_boxes(element["target"] for element in elements),
        rigid=np.array([element["rigid"] for element in elements], dtype=bool),
    )


def _boxes(boxes) -> np.ndarray:
    missing = [np.nan] * 4
    return np.array([missing if box is None else box for box in boxes], dtype=np.float64).reshape(-1, 4)
