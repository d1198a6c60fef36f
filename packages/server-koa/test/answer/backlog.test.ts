import { expect, test } from "vitest";
import { Backlog } from "../../src/answer/backlog.ts";
import type { EventQueue } from "../../src/answer/event-queue.ts";

test("beyond its bytes, whoever has most waiting loses the oldest of it", () => {
  const backlog = new Backlog<string>(100);
  const [slow, quick] = [backlog.open(8), backlog.open(8)];
  const send = (queue: EventQueue<string>, item: string, bytes: number) => {
    queue.put(item);
    backlog.weigh(queue, item, bytes);
  };
  for (const item of ["a", "b", "c"]) send(slow, item, 30);
  send(quick, "d", 20);
  expect([slow.take(), quick.take()]).toEqual(["b", "d"]);
  send(slow, "e", 200);
  expect([slow.bytes, slow.take()]).toEqual([0, undefined]);
  send(quick, "f", 60);
  backlog.close(quick);
  send(slow, "g", 60);
  expect(slow.take()).toBe("g");
});
