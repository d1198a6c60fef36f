"""Records the pictures of tiny checkpoints, saved and loaded as published ones. The scripts of the families say which."""

import json
import shutil
import tempfile
from pathlib import Path

import torch

from diffusion_graphs import VERSIONS


def write_files(folder, files, tokenizers):
    """Writes JSON files by path, and to each tokenizer's folder those of its vocabulary that are not there yet."""
    for file, content in files.items():
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text(json.dumps(content))
    for name, vocabulary in tokenizers.items():
        for file in vocabulary.iterdir():
            if not (folder / name / file.name).exists():
                shutil.copy(file, folder / name)


def recorded(model, models, files_of):
    """The folder without its weights. One that is like another has only the files that differ; null is a file less."""
    files = files_of(model)
    if like := model.get("like"):
        others = files_of(models[like])
        less = {file: None for file in others if file not in files}
        return {"like": like, "files": {file: content for file, content in files.items() if others.get(file) != content} | less}
    return {"dtype": model.get("dtype", "F32"), "modern": model.get("modern", False), "files": files}


@torch.inference_mode()
def record(golden, *, models, cases, files_of, save, opened, draw, further=None):
    """
    Writes cases.json and a PNG for each picture to the folder `golden`. `save(folder, model)` writes a model's folder,
    `opened(folder, model)` its pipeline, new for each case, and `draw(pipeline, request)` gives the pictures.
    """
    shutil.rmtree(golden, ignore_errors=True)
    golden.mkdir(parents=True)
    drawn = {}
    for name, model in models.items():
        with tempfile.TemporaryDirectory() as folder:
            save(Path(folder), model)
            for case, found in cases.items():
                if found["model"] != name:
                    continue
                pipeline = opened(folder, model)
                pipeline.set_progress_bar_config(disable=True)
                files = []
                for i, picture in enumerate(draw(pipeline, found["request"])):
                    files.append(f"{case}-{i}.png")
                    picture.save(golden / files[-1], optimize=True)
                drawn[case] = found | {"pictures": files}
    folders = {name: recorded(model, models, files_of) for name, model in models.items()}
    written = {"versions": VERSIONS, "models": folders, "cases": drawn} | (further or {})
    (golden / "cases.json").write_text(json.dumps(written, indent=1) + "\n")
