"""Makes the calls that Xinference's pages of embeddings, reranking and images show, against a running server: URL KEY EMBEDDING_MODEL RERANK_MODEL IMAGE_MODEL."""

import os
import sys
import tempfile
from importlib.metadata import version

import openai
from pictures import is_png, picture, read
from xinference_client import RESTfulClient

url, key, embedding, rerank, image = sys.argv[1:]
question = "What is the capital of China?"

# The pages of models and of the client, with OpenAI's.
client = openai.Client(api_key=key, base_url=f"{url}/v1")
assert [client.models.retrieve(each).object for each in (embedding, rerank, image)] == ["model"] * 3
reply = client.embeddings.create(model=embedding, input=[question])
vector = reply.data[0].embedding
assert (reply.object, reply.data[0].index, reply.model) == ("list", 0, embedding), reply
assert reply.usage.prompt_tokens == reply.usage.total_tokens > 0, reply.usage
drawn = client.images.generate(model=image, prompt="an apple")
assert len(drawn.data) == 1 and drawn.created > 0
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "original.png")
    with open(path, "wb") as file:
        file.write(picture)
    # The page gives `prompt` to the call itself, which OpenAI's client does not take.
    with open(path, "rb") as file:
        varied = client.images.create_variation(model=image, image=file, extra_body={"prompt": "an apple"})
    assert len(varied.data) == 1

    # The same pages, with Xinference's.
    client = RESTfulClient(url, api_key=key)
    assert {each["model_type"] for each in client.list_models().values()} == {"embedding", "rerank", "image"}
    embedded = client.get_model(embedding).create_embedding(question)
    assert max(abs(a - b) for a, b in zip(embedded["data"][0]["embedding"], vector, strict=True)) < 1e-5

    corpus = ["A man is eating food.", "The girl is carrying a baby.", "A man is riding a horse."]
    ranked = client.get_model(rerank).rerank(corpus, "A man is eating pasta.")
    scores = [each["relevance_score"] for each in ranked["results"]]
    assert scores == sorted(scores, reverse=True) and len(scores) == len(corpus), ranked
    assert ranked["id"], ranked

    model = client.get_model(image)
    assert is_png(read(model.text_to_image("an apple")["data"][0]["url"]))
    with open(path, "rb") as file:
        assert is_png(read(model.image_to_image(file.read(), "an apple")["data"][0]["url"]))

print(f"xinference-client {version('xinference-client')}, openai {version('openai')}")
