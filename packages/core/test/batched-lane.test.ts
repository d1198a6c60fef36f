import { expect, test } from "vitest";
import { BatchedLane } from "../src/batched-lane.ts";
import type { Call } from "../src/pipeline.ts";
import { call, gate, tick } from "./fixtures.ts";

interface LaneTestOptions {
  readonly budget?: number;
  readonly most?: number;
  readonly items?: (texts: readonly string[]) => Promise<readonly string[]>;
  readonly runItems?: (items: readonly string[], call: Call) => Promise<readonly number[]>;
}

/** Texts whose cost is their length and whose part is, too. */
function lane({
  budget = 10,
  most = 100,
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
    { model: "m", replicas: 1, most, turn: (_, work) => work() },
  );
  return { batched, runs };
}

test("parts come back in the order of the items", async () => {
  const { batched } = lane();
  expect(await batched.run(["aaa", "a", "aaaaa", "aa"], call())).toEqual([3, 1, 5, 2]);
  expect(await batched.run([], call())).toEqual([]);
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

test("a run's signal aborts when every request with an item in it is gone", async () => {
  const { opened, open } = gate();
  let seen: AbortSignal | undefined;
  const { batched } = lane({
    budget: 100,
    runItems: async (items, { signal }) => {
      seen = signal;
      await opened;
      return items.map(() => 0);
    },
  });
  const [one, two] = [new AbortController(), new AbortController()];
  const requests = [one, two].map(({ signal }) => batched.run(["aa"], call({ signal })));
  const settled = Promise.allSettled(requests);
  await tick();
  one.abort();
  two.abort();
  await settled;
  expect(seen?.aborted).toBe(true);
  open();
});

test("a full queue refuses with OVERLOADED", async () => {
  const { opened, open } = gate();
  const { batched } = lane({
    most: 1,
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

test("closing waits until requests that are being split into items are refused", async () => {
  const { opened, open } = gate();
  const { batched } = lane({ items: async (texts) => (await opened, texts) });
  const splitting = batched.run(["a"], call());
  let closed = false;
  const closing = batched.close().then(() => (closed = true));
  await tick();
  expect(closed).toBe(false);
  open();
  await expect(splitting).rejects.toMatchObject({ code: "CLOSED" });
  await closing;
});
