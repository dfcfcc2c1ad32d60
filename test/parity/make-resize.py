"""Writes small images resized by PIL and OpenCV.

    python test/parity/make-resize.py

Needs Pillow before 13, which the published code ran on: that resizes along rows first, then along columns. From 13 on, columns
come first where the height shrinks much more than the width (python-pillow/Pillow#9549), which gives other levels.

Output: daemon/test/fixtures/resize/<resampling>/<width>x<height>-<new width>x<new height>.png. The images are not stored:
the test computes them by the same formula as `image`, which has hard edges on the left, so that sums leave 0…255, and
noise on the right.
"""

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

OUT = Path(__file__).parents[2] / "daemon/test/fixtures/resize"
#: Width and height before, and after.
CASES = [
    (61, 47, 24, 17),
    (97, 64, 7, 5),
    (20, 96, 18, 13),
    (48, 34, 24, 17),
    (48, 34, 24, 34),
    (48, 34, 24, 11),
    (12, 31, 12, 20),
    (13, 9, 40, 31),
    (15, 11, 30, 22),
    (24, 17, 25, 18),
    (40, 9, 11, 33),
    (1, 9, 7, 3),
    (9, 1, 3, 8),
    (1, 1, 3, 2),
    # weights of OpenCV that end in a half, and positions that single precision moves
    (5, 1, 2048, 1),
    (997, 1, 601, 1),
    (5, 4, 1, 1),
    (12, 7, 12, 7),
]
RESAMPLINGS = {
    # the default of resize
    "pil-bicubic": lambda pixels, size: np.asarray(Image.fromarray(pixels).resize(size)),
    "lanczos": lambda pixels, size: np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS)),
    "opencv-bilinear": lambda pixels, size: cv2.resize(pixels, size),
}


def image(width: int, height: int) -> np.ndarray:
    """(height, width, 3), 8 bits"""
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    noise = (x * x * 31 + y * y * 17 + x * y * 7 + c * 85) * 2654435761 % 2**32 >> 24
    edges = (x // 3 + y // 2 + c) % 2 * 255
    return np.where(2 * x < width, edges, noise).astype(np.uint8)


for name, resize in RESAMPLINGS.items():
    (OUT / name).mkdir(parents=True, exist_ok=True)
    for width, height, *size in CASES:
        file = OUT / name / f"{width}x{height}-{size[0]}x{size[1]}.png"
        Image.fromarray(resize(image(width, height), tuple(size))).save(file, optimize=True)
