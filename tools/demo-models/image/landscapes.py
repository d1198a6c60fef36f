"""Pictures of places: a sky over a ground, sometimes with an object."""

from random import Random

from canvas import Canvas
from captions import with_article, with_grey
from grounds import GROUNDS, Ground, Light
from palette import COLOURS, lit, varied
from shapes import SHAPES
from skies import SKIES, Sky

FREQUENT_GROUNDS = ("ocean", "ocean", "field", "mountains", "lake")


def landscape(chance: Random) -> tuple[Canvas, str]:
    """Every sky over every ground, with everyday pairs more often."""
    sky = SKIES[chance.choice(("day", "day", "sunset", "sunset", "night", "rainbow"))]
    ground = GROUNDS[chance.choice(FREQUENT_GROUNDS if chance.random() < 0.4 else list(GROUNDS))]
    horizon = chance.uniform(0.55, 0.63)
    canvas = sky.canvas(chance, horizon)
    ground.draw(canvas, chance, horizon, light_of(sky))
    if ground.subjects and chance.random() < 0.4:
        place = subject(canvas, chance, horizon, sky, ground)
        return canvas, chance.choice(sky.during).format(place)
    return canvas, caption(chance, sky, chance.choice(ground.names))


def light_of(sky: Sky) -> Light:
    dark = sum(sky.light) < 300
    warm = (255, 190, 110) if sky is SKIES["sunset"] else lit((150, 190, 235), sky.light)
    return Light(sky.light, warm, dark)


def caption(chance: Random, sky: Sky, place: str) -> str:
    kind = chance.random()
    if kind < 0.15:
        return chance.choice(sky.alone)
    return chance.choice(sky.over if kind < 0.6 else sky.during).format(place)


def subject(canvas: Canvas, chance: Random, horizon: float, sky: Sky, ground: Ground) -> str:
    """Draws one object in the place. Returns its caption, such as "a red house in a green field"."""
    name = chance.choice(ground.subjects)
    shape = SHAPES[name]
    colour = shape.natural if chance.random() < 0.5 else chance.choice(list(COLOURS))
    said = None if colour == shape.natural else with_grey(chance, colour)
    words = with_article(" ".join(word for word in (said, chance.choice(shape.words)) if word))
    radius = chance.uniform(0.18, 0.22)
    y = horizon + (0.16 if ground is GROUNDS["beach"] else 0.02)
    shape.draw(canvas.at(chance.uniform(0.35, 0.65), y, radius), varied(lit(COLOURS[colour], sky.light), chance))
    return f"{words} {chance.choice(ground.inside)}"
