"""Writes the features at keypoints as eval_hpatches.py of Tang et al., 2023, samples them.

    python test/parity/make-descriptors.py

Output: daemon/test/fixtures/descriptors.json: a feature map, the size of its image, keypoints in it, some of them at its
edges, and their descriptors.
"""

import json
from pathlib import Path

import torch
from torch.nn import functional as F

OUTPUT = Path(__file__).parents[2] / "daemon/test/fixtures/descriptors.json"
CHANNELS, ROWS, COLUMNS = 3, 4, 6
WIDTH, HEIGHT = 90, 50
KEYPOINTS = [[0, 0], [89, 49], [89, 0], [3.25, 20], [44.5, 24.5], [50, 1], [88, 47.5], [12, 49], [60.75, 33.25]]

if __name__ == "__main__":
    torch.manual_seed(3)
    features = torch.randn(1, CHANNELS, ROWS, COLUMNS)
    keypoints = torch.tensor(KEYPOINTS)[None]
    centre = torch.tensor([(WIDTH - 1) / 2, (HEIGHT - 1) / 2])
    sampled = F.grid_sample(features, ((keypoints - centre) / centre).unsqueeze(2)).squeeze(-1)
    rows = {"features": features[0].tolist(), "width": WIDTH, "height": HEIGHT, "keypoints": KEYPOINTS}
    OUTPUT.write_text(json.dumps({**rows, "descriptors": sampled[0].T.tolist()}) + "\n")
