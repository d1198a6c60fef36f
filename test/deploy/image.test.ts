import { once } from "node:events";
import type { ChildProcess } from "node:child_process";
import { access, mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../documents/follow.ts";
import { argumentsOf, dockerfile, environmentOf, stagesOf, textsOf } from "./dockerfile.ts";
import type { Stage } from "./dockerfile.ts";
import { buildContext } from "./dockerignore.ts";
import { beside, machine, whyNoMachine } from "./machine.ts";
import type { Machine } from "./machine.ts";

const isAsked = process.env["KINDRED_OUTSIDE"] !== undefined;
const reason = isAsked ? whyNoMachine() : undefined;
if (reason !== undefined) console.log(`The steps of the image are not run: ${reason}.`);
const minutes = 60_000;
const stages = stagesOf(dockerfile);
const last = stages.at(-1)!;

describe.skipIf(!isAsked || reason !== undefined)("the steps of the Dockerfile", () => {
  let folder: string;
  let image: Machine;
  let server: ChildProcess;
  let output = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "kindred-image-"));
    const built = new Map<string, Machine>();
    for (const [i, stage] of stages.entries()) {
      const base = machine(join(folder, `${i}`), environmentOf(stage, baseEnvironment()));
      await mkdir(base.folder);
      await build(stage, base, built);
      if (stage.name !== undefined) built.set(stage.name, base);
      image = base;
    }
    const command = ["ENTRYPOINT", "CMD"].flatMap((name) => argumentsOf(textsOf(last, name)[0]!));
    const volumes = argumentsOf(textsOf(last, "VOLUME")[0]!);
    server = image.start(command, textsOf(last, "WORKDIR")[0]!, volumes);
    await new Promise<void>((resolve, reject) => {
      for (const stream of [server.stdout!, server.stderr!]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
          output += text;
          if (output.includes("listening on ")) resolve();
        });
      }
      server.once("close", () => reject(new Error(`It ended before it listened:\n${output}`)));
    });
  }, 15 * minutes);
  afterAll(async () => {
    server?.kill("SIGKILL");
    await rm(folder, { recursive: true });
  });

  test("leave the command line, of this platform alone and without tools of development", async () => {
    const modules = join(image.folder, "app/node_modules");
    await access(join(modules, "@kindred/cli/bin/kindred.js"));
    const binaries = "onnxruntime-node/bin/napi-v6";
    await access(join(modules, binaries, process.platform, process.arch));
    for (const path of [`${binaries}/darwin/arm64`, "typescript", "vitest"])
      await expect(stat(join(modules, path))).rejects.toThrow("ENOENT");
  });

  test("start a server without rights, on a root that cannot be written", async () => {
    const writes = [
      "sh",
      "-c",
      "id -u; ! touch /app/file && touch /data/file /cache/file /tmp/file",
    ];
    expect(await beside(server, writes, image.env)).toMatch(/^1000\n/);
  });

  test("have a health check that the server passes", async () => {
    await beside(server, argumentsOf(textsOf(last, "HEALTHCHECK")[0]!), image.env);
  });

  test("have a doctor who finds no problem", async () => {
    expect(await beside(server, ["kindred", "doctor"], image.env)).toMatch(/^0 problems/m);
  });

  test("serve vectors, and pictures as files in the volume", async () => {
    const ask = (path: string, body: object) => `
      const reply = await fetch("http://127.0.0.1:9997${path}", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: ${JSON.stringify(JSON.stringify(body))},
      });
      console.log(await reply.text());`;
    const asked = async (path: string, body: object): Promise<any> => {
      const command = ["node", "--input-type=module", "-e", ask(path, body)];
      return JSON.parse(await beside(server, command, image.env));
    };
    const embedded = await asked("/v1/embeddings", { model: "demo-embedding", input: "a red fox" });
    expect(embedded.data[0].embedding).toHaveLength(384);
    const body = { model: "demo-image", prompt: "an apple", response_format: "url" };
    const drawn = await asked("/v1/images/generations", body);
    const read = `const { status } = await fetch("${drawn.data[0].url}"); console.log(status);`;
    const status = await beside(server, ["node", "--input-type=module", "-e", read], image.env);
    expect(status).toBe("200\n");
    expect((await stat(join(image.folder, "data/kindred/files"))).uid).toBe(1000);
  });

  test("have SIGTERM reach the server, which ends with status 0", async () => {
    const ended = once(server, "close");
    server.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
    expect(output).toContain("finishing running requests");
  });
});

/** What the base image has, and how this machine reaches npm's registry. */
function baseEnvironment(): NodeJS.ProcessEnv {
  const network = /^(?:https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS|npm_config_registry)$/i;
  const own = Object.entries(process.env).filter(([name]) => network.test(name));
  const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  return { ...Object.fromEntries(own), PATH, HOME: "/root" };
}

async function build(
  stage: Stage,
  image: Machine,
  built: ReadonlyMap<string, Machine>,
): Promise<void> {
  let cwd = "/";
  for (const { name, text } of stage.instructions) {
    if (name === "WORKDIR") cwd = text;
    else if (name === "RUN") await image.run(["sh", "-c", text], cwd);
    else if (name === "COPY") await copy(text, { image, built, cwd });
  }
}

interface Copying {
  readonly image: Machine;
  readonly built: ReadonlyMap<string, Machine>;
  readonly cwd: string;
}

/** `COPY . .` of the build's context, or `COPY --from=STAGE PATH PATH`. */
async function copy(text: string, { image, built, cwd }: Copying): Promise<void> {
  const [, stage, from, to] = /^(?:--from=(\w+) )?(\S+) (\S+)$/.exec(text) ?? [];
  if (stage !== undefined) return image.copy(join(built.get(stage)!.folder, from!), to!);
  expect([from, to]).toEqual([".", "."]);
  for (const path of buildContext()) await image.copy(join(root, path), join(cwd, path));
}
