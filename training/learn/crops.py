"""Crops of pairs for training: two windows that share something, each at a scale of its own."""

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

from learn.points import Points, corresponding_points, points_without_counterpart
from learn.sets import Pair, open_image


@dataclass(frozen=True)
class CropSettings:
    #: Long sides, in pixels, that images are brought to before windows are cut; drawn log-uniformly.
    long_sides: tuple[int, int] = (384, 1024)
    #: The same for images that are shown whole; those of the network's own size are among them.
    whole_long_sides: tuple[int, int] = (384, 544)
    #: Their canvas has sides that are multiples of this, the network's.
    whole_multiple: int = 32
    #: How much larger the target is shown than the source, at most (or smaller, at least 1 / this).
    scale_jitter: float = 1.33
    #: How far a window's centre is from the point it shows, in parts of the window's side.
    centre_jitter: float = 0.4
    #: Points asked for in each pair, before those outside the windows are lost.
    corresponding: int = 768
    without_counterpart: int = 192
    #: A place this near outside the other window is neither in it nor surely not.
    border_px: float = 8
    #: Queries kept for each direction, and how many of them may have no counterpart.
    queries: int = 192
    queries_without: int = 48
    #: Shares of crops that are changed in colour, and compressed.
    recoloured: float = 0.5
    compressed: float = 0.3


#: Kinds of queries.
ABSENT, PRESENT, PADDING = 0, 1, -1


@dataclass(frozen=True)
class Queries:
    """Points (queries,2) of one crop, their places in the other, and whether they have one (kind)."""

    points: np.ndarray
    places: np.ndarray
    kind: np.ndarray


@dataclass(frozen=True)
class CropPair:
    """Crops (3,height,width) of 8 bits, of one size, and queries in both directions."""

    source: np.ndarray
    target: np.ndarray
    forward: Queries
    backward: Queries


@dataclass(frozen=True)
class Window:
    """A square of a image; `scale` is crop pixels a image pixel."""

    x: float
    y: float
    scale: float

    def crop_points(self, points: np.ndarray) -> np.ndarray:
        return (points - [self.x, self.y]) * self.scale


def crop_pair(pair: Pair, side: int, settings: CropSettings, rng: np.random.Generator) -> CropPair:
    """Two crops of `side` × `side` pixels that show one corresponding point, wherever the rest may be."""
    source, target = open_image(pair.source), open_image(pair.target)
    points = corresponding_points(pair, settings.corresponding, rng)
    base = np.exp(rng.uniform(*np.log(settings.long_sides)))
    jitter = np.exp(rng.uniform(-0.5, 0.5, 2) * np.log(settings.scale_jitter))
    n = rng.integers(len(points.source)) if len(points.source) else None
    windows = [
        _window(image.size, at[n] if n is not None else np.array(image.size) / 2, base * j, side, settings, rng)
        for image, at, j in ((source, points.source, jitter[0]), (target, points.target, jitter[1]))
    ]
    return _pair_in(pair, points, (source, target), windows, np.array([side, side]), settings, rng)


def whole_pair(pair: Pair, settings: CropSettings, rng: np.random.Generator) -> CropPair:
    """Both images whole, each at a scale of its own, on the smallest canvas that the network takes."""
    images = open_image(pair.source), open_image(pair.target)
    points = corresponding_points(pair, settings.corresponding, rng)
    long_sides = np.exp(rng.uniform(*np.log(settings.whole_long_sides), 2))
    windows = [Window(0, 0, long_side / max(image.size)) for image, long_side in zip(images, long_sides)]
    shown = [np.array(image.size) * window.scale for image, window in zip(images, windows)]
    size = (np.ceil(np.max(shown, axis=0) / settings.whole_multiple) * settings.whole_multiple).astype(int)
    return _pair_in(pair, points, images, windows, size, settings, rng)


def _pair_in(pair: Pair, points: Points, images, windows, size: np.ndarray, settings: CropSettings, rng) -> CropPair:
    """What two windows show, on canvases of `size`."""
    (source, target), (a, b) = images, windows
    lost = [
        points_without_counterpart(boxes, others, settings.without_counterpart, rng)
        for boxes, others in ((pair.source_boxes, pair.target_boxes), (pair.target_boxes, pair.source_boxes))
    ]
    here, there = a.crop_points(points.source), b.crop_points(points.target)
    return CropPair(
        source=_recolour(_cut(source, a, size, rng), settings, rng),
        target=_recolour(_cut(target, b, size, rng), settings, rng),
        forward=queries_of(here, there, a.crop_points(lost[0]), size, settings, rng),
        backward=queries_of(there, here, b.crop_points(lost[1]), size, settings, rng),
    )


def _window(size, centre, long_side, side, settings, rng) -> Window:
    scale = long_side / max(size)
    extent = side / scale
    corner = centre - extent / 2 + rng.uniform(-1, 1, 2) * settings.centre_jitter * extent
    # a image smaller than the window starts at its corner, and its edges are repeated
    x, y = np.clip(corner, 0, np.maximum(0, np.array(size) - extent))
    return Window(x, y, scale)


def _cut(image: Image.Image, window: Window, size: np.ndarray, rng: np.random.Generator) -> Image.Image:
    extent = size / window.scale
    end = np.minimum(np.array([window.x, window.y]) + extent, image.size)
    shown = np.maximum(1, np.round((end - [window.x, window.y]) * window.scale)).astype(int)
    resample = rng.choice([Image.Resampling.BOX, Image.Resampling.BILINEAR, Image.Resampling.LANCZOS])
    crop = image.resize(tuple(shown), Image.Resampling(resample), box=(window.x, window.y, *end))
    if (shown < size).any():
        pad = ((0, size[1] - shown[1]), (0, size[0] - shown[0]), (0, 0))
        crop = Image.fromarray(np.pad(np.asarray(crop), pad, mode="edge"))
    return crop


def _recolour(crop: Image.Image, settings: CropSettings, rng: np.random.Generator) -> np.ndarray:
    if rng.random() < settings.recoloured:
        for enhance in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
            crop = enhance(crop).enhance(rng.uniform(0.7, 1.3))
        if rng.random() < 0.2:
            crop = ImageOps.grayscale(crop).convert("RGB")
    if rng.random() < settings.compressed:
        file = io.BytesIO()
        crop.save(file, "jpeg", quality=int(rng.integers(40, 95)))
        crop = Image.open(file).convert("RGB")
    return np.ascontiguousarray(np.asarray(crop).transpose(2, 0, 1))


def queries_of(points, places, lost, size, settings, rng) -> Queries:
    """Those with a place in the other crop, those whose place lies outside it, and those that have none anywhere."""
    margin = settings.border_px
    shown = _within(points, size, 0)
    present = np.flatnonzero(shown & _within(places, size, 0))
    outside = points[shown & ~_within(places, size, -margin)]
    absent = np.concatenate([lost[_within(lost, size, 0)], outside])
    absent = absent[rng.permutation(len(absent))[: settings.queries_without]]
    present = present[: settings.queries - len(absent)]
    filler = settings.queries - len(present) - len(absent)
    return Queries(
        points=np.concatenate([points[present], absent, np.zeros((filler, 2))]).astype(np.float32),
        places=np.concatenate([places[present], np.zeros((settings.queries - len(present), 2))]).astype(np.float32),
        kind=np.repeat([PRESENT, ABSENT, PADDING], [len(present), len(absent), filler]),
    )


def _within(points: np.ndarray, size: np.ndarray, inset: float) -> np.ndarray:
    return ((points >= inset) & (points <= size - inset)).all(1)
