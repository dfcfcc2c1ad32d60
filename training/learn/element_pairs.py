"""Pairs of pictures as the matcher of elements sees them: features of elements, where they lie, and which are the same."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from learn.element_matcher import Assignment, ElementMatcher, Elements, geometry
from learn.features import Extractor, look, network_extractor
from learn.metrics import absence_scores, percent
from learn.model import UiUnet
from learn.points import MIRRORING, covered
from learn.sets import Pair, open_image

#: Elements are compared in the middle and near the middle of each side, as `correspond/resemblances.ts` has it.
PLACES = np.array([[0.5, 0.5], [0.1, 0.5], [0.9, 0.5], [0.5, 0.1], [0.5, 0.9]])
#: The same places where left and right are exchanged.
EXCHANGED = [0, 2, 1, 3, 4]
#: The largest of the sizes that Samepoint sees pictures at.
LONG_SIDE = 768
#: Pairs in one file of what was seen.
CHUNK = 100
WORD = "word"
#: Logit of what only fills up.
_NEVER = -1e4


@dataclass(frozen=True)
class SeenSide:
    """The elements of one picture whose middle lies in it."""

    #: Their indices in the pair (n,).
    index: np.ndarray
    #: (n,4) in pixels.
    boxes: Tensor
    size: tuple[int, int]
    #: Has it a smaller one over its middle? Is it a word of a text? (n,) each.
    covered: np.ndarray
    word: np.ndarray
    #: Unit columns of the places (n, places, channels) in half precision.
    columns: Tensor


@dataclass(frozen=True)
class SeenPair:
    exchanged: bool
    source: SeenSide
    target: SeenSide


@dataclass(frozen=True)
class Example:
    """Elements of both pictures, and whether they are the same (n,m)."""

    source: Elements
    target: Elements
    same: Tensor


@dataclass(frozen=True)
class ExampleSettings:
    #: At most this many elements of a picture, chosen at random.
    most: int = 128
    #: How often words of texts are elements as well, and how often those that are covered are none.
    words_share: float = 0.4
    uncovered_share: float = 0.4
    #: How often only a strip of a picture has elements, and how often some of them are left out, so that others have no counterpart.
    strip_share: float = 0.3
    drop_share: float = 0.5
    most_dropped: float = 0.5
    #: Spread of the logarithm of the size, and of the offset in parts of the longer side, by which boxes are said wrongly.
    scale_spread: float = 0.1
    offset_spread: float = 0.03
    #: How often the places of pictures with left and right exchanged are exchanged as well.
    exchanged_share: float = 0.8


def see_pairs(pairs: list[Pair], model: UiUnet, folder: Path | None = None) -> list[SeenPair]:
    """What the feature network sees in them, kept in `folder` if there is one, so that a run that was stopped goes on."""
    extract = network_extractor(model)
    seen = []
    for start in range(0, len(pairs), CHUNK):
        seen += _see_chunk(pairs[start : start + CHUNK], extract, folder and folder / f"{start}.pt")
    return [pair for pair in seen if pair is not None]


def _see_chunk(pairs: list[Pair], extract: Extractor, path: Path | None) -> list[SeenPair | None]:
    if path is not None and path.exists():
        return torch.load(path, weights_only=False)
    seen = [_see(pair, extract) for pair in pairs]
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        torch.save(seen, unfinished)
        unfinished.replace(path)
    return seen


def training_example(pair: SeenPair, model: UiUnet, settings: ExampleSettings, rng: np.random.Generator) -> Example | None:
    """Some of the elements of a pair, in either direction; None where too few are left."""
    sides = (pair.source, pair.target) if rng.random() < 0.5 else (pair.target, pair.source)
    words = rng.random() < settings.words_share
    chosen = [_choose(side, words, settings, rng) for side in sides]
    exchanged = pair.exchanged and rng.random() < settings.exchanged_share
    boxes = [_moved(side, settings, rng) for side in sides]
    return _example(sides, chosen, boxes, exchanged, model)


def whole_example(pair: SeenPair, model: UiUnet, words: bool, covered_too: bool) -> Example | None:
    sides = (pair.source, pair.target)
    chosen = [np.flatnonzero((words | ~side.word) & (covered_too | ~side.covered)) for side in sides]
    return _example(sides, chosen, [side.boxes for side in sides], pair.exchanged, model)


def batch(examples: list[Example]) -> Example:
    """All filled up to the same numbers of elements."""
    n, m = (max(len(getattr(e, name).mask) for e in examples) for name in ("source", "target"))
    same = [F.pad(e.same, (0, m - e.same.shape[1], 0, n - e.same.shape[0])) for e in examples]
    return Example(_filled([e.source for e in examples], n), _filled([e.target for e in examples], m), torch.stack(same))


def log_shares(found: Assignment, example: Example) -> tuple[Tensor, Tensor]:
    """Log softmax over the others and "no counterpart", for each of the one picture (N,n,m+1) and of the other (N,m,n+1)."""
    hidden = ~(example.source.mask[:, :, None] & example.target.mask[:, None])
    logits = found.logits.masked_fill(hidden, _NEVER)
    there = torch.cat([logits, found.none[..., None]], 2).log_softmax(2)
    back = torch.cat([logits.transpose(1, 2), found.other_none[..., None]], 2).log_softmax(2)
    return there, back


def matching_loss(found: Assignment, example: Example) -> Tensor:
    """Cross-entropies in both directions; of several in one box, either is right."""
    there, back = log_shares(found, example)
    return _one_way(there, example.same, example.source.mask) + _one_way(
        back, example.same.transpose(1, 2), example.target.mask
    )


@torch.no_grad()
def score_elements(pairs: list[SeenPair], model: UiUnet, matcher: ElementMatcher, words: bool, covered_too: bool) -> dict:
    """The right element among all, and what has no counterpart, by the share of both directions together; in percent."""
    right: list[bool] = []
    absence: list[tuple[bool, float]] = []
    for pair in pairs:
        whole = whole_example(pair, model, words, covered_too)
        if whole is None:
            continue
        example = batch([whole])
        there, back = log_shares(matcher(example.source, example.target)[-1], example)
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


def _one_way(shares: Tensor, same: Tensor, mask: Tensor) -> Tensor:
    right = shares[..., :-1].masked_fill(~same, _NEVER).logsumexp(2)
    losses = -torch.where(same.any(2), right, shares[..., -1])
    return (losses * mask).sum() / mask.sum()


def _see(pair: Pair, extract: Extractor) -> SeenPair | None:
    words = np.array([kind == WORD for kind in pair.types], dtype=bool)
    sides = [_see_side(*side, words, extract) for side in ((pair.source, pair.source_boxes), (pair.target, pair.target_boxes))]
    return None if any(side is None for side in sides) else SeenPair(MIRRORING in pair.change, *sides)


def _see_side(path: Path, boxes: np.ndarray, words: np.ndarray, extract: Extractor) -> SeenSide | None:
    image = open_image(path)
    middles = boxes[:, :2] + boxes[:, 2:] / 2
    # NaN, which stands for those that are not here, is no place inside
    here = np.flatnonzero(((middles >= 0) & (middles <= image.size)).all(1))
    if len(here) == 0:
        return None
    points = boxes[here, None, :2] + PLACES * boxes[here, None, 2:]
    columns = look(image, extract, LONG_SIDE).at(points.reshape(-1, 2)).reshape(len(here), len(PLACES), -1)
    hidden = covered(boxes, here, middles[here])
    return SeenSide(here, torch.from_numpy(boxes[here]).float(), image.size, hidden, words[here], columns.half())


def _choose(side: SeenSide, words: bool, settings: ExampleSettings, rng: np.random.Generator) -> np.ndarray:
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


def _moved(side: SeenSide, settings: ExampleSettings, rng: np.random.Generator) -> Tensor:
    boxes = side.boxes * float(np.exp(rng.normal(0, settings.scale_spread)))
    offset = torch.from_numpy(rng.normal(0, settings.offset_spread, 2)).float() * max(side.size)
    return torch.cat([boxes[:, :2] + offset, boxes[:, 2:]], 1)


def _example(sides, chosen: list[np.ndarray], boxes: list[Tensor], exchanged: bool, model: UiUnet) -> Example | None:
    if min(map(len, chosen)) < 2:
        return None
    source, target = (
        _elements(side, which, at[which], turned and exchanged, model)
        for side, which, at, turned in zip(sides, chosen, boxes, (False, True))
    )
    return Example(source, target, torch.from_numpy(_same(*sides, *chosen)))


def _elements(side: SeenSide, which: np.ndarray, boxes: Tensor, exchanged: bool, model: UiUnet) -> Elements:
    columns = side.columns[which].float()
    if exchanged:
        columns = columns[:, EXCHANGED]
    with torch.no_grad():
        none = model.no_counterpart(columns).mean(1)
    return Elements(
        columns=columns.flatten(1) / len(PLACES) ** 0.5,
        geometry=geometry(boxes, side.size),
        none=none,
        mask=torch.ones(len(which), dtype=torch.bool),
    )


def _same(source: SeenSide, target: SeenSide, here: np.ndarray, there: np.ndarray) -> np.ndarray:
    """A text of one word and the word lie in the same box, and are one thing: which of both it is does not matter."""
    boxes = [side.boxes[which].numpy() for side, which in ((source, here), (target, there))]
    equal = source.index[here][:, None] == target.index[there][None]
    twins = [(of[:, None] == of[None]).all(2) for of in boxes]
    return (twins[0] @ equal) | (equal @ twins[1])


def _filled(elements: list[Elements], count: int) -> Elements:
    def filled(name: str) -> Tensor:
        values = [getattr(e, name) for e in elements]
        return torch.stack([F.pad(v, (0, 0) * (v.dim() - 1) + (0, count - len(v))) for v in values])

    return Elements(*(filled(name) for name in ("columns", "geometry", "none", "mask")))
