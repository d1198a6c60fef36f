"""The upper part of a landscape, and its name."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from canvas import Canvas
from palette import COLOURS, DAYLIGHT, Colour, varied
from shapes import cloud

SUNLIGHT = (255, 225, 80)
BOW = ("red", "orange", "yellow", "green", "blue", "purple")


@dataclass(frozen=True)
class Sky:
    """Colours from the top to the horizon, the light on the ground below, and phrases around the ground's name."""

    top: Colour
    bottom: Colour
    light: Colour
    draw: Callable[[Canvas, Random, float], None]
    over: tuple[str, ...]
    during: tuple[str, ...]
    alone: tuple[str, ...]

    def canvas(self, chance: Random, horizon: float) -> Canvas:
        canvas = Canvas.gradient(varied(self.top, chance), varied(self.bottom, chance))
        self.draw(canvas, chance, horizon)
        return canvas


def draw_day(canvas: Canvas, chance: Random, horizon: float) -> None:
    side = chance.choice((0.2, 0.8))
    canvas.disc(side, 0.18, 0.1, SUNLIGHT)
    if chance.random() < 0.4:
        cloud(canvas.at(1 - side, chance.uniform(0.14, 0.24), 0.15), (248, 250, 252))


def draw_sunset(canvas: Canvas, chance: Random, horizon: float) -> None:
    radius = chance.uniform(0.1, 0.14)
    canvas.disc(chance.uniform(0.35, 0.65), horizon - 0.3 * radius, radius, (255, 225, 120))


def draw_night(canvas: Canvas, chance: Random, horizon: float) -> None:
    for _ in range(22):
        canvas.disc(chance.random(), chance.uniform(0, horizon), chance.choice((0.008, 0.012, 0.016)), (255, 255, 230))
    canvas.disc(chance.choice((0.22, 0.78)), 0.2, 0.1, (245, 240, 200))


def draw_rainbow(canvas: Canvas, chance: Random, horizon: float) -> None:
    for ring, colour in enumerate(BOW):
        canvas.at(0.5, horizon, 1).arc(0.46 - 0.035 * ring, 180, 360, COLOURS[colour], 0.04)


BLUE = ((90, 165, 235), (190, 225, 250))

SKIES: dict[str, Sky] = {
    "day": Sky(
        *BLUE,
        DAYLIGHT,
        draw_day,
        over=("the sun over {}", "a blue sky over {}"),
        during=("{}", "{}", "{} on a sunny day", "{} under a blue sky", "{} during the day"),
        alone=("a sunny day", "a blue sky"),
    ),
    "sunset": Sky(
        (90, 60, 130),
        (255, 150, 60),
        (170, 130, 160),
        draw_sunset,
        over=("a sunset over {}", "a sunset over {}", "a beautiful sunset over {}", "sunset over {}", "a sunrise over {}"),
        during=("{} at sunset", "{} at sunset", "{} in the evening"),
        alone=("a sunset", "a beautiful sunset", "a red evening sky"),
    ),
    "night": Sky(
        (10, 12, 40),
        (40, 45, 95),
        (75, 80, 115),
        draw_night,
        over=("a starry night over {}", "the moon over {}", "the moon and stars over {}"),
        during=("{} at night", "{} at night", "{} under the stars"),
        alone=("a starry night", "a starry night", "a night sky with stars", "the moon and stars", "the night sky"),
    ),
    "rainbow": Sky(
        *BLUE,
        DAYLIGHT,
        draw_rainbow,
        over=("a rainbow over {}",),
        during=("{} with a rainbow", "{} under a rainbow"),
        alone=("a rainbow", "a rainbow in the sky"),
    ),
}
