import { afterAll, expect, test } from "vitest";
import { pythonWith } from "../python.ts";
import { model } from "./embedding-server.ts";
import type { EmbeddingServer } from "./embedding-server.ts";
import { expectVectors, promises, texts } from "./promises.ts";
import { pythonClient } from "./python-client.ts";
import type { PythonClient } from "./python-client.ts";

type Connect = (server: EmbeddingServer) => PythonClient;

const inBody = (prompt_name: string) => ({ extra_body: { prompt_name } });

python("openai", "openai", (server, connect) => {
  accepts(server, connect, inBody);
  hearsItsClass(server, connect, "BadRequestError");
});

for (const provider of ["openai/", "xinference/"]) {
  python(`litellm ${provider}`, "litellm", (server, connect) => {
    accepts(server, connect, inBody);
    hearsItsClass(server, connect, "ContextWindowExceededError");
  });
}

python("langchain_openai", "langchain_openai", (server, connect) => {
  hearsItsClass(server, connect, "BadRequestError");

  test("sends ids of OpenAI's tokenizer by default, and hears what to set", async () => {
    const asking = connect(server()).embed(
      ["a red fox"],
      { model },
      { check_embedding_ctx_length: true },
    );
    await expect(asking).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining("check_embedding_ctx_length=False"),
    });
    expect(server().asked).toEqual([{ input: [[64, 2579, 39935]] }]);
  });

  test("sends batches of its size", async () => {
    const { vectors } = await connect(server()).embed(texts, { model }, { chunk_size: 10 });
    expectVectors(vectors, await server().vectors(texts));
    expect(server().asked.map(({ input }) => input.length)).toEqual([10, 10, 3]);
  });

  test("names a prompt in extra_body", async () => {
    const more = { model_kwargs: { extra_body: { prompt_name: "query" } } };
    const { vectors } = await connect(server()).embed(["a red fox"], { model }, more);
    expectVectors(vectors, await server().vectors(["a red fox"], "query"));
  });
});

python(
  "xinference_client",
  "xinference_client",
  (server, connect) => {
    accepts(server, connect, (prompt_name) => ({ prompt_name }));
    hearsItsClass(server, connect, "RuntimeError");
  },
  { hidesStatus: true },
);

function accepts(
  server: () => EmbeddingServer,
  connect: Connect,
  prompt: (name: string) => object,
): void {
  const fields = [{}, { encoding_format: "float" }, { user: "me" }];
  test.each(fields)("gets the same numbers and tokens with %o", async (field) => {
    const { vectors, tokens } = await connect(server()).embed(["a red fox"], { model }, field);
    expectVectors(vectors, await server().vectors(["a red fox"]));
    expect(tokens).toBe(6);
  });

  test("names a prompt, and hears which there are", async () => {
    const { vectors } = await connect(server()).embed(["a red fox"], { model }, prompt("query"));
    expectVectors(vectors, await server().vectors(["a red fox"], "query"));
    const asking = connect(server()).embed(["a red fox"], { model }, prompt("clustering"));
    await expect(asking).rejects.toThrow('Its prompts are "query", "passage".');
  });
}

function hearsItsClass(server: () => EmbeddingServer, connect: Connect, name: string): void {
  test(`raises ${name} for a text beyond the model's context`, async () => {
    const asking = connect(server()).embed(["fox ".repeat(600)], { model });
    await expect(asking).rejects.toMatchObject({ name });
  });
}

/** What every client is promised, and `more`, of a client in a process of its own. */
function python(
  name: string,
  distribution: string,
  more: (server: () => EmbeddingServer, connect: Connect) => void,
  options?: { readonly hidesStatus: boolean },
): void {
  const interpreter = pythonWith(distribution);
  let client: PythonClient | undefined;
  const connect = (url: string) => (client ??= pythonClient(interpreter!, name, url));
  promises(
    `${name} of Python`,
    interpreter === undefined
      ? undefined
      : async (url, texts, options) => (await connect(url).embed(texts, options)).vectors,
    (server) => {
      afterAll(() => client?.[Symbol.asyncDispose]());
      more(server, ({ url }) => connect(url));
    },
    options,
  );
}
