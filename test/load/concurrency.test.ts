import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { bertFolder, tiny } from "./bert-folder.ts";
import { embed } from "./client.ts";
import type { Answer } from "./client.ts";
import { measured } from "./measured.ts";
import type { Held } from "./measured.ts";
import { treeBytes } from "./process-tree.ts";
import { text, texts } from "./texts.ts";

const clients = 200;
const requests = 10_000;
const patience = { timeout: 30_000, interval: 200 };

describe.skipIf(!process.env["KINDRED_FULL"])("many clients at once (KINDRED_FULL=1)", () => {
  let folder: Awaited<ReturnType<typeof bertFolder>>;
  // Copies for runs side by side would open in between, and be counted among what is left behind.
  const models = () => [{ id: "model", source: folder.path, replicas: 1 }];

  beforeAll(async () => {
    folder = await bertFolder(tiny);
  });
  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
  });

  test("200 clients that hang up one request in ten leave nothing behind", async () => {
    await using server = await measured({ models: models() });
    await embed(server.url, { input: "warm" });
    const idle = await settled((held) => held);
    let next = 0;
    let hungUp = 0;
    const client = async (until: number) => {
      while (next < until) {
        const number = next++;
        const leaves = number % 10 === 0;
        const signal = leaves ? AbortSignal.timeout(1 + ((number * 7) % 40)) : null;
        const answer = await embed(server.url, { input: text(20, number) }, signal).catch(
          (error: Error) => {
            if (!leaves) throw error;
            hungUp++;
          },
        );
        expect(answer?.status ?? 200).toBe(200);
      }
    };
    const ask = (until: number) =>
      Promise.all(Array.from({ length: clients }, () => client(until)));
    await ask(1000);
    await settled(() => {});
    const before = treeBytes(server.pid);
    await ask(requests);
    await settled((held) => expect(held).toEqual(idle));
    expect(hungUp).toBeGreaterThan(100);
    expect(treeBytes(server.pid) - before).toBeLessThan(20_000_000);
    expect(server.complaints).toBe("");

    /** Looks at the held objects once the connections that clients kept alive are closed. */
    async function settled<T>(look: (held: Held) => T): Promise<T> {
      return vi.waitFor(async () => {
        await server.ask("disconnect");
        const [model] = (await server.ask("figures")).models;
        const held = await server.ask("held");
        expect(model!.waiting).toBe(0);
        expect(held.resources).not.toContain("TCPSocketWrap");
        return look(held);
      }, patience);
    }
  }, 180_000);

  test("a model that many load at once is opened once, and can be unloaded during runs", async () => {
    await using server = await measured();
    const [launch] = models();
    const loads = Array.from({ length: 20 }, () => server.ask("load", launch!, { warm: true }));
    for (const info of await Promise.all(loads)) expect(info.state).toBe("ready");
    expect((await server.ask("figures")).opened.started).toBe(1);
    const replies = Array.from({ length: 50 }, () => embed(server.url, { input: texts(64, 512) }));
    const accepted = async () => (await server.ask("figures")).models[0]?.waiting;
    await vi.waitUntil(async () => (await accepted()) === 50, patience);
    const unloads = Promise.allSettled([1, 2].map(() => server.ask("unload", "model")));
    const again = server.ask("load", launch!);
    const answers = await Promise.all(replies);
    expect(answers.filter(isClosed)).not.toHaveLength(0);
    expect(answers.every((answer) => answer.status === 200 || isClosed(answer))).toBe(true);
    const [first, second] = await unloads;
    expect(first!.status).toBe("fulfilled");
    expect(second).toMatchObject({ status: "rejected", reason: { code: "MODEL_NOT_FOUND" } });
    expect((await again).state).toBe("ready");
    expect((await embed(server.url, { input: "again" })).status).toBe(200);
    expect((await server.ask("figures")).models).toMatchObject([{ waiting: 0 }]);
  });
});

function isClosed({ status, body }: Answer): boolean {
  return status === 503 && body.error.code === "CLOSED";
}
