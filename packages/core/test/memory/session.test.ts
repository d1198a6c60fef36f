import { expect, test, vi } from "vitest";
import type { DeviceLease } from "../../src/device.ts";
import type { GraphRuntime } from "../../src/graph.ts";
import { Session } from "../../src/memory/session.ts";
import { fakeRuntime } from "../../src/testing/fake-runtime.ts";
import type { FakeRun } from "../../src/testing/fake-runtime.ts";
import { countingAllocator, gate, numbers, source, tick } from "../fixtures.ts";
import { echo, never } from "./setup.ts";

const allocator = countingAllocator(100);
const lease: DeviceLease = allocator.acquire(allocator.devices[0]!, 100)!;

const limits = { model: "m", graph: "g", max: 1000, signal: never };

/** A session of a graph of 40 bytes that takes 90 to open, opened for a run of 10 bytes of activations. */
function begin(run: FakeRun = echo, runtime: GraphRuntime = fakeRuntime(run)) {
  const gone = vi.fn<(error?: unknown) => void>();
  const session = new Session({ source: source("g", 40), bytes: 90, workspace: 10, gone });
  return { session, gone, runtime, opening: session.open(runtime, lease, 40, never) };
}

test("a session holds its opening's bytes until it is open, and tells how many it needs no more", async () => {
  const { session, opening } = begin();
  expect(session).toMatchObject({ state: "opening", bytes: 90, users: 1 });
  expect(await opening).toBe(40);
  expect(session).toMatchObject({ state: "open", bytes: 50, users: 1 });
});

test("activations count once for runs that take no more of them", async () => {
  const { session, opening } = begin();
  await opening;
  expect(session.extra(10)).toBe(0);
  expect(session.extra(25)).toBe(15);
  session.take(25);
  expect(session.bytes).toBe(65);
  session.take(5);
  expect(session).toMatchObject({ bytes: 65, users: 3 });
});

test("a session is idle when its last run has ended", async () => {
  const { session, opening } = begin();
  await opening;
  session.take(0);
  await session.run({ x: numbers(1) }, ["y"], limits);
  expect(session.isIdle).toBe(false);
  await session.run({ x: numbers(1) }, ["y"], limits);
  expect(session.isIdle).toBe(true);
});

test("a session is closed once, and after its last run", async () => {
  const { opened: ended, open: end } = gate();
  const { session, gone, opening } = begin(async ({ x }) => (await ended, { y: x! }));
  await opening;
  const run = session.run({ x: numbers(1) }, ["y"], limits);
  const closing = [session.close(), session.close()];
  await tick();
  expect(session.state).toBe("open");
  end();
  await run;
  expect(session.state).toBe("closing");
  await Promise.all(closing);
  expect(gone.mock.calls).toEqual([[undefined]]);
});

test("a session that died is gone, and need not be closed", async () => {
  const runtime = fakeRuntime(echo);
  const { session, gone, opening } = begin(echo, runtime);
  await opening;
  const change = session.change();
  runtime.kill("g");
  await change;
  expect(session.state).toBe("closing");
  await session.close();
  expect(gone).toHaveBeenCalledOnce();
  expect(runtime.log).toEqual(["open g"]);
});

test("a session that does not open is gone", async () => {
  const broken = { open: () => Promise.reject(new Error("broken")) };
  const { session, gone, opening } = begin(echo, broken);
  await expect(opening).rejects.toThrow("broken");
  expect(gone).toHaveBeenCalledOnce();
  await session.close();
  expect(session.state).toBe("closing");
});

const stuck = new Error("stuck");
const throws = () => {
  throw stuck;
};
test.each([
  ["rejects", () => Promise.reject(stuck)],
  ["throws", throws],
])("a session whose runtime %s when it is closed is gone with the error", async (_, dispose) => {
  const runtime = fakeRuntime(echo);
  const { session, gone, opening } = begin(echo, {
    open: async (each, onto) => ({
      ...(await runtime.open(each, onto)),
      [Symbol.asyncDispose]: dispose,
    }),
  });
  await opening;
  session.release();
  await session.close();
  expect(gone.mock.calls).toEqual([[stuck]]);
});

test("a session is spared for as long as its opening took", async () => {
  const runtime = fakeRuntime(echo);
  const { session, opening } = begin(echo, {
    async open(each, onto) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return runtime.open(each, onto);
    },
  });
  await opening;
  expect(session.sparedUntil - session.lastUsed).toBeGreaterThan(15);
});
