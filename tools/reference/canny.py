"""Records the edges that OpenCV finds in pictures: packages/plugin-diffusion/test/golden/canny/."""

from pathlib import Path

import cv2
import numpy
from PIL import Image

from over_pictures import pattern

GOLDEN = Path(__file__).parents[2] / "packages/plugin-diffusion/test/golden/canny"


def noise(width, height):
    """Smooth noise, in which differences of all directions and sizes are."""
    random = numpy.random.default_rng(7)
    coarse = Image.fromarray(random.integers(0, 256, (height // 8, width // 8, 3), dtype=numpy.uint8))
    return coarse.resize((width, height), Image.BICUBIC)


PICTURES = {
    "disc": pattern(88, 61),
    "noise": noise(96, 64),
    "line": pattern(40, 1),
    "column": pattern(1, 40),
}

if __name__ == "__main__":
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for name, picture in PICTURES.items():
        picture.save(GOLDEN / f"{name}.png", optimize=True)
        edges = cv2.Canny(numpy.array(picture), 100, 200)
        Image.fromarray(edges).save(GOLDEN / f"{name}-edges.png", optimize=True)
        print(name, picture.size, (edges > 0).sum())
