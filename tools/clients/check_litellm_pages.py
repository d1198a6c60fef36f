"""Makes the calls that LiteLLM's page of Xinference shows, against a running server: URL KEY EMBEDDING_MODEL IMAGE_MODEL."""

import os
import sys
from importlib.metadata import version

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
from litellm import embedding, image_generation
from pictures import is_png, png_of

url, key, embedder, painter = sys.argv[1:]
base = f"{url}/v1"
prompt = "A beautiful sunset over a calm ocean"
texts = ["good morning from litellm"]

# The address in a variable, then in the call; the key in its variable, which may be any text where the server has none.
os.environ["XINFERENCE_API_KEY"] = key
os.environ["XINFERENCE_API_BASE"] = base
vector = embedding(model=f"xinference/{embedder}", input=texts).data[0]["embedding"]
del os.environ["XINFERENCE_API_BASE"]
# It draws by OpenAI's client, which does not read those variables.
os.environ["OPENAI_API_KEY"] = key
same = embedding(model=f"xinference/{embedder}", api_base=base, input=texts)
assert max(abs(a - b) for a, b in zip(same.data[0]["embedding"], vector, strict=True)) < 1e-5

asked = {"model": f"xinference/{painter}", "prompt": prompt}
assert is_png(png_of(image_generation(**asked, api_base=base).data[0].b64_json))
os.environ["OPENAI_BASE_URL"] = base
large = image_generation(**asked, n=1, size="1024x1024", response_format="b64_json")
content = png_of(large.data[0].b64_json)
assert [int.from_bytes(content[at : at + 4], "big") for at in (16, 20)] == [1024, 1024]

print(f"litellm {version('litellm')}")
