import { expect, test, vi } from "vitest";
import { BatchedLane } from "../../src/lanes/batched-lane.ts";
import { abortError, KernelError, throwIfAborted } from "../../src/errors.ts";
import type { LaneOptions } from "../../src/lanes/lane.ts";
import type { Call } from "../../src/pipeline.ts";
import { tracing } from "../../src/tracing.ts";
import { call, gate, tick } from "../fixtures.ts";

interface LaneTestOptions {
  readonly budget?: number;
  readonly maxWaiting?: number;
  readonly replicas?: number;
  readonly sideBySide?: number;
  readonly turn?: LaneOptions["turn"];
  readonly items?: (texts: readonly string[]) => Promise<readonly string[]>;
  readonly runItems?: (items: readonly string[], call: Call) => Promise<readonly number[]>;
}

/** Texts whose cost is their length and whose part is, too. */
function lane({
  budget = 10,
  maxWaiting = 100,
  replicas = 1,
  sideBySide = 0,
  turn = (_, work) => work(),
  items = async (texts) => texts,
  runItems = async (items) => (await tick(), items.map(({ length }) => length)),
}: LaneTestOptions = {}) {
  const runs: (readonly string[])[] = [];
  const batched = new BatchedLane<readonly string[], readonly number[]>(
    {
      budget,
      items,
      cost: (text: string) => text.length,
      runItems(items: readonly string[], itemsCall) {
        runs.push(items);
        return runItems(items, itemsCall);
      },
      output: (parts) => parts as readonly number[],
    },
    { model: "m", replicas, sideBySide, maxWaiting, turn },
  );
  return { batched, runs };
}

test("parts come back in the order of the items", async () => {
  const { batched } = lane();
  expect(await batched.run(["aaa", "a", "aaaaa", "aa"], call())).toEqual([3, 1, 5, 2]);
  expect(await batched.run([], call())).toEqual([]);
});

test("a run tells its rows, their costs with and without padding, and whose they are", async () => {
  const seen: unknown[] = [];
  const start = (event: unknown) => seen.push(event);
  tracing.batchRun.start.subscribe(start);
  try {
    const { batched } = lane({ budget: 40 });
    await Promise.all([
      batched.run(["a".repeat(10), "a".repeat(9)], call({ id: "req_1" })),
      batched.run(["aa"], call({ id: "req_2" })),
      batched.run(["aa"], call()),
    ]);
  } finally {
    tracing.batchRun.start.unsubscribe(start);
  }
  expect(seen).toMatchObject([
    { model: "m", rows: 2, cost: 19, paddedCost: 20, ids: ["req_1"] },
    { model: "m", rows: 2, cost: 4, paddedCost: 4, ids: ["req_2"] },
  ]);
});

test("while more than a run waits, runs go on side by side; a run alone does not", async () => {
  const kinds: (boolean | undefined)[] = [];
  const under = { now: 0, most: 0 };
  const { batched } = lane({
    sideBySide: 2,
    turn: (_, work, isBeside) => (kinds.push(isBeside), work()),
    async runItems(items) {
      under.most = Math.max(under.most, ++under.now);
      await tick();
      under.now--;
      return items.map(({ length }) => length);
    },
  });
  const texts = Array.from({ length: 8 }, () => "aaaaa");
  expect(await batched.run(texts, call())).toEqual(texts.map(({ length }) => length));
  expect(kinds).toEqual([true, true, true, true]);
  expect(under).toEqual({ now: 0, most: 2 });
  await batched.run(["aaaaa", "aaaaa"], call());
  expect(kinds.at(-1)).toBe(false);
});

test("rows times the longest never exceed the budget, but for one long item alone", async () => {
  const { batched, runs } = lane({ budget: 10 });
  await batched.run(
    ["a".repeat(25), "aaaaa", "aaaaa", "aaaaa", "aa", "aa", "aa", "aa", "aa", "aa"],
    call(),
  );
  for (const items of runs.filter(({ length }) => length > 1)) {
    expect(items.length * Math.max(...items.map(({ length }) => length))).toBeLessThanOrEqual(10);
  }
  expect(runs[0]).toEqual(["a".repeat(25)]);
  expect(runs).toHaveLength(5);
});

