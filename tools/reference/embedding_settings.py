"""Records sentence-transformers' vectors for folders with settings of its own: packages/plugin-embedding/test/golden/settings.json.

The cases are packages/plugin-embedding/test/fixtures/settings.json: a fixture's folder, how its JSON files differ, and texts.
"""

import json
import shutil
import tempfile
from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer

from embedding import FIXTURES, GOLDEN, TEXTS, VERSIONS, build, pack

CASES = json.loads((FIXTURES / "settings.json").read_text())


def main():
    vectors = {name: record(**case) for name, case in CASES.items()}
    (GOLDEN / "settings.json").write_text(json.dumps({"versions": VERSIONS, "vectors": vectors}, indent=1) + "\n")


def record(folder, json, texts, prompt=None, transformer=None):
    with tempfile.TemporaryDirectory() as path:
        build(folder, Path(path))
        for file, members in json.items():
            change(Path(path, file), members)
        if transformer:
            move(Path(path), transformer)
        model = SentenceTransformer(path, device="cpu", model_kwargs={"dtype": torch.float32})
        return [pack(model.encode([TEXTS.get(text, text)], prompt_name=prompt)[0]) for text in texts]


def change(file, members):
    """Changes members of a JSON file, which need not be there, or writes a whole array; None removes the file."""
    if members is None:
        return file.unlink()
    old = json.loads(file.read_text()) if file.exists() else {}
    file.write_text(json.dumps(members if isinstance(members, list) else {**old, **members}))


def move(path, folder):
    """Moves the Transformer's files to a folder of their own, as sentence-transformers 1 saved them."""
    (path / folder).mkdir(parents=True)
    for file in path.glob("*"):
        if file.is_file() and file.name not in ("modules.json", "config_sentence_transformers.json"):
            shutil.move(file, path / folder / file.name)
    modules = json.loads((path / "modules.json").read_text())
    modules[0]["path"] = folder
    (path / "modules.json").write_text(json.dumps(modules))
    (path / "config.json").write_text('{"__version__": "1.0.0"}')


if __name__ == "__main__":
    main()
