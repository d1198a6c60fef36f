"""Everything a caption can name as an object, each drawn around (0, 0) within a radius of about 1."""

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi, sin

from canvas import Canvas
from palette import Colour, shaded

DARK = (30, 30, 34)
BARK = (105, 68, 40)
LEAF = (65, 150, 65)
CREAM = (250, 235, 200)
SNOW = (248, 250, 252)


@dataclass(frozen=True)
class Shape:
    """How an object is drawn, the words for it, and its colour when the caption names none."""

    draw: Callable[[Canvas, Colour], None]
    words: tuple[str, ...]
    natural: str | None = None


def circle(canvas: Canvas, colour: Colour) -> None:
    canvas.disc(0, 0, 1, colour)
    canvas.ellipse(-0.55, -0.65, -0.1, -0.25, shaded(colour, 1.25))


def square(canvas: Canvas, colour: Colour) -> None:
    canvas.rectangle(-0.88, -0.88, 0.88, 0.88, colour)


def triangle(canvas: Canvas, colour: Colour) -> None:
    canvas.polygon([(0, -1), (1, 0.8), (-1, 0.8)], colour)


def star(canvas: Canvas, colour: Colour) -> None:
    radii = [1, 0.42] * 5
    angles = [pi * (corner / 5 - 0.5) for corner in range(10)]
    canvas.polygon([(radius * cos(angle), radius * sin(angle)) for radius, angle in zip(radii, angles)], colour)


def heart(canvas: Canvas, colour: Colour) -> None:
    """The curve of https://mathworld.wolfram.com/HeartCurve.html (its equations 7 and 8)."""
    angles = [2 * pi * corner / 60 for corner in range(60)]
    heights = [13 * cos(t) - 5 * cos(2 * t) - 2 * cos(3 * t) - cos(4 * t) for t in angles]
    canvas.polygon([(16 * sin(t) ** 3 / 17, -height / 17) for t, height in zip(angles, heights)], colour)


def diamond(canvas: Canvas, colour: Colour) -> None:
    canvas.polygon([(0, -1), (0.75, 0), (0, 1), (-0.75, 0)], colour)


def apple(canvas: Canvas, colour: Colour) -> None:
    canvas.ellipse(-1, -0.75, 0.2, 1, colour)
    canvas.ellipse(-0.2, -0.75, 1, 1, colour)
    canvas.ellipse(-0.6, -0.4, -0.25, 0.1, shaded(colour, 1.3))
    canvas.line([(0, -0.55), (0.15, -1.1)], BARK, 0.14)
    canvas.ellipse(0.12, -1.1, 0.65, -0.75, LEAF)


def flower(canvas: Canvas, colour: Colour) -> None:
    canvas.line([(0, 0), (0, 1.3)], LEAF, 0.16)
    canvas.ellipse(0.03, 0.8, 0.5, 1.05, LEAF)
    for petal in range(6):
        canvas.disc(0.6 * cos(petal * pi / 3), 0.6 * sin(petal * pi / 3), 0.42, colour)
    canvas.disc(0, 0, 0.33, (250, 210, 60))


def house(canvas: Canvas, colour: Colour) -> None:
    canvas.rectangle(-0.8, -0.1, 0.8, 1, colour)
    canvas.polygon([(-1, -0.1), (0, -1), (1, -0.1)], shaded(colour, 0.6))
    canvas.rectangle(-0.2, 0.4, 0.2, 1, (90, 55, 30))
    canvas.rectangle(0.35, 0.15, 0.65, 0.45, (250, 235, 150))


def tree(canvas: Canvas, colour: Colour) -> None:
    canvas.rectangle(-0.15, 0.2, 0.15, 1, BARK)
    canvas.disc(0, -0.25, 0.72, colour)
    canvas.ellipse(-0.4, -0.75, -0.05, -0.45, shaded(colour, 1.2))


def smiley(canvas: Canvas, colour: Colour) -> None:
    face = shaded(colour, 3) if max(colour) < 60 else DARK
    canvas.disc(0, 0, 1, colour)
    canvas.disc(-0.38, -0.3, 0.15, face)
    canvas.disc(0.38, -0.3, 0.15, face)
    canvas.at(0, 0.05, 1).arc(0.55, 15, 165, face, 0.14)


def mushroom(canvas: Canvas, colour: Colour) -> None:
    canvas.rectangle(-0.3, -0.1, 0.3, 1, (240, 225, 200))
    canvas.half_disc(-1, -1, 1, 0.8, colour)
    for x, y in ((-0.45, -0.4), (0.4, -0.45), (0, -0.65)):
        canvas.disc(x, y, 0.15, SNOW)


def balloon(canvas: Canvas, colour: Colour) -> None:
    canvas.line([(0, 0.7), (0.1, 1.5)], (80, 80, 80), 0.06)
    canvas.ellipse(-0.75, -1, 0.75, 0.75, colour)
    canvas.polygon([(0, 0.68), (0.16, 0.92), (-0.16, 0.92)], colour)
    canvas.ellipse(-0.4, -0.7, -0.1, -0.3, shaded(colour, 1.3))


def fish(canvas: Canvas, colour: Colour) -> None:
    canvas.polygon([(0.5, 0), (1.1, -0.5), (1.1, 0.5)], shaded(colour, 0.8))
    canvas.ellipse(-1, -0.55, 0.7, 0.55, colour)
    canvas.disc(-0.6, -0.13, 0.15, SNOW)
    canvas.disc(-0.62, -0.13, 0.08, DARK)


