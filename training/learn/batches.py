"""Batches for training. Batch n depends only on the seed, so an interrupted run resumes with identical results."""

import itertools
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from learn.crops import CropSettings, Queries, crop_pair, whole_pair
from learn.sets import Pair

QueryTensors = dict[str, Tensor]
Batch = dict[str, Tensor | QueryTensors]


class Batches(Dataset):
    """
    Indexed by (step, side of the crops). A batch has `size` pairs of crops or, in a share of the steps, one pair of whole
    images, because whole images differ in shape.
    """

    def __init__(self, pairs: list[Pair], size: int, whole_share: float, settings: CropSettings, seed: int):
        self.pairs, self.size, self.whole_share, self.settings, self.seed = pairs, size, whole_share, settings, seed

    def __getitem__(self, item: tuple[int, int]) -> Batch:
        step, side = item
        rng = np.random.default_rng([self.seed, step])
        if rng.random() < self.whole_share:
            crops = [whole_pair(self.pairs[rng.integers(len(self.pairs))], self.settings, rng)]
        else:
            chosen = rng.integers(len(self.pairs), size=self.size)
            crops = [crop_pair(self.pairs[n], side, self.settings, rng) for n in chosen]
        return {
            "source": _pixels([crop.source for crop in crops]),
            "target": _pixels([crop.target for crop in crops]),
            "forward": _query_tensors([crop.forward for crop in crops]),
            "backward": _query_tensors([crop.backward for crop in crops]),
        }


def load_batches(batches: Batches, first_step: int, side: int, workers: int) -> Iterator[Batch]:
    """An endless stream of batches from `first_step` on, with crops of `side` × `side` pixels."""
    items = ((step, side) for step in itertools.count(first_step))
    return iter(DataLoader(batches, batch_size=None, sampler=items, num_workers=workers))


def _pixels(crops: list[np.ndarray]) -> Tensor:
    """(N,3,height,width) in [-1,1]"""
    return torch.from_numpy(np.stack(crops)).float() / 127.5 - 1


def _query_tensors(queries: list[Queries]) -> QueryTensors:
    return {
        "points": torch.from_numpy(np.stack([q.points for q in queries])),
        "places": torch.from_numpy(np.stack([q.places for q in queries])),
        "kind": torch.from_numpy(np.stack([q.kind for q in queries])),
    }
