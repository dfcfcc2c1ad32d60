"""Contact sheets for visual inspection."""

import numpy as np
from PIL import Image, ImageDraw

from learn.features import Extractor, extract_features
from learn.metrics import ALPHAS, PointPair, Scores
from learn.sets import open_image

TILE_PX = 360
PAIRS_ON_SHEET = 12
PAIRS_A_ROW = 3
POINTS_A_PAIR = 12
COLOURS = {"right": "#17a34a", "wrong": "#dc2626", "true": "#2563eb"}


def draw_worst(scores: Scores, extract: Extractor, long_side: int) -> Image.Image:
    """The pairs with the lowest PCK. Green: correct; red: wrong, with a line from the true position in blue."""
    worst = sorted(scores.pairs, key=lambda entry: entry[0])[:PAIRS_ON_SHEET]
    return tiled([_draw_pair(pair, share, extract, long_side) for share, pair in worst], PAIRS_A_ROW)


def tiled(tiles: list[Image.Image], across: int) -> Image.Image:
    width, height = max(t.width for t in tiles), max(t.height for t in tiles)
    sheet = Image.new("RGB", (width * min(across, len(tiles)), height * -(-len(tiles) // across)), "white")
    for n, tile in enumerate(tiles):
        sheet.paste(tile, (n % across * width, n // across * height))
    return sheet


def _draw_pair(pair: PointPair, share: float, extract: Extractor, long_side: int) -> Image.Image:
    source, target = open_image(pair.source), open_image(pair.target)
    some = np.linspace(0, len(pair.source_points) - 1, min(POINTS_A_PAIR, len(pair.source_points))).astype(int)
    here, there = extract_features(source, extract, long_side), extract_features(target, extract, long_side)
    _, found = there.nearest(here.at(pair.source_points[some]))
    sheet = Image.new("RGB", (2 * TILE_PX + 12, TILE_PX + 24), "white")
    draw = ImageDraw.Draw(sheet)
    draw.text((4, 4), f"{pair.group}: {100 * share:.0f} % of {pair.source.name}", fill="black")
    scales = []
    for n, image in enumerate((source, target)):
        scales.append(TILE_PX / max(image.size))
        small = image.resize([max(1, round(length * scales[n])) for length in image.size], Image.Resampling.BOX)
        sheet.paste(small, (n * (TILE_PX + 4), 20))
    for start, truth, end in zip(pair.source_points[some], pair.target_points[some], found):
        right = np.linalg.norm(end - truth) <= ALPHAS[1] * max(target.size)
        colour = COLOURS["right" if right else "wrong"]
        offset = np.array([TILE_PX + 4, 20])
        _dot(draw, start * scales[0] + [0, 20], colour)
        if not right:
            draw.line([tuple(truth * scales[1] + offset), tuple(end * scales[1] + offset)], fill=colour)
            _dot(draw, truth * scales[1] + offset, COLOURS["true"])
        _dot(draw, end * scales[1] + offset, colour)
    return sheet


def _dot(draw: ImageDraw.ImageDraw, at: np.ndarray, colour: str) -> None:
    draw.ellipse((at[0] - 3, at[1] - 3, at[0] + 3, at[1] + 3), fill=colour, outline="white")
