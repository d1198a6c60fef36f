"""Downloads all files of the stand-in's repository."""

import time

from huggingface_hub import snapshot_download

began = time.perf_counter()
snapshot_download("birds/lark", max_workers=8)
print("took", time.perf_counter() - began)
