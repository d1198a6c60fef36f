import { describe, expect, test } from "vitest";
import { KernelError } from "../../src/errors.ts";
import { SingleLane } from "../../src/lanes/single-lane.ts";
import type { CallState } from "../../src/pipeline.ts";
import { call, gate, tick } from "../fixtures.ts";

function lane(
  run: (input: string) => Promise<string>,
  options: { replicas?: number; maxWaiting?: number } = {},
) {
  const turn = <T>(_: AbortSignal, work: () => Promise<T>) => work();
  return new SingleLane({ run }, { model: "m", replicas: 1, maxWaiting: 2, turn, ...options });
}

test("requests run one at a time, first come, first served", async () => {
  const log: string[] = [];
  const single = lane(async (name) => {
    log.push(`start ${name}`);
    await tick();
    log.push(`end ${name}`);
    return name;
  });
  expect(await Promise.all(["a", "b", "c"].map((name) => single.run(name, call())))).toEqual([
    "a",
    "b",
    "c",
  ]);
  expect(log).toEqual(["start a", "end a", "start b", "end b", "start c", "end c"]);
});

test("a request that arrives as another is let in does not overtake it", async () => {
  const log: string[] = [];
  const single = lane(async (name) => {
    log.push(name);
    await tick();
    return name;
  });
  const first = single.run("first", call());
  const second = single.run("second", call());
  const late = first.then(() => single.run("late", call()));
  await Promise.all([first, second, late]);
  expect(log).toEqual(["first", "second", "late"]);
});

test("replicas run side by side", async () => {
  const { opened, open } = gate();
  let running = 0;
  const single = lane(
    async (name) => {
      running++;
      await opened;
      return name;
    },
    { replicas: 2 },
  );
  const runs = ["a", "b", "c"].map((name) => single.run(name, call()));
  await tick();
  expect(running).toBe(2);
  open();
  await Promise.all(runs);
});

test("a full queue refuses with OVERLOADED and when to come again", async () => {
  const { opened, open } = gate();
  const single = lane(() => opened.then(() => ""));
  const runs = ["a", "b", "c"].map((name) => single.run(name, call()));
  await expect(single.run("d", call())).rejects.toMatchObject({
    code: "OVERLOADED",
    retryAfter: expect.any(Number),
  });
  open();
  await Promise.all(runs);
});

test("who goes away while waiting never starts, and the others move up", async () => {
  const { opened, open } = gate();
  const log: string[] = [];
  const positions: (number | undefined)[] = [];
  const single = lane(async (name) => {
    log.push(name);
    await opened;
    return name;
  });
  const abort = new AbortController();
  const first = single.run("first", call());
  const gone = single.run("gone", call({ signal: abort.signal }));
  const last = single.run(
    "last",
    call({ onState: ({ state, position }) => state === "queued" && positions.push(position) }),
  );
  abort.abort();
  await expect(gone).rejects.toMatchObject({ code: "ABORTED" });
  open();
  await Promise.all([first, last]);
  expect(log).toEqual(["first", "last"]);
  expect(positions).toEqual([2, 1]);
});

test("closing lets the run under way finish and refuses who waits", async () => {
  const { opened, open } = gate();
  const single = lane((name) => opened.then(() => name));
  const first = single.run("first", call());
  const second = single.run("second", call());
  const closing = single.close();
  await expect(second).rejects.toMatchObject({ code: "CLOSED" });
  open();
  await expect(first).resolves.toBe("first");
  await closing;
  await expect(single.run("late", call())).rejects.toMatchObject({ code: "CLOSED" });
});

test("a failing run does not hold up the next", async () => {
  const single = lane(async (name) => {
    if (name === "bad") throw new Error("bad");
    return name;
  });
  const [bad, good] = await Promise.allSettled([
    single.run("bad", call()),
    single.run("good", call()),
  ]);
  expect([bad?.status, good?.status]).toEqual(["rejected", "fulfilled"]);
});

test("closing refuses at once who waits for memory", async () => {
  const turn = <T>(signal: AbortSignal) =>
    new Promise<T>((_, refuse) => {
      signal.addEventListener("abort", () => refuse(signal.reason));
    });
  const run = async (input: string) => input;
  const single = new SingleLane({ run }, { model: "m", replicas: 1, maxWaiting: 2, turn });
  const waiting = single.run("a", call());
  await tick();
  const closing = single.close();
  await expect(waiting).rejects.toMatchObject({ code: "CLOSED" });
  await closing;
});

describe("a request is prepared before it queues", () => {
  const even = (input: number) => {
    if (input % 2 === 0) return input / 2;
    throw new KernelError("INVALID_INPUT", `${input} is odd. Send an even number.`);
  };

  function halving(
    prepare: (input: number) => number | Promise<number>,
    options: { maxWaiting?: number } = {},
  ) {
    const turns: AbortSignal[] = [];
    const { opened, open } = gate();
    const single = new SingleLane<number, number, number>(
      { prepare, run: async (half) => opened.then(() => half) },
      {
        model: "m",
        replicas: 1,
        maxWaiting: 2,
        turn: (signal, work) => (turns.push(signal), work()),
        ...options,
      },
    );
    return { single, turns, open };
  }

  test("its run gets what was prepared", async () => {
    const { single, open } = halving(async (input) => even(input));
    open();
    expect(await single.run(8, call())).toBe(4);
  });

  test("one that can only fail is told at once, and takes neither a turn nor a place", async () => {
    const { single, turns, open } = halving(even);
    const runs = [2, 4, 6].map((input) => single.run(input, call()));
    await expect(single.run(3, call())).rejects.toMatchObject({ code: "INVALID_INPUT" });
    await expect(single.run(8, call())).rejects.toMatchObject({ code: "OVERLOADED" });
    expect(turns).toHaveLength(1);
    open();
    expect(await Promise.all(runs)).toEqual([1, 2, 3]);
  });

  test("its state is told only once it was accepted", async () => {
    const { single, open } = halving(async (input) => even(input));
    const states: string[] = [];
    const onState = ({ state }: CallState) => states.push(state);
    await expect(single.run(3, call({ onState }))).rejects.toMatchObject({
      code: "INVALID_INPUT",
    });
    expect(states).toEqual([]);
    const run = single.run(2, call({ onState }));
    expect(states).toEqual([]);
    open();
    await run;
    expect(states).toEqual(["queued", "running"]);
  });

  test("a request that goes away meanwhile, or whose lane is closed, waits no longer", async () => {
    const { single, turns } = halving(() => new Promise<number>(() => {}));
    const abort = new AbortController();
    const gone = single.run(2, call({ signal: abort.signal }));
    const stays = single.run(4, call());
    abort.abort();
    await expect(gone).rejects.toMatchObject({ code: "ABORTED" });
    await single.close();
    await expect(stays).rejects.toMatchObject({ code: "CLOSED" });
    expect(turns).toEqual([]);
  });
});
