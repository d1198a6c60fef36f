"""A square picture to draw on, in coordinates that do not depend on its size."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy
from PIL import Image, ImageDraw

from palette import Colour

SIZE = 64
DRAWN = 4 * SIZE  # drawn larger and then scaled down, since Pillow does not smooth edges

Point = tuple[float, float]


@dataclass(frozen=True)
class Canvas:
    """A picture seen from a frame whose origin and unit lie anywhere in it.

    The whole picture's frame has (0, 0) at the top left and (1, 1) at the bottom right. `at` makes the frame in which a shape
    of radius 1 is drawn around (0, 0).
    """

    image: Image.Image
    origin: Point = (0, 0)
    unit: float = 1

    @classmethod
    def filled(cls, colour: Colour) -> "Canvas":
        return cls(Image.new("RGB", (DRAWN, DRAWN), colour))

    @classmethod
    def gradient(cls, top: Colour, bottom: Colour) -> "Canvas":
        shares = numpy.linspace(0, 1, DRAWN)[:, None]
        column = numpy.asarray(top) * (1 - shares) + numpy.asarray(bottom) * shares
        rows = numpy.broadcast_to(column[:, None], (DRAWN, DRAWN, 3))
        return cls(Image.fromarray(rows.astype("uint8")))

    def at(self, x: float, y: float, radius: float) -> "Canvas":
        """The frame around a point, whose unit is `radius` of this one."""
        left, top = self.origin
        return Canvas(self.image, (left + x * self.unit, top + y * self.unit), self.unit * radius)

    def ellipse(self, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        self._pen.ellipse(self._pixels((left, top), (right, bottom)), fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        self.ellipse(x - radius, y - radius, x + radius, y + radius, colour)

    def rectangle(self, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        self._pen.rectangle(self._pixels((left, top), (right, bottom)), fill=colour)

    def polygon(self, points: Sequence[Point], colour: Colour) -> None:
        self._pen.polygon(self._pixels(*points), fill=colour)

    def line(self, points: Sequence[Point], colour: Colour, width: float) -> None:
        self._pen.line(self._pixels(*points), fill=colour, width=self._width(width), joint="curve")

    def arc(self, radius: float, start: float, end: float, colour: Colour, width: float) -> None:
        """Part of a circle around the origin, from one angle to another in degrees, clockwise from three o'clock."""
        box = self._pixels((-radius, -radius), (radius, radius))
        self._pen.arc(box, start, end, fill=colour, width=self._width(width))

    def half_disc(self, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        """The upper half of an ellipse."""
        self._pen.pieslice(self._pixels((left, top), (right, bottom)), 180, 360, fill=colour)

    def pixels(self) -> numpy.ndarray:
        """The finished picture: SIZE x SIZE x 3 bytes."""
        return numpy.asarray(self.image.resize((SIZE, SIZE), Image.Resampling.LANCZOS))

    @property
    def _pen(self) -> ImageDraw.ImageDraw:
        return ImageDraw.Draw(self.image)

    def _pixels(self, *points: Point) -> list[Point]:
        left, top = self.origin
        return [((left + x * self.unit) * DRAWN, (top + y * self.unit) * DRAWN) for x, y in points]

    def _width(self, width: float) -> int:
        return max(3, round(width * self.unit * DRAWN))