test("items of near cost ride along, those much shorter wait for a run of their own", async () => {
  const { batched, runs } = lane({ budget: 100 });
  const requests = [["under way"], ["aaaaaaaaaa"], ["bbbbbbbbb", "b"]];
  await Promise.all(requests.map((texts) => batched.run(texts, call())));
  expect(runs).toEqual([["under way"], ["aaaaaaaaaa", "bbbbbbbbb"], ["b"]]);
});

test("a request of one item waits for the run under way and one more at most", async () => {
  const { batched, runs } = lane({ budget: 5 });
  const many = batched.run(
    Array.from({ length: 50 }, () => "aaaaa"),
    call(),
  );
  const one = batched.run(["b"], call());
  await one;
  expect(runs.slice(0, 3)).toEqual([["aaaaa"], ["aaaaa"], ["b"]]);
  await many;
});

test("clients of different sizes take turns", async () => {
  const { batched, runs } = lane({ budget: 5 });
  const clients = ["a", "b", "c"].map((letter, index) =>
    batched.run(
      Array.from({ length: 10 * (index + 1) }, () => letter.repeat(5)),
      call(),
    ),
  );
  await clients[0];
  const shares = ["a", "b", "c"].map(
    (letter) => runs.filter(([item]) => item!.startsWith(letter)).length,
  );
  // The first to come has had the run that was under way when the others came.
  expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(2);
  await Promise.all(clients);
});

test("a failing run fails the requests with items in it, and no other", async () => {
  const { batched } = lane({
    budget: 5,
    runItems: async (items) => {
      await tick();
      if (items.includes("bad..")) throw new Error("bad");
      return items.map(({ length }) => length);
    },
  });
  const results = await Promise.allSettled([
    batched.run(["aaaaa", "bad.."], call()),
    batched.run(["ccccc", "ddddd"], call()),
  ]);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
});

test("what fails while splitting fails its request alone", async () => {
  const { batched } = lane();
  const broken = batched.run(null as never, call());
  await expect(broken).rejects.toThrow(TypeError);
  expect(await batched.run(["a"], call())).toEqual([1]);
  expect(batched.waiting).toBe(0);
});

test("a request that goes away leaves its items out of later runs", async () => {
  const { batched, runs } = lane({ budget: 5 });
  const abort = new AbortController();
  const gone = batched.run(["xxxxx", "xxxxx", "xxxxx"], call({ signal: abort.signal }));
  const stays = batched.run(["aaaaa", "aaaaa"], call());
  await tick();
  abort.abort();
  await expect(gone).rejects.toMatchObject({ code: "ABORTED" });
  await stays;
  expect(runs.filter(([item]) => item === "xxxxx").length).toBeLessThan(3);
});

test("a run's signal aborts when every request with an item in it is gone, for the last one's reason", async () => {
  const { opened, open } = gate();
  let seen: AbortSignal | undefined;
  const { batched, runs } = lane({
    budget: 100,
    turn: async (_, work) => (await tick(), work()),
    runItems: async (items, { signal }) => {
      seen = signal;
      await opened;
      return items.map(() => 0);
    },
  });
  const [one, two] = [new AbortController(), new AbortController()];
  const requests = [one, two].map(({ signal }) => batched.run(["aa"], call({ signal })));
  const settled = Promise.allSettled(requests);
  await vi.waitUntil(() => seen);
  expect(runs).toEqual([["aa", "aa"]]);
  one.abort();
  expect(seen?.aborted).toBe(false);
  const deadline = new KernelError("CLOSED", "The server is shutting down.");
  two.abort(deadline);
  await settled;
  expect(seen?.reason).toBe(deadline);
  open();
});

test("a full queue refuses with OVERLOADED", async () => {
  const { opened, open } = gate();
  const { batched } = lane({
    maxWaiting: 1,
    runItems: async (items) => (await opened, items.map(() => 0)),
  });
  const first = batched.run(["a"], call());
  await expect(batched.run(["b"], call())).rejects.toMatchObject({ code: "OVERLOADED" });
  open();
  await first;
});

test("a pipeline that loses a part is told so", async () => {
  const { batched } = lane({ runItems: async () => [] });
  await expect(batched.run(["a"], call())).rejects.toMatchObject({ code: "GRAPH_FAILED" });
});

