"""Writes region similarity J, boundary accuracy F and their statistics of drawn masks, as the DAVIS challenge defines them.

    python test/parity/make-davis.py

Needs numpy, scipy and scikit-image. Output: daemon/test/fixtures/track/davis.json: for each case the size, the ellipses
of truth and found (centre and radii; null: empty) and J and F; and statistics of some sequences of values.

Definitions: Perazzi et al., A Benchmark Dataset and Evaluation Methodology for Video Object Segmentation, 2016, and
Martin's boundary map as the public davis2017-evaluation has it; checked against its text line by line.
"""

import json
from pathlib import Path

import numpy as np
from scipy.ndimage import binary_dilation
from skimage.morphology import disk

OUT = Path(__file__).parents[2] / "daemon/test/fixtures/track/davis.json"
BOUND_TH = 0.008
BINS = 4

SMALL, WIDE = (61, 40), (400, 230)
CASES = [
    (SMALL, [30, 20, 10, 8], [30, 20, 10, 8]),
    (SMALL, [30, 20, 10, 8], [32, 21, 10, 8]),
    (SMALL, [30, 20, 10, 8], [36, 25, 6, 9]),
    (SMALL, [30, 20, 10, 8], None),
    (SMALL, None, [30, 20, 10, 8]),
    (SMALL, None, None),
    (SMALL, [10, 10, 5, 5], [50, 30, 5, 5]),
    (SMALL, [0, 0, 20, 20], [1, 0, 20, 18]),
    (SMALL, [60, 39, 15, 9], [58, 39, 15, 11]),
    (SMALL, [30, 20, 100, 100], [30, 20, 28, 100]),
    (SMALL, [30, 20, 100, 100], [30, 20, 100, 100]),
    (SMALL, [30, 20, 0.5, 0.5], [31, 21, 0.5, 0.5]),
    (WIDE, [200, 110, 80, 60], [203, 112, 82, 57]),
    (WIDE, [200, 110, 80, 60], [209, 104, 70, 66]),
    (WIDE, [399, 100, 90, 120], [390, 110, 80, 130]),
    (WIDE, [200, 229, 150, 40], [200, 225, 160, 44]),
]
SEQUENCES = [
    [0.9, 0.8, 0.7, 0.6, 0.5, 0.4],
    [0.51, 0.5, 0.49],
    [0.7],
    [1, 0],
    [round(1 - n / 83, 4) for n in range(68)],
    [round(abs(np.sin(n)), 4) for n in range(102)],
]


def draw(size: tuple[int, int], ellipse: list[float] | None) -> np.ndarray:
    width, height = size
    if ellipse is None:
        return np.zeros((height, width), bool)
    x, y, rx, ry = ellipse
    rows, columns = np.mgrid[:height, :width]
    return ((columns - x) / rx) ** 2 + ((rows - y) / ry) ** 2 <= 1


def region(truth: np.ndarray, found: np.ndarray) -> float:
    union = (truth | found).sum()
    return 1.0 if union == 0 else float((truth & found).sum() / union)


def boundary(mask: np.ndarray) -> np.ndarray:
    """Pixels that differ from their right, lower or lower right neighbour; in the last column or row, from the one neighbour along it."""
    edges = np.zeros_like(mask)
    inner = mask[:-1, :-1]
    edges[:-1, :-1] = (inner ^ mask[:-1, 1:]) | (inner ^ mask[1:, :-1]) | (inner ^ mask[1:, 1:])
    edges[-1, :-1] = mask[-1, :-1] ^ mask[-1, 1:]
    edges[:-1, -1] = mask[:-1, -1] ^ mask[1:, -1]
    return edges


def contour(truth: np.ndarray, found: np.ndarray) -> float:
    radius = int(np.ceil(BOUND_TH * np.linalg.norm(truth.shape)))
    of_truth, of_found = boundary(truth), boundary(found)
    near_truth = binary_dilation(of_truth, disk(radius))
    near_found = binary_dilation(of_found, disk(radius))
    if of_truth.sum() == 0 or of_found.sum() == 0:
        # an empty prediction has precision 1 and recall 0, an empty truth the opposite
        return 1.0 if of_truth.sum() == of_found.sum() else 0.0
    precision = (of_found & near_truth).sum() / of_found.sum()
    recall = (of_truth & near_found).sum() / of_truth.sum()
    return 0.0 if precision + recall == 0 else float(2 * precision * recall / (precision + recall))


def statistics(values: list[float]) -> dict[str, float]:
    array = np.array(values)
    ends = (np.round(np.linspace(1, len(array), BINS + 1) + 1e-10) - 1).astype(int)
    bins = [array[ends[n] : ends[n + 1] + 1] for n in range(BINS)]
    return {
        "mean": float(array.mean()),
        "recall": float((array > 0.5).mean()),
        "decay": float(bins[0].mean() - bins[-1].mean()),
    }


cases = []
for size, truth, found in CASES:
    masks = draw(size, truth), draw(size, found)
    cases.append({"size": size, "truth": truth, "found": found, "j": region(*masks), "f": contour(*masks)})
sequences = [{"values": [float(v) for v in values], **statistics(values)} for values in SEQUENCES]
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps({"cases": cases, "sequences": sequences}) + "\n")
