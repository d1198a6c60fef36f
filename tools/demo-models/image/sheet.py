"""Many small pictures on one page."""

from collections.abc import Sequence
from pathlib import Path

import numpy
from PIL import Image


def save_sheet(file: Path, pictures: Sequence[numpy.ndarray], columns: int = 8, enlarged: int = 2) -> None:
    """Writes a PNG of equally large pictures (height x width x 3 bytes each), row by row; the last row may be short."""
    height, width, _ = pictures[0].shape
    rows = -(-len(pictures) // columns)
    page = numpy.full((rows * height, columns * width, 3), 255, dtype=numpy.uint8)
    for place, picture in enumerate(pictures):
        top, left = place // columns * height, place % columns * width
        page[top : top + height, left : left + width] = picture
    size = (columns * width * enlarged, rows * height * enlarged)
    Image.fromarray(page).resize(size, Image.Resampling.NEAREST).save(file)