test("closing lets the run under way finish and refuses who waits", async () => {
  const { opened, open } = gate();
  const { batched } = lane({
    budget: 5,
    runItems: async (items) => (await opened, items.map(() => 0)),
  });
  const running = batched.run(["aaaaa"], call());
  const waiting = batched.run(["bbbbb"], call());
  await tick();
  const closing = batched.close();
  await expect(waiting).rejects.toMatchObject({ code: "CLOSED" });
  open();
  await expect(running).resolves.toEqual([0]);
  await closing;
});

test("closing refuses at once who is still being split into items", async () => {
  const { batched } = lane({ items: () => new Promise(() => {}) });
  const splitting = batched.run(["a"], call());
  await tick();
  const closing = batched.close();
  await expect(splitting).rejects.toMatchObject({ code: "CLOSED" });
  await closing;
});

/** Turns that wait for memory until they are told that it is there, or given up. Their work begins some time later. */
function scarce() {
  const claims: { signal: AbortSignal; grant(): void }[] = [];
  const turn: LaneOptions["turn"] = async (signal, work) => {
    await new Promise<void>((grant, refuse) => {
      claims.push({ signal, grant });
      signal.addEventListener("abort", () => refuse(abortError(signal)));
    });
    await tick();
    return work();
  };
  return { claims, turn };
}

test("memory for a run is no longer waited for when nobody waits for the run", async () => {
  const { claims, turn } = scarce();
  const { batched, runs } = lane({ turn });
  const [one, two] = [new AbortController(), new AbortController()];
  const requests = [one, two].map(({ signal }) => batched.run(["a"], call({ signal })));
  const settled = Promise.allSettled(requests);
  await tick();
  one.abort();
  expect(claims.map(({ signal }) => signal.aborted)).toEqual([false]);
  two.abort();
  expect(claims.map(({ signal }) => signal.aborted)).toEqual([true]);
  await settled;
  await batched.close();
  expect(runs).toEqual([]);
});

test("closing does not wait for memory", async () => {
  const { turn } = scarce();
  const { batched } = lane({ turn });
  const waiting = batched.run(["a"], call());
  await tick();
  const closing = batched.close();
  await expect(waiting).rejects.toMatchObject({ code: "CLOSED" });
  await closing;
});

test.each([
  ["still waits for memory", false],
  ["has just got its memory", true],
])(
  "when the run of a request that leaves %s, who comes then has a run of its own",
  async (_, granted) => {
    const { claims, turn } = scarce();
    const { batched, runs } = lane({
      turn,
      runItems: async (items, { signal }) => (throwIfAborted(signal), items.map(() => 0)),
    });
    const abort = new AbortController();
    const gone = batched.run(["gone"], call({ signal: abort.signal }));
    await tick();
    if (granted) claims[0]!.grant();
    abort.abort();
    const stays = batched.run(["stays"], call());
    await expect(gone).rejects.toMatchObject({ code: "ABORTED" });
    for (let turn = 0; turn < 3; turn++) await tick();
    claims[1]!.grant();
    expect(await stays).toEqual([0]);
    expect(runs).toEqual([["stays"]]);
  },
);

test("replicas run side by side, and none is claimed for a run of nothing", async () => {
  const { claims, turn } = scarce();
  const { opened, open } = gate();
  const { batched, runs } = lane({
    budget: 5,
    replicas: 2,
    turn,
    runItems: async (items) => (await opened, items.map(() => 0)),
  });
  const one = batched.run(["aaaaa"], call());
  await tick();
  expect(claims).toHaveLength(1);
  const two = batched.run(["bbbbb"], call());
  const three = batched.run(["ccccc"], call());
  for (const place of [0, 1]) {
    claims[place]!.grant();
    for (let turn = 0; turn < 3; turn++) await tick();
  }
  expect(runs).toEqual([["aaaaa"], ["bbbbb"]]);
  expect(claims).toHaveLength(2);
  open();
  for (let turn = 0; turn < 3; turn++) await tick();
  claims[2]!.grant();
  expect(await Promise.all([one, two, three])).toEqual([[0], [0], [0]]);
  expect(claims).toHaveLength(3);
});

test("a request whose splitting ignores its signal is left at once when it goes away", async () => {
  const { batched } = lane({ items: () => new Promise(() => {}) });
  const abort = new AbortController();
  const gone = batched.run(["a"], call({ signal: abort.signal }));
  abort.abort();
  await expect(gone).rejects.toMatchObject({ code: "ABORTED" });
  expect(batched.waiting).toBe(0);
});
