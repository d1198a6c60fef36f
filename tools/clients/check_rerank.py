"""Checks that Xinference's client and LiteLLM rerank against a running server: URL RERANK_MODEL."""

import os
import sys
from importlib.metadata import version

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
import litellm
from xinference_client import RESTfulClient

url, name = sys.argv[1:]
query, documents = "a red fox", ["the sea", "a fox in the snow", "a stone"]
model = RESTfulClient(url).get_model(name)

reply = model.rerank(documents, query)
ranks = [(each["index"], each["relevance_score"]) for each in reply["results"]]
assert sorted(index for index, _ in ranks) == [0, 1, 2], ranks
assert ranks == sorted(ranks, key=lambda each: -each[1]), ranks

best = model.rerank(documents, query, top_n=1, return_documents=True, return_len=True, truncate=False)
assert [(each["index"], each["relevance_score"]) for each in best["results"]] == ranks[:1]
assert best["results"][0]["document"]["text"] == documents[ranks[0][0]]
assert best["meta"]["tokens"]["input_tokens"] > 0

try:
    model.rerank([], query)
    raise AssertionError("no documents were accepted")
except RuntimeError as error:
    assert "documents" in str(error), error

# LiteLLM's cohere provider asks for /v2/rerank unless it is given the whole address.
addresses = {"hosted_vllm": f"{url}/v1", "jina_ai": url, "cohere": f"{url}/v1/rerank"}
if hasattr(litellm, "XinferenceRerankConfig"):
    addresses["xinference"] = f"{url}/v1"
for provider, address in addresses.items():
    asked = {"model": f"{provider}/{name}", "query": query, "documents": documents}
    server = {"api_base": address, "api_key": "none"}
    reply = litellm.rerank(**asked, top_n=2, **server)
    assert [(each["index"], each["relevance_score"]) for each in reply.results] == ranks[:2], (provider, reply)
    counts = {**reply.meta["tokens"], **(reply.meta.get("billed_units") or {})}
    assert provider == "xinference" or max(counts.values()) > 0, (provider, reply)
    if provider != "xinference":
        texts = [each["document"]["text"] for each in litellm.rerank(**asked, return_documents=True, **server).results]
        assert texts == [documents[index] for index, _ in ranks], (provider, texts)

print(f"xinference-client {version('xinference-client')}, litellm {version('litellm')}: {' '.join(addresses)}")
