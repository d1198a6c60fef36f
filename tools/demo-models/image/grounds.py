"""The lower part of a landscape: the ground below a sky's horizon, in that sky's light."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from canvas import Canvas
from palette import Colour, lit, shaded, varied
from shapes import tree

WATER = (60, 115, 190)
GRASS = (90, 175, 80)
SAND = (232, 200, 130)
SNOW = (240, 245, 250)
ROCK = (110, 115, 130)
WINDOW = (250, 225, 130)


@dataclass(frozen=True)
class Light:
    """The facts about a sky that the ground below it needs."""

    colour: Colour
    reflection: Colour
    dark: bool

    def on(self, colour: Colour, chance: Random) -> Colour:
        return varied(lit(colour, self.colour), chance, 6)


@dataclass(frozen=True)
class Ground:
    """How a ground is drawn from the horizon down, its name, phrases for an object in it, and the objects that may stand there."""

    draw: Callable[[Canvas, Random, float, Light], None]
    names: tuple[str, ...]
    inside: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()


def flat(canvas: Canvas, horizon: float, colour: Colour) -> None:
    canvas.rectangle(0, horizon, 1, 1, colour)


def draw_ocean(canvas: Canvas, chance: Random, horizon: float, light: Light) -> None:
    flat(canvas, horizon, light.on(WATER, chance))
    for _ in range(9):
        y = horizon + chance.uniform(0.06, 0.9) * (1 - horizon)
        x, half = chance.uniform(0.25, 0.75), chance.uniform(0.04, 0.12)
        canvas.line([(x - half, y), (x + half, y)], light.reflection, 0.018)


def draw_beach(canvas: Canvas, chance: Random, horizon: float, light: Light) -> None:
    flat(canvas, horizon, light.on(WATER, chance))
    flat(canvas, horizon + 0.16, light.on(SAND, chance))


def draw_field(canvas: Canvas, chance: Random, horizon: float, light: Light) -> None:
    flat(canvas, horizon, light.on(GRASS, chance))


def draw_snow(canvas: Canvas, chance: Random, horizon: float, light: Light) -> None:
    flat(canvas, horizon, light.on(SNOW, chance))


def rolling(canvas: Canvas, chance: Random, horizon: float, colour: Colour) -> None:
    """Three round ridges, each a little darker or brighter than the next."""
    for factor in (0.85, 1, 1.12):
        x, radius = chance.random(), chance.uniform(0.35, 0.6)
        canvas.ellipse(x - radius, horizon - 0.18 * radius, x + radius, horizon + radius, shaded(colour, factor))
    flat(canvas, horizon + 0.12, colour)


def draw_hills(canvas: Canvas, chance: Random, horizon: float, light: Light) -> None:
    rolling(canvas, chance, horizon, light.on((80, 145, 75), chance))


def draw_desert(canvas: Canvas, chance: Random, horizon: float, light: Light) -> None:
    rolling(canvas, chance, horizon, light.on((222, 175, 105), chance))


def peaks(canvas: Canvas, chance: Random, horizon: float, light: Light) -> None:
    rock, snow = light.on(ROCK, chance), light.on(SNOW, chance)
    for x in chance.choice(((0.5,), (0.3, 0.68), (0.22, 0.52, 0.8))):
        height = chance.uniform(0.3, 0.42)
        top, half = horizon - height, 0.8 * height
        canvas.polygon([(x, top), (x + half, horizon), (x - half, horizon)], rock)
        canvas.polygon([(x, top), (x + 0.3 * half, top + 0.3 * height), (x - 0.3 * half, top + 0.3 * height)], snow)


def draw_mountains(canvas: Canvas, chance: Random, horizon: float, light: Light) -> None:
    peaks(canvas, chance, horizon, light)
    flat(canvas, horizon, light.on(GRASS, chance))


def draw_lake(canvas: Canvas, chance: Random, horizon: float, light: Light) -> None:
    peaks(canvas, chance, horizon, light)
    flat(canvas, horizon, light.on(WATER, chance))


def draw_forest(canvas: Canvas, chance: Random, horizon: float, light: Light) -> None:
    flat(canvas, horizon, light.on(GRASS, chance))
    for x in (0.12, 0.37, 0.63, 0.88):
        leaves = light.on((50, 140, 60), chance)
        tree(canvas.at(x + chance.uniform(-0.05, 0.05), horizon + chance.uniform(-0.04, 0.06), 0.18), leaves)


def draw_city(canvas: Canvas, chance: Random, horizon: float, light: Light) -> None:
    flat(canvas, horizon, light.on((95, 98, 105), chance))
    pane = WINDOW if light.dark else (200, 225, 240)
    for left in (0.06, 0.28, 0.5, 0.72):
        top = horizon - chance.uniform(0.15, 0.4)
        canvas.rectangle(left, top, left + 0.19, horizon + 0.08, light.on((125, 125, 140), chance))
        for row in range(int((horizon - top) / 0.1)):
            for column in (0.03, 0.115):
                canvas.rectangle(left + column, top + 0.04 + 0.1 * row, left + column + 0.045, top + 0.09 + 0.1 * row, pane)


ON_LAND = ("house", "tree", "flower", "mushroom", "apple", "cat", "car", "snowman", "balloon")

GROUNDS: dict[str, Ground] = {
    "ocean": Ground(
        draw_ocean,
        ("the ocean", "a calm ocean", "the sea", "a calm sea"),
        ("on the ocean", "on a calm ocean", "on the sea"),
        ("boat",),
    ),
    "beach": Ground(draw_beach, ("a beach", "the beach"), ("on a beach", "on the beach"), ("tree", "house", "balloon", "cat")),
    "field": Ground(
        draw_field, ("a green field", "a field", "the grass"), ("in a green field", "in a field", "in the grass"), ON_LAND
    ),
    "hills": Ground(draw_hills, ("the hills", "green hills", "hills"), ("in the hills", "on a hill"), ("house", "tree")),
    "mountains": Ground(
        draw_mountains, ("snowy mountains", "the mountains", "mountains"), ("in the mountains",), ("house", "tree")
    ),
    "lake": Ground(draw_lake, ("snowy mountains over a lake", "mountains and a lake", "a lake"), ("on a lake",), ("boat",)),
    "desert": Ground(draw_desert, ("the desert", "a desert", "sand dunes"), ("in the desert",), ("car", "house")),
    "forest": Ground(draw_forest, ("trees in a green field", "trees", "a forest")),
    "snow": Ground(
        draw_snow, ("a snowy field", "the snow"), ("in the snow", "in a snowy field"), ("house", "tree", "snowman", "cat")
    ),
    "city": Ground(draw_city, ("a city", "the city")),
}