def boat(canvas: Canvas, colour: Colour) -> None:
    canvas.line([(0, -1), (0, 0.4)], BARK, 0.1)
    canvas.polygon([(0.1, -1), (0.85, 0.2), (0.1, 0.2)], SNOW)
    canvas.polygon([(-0.1, -0.8), (-0.7, 0.2), (-0.1, 0.2)], (225, 230, 236))
    canvas.polygon([(-1, 0.3), (1, 0.3), (0.6, 0.85), (-0.6, 0.85)], colour)


def sun(canvas: Canvas, colour: Colour) -> None:
    for ray in range(8):
        x, y = cos(ray * pi / 4), sin(ray * pi / 4)
        canvas.line([(0.5 * x, 0.5 * y), (1.05 * x, 1.05 * y)], colour, 0.18)
    canvas.disc(0, 0, 0.62, colour)


def moon(canvas: Canvas, colour: Colour) -> None:
    """A crescent: the outer half circle from bottom to top, and a flatter curve back."""
    angles = [pi / 2 + pi * corner / 30 for corner in range(31)]
    outer = [(0.3 + cos(angle), sin(angle)) for angle in angles]
    inner = [(0.3 + 0.4 * cos(angle), sin(angle)) for angle in reversed(angles)]
    canvas.polygon(outer + inner, colour)


def cloud(canvas: Canvas, colour: Colour) -> None:
    for x, y, radius in ((-0.6, 0.15, 0.4), (-0.15, -0.15, 0.52), (0.4, 0, 0.45), (0.75, 0.25, 0.3)):
        canvas.disc(x, y, radius, colour)
    canvas.rectangle(-0.6, 0.2, 0.75, 0.55, colour)


def cat(canvas: Canvas, colour: Colour) -> None:
    """A cat's face."""
    face = (235, 235, 235) if max(colour) < 60 else DARK
    for side in (-1, 1):
        canvas.polygon([(side * 0.92, -1.05), (side * 0.15, -0.6), (side * 0.85, 0.1)], colour)
        canvas.polygon([(side * 0.78, -0.8), (side * 0.42, -0.55), (side * 0.75, -0.3)], (240, 165, 170))
    canvas.ellipse(-0.95, -0.72, 0.95, 0.9, colour)
    for side in (-1, 1):
        canvas.ellipse(side * 0.4 - 0.14, -0.3, side * 0.4 + 0.14, 0.08, face)
        canvas.line([(side * 0.4, 0.35), (side * 1.1, 0.25)], face, 0.05)
        canvas.line([(side * 0.4, 0.48), (side * 1.1, 0.58)], face, 0.05)
    canvas.polygon([(-0.16, 0.2), (0.16, 0.2), (0, 0.4)], (225, 110, 120))


def car(canvas: Canvas, colour: Colour) -> None:
    canvas.polygon([(-0.6, 0), (-0.4, -0.5), (0.35, -0.5), (0.65, 0)], colour)
    canvas.polygon([(-0.42, 0), (-0.3, -0.36), (-0.05, -0.36), (-0.05, 0)], (200, 228, 242))
    canvas.polygon([(0.08, 0), (0.08, -0.36), (0.28, -0.36), (0.46, 0)], (200, 228, 242))
    canvas.rectangle(-1.05, -0.02, 1.05, 0.42, colour)
    for x in (-0.55, 0.55):
        canvas.disc(x, 0.45, 0.27, DARK)
        canvas.disc(x, 0.45, 0.11, (190, 190, 195))


def snowman(canvas: Canvas, colour: Colour) -> None:
    canvas.disc(0, 0.5, 0.55, colour)
    canvas.disc(0, -0.35, 0.4, colour)
    canvas.rectangle(-0.45, -0.78, 0.45, -0.65, DARK)
    canvas.rectangle(-0.28, -1.1, 0.28, -0.7, DARK)
    canvas.disc(-0.15, -0.42, 0.07, DARK)
    canvas.disc(0.15, -0.42, 0.07, DARK)
    canvas.polygon([(0, -0.34), (0.35, -0.24), (0, -0.2)], (240, 130, 40))
    canvas.disc(0, 0.3, 0.07, DARK)
    canvas.disc(0, 0.6, 0.07, DARK)


# `held_out` depends on the order: add new shapes at the end.
SHAPES: dict[str, Shape] = {
    "circle": Shape(circle, ("circle", "circle", "ball", "disc")),
    "square": Shape(square, ("square",)),
    "triangle": Shape(triangle, ("triangle",)),
    "star": Shape(star, ("star",), "yellow"),
    "heart": Shape(heart, ("heart",), "red"),
    "diamond": Shape(diamond, ("diamond",)),
    "apple": Shape(apple, ("apple",), "red"),
    "flower": Shape(flower, ("flower",), "pink"),
    "house": Shape(house, ("house",), "brown"),
    "tree": Shape(tree, ("tree",), "green"),
    "smiley": Shape(smiley, ("smiley face", "smiley", "happy face"), "yellow"),
    "mushroom": Shape(mushroom, ("mushroom",), "red"),
    "balloon": Shape(balloon, ("balloon",), "red"),
    "fish": Shape(fish, ("fish",), "orange"),
    "boat": Shape(boat, ("boat", "sailboat"), "brown"),
    "sun": Shape(sun, ("sun",), "yellow"),
    "moon": Shape(moon, ("moon", "crescent moon"), "yellow"),
    "cloud": Shape(cloud, ("cloud",), "white"),
    "cat": Shape(cat, ("cat", "cat", "kitten"), "orange"),
    "car": Shape(car, ("car",), "red"),
    "snowman": Shape(snowman, ("snowman",), "white"),
}

GEOMETRIC = ("circle", "square", "triangle", "star", "heart", "diamond")
THINGS = tuple(name for name in SHAPES if name not in GEOMETRIC)
