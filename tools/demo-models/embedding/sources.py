"""English texts from the files of Debian's packages: one generator for each package."""

import gzip
import re
import subprocess

PACKAGES = ["wordnet-base", "trans-de-en", "dict-gcide", "dict-foldoc", "fortunes", "fortunes-min"]
SENTENCE_END = re.compile(r"(?<=[.!?])[\"')]*\s+(?=[\"'(]?[A-Z])")


def fetch(folder):
    """Downloads and unpacks the packages once. Nothing is installed."""
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "usr").exists():
        return
    subprocess.run(["apt-get", "download", "-qq", *PACKAGES], cwd=folder, check=True)
    for package in folder.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", package.name, "."], cwd=folder, check=True)


def wordnet(folder):
    """(words, definition, examples) of every synset."""
    for part in ("noun", "verb", "adj", "adv"):
        for line in (folder / f"usr/share/wordnet/data.{part}").read_text("latin-1").splitlines():
            if line.startswith("  "):
                continue
            data, gloss = line.split(" | ", 1)
            fields = data.split(" ")
            count = int(fields[3], 16)
            words = [re.sub(r"\(.*\)", "", word).replace("_", " ") for word in fields[4 : 4 + 2 * count : 2]]
            examples = re.findall(r'"([^"]+)"', gloss)
            yield words, gloss.split('; "')[0].split(";")[0].strip(), examples


def ding(folder):
    """The English sides of a German-English dictionary's entries: words, phrases and everyday sentences."""
    for line in (folder / "usr/share/trans/de-en").read_text("utf-8").splitlines():
        if line.startswith("#") or " :: " not in line:
            continue
        english = re.sub(r"\{[^}]*\}|\[[^]]*\]|\([^)]*\)|<[^>]*>", " ", line.split(" :: ", 1)[1])
        for text in re.split(r"[|;]", english.replace("’", "'")):
            text = re.sub(r"\bsb\.('s)?", r"somebody\1", text)
            text = re.sub(r"\bsth\.", "something", text)
            if "/" not in text and "…" not in text:
                yield tidy(text)


def gcide(folder):
    """Definitions and quotations."""
    text = gzip.decompress((folder / "usr/share/dictd/gcide.dict.dz").read_bytes()).decode("utf-8", "ignore")
    for paragraph in indented_paragraphs(text):
        paragraph = re.sub(r"\[[^]]*\]|\([^)]*\)|[{}]", " ", paragraph).split(" --")[0]
        yield from sentences(re.sub(r"^\s*\d+\.|^.{0,40}:\s", "", paragraph))


def foldoc(folder):
    """Explanations of computing's words."""
    text = gzip.decompress((folder / "usr/share/dictd/foldoc.dict.dz").read_bytes()).decode("utf-8", "ignore")
    for paragraph in indented_paragraphs(text):
        yield from sentences(re.sub(r"<[^>]*>|/[^/]*/|\([^)]*\)|[{}]", " ", paragraph))


def fortunes(folder):
    """Sayings, jokes and quotations."""
    for file in sorted((folder / "usr/share/games/fortunes").iterdir()):
        if file.suffix or file.name == "ascii-art":
            continue
        for saying in file.read_text("utf-8", "ignore").split("\n%\n"):
            yield from sentences(re.sub(r"\s--.*|.\x08", "", saying, flags=re.DOTALL))


def descriptions():
    """The one-line descriptions of every Debian package."""
    known = subprocess.run(["apt-cache", "dumpavail"], capture_output=True, text=True, check=True).stdout
    return re.findall(r"^Description(?:-en)?: (.+)$", known, re.MULTILINE)


def indented_paragraphs(text):
    for paragraph in text.split("\n\n"):
        lines = [line for line in paragraph.splitlines() if line.startswith("   ")]
        if lines:
            yield " ".join(lines)


def sentences(text):
    return [tidy(sentence) for sentence in SENTENCE_END.split(text)]


def tidy(text):
    return re.sub(r"\s+([,.;:!?])", r"\1", " ".join(text.split()))
