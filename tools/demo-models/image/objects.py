"""Pictures of one or two objects on a plain background."""

from dataclasses import dataclass
from random import Random

from canvas import Canvas
from captions import SIZES, on_background, thing, with_grey
from held_out import held_out
from palette import COLOURS, Colour, varied
from shapes import GEOMETRIC, SHAPES, THINGS

RADII = {"big": 0.33, None: 0.24, "small": 0.13}
OFFSETS = {"left": (-1, 0), "right": (1, 0), "top": (0, -1), "bottom": (0, 1)}
PLAIN = ((250, 250, 250), (250, 250, 250), (250, 246, 236), (236, 244, 250), (241, 241, 243))
PALE_BLUE = (150, 185, 215)


@dataclass(frozen=True)
class Thing:
    """A thing to draw, and whether the caption names its colour."""

    shape: str
    colour: str
    coloured: bool

    def words(self, chance: Random, size: str | None = None) -> str:
        colour = with_grey(chance, self.colour) if self.coloured else None
        return thing(chance, size, colour, chance.choice(SHAPES[self.shape].words))

    def draw(self, canvas: Canvas, chance: Random) -> None:
        SHAPES[self.shape].draw(canvas, varied(COLOURS[self.colour], chance))


def some_thing(chance: Random) -> Thing:
    """A random thing. Half of them are plain shapes, since these teach most about colours."""
    shape = chance.choice(chance.choice((GEOMETRIC, THINGS)))
    natural = SHAPES[shape].natural
    if natural and chance.random() < (0.2 if shape in GEOMETRIC else 0.5):
        return Thing(shape, natural, coloured=chance.random() < 0.2)
    return Thing(shape, chance.choice(list(COLOURS)), coloured=True)


def allowed_backgrounds(things: list[Thing]) -> list[str]:
    """The backgrounds that contrast with every thing and are not held out with any of them."""
    return [
        background
        for background in COLOURS
        if all(background != one.colour and not held_out(one.shape, one.colour, background) for one in things)
    ]


def unnamed_background(chance: Random, things: list[Thing]) -> Colour:
    """A light, neutral background like an empty page; pale blue where white is not allowed."""
    return varied(chance.choice(PLAIN) if "white" in allowed_backgrounds(things) else PALE_BLUE, chance, 4)


def background_for(chance: Random, things: list[Thing], words: str, named: float) -> tuple[Canvas, str]:
    """A canvas for the things, and the finished caption. It names the background's colour in a share `named` of the cases."""
    if chance.random() >= named:
        return Canvas.filled(unnamed_background(chance, things)), words
    colour = chance.choice(allowed_backgrounds(things))
    return Canvas.filled(varied(COLOURS[colour], chance)), on_background(chance, words, colour)


def one_object(chance: Random) -> tuple[Canvas, str]:
    one = some_thing(chance)
    size = chance.choice(("big", "big", None, None, None, "small"))
    place = chance.choice(list(OFFSETS)) if size != "big" and chance.random() < 0.35 else None
    words = one.words(chance, chance.choice(SIZES[size]))
    if place:
        words += f" {chance.choice(('on', 'at'))} the {place}"
    canvas, caption = background_for(chance, [one], words, named=0.65)

    right, down = OFFSETS.get(place, (0, 0))
    radius = RADII[size] * chance.uniform(0.93, 1.07)
    reach = 0.22 if size is None else 0.29
    x = 0.5 + right * reach + chance.uniform(-0.03, 0.03)
    y = 0.5 + down * reach + chance.uniform(-0.03, 0.03)
    one.draw(canvas.at(x, y, radius), chance)
    return canvas, caption


def two_objects(chance: Random) -> tuple[Canvas, str]:
    first, second = some_thing(chance), some_thing(chance)
    above = chance.random() < 0.2
    link = chance.choice(("above", "over", "on top of")) if above else chance.choice(("and", "and", "and", "next to", "beside"))
    words = f"{first.words(chance)} {link} {second.words(chance)}"
    canvas, caption = background_for(chance, [first, second], words, named=0.5)

    along = chance.uniform(-0.04, 0.04)
    for one, side in ((first, 0.27), (second, 0.73)):
        x, y = (0.5 + along, side) if above else (side, 0.5 + along)
        one.draw(canvas.at(x, y, 0.2 * chance.uniform(0.92, 1.08)), chance)
    return canvas, caption
