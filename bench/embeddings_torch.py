"""Runs sentence-transformers on torch's CPU backend. `FOLDER DTYPE`: a line with a JSON list of texts is answered by a line with
their vectors, float32 in base64."""

import base64
import json
import sys

import torch
from sentence_transformers import SentenceTransformer


def main(folder, dtype):
    torch.set_num_threads(2)
    model = SentenceTransformer(folder, device="cpu", model_kwargs={"torch_dtype": getattr(torch, dtype)})
    print("ready", flush=True)
    for line in sys.stdin:
        vectors = model.encode(json.loads(line), convert_to_tensor=True, show_progress_bar=False)
        print(base64.b64encode(vectors.float().numpy().tobytes()).decode(), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
