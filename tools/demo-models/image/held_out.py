"""The combinations of shape, colour and background that no training picture shows. A test of them tells learning from memory."""

from itertools import product

from palette import COLOURS
from shapes import SHAPES

JUDGED_SHAPES = ["circle", "square", "star", "heart"]
JUDGED_COLOURS = ["red", "green", "blue", "yellow", "orange", "purple", "white", "black"]


def held_out(shape: str, colour: str, background: str) -> bool:
    """One combination in eleven, spread over every shape, colour and background."""
    place = list(SHAPES).index(shape) + 3 * list(COLOURS).index(colour) + 5 * list(COLOURS).index(background)
    return place % 11 == 0


def judged() -> list[tuple[str, str, str]]:
    """The 18 held-out combinations of plain shapes and distinct plain colours: (shape, colour, background)."""
    combinations = product(JUDGED_SHAPES, JUDGED_COLOURS, JUDGED_COLOURS)
    return [made for made in combinations if made[1] != made[2] and held_out(*made)]
