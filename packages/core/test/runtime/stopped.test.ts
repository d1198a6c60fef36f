import { expect, test, vi } from "vitest";
import { processRuntime } from "../../src/runtime/process-runtime.ts";
import { never, oneDevice } from "../memory/setup.ts";
import { identity, floats, lease } from "./graphs.ts";
import { graphProcesses, isAlive } from "./processes.ts";

const x = floats(1, 2);

test("a run in a stopped process fails within its bound, and the next runs in another process", async () => {
  const model = oneDevice(1e9).modelOf("m", { runtime: processRuntime(), runTimeout: 1_000 });
  const graph = model.declare(identity("float32"));
  const run = () => model.turn(never, () => graph.run({ x }, ["y"]));
  await run();
  const [stopped] = graphProcesses(process.pid);
  process.kill(stopped!, "SIGSTOP");
  await expect(run()).rejects.toMatchObject({
    code: "GRAPH_FAILED",
    message: expect.stringMatching(/had not answered after 1\.\d s.*larger runTimeout/),
  });
  await vi.waitFor(() => expect(isAlive(stopped!)).toBe(false));
  expect(await run()).toEqual({ y: x });
  expect(graphProcesses(process.pid)).not.toContain(stopped);
  await model.close();
  expect(graphProcesses(process.pid)).toEqual([]);
});

test("an opening that is given up leaves no process", async () => {
  const abort = new AbortController();
  const opening = processRuntime().open(identity("float32"), lease(), abort.signal);
  const [child] = graphProcesses(process.pid);
  process.kill(child!, "SIGSTOP");
  const reason = new Error("too slow");
  abort.abort(reason);
  await expect(opening).rejects.toBe(reason);
  expect(isAlive(child!)).toBe(false);
});
