import { expect, test } from "vitest";
import { bounds, reached } from "../src/index.ts";

test("whoever listens hears of a bound once for each time that it is reached", () => {
  const heard: unknown[] = [];
  const listen = (event: unknown): void => void heard.push(event);
  reached("before");
  bounds.subscribe(listen);
  reached("connections.max");
  reached("connections.max");
  bounds.unsubscribe(listen);
  reached("after");
  expect(heard).toEqual([{ bound: "connections.max" }, { bound: "connections.max" }]);
});
