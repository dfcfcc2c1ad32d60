"""Training examples of the element matcher: descriptors and geometry of elements, and which elements match."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from learn.element_matcher import Assignment, ElementMatcher, Elements, geometry
from learn.features import Extractor, extract_features, network_extractor
from learn.metrics import absence_scores, percent
from learn.model import UiUnet
from learn.points import MIRRORING, covered
from learn.sets import Pair, open_image

#: Elements are sampled at the centre and near the middle of each edge, as in `daemon/src/correspond`.
PLACES = np.array([[0.5, 0.5], [0.1, 0.5], [0.9, 0.5], [0.5, 0.1], [0.5, 0.9]])
#: The same places where left and right are mirrored.
MIRRORED_PLACES = [0, 2, 1, 3, 4]
#: Longer side of the largest pyramid level.
LONG_SIDE = 768
#: Pairs per cache file.
CHUNK = 100
WORD = "word"
#: Logit that masks padding.
_MASKED = -1e4


@dataclass(frozen=True)
class ImageElements:
    """The elements of one image whose centre lies inside."""

    #: Indices of the elements in the pair (n,).
    index: np.ndarray
    #: (n,4) in pixels.
    boxes: Tensor
    size: tuple[int, int]
    #: Whether a smaller element covers the centre, and whether it is a word of a text: (n,) each.
    covered: np.ndarray
    word: np.ndarray
    #: Unit descriptors (n, places, channels) in half precision.
    descriptors: Tensor


@dataclass(frozen=True)
class PairElements:
    mirrored: bool
    source: ImageElements
    target: ImageElements


@dataclass(frozen=True)
class Example:
    """Elements of both images, and whether they match (n,m)."""

    source: Elements
    target: Elements
    same: Tensor


@dataclass(frozen=True)
class ExampleSettings:
    #: Largest number of elements per image; more are subsampled.
    most: int = 128
    #: Probability of including words of texts, and of excluding covered elements.
    words_share: float = 0.4
    uncovered_share: float = 0.4
    #: Probability of keeping only a strip of an image, and of dropping elements, so that others have no counterpart.
    strip_share: float = 0.3
    drop_share: float = 0.5
    most_dropped: float = 0.5
    #: Box noise: spread of the log scale, and of the offset relative to the longer side.
    scale_spread: float = 0.1
    offset_spread: float = 0.03
    #: Probability of mirroring the places in pairs with a mirrored layout.
    mirrored_share: float = 0.8


def extract_pairs(pairs: list[Pair], model: UiUnet, folder: Path | None = None) -> list[PairElements]:
    """Descriptors of the elements of all pairs, cached in `folder` if given, so that an interrupted run resumes."""
    extract = network_extractor(model)
    extracted = []
    for start in range(0, len(pairs), CHUNK):
        extracted += _extract_chunk(pairs[start : start + CHUNK], extract, folder and folder / f"{start}.pt")
    return [pair for pair in extracted if pair is not None]


def _extract_chunk(pairs: list[Pair], extract: Extractor, path: Path | None) -> list[PairElements | None]:
    if path is not None and path.exists():
        return torch.load(path, weights_only=False)
    extracted = [_extract_pair(pair, extract) for pair in pairs]
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        torch.save(extracted, unfinished)
        unfinished.replace(path)
    return extracted


def training_example(pair: PairElements, model: UiUnet, settings: ExampleSettings, rng: np.random.Generator) -> Example | None:
    """A random subset of a pair, in a random direction; None if too few elements are left."""
    sides = (pair.source, pair.target) if rng.random() < 0.5 else (pair.target, pair.source)
    words = rng.random() < settings.words_share
    chosen = [_choose(side, words, settings, rng) for side in sides]
    mirrored = pair.mirrored and rng.random() < settings.mirrored_share
    boxes = [_moved(side, settings, rng) for side in sides]
    return _example(sides, chosen, boxes, mirrored, model)


def whole_example(pair: PairElements, model: UiUnet, words: bool, covered_too: bool) -> Example | None:
    sides = (pair.source, pair.target)
    chosen = [np.flatnonzero((words | ~side.word) & (covered_too | ~side.covered)) for side in sides]
    return _example(sides, chosen, [side.boxes for side in sides], pair.mirrored, model)


def batch(examples: list[Example]) -> Example:
    """A batch, padded to the same numbers of elements."""
    n, m = (max(len(getattr(e, name).mask) for e in examples) for name in ("source", "target"))
    same = [F.pad(e.same, (0, m - e.same.shape[1], 0, n - e.same.shape[0])) for e in examples]
    return Example(_filled([e.source for e in examples], n), _filled([e.target for e in examples], m), torch.stack(same))


def log_probabilities(found: Assignment, example: Example) -> tuple[Tensor, Tensor]:
    """Log softmax over all candidates and the dustbin, in both directions: (N,n,m+1) and (N,m,n+1)."""
    hidden = ~(example.source.mask[:, :, None] & example.target.mask[:, None])
    logits = found.logits.masked_fill(hidden, _MASKED)
    there = torch.cat([logits, found.dustbin[..., None]], 2).log_softmax(2)
    back = torch.cat([logits.transpose(1, 2), found.other_dustbin[..., None]], 2).log_softmax(2)
    return there, back


def matching_loss(found: Assignment, example: Example) -> Tensor:
    """Cross-entropy in both directions. Of several elements with the same box, any is correct."""
    there, back = log_probabilities(found, example)
    return _one_way(there, example.same, example.source.mask) + _one_way(
        back, example.same.transpose(1, 2), example.target.mask
    )


@torch.no_grad()
def score_elements(pairs: list[PairElements], model: UiUnet, matcher: ElementMatcher, words: bool, covered_too: bool) -> dict:
    """Accuracy of matches and of missing counterparts, by the product of both directions; in percent."""
    right: list[bool] = []
    absence: list[tuple[bool, float]] = []
    for pair in pairs:
        whole = whole_example(pair, model, words, covered_too)
        if whole is None:
            continue
        example = batch([whole])
        there, back = log_probabilities(matcher(example.source, example.target)[-1], example)
        best, choice = (there[0, :, :-1] + back[0, :, :-1].T).max(1)
        has = whole.same.any(1)
        right += whole.same[torch.arange(len(choice)), choice][has].tolist()
        absence += zip((~has).tolist(), (-best).tolist())
    scores: dict = {"elements": len(right)}
    if right:
        scores["right_element"] = percent(np.array(right))
    if any(absent for absent, _ in absence):
        scores["no_counterpart"] = absence_scores(absence, False)
    return scores


def _one_way(log_probabilities: Tensor, same: Tensor, mask: Tensor) -> Tensor:
    right = log_probabilities[..., :-1].masked_fill(~same, _MASKED).logsumexp(2)
    losses = -torch.where(same.any(2), right, log_probabilities[..., -1])
    return (losses * mask).sum() / mask.sum()


def _extract_pair(pair: Pair, extract: Extractor) -> PairElements | None:
    words = np.array([kind == WORD for kind in pair.types], dtype=bool)
    sides = [_extract_image(*side, words, extract) for side in ((pair.source, pair.source_boxes), (pair.target, pair.target_boxes))]
    return None if any(side is None for side in sides) else PairElements(MIRRORING in pair.change, *sides)


def _extract_image(path: Path, boxes: np.ndarray, words: np.ndarray, extract: Extractor) -> ImageElements | None:
    image = open_image(path)
    middles = boxes[:, :2] + boxes[:, 2:] / 2
    # NaN boxes (absent elements) fail this comparison
    here = np.flatnonzero(((middles >= 0) & (middles <= image.size)).all(1))
    if len(here) == 0:
        return None
    points = boxes[here, None, :2] + PLACES * boxes[here, None, 2:]
    descriptors = extract_features(image, extract, LONG_SIDE).at(points.reshape(-1, 2)).reshape(len(here), len(PLACES), -1)
    hidden = covered(boxes, here, middles[here])
    return ImageElements(here, torch.from_numpy(boxes[here]).float(), image.size, hidden, words[here], descriptors.half())


def _choose(side: ImageElements, words: bool, settings: ExampleSettings, rng: np.random.Generator) -> np.ndarray:
    kept = words | ~side.word
    if rng.random() < settings.strip_share:
        axis = 0 if rng.random() < 0.3 else 1
        low = rng.random() * 0.5
        at = (side.boxes[:, axis] + side.boxes[:, 2 + axis] / 2).numpy() / side.size[axis]
        kept = kept & (at >= low) & (at <= low + 0.3 + 0.5 * rng.random())
    if rng.random() < settings.uncovered_share:
        kept = kept & ~side.covered
    if rng.random() < settings.drop_share:
        kept = kept & (rng.random(len(kept)) >= rng.random() * settings.most_dropped)
    chosen = np.flatnonzero(kept)
    return chosen if len(chosen) <= settings.most else np.sort(rng.choice(chosen, settings.most, replace=False))


def _moved(side: ImageElements, settings: ExampleSettings, rng: np.random.Generator) -> Tensor:
    boxes = side.boxes * float(np.exp(rng.normal(0, settings.scale_spread)))
    offset = torch.from_numpy(rng.normal(0, settings.offset_spread, 2)).float() * max(side.size)
    return torch.cat([boxes[:, :2] + offset, boxes[:, 2:]], 1)


def _example(sides, chosen: list[np.ndarray], boxes: list[Tensor], mirrored: bool, model: UiUnet) -> Example | None:
    if min(map(len, chosen)) < 2:
        return None
    source, target = (
        _elements(side, which, at[which], is_target and mirrored, model)
        for side, which, at, is_target in zip(sides, chosen, boxes, (False, True))
    )
    return Example(source, target, torch.from_numpy(_same(*sides, *chosen)))


def _elements(side: ImageElements, which: np.ndarray, boxes: Tensor, mirrored: bool, model: UiUnet) -> Elements:
    descriptors = side.descriptors[which].float()
    if mirrored:
        descriptors = descriptors[:, MIRRORED_PLACES]
    with torch.no_grad():
        dustbin = model.no_counterpart(descriptors).mean(1)
    return Elements(
        descriptors=descriptors.flatten(1) / len(PLACES) ** 0.5,
        geometry=geometry(boxes, side.size),
        dustbin=dustbin,
        mask=torch.ones(len(which), dtype=torch.bool),
    )


def _same(source: ImageElements, target: ImageElements, here: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Which elements match. A text and its only word share a box and count as the same element."""
    boxes = [side.boxes[which].numpy() for side, which in ((source, here), (target, there))]
    equal = source.index[here][:, None] == target.index[there][None]
    twins = [(of[:, None] == of[None]).all(2) for of in boxes]
    return (twins[0] @ equal) | (equal @ twins[1])


def _filled(elements: list[Elements], count: int) -> Elements:
    def filled(name: str) -> Tensor:
        values = [getattr(e, name) for e in elements]
        return torch.stack([F.pad(v, (0, 0) * (v.dim() - 1) + (0, count - len(v))) for v in values])

    return Elements(*(filled(name) for name in ("descriptors", "geometry", "dustbin", "mask")))
