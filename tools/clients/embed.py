"""Embeds with a client against a running server: CLIENT URL.

Each line of its input is a request in JSON: model, texts, timeout in seconds, and options of the client. Each line of its output
is what came of it: vectors and tokens, or an error as the client raised it.
"""

import json
import os
import sys
from importlib.util import find_spec


def with_openai(url):
    import openai

    def embed(model, texts, timeout=None, **options):
        limits = {} if timeout is None else {"timeout": timeout, "max_retries": 0}
        client = openai.OpenAI(base_url=url, api_key="none", **limits)
        reply = client.embeddings.create(model=model, input=texts, **options)
        return [each.embedding for each in reply.data], reply.usage.prompt_tokens

    return embed


def with_litellm(provider):
    def at(url):
        os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
        import litellm

        litellm.suppress_debug_info = True

        # Its openai provider takes dimensions for OpenAI's own models, unless it is told.
        allowed = {"allowed_openai_params": ["dimensions"]} if provider == "openai" else {}
        server = {"api_base": url, "api_key": "none", **allowed}

        def embed(model, texts, **options):
            reply = litellm.embedding(model=f"{provider}/{model}", input=texts, **server, **options)
            return [each["embedding"] for each in reply.data], reply.usage.prompt_tokens

        return embed

    return at


def with_langchain(url):
    # LiteLLM brings the ranks of OpenAI's tokenizer, which are downloaded otherwise.
    litellm = find_spec("litellm")
    if litellm:
        folder = os.path.join(os.path.dirname(litellm.origin), "litellm_core_utils", "tokenizers")
        os.environ["TIKTOKEN_CACHE_DIR"] = folder
    from langchain_openai import OpenAIEmbeddings

    def embed(model, texts, timeout=None, **options):
        limits = {} if timeout is None else {"timeout": timeout, "max_retries": 0}
        fields = {"check_embedding_ctx_length": False, **limits, **options}
        return OpenAIEmbeddings(model=model, base_url=url, api_key="none", **fields).embed_documents(texts), None

    return embed


def with_xinference(url):
    from xinference_client import RESTfulClient

    client = RESTfulClient(url.removesuffix("/v1"))

    def embed(model, texts, timeout=None, **options):
        handle = client.get_model(model)
        if timeout is not None:
            # The client has no timeout of its own; its session takes one.
            send = handle.session.send
            handle.session.send = lambda request, **settings: send(request, **{**settings, "timeout": timeout})
        reply = handle.create_embedding(texts, **options)
        return [each["embedding"] for each in reply["data"]], reply["usage"]["prompt_tokens"]

    return embed


clients = {
    "openai": with_openai,
    "litellm openai/": with_litellm("openai"),
    "litellm xinference/": with_litellm("xinference"),
    "langchain_openai": with_langchain,
    "xinference_client": with_xinference,
}

name, url = sys.argv[1:]
embed = clients[name](url)
for line in sys.stdin:
    try:
        vectors, tokens = embed(**json.loads(line))
        result = {"vectors": vectors, "tokens": tokens}
    except Exception as error:
        result = {
            "error": {
                "name": type(error).__name__,
                "message": str(error),
                "status": getattr(error, "status_code", None),
            }
        }
    print(json.dumps(result), flush=True)
