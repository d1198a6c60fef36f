"""Checks LiteLLM's openai and xinference providers against a running server: URL EMBEDDING_MODEL IMAGE_MODEL."""

import sys
from importlib.metadata import version

import litellm
from pictures import hole, is_png, picture, png_of, read

url, embedding, image = sys.argv[1:]
server = {"api_base": f"{url}/v1", "api_key": "none", "num_retries": 0}

# LiteLLM's openai provider takes response_format for OpenAI's own models only.
as_url = {
    "openai": {"extra_body": {"response_format": "url", "num_inference_steps": 4}},
    "xinference": {"response_format": "url", "num_inference_steps": 4},
}

for provider in as_url:
    for options in ({}, {"encoding_format": "float"}, {"encoding_format": "base64"}):
        reply = litellm.embedding(model=f"{provider}/{embedding}", input=["a red fox", "the sea"], **options, **server)
        assert len(reply.data) == 2 and reply.usage.prompt_tokens > 0, provider

    asked = {"model": f"{provider}/{image}", "prompt": "a red apple", "size": "64x64", "n": 1, **server}
    reply = litellm.image_generation(**asked, num_inference_steps=4)
    assert is_png(png_of(reply.data[0].b64_json)), provider
    linked = litellm.image_generation(**asked, **as_url[provider])
    assert is_png(read(linked.data[0].url)), provider

    try:
        litellm.image_generation(**{**asked, "size": "65x64"})
        raise AssertionError("an invalid size was accepted")
    except litellm.BadRequestError as error:
        assert "divisible by 8" in str(error), error

# Its xinference provider has neither edits nor variations. Only the openai one sends a mask.
for provider, mask in (("openai", hole), ("hosted_vllm", None)):
    asked = {"model": f"{provider}/{image}", "prompt": "a red apple", **server}
    extra = {"num_inference_steps": 4, "seed": 1}
    edited = litellm.image_edit(**asked, image=picture, **({"mask": mask} if mask else {}), extra_body=extra)
    assert is_png(png_of(edited.data[0].b64_json)), provider

varied = litellm.image_variation(model=f"openai/{image}", image=picture, n=1, **server)
assert is_png(png_of(varied.data[0].b64_json))

print(f"litellm {version('litellm')}")
