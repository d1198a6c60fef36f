"""The colours that captions name, and small arithmetic on colours."""

from random import Random

Colour = tuple[int, int, int]

# `held_out` depends on the order: add new colours at the end.
COLOURS: dict[str, Colour] = {
    "red": (214, 40, 40),
    "green": (60, 160, 70),
    "blue": (45, 95, 200),
    "yellow": (245, 205, 50),
    "orange": (240, 130, 40),
    "purple": (130, 70, 170),
    "pink": (240, 140, 180),
    "white": (245, 245, 245),
    "black": (30, 30, 34),
    "brown": (125, 80, 45),
    "gray": (140, 140, 145),
    "cyan": (70, 200, 210),
}

DAYLIGHT: Colour = (255, 255, 255)


def varied(colour: Colour, chance: Random, amount: int = 10) -> Colour:
    """The colour, each channel off by at most `amount`."""
    return tuple(min(255, max(0, channel + chance.randint(-amount, amount))) for channel in colour)


def shaded(colour: Colour, factor: float) -> Colour:
    """Darker below a factor of 1, brighter above."""
    return tuple(min(255, int(channel * factor)) for channel in colour)


def lit(colour: Colour, light: Colour) -> Colour:
    """The colour as it looks under light of another colour."""
    return tuple(channel * share // 255 for channel, share in zip(colour, light))


def nearest(pixel: Colour, names: list[str]) -> str:
    """The named colour that is nearest to a pixel, by squared distance in RGB."""
    return min(names, key=lambda name: sum((int(a) - b) ** 2 for a, b in zip(pixel, COLOURS[name])))
