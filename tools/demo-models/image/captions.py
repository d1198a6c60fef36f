"""Captions, in the words in which people ask for a picture."""

from random import Random

SIZES: dict[str | None, tuple[str | None, ...]] = {
    None: (None,),
    "big": ("big", "big", "big", "big", "large", "huge"),
    "small": ("small", "small", "small", "little", "tiny"),
}
BACKGROUNDS = (
    "{thing} on {a_colour} background",
    "{thing} on {a_colour} background",
    "{thing} on a {colour} background",
    "{thing} on {colour}",
    "{thing}, {colour} background",
    "{thing} with {a_colour} background",
    "{thing} in front of {a_colour} background",
)
OPENINGS = (
    "a picture of {}",
    "an image of {}",
    "a drawing of {}",
    "a photo of {}",
    "a painting of {}",
    "a simple drawing of {}",
    "draw {}",
)
FEELINGS = ("beautiful", "nice", "cute", "pretty")


def with_article(words: str) -> str:
    return f"an {words}" if words[0] in "aeiou" else f"a {words}"


def thing(chance: Random, *words: str | None) -> str:
    """A noun with its adjectives, without the `None`s: "a big red apple". Some also get "pretty" or the like."""
    feeling = chance.choice(FEELINGS) if chance.random() < 0.06 else None
    return with_article(" ".join(word for word in (feeling, *words) if word))


def on_background(chance: Random, words: str, colour: str) -> str:
    """The thing before a background. People, and programs that fill in a colour, also write "a orange background"."""
    said = with_grey(chance, colour)
    return chance.choice(BACKGROUNDS).format(thing=words, colour=said, a_colour=with_article(said))


def with_grey(chance: Random, colour: str) -> str:
    """The colour's name; "gray" sometimes in British spelling."""
    return "grey" if colour == "gray" and chance.random() < 0.4 else colour


def asked(chance: Random, caption: str) -> str:
    """The caption, a quarter of the time with an opening such as "a picture of"."""
    return chance.choice(OPENINGS).format(caption) if chance.random() < 0.25 else caption
