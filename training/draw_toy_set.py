"""
Draws a tiny set of pairs: rectangles, words and polygons in two arrangements and two themes. It tests the training in a minute;
the resulting model is useless for real mockups.

    python draw_toy_set.py sets/toy --pairs 100
"""

import argparse
import json
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

WORDS = "Inbox Draft Archive Search Profile Upload Today Invoice Budget Report Coffee Train Music Camera Weather".split()
SIZES = ((390, 700), (460, 640), (640, 480))
ROW_PX = 64
#: Background, card, text, mark.
THEMES = (("#ffffff", "#eef1f6", "#20242c", "#3366dd"), ("#15181e", "#252a33", "#e8eaef", "#77a8ff"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pairs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    (options.folder / "images").mkdir(parents=True, exist_ok=True)
    with (options.folder / "pairs.jsonl").open("w") as file:
        for n in range(options.pairs):
            pair = draw_pair(options.folder, f"{n:05d}", np.random.default_rng([options.seed, n]))
            file.write(json.dumps(pair) + "\n")


def draw_pair(folder: Path, name: str, rng: np.random.Generator) -> dict:
    """Draws two lists with some common rows. Returns the line of `pairs.jsonl`."""
    rows = [{"word": str(rng.choice(WORDS)), "sides": int(rng.integers(3, 8)), "id": n} for n in range(10)]
    sides = []
    for side in ("source", "target"):
        shown = [rows[n] for n in rng.permutation(10)[:7]]
        theme, size = int(rng.integers(2)), SIZES[rng.integers(len(SIZES))]
        image, boxes = draw_list(shown, size, THEMES[theme], int(rng.integers(8, 40)))
        path = f"images/{name}-{side}.png"
        image.save(folder / path)
        sides.append({"path": path, "size": size, "theme": theme, "boxes": boxes})
    source, target = sides
    changes = [kind for kind, key in (("dark", "theme"), ("width", "size")) if source[key] != target[key]]
    ids = sorted(source["boxes"].keys() | target["boxes"].keys())
    return {
        "id": name,
        "source": source["path"],
        "target": target["path"],
        "sourceSize": source["size"],
        "targetSize": target["size"],
        "change": changes or ["order"],
        "components": ["list"],
        "style": ["toy"],
        "icons": ["toy"],
        "elements": [
            {
                "id": id,
                "type": id.split("-")[0],
                "source": source["boxes"].get(id),
                "target": target["boxes"].get(id),
                "rigid": not id.startswith("box"),
            }
            for id in ids
        ],
    }


def draw_list(rows: list[dict], size: tuple[int, int], theme: tuple[str, ...], left: int) -> tuple[Image.Image, dict]:
    """An image of rows, and its boxes by id."""
    ground, card, ink, accent = theme
    image = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(20)
    boxes = {}
    for n, row in enumerate(rows):
        top = 20 + n * (ROW_PX + 16)
        if top + ROW_PX > size[1]:
            break
        width = size[0] - 2 * left
        draw.rounded_rectangle((left, top, left + width, top + ROW_PX), 10, fill=card)
        draw.regular_polygon((left + 32, top + 32, 16), row["sides"], fill=accent)
        at = (left + 70, top + 20)
        draw.text(at, row["word"], font=font, fill=ink)
        x0, y0, x1, y1 = draw.textbbox(at, row["word"], font=font)
        boxes[f"box-{row['id']}"] = [left, top, width, ROW_PX]
        boxes[f"icon-{row['id']}"] = [left + 16, top + 16, 32, 32]
        boxes[f"word-{row['id']}"] = [x0, y0, x1 - x0, y1 - y0]
    return image, boxes


if __name__ == "__main__":
    main()
