"""Crops of pairs for training: two windows around a corresponding point, each at its own scale."""

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

from learn.points import Points, corresponding_points, points_without_counterpart
from learn.sets import Pair, open_image


@dataclass(frozen=True)
class CropSettings:
    #: Range of the longer side, in pixels, to which images are resized before cropping; sampled log-uniformly.
    long_sides: tuple[int, int] = (384, 1024)
    #: The same for whole images; includes the default size of the network.
    whole_long_sides: tuple[int, int] = (384, 544)
    #: Canvas sides of whole images are multiples of this, the `size_multiple` of the network.
    whole_multiple: int = 32
    #: Largest ratio of the target's scale to the source's; the smallest is its inverse.
    scale_jitter: float = 1.33
    #: Largest offset of a window's centre from its point, relative to the window's side.
    centre_jitter: float = 0.4
    #: Points sampled per pair, before those outside the windows are dropped.
    corresponding: int = 768
    without_counterpart: int = 192
    #: Points within this distance outside the other window are ambiguous and dropped.
    border_px: float = 8
    #: Queries per direction, and the largest number of them without a counterpart.
    queries: int = 192
    queries_without: int = 48
    #: Probability of a colour change, and of JPEG compression.
    recoloured: float = 0.5
    compressed: float = 0.3


#: Kinds of queries.
ABSENT, PRESENT, PADDING = 0, 1, -1


@dataclass(frozen=True)
class Queries:
    """Points (queries,2) of one crop, their positions in the other, and their kinds: present, absent or padding."""

    points: np.ndarray
    places: np.ndarray
    kind: np.ndarray


@dataclass(frozen=True)
class CropPair:
    """8-bit crops (3,height,width) of equal size, and queries in both directions."""

    source: np.ndarray
    target: np.ndarray
    forward: Queries
    backward: Queries


@dataclass(frozen=True)
class Window:
    """A window of an image; `scale` is crop pixels per image pixel."""

    x: float
    y: float
    scale: float

    def crop_points(self, points: np.ndarray) -> np.ndarray:
        return (points - [self.x, self.y]) * self.scale


def crop_pair(pair: Pair, side: int, settings: CropSettings, rng: np.random.Generator) -> CropPair:
    """Two crops of `side` × `side` pixels around one corresponding point."""
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
    """Both images whole, each at its own scale, on the smallest canvas that fits the network."""
    images = open_image(pair.source), open_image(pair.target)
    points = corresponding_points(pair, settings.corresponding, rng)
    long_sides = np.exp(rng.uniform(*np.log(settings.whole_long_sides), 2))
    windows = [Window(0, 0, long_side / max(image.size)) for image, long_side in zip(images, long_sides)]
    shown = [np.array(image.size) * window.scale for image, window in zip(images, windows)]
    size = (np.ceil(np.max(shown, axis=0) / settings.whole_multiple) * settings.whole_multiple).astype(int)
    return _pair_in(pair, points, images, windows, size, settings, rng)


def _pair_in(pair: Pair, points: Points, images, windows, size: np.ndarray, settings: CropSettings, rng) -> CropPair:
    """The contents of two windows, on canvases of `size`."""
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
    # an image smaller than the window starts at its corner, and its edges are repeated
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
    """Queries with a counterpart in the other crop, with one outside it, and without any."""
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
