"""Makes further texts of the gathered ones: other words, other frames, longer texts."""

import re

FRAMES = [
    "How do I {}?", "Is it possible to {}?", "I would like to {}.", "She wants to {}.", "They had to {} yesterday.",
    "We are going to {} tomorrow.", "He tried to {}, but he failed.", "You should {} more often.", "My brother never learned to {}.",
    "Who is allowed to {} here?", "Please do not {}.", "When may the children {}?", "It takes years to {}.", "Nobody could {} any longer.",
]
QUESTIONS = ["What is {}?", "What does {} mean?", "Where can I find {}?", "Tell me about {}.", "an article about {}", "{} near me", "a picture of {}"]
INFINITIVE = re.compile(r"^to ((?:\w+[ '-]?){2,8})$")


def framed(phrases, random):
    """Sentences around infinitives such as "to catch a cold"."""
    for phrase in phrases:
        if found := INFINITIVE.match(phrase):
            yield random.choice(FRAMES).format(found[1])


def asked(words, random):
    """Questions and headings around a noun."""
    for word in words:
        yield random.choice(QUESTIONS).format(word)


def reworded(texts, synonyms, random):
    """Texts in which synonyms replace up to three words."""
    for text in texts:
        words = text.split(" ")
        known = [i for i, word in enumerate(words) if word in synonyms]
        for i in random.sample(known, min(3, len(known))):
            words[i] = random.choice(synonyms[words[i]])
        if known:
            yield " ".join(words)


def joined(texts, count, random):
    """Paragraphs of two to eight texts, mostly short ones."""
    for _ in range(count):
        yield " ".join(random.sample(texts, random.choice([2, 2, 2, 2, 3, 3, 4, 8])))
