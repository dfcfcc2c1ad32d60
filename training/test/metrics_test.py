"""Scores of points, elements and missing counterparts."""

import json
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory

import learn  # noqa: F401, I001 (before torch)

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from learn.metrics import read_point_pairs, score
from learn.sets import even_subsample

SIDE_PX = 64


def colours(pixels):
    """Descriptors are the mean colours of cells, so every colour is unique."""
    x = torch.from_numpy(pixels.copy()).permute(2, 0, 1).float()[None]
    return F.normalize(F.avg_pool2d(x, 4)[0], dim=0)


class MetricsTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        (self.folder / "images").mkdir()
        picture = np.zeros((SIDE_PX, SIDE_PX, 3), dtype=np.uint8)
        for n, colour in enumerate(((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0))):
            picture[16 * n : 16 * n + 16] = colour
        Image.fromarray(picture).save(self.folder / "images/a.png")
        # the target has the first colour in place, the second elsewhere, and not the last
        changed = np.concatenate([picture[:16], picture[32:48], picture[16:32], picture[32:48]])
        Image.fromarray(changed).save(self.folder / "images/b.png")

    def write(self):
        # a word in the same box as its text
        rows = {"red": (0, 0), "green": (16, 32), "green.word0": (16, 32), "yellow": (48, None)}
        elements = [
            {
                "id": id,
                "type": "box",
                "source": [0, here, SIDE_PX, 16],
                "target": None if there is None else [0, there, SIDE_PX, 16],
                "rigid": False,
            }
            for id, (here, there) in rows.items()
        ]
        pair = {"id": "p", "source": "images/a.png", "target": "images/b.png", "change": ["order"], "elements": elements}
        (self.folder / "pairs.jsonl").write_text(json.dumps(pair))
        points = {"sourcePoints": [[2, 2], [2, 18], [2, 18]], "targetPoints": [[2, 2], [2, 34], [2, 62]]}
        entry = {"source": "images/a.png", "target": "images/b.png", "group": "order", **points}
        (self.folder / "pairs.json").write_text(json.dumps([entry]))

    def test_points_elements_and_absence_are_scored_separately(self):
        self.write()
        bins = lambda descriptors: torch.full((len(descriptors),), 0.9)
        summary = score(read_point_pairs(self.folder), colours, SIDE_PX, bins).summary()
        self.assertEqual(summary["points"], 3)
        self.assertEqual(summary["pck"], [66.7, 66.7, 66.7])
        self.assertEqual(summary["groups"], {"order": {"pairs": 1, "pck": [66.7, 66.7, 66.7]}})
        self.assertEqual(summary["right_element"], 100)
        expected = {"share": 25, "average_precision": 100, "precision_at_recall_80": 100, "precision": 100, "recall": 100}
        self.assertEqual(summary["no_counterpart"], expected)

    def test_a_folder_with_only_points_is_scored(self):
        self.write()
        (self.folder / "pairs.jsonl").unlink()
        summary = score(read_point_pairs(self.folder), colours, SIDE_PX).summary()
        self.assertEqual(set(summary), {"points", "pck", "groups"})

    def test_subsamples_are_evenly_spread(self):
        self.assertEqual(even_subsample(range(10), 4), [0, 3, 5, 8])
        self.assertEqual(even_subsample("abc", 3), even_subsample("abc", None))
        self.assertEqual(len(even_subsample(range(299), 60)), 60)

    def test_a_folder_with_neither_file_is_rejected(self):
        with self.assertRaises(FileNotFoundError):
            read_point_pairs(self.folder)


if __name__ == "__main__":
    unittest.main()
