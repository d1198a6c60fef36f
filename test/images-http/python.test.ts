import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fixture } from "../../packages/plugin-embedding/test/fixture.ts";
import { pythonWith } from "../python.ts";
import { imageServer, model } from "./image-server.ts";
import type { ImageServer } from "./image-server.ts";

describe("Python's clients", () => {
  let embedder: Awaited<ReturnType<typeof fixture>>;
  let server: ImageServer;
  beforeAll(async () => {
    embedder = await fixture("bge-tiny");
    server = await imageServer({ flags: ["--model", `bge=${embedder.path}`] });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await embedder[Symbol.asyncDispose]();
  });

  for (const client of ["openai", "litellm", "xinference_client"]) {
    const python = pythonWith(client);
    test.skipIf(!python)(`${client} is served`, { timeout: 300_000 }, async () => {
      const name = client.replace("_client", "");
      const script = fileURLToPath(
        new URL(`../../tools/clients/check_${name}.py`, import.meta.url),
      );
      const { stdout } = await promisify(execFile)(python!, [script, server.url, "bge", model]);
      expect(stdout).toMatch(new RegExp(`^${name}(-client)? \\d`, "m"));
    });
  }
});
