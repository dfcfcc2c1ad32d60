"""Writes the result of label propagation in PyTorch on small maps, as published for DAVIS by Tang et al., 2023.

    python test/parity/make-propagation.py

Output: daemon/test/fixtures/track/propagation.json with the settings, the labels of the first frame, and for each later
frame its label probabilities (rows, columns, labels) and its mask after up-sampling. The features of cell i of frame t are
sin(12.9898·(c+1) + 78.233·(i+1) + 0.5·t·(c mod 3 + 1)) for channel c, which the test computes again.
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

OUT = Path(__file__).parents[2] / "daemon/test/fixtures/track/propagation.json"
ROWS, COLUMNS, CHANNELS, FRAMES, LABELS, CELL_PX = 6, 9, 8, 6, 3, 8
TEMPERATURE, TOP_K, RADIUS, QUEUE = 0.2, 5, 2, 2


def features(frame: int) -> torch.Tensor:
    """(cells, channels), unit rows"""
    c = torch.arange(CHANNELS, dtype=torch.float64)
    i = torch.arange(ROWS * COLUMNS, dtype=torch.float64)[:, None]
    values = torch.sin(12.9898 * (c + 1) + 78.233 * (i + 1) + 0.5 * frame * (c % 3 + 1))
    return F.normalize(values, dim=1)


def window() -> torch.Tensor:
    """(cells, cells), 1 where two cells are at most RADIUS apart along both sides"""
    i = torch.arange(ROWS * COLUMNS)
    down = (i[:, None] // COLUMNS - i // COLUMNS).abs()
    across = (i[:, None] % COLUMNS - i % COLUMNS).abs()
    return (torch.maximum(down, across) <= RADIUS).double()


def propagate(query: torch.Tensor, contexts: list[tuple[torch.Tensor, torch.Tensor]]) -> torch.Tensor:
    affinity = torch.cat([torch.exp(query @ keys.T / TEMPERATURE) * window() for keys, _ in contexts], dim=1)
    bar = affinity.topk(TOP_K, dim=1).values[:, -1:]
    kept = torch.where(affinity < bar, 0.0, affinity)
    return kept / kept.sum(dim=1, keepdim=True) @ torch.cat([labels for _, labels in contexts])


def to_mask(probabilities: torch.Tensor) -> torch.Tensor:
    planes = probabilities.T.reshape(1, LABELS, ROWS, COLUMNS)
    planes = F.interpolate(planes, scale_factor=CELL_PX, mode="bilinear", align_corners=False)[0]
    planes = planes - planes.amin(dim=(1, 2), keepdim=True)
    return (planes / planes.amax(dim=(1, 2), keepdim=True)).argmax(dim=0)


first_labels = [(column // 3 + row // 3) % LABELS for row in range(ROWS) for column in range(COLUMNS)]
first = (features(0), F.one_hot(torch.tensor(first_labels), LABELS).double())
queue: list[tuple[torch.Tensor, torch.Tensor]] = []
frames = []
for t in range(1, FRAMES):
    query = features(t)
    probabilities = propagate(query, [first, *queue])
    queue = [*queue, (query, probabilities)][-QUEUE:]
    frames.append(
        {
            "probabilities": [round(value, 7) for value in probabilities.flatten().tolist()],
            # one character per pixel
            "mask": ["".join(map(str, row)) for row in to_mask(probabilities).tolist()],
        }
    )

OUT.parent.mkdir(parents=True, exist_ok=True)
shape = {"rows": ROWS, "columns": COLUMNS, "channels": CHANNELS, "labels": LABELS, "cellPx": CELL_PX}
settings = {"temperature": TEMPERATURE, "topK": TOP_K, "radiusCells": RADIUS, "queueFrames": QUEUE}
OUT.write_text(json.dumps({**shape, "settings": settings, "firstLabels": first_labels, "frames": frames}) + "\n")
