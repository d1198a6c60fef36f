import { expect, test } from "vitest";
import { WaitingItems } from "../../src/lanes/waiting-items.ts";

/** Texts whose cost is their length. */
function waiting(requests: Readonly<Record<string, readonly string[]>>) {
  const items = new WaitingItems<string, string>();
  for (const [request, texts] of Object.entries(requests)) {
    items.add(request, texts, (text) => text.length);
  }
  return {
    items,
    take: (budget: number) => items.take(budget).map(({ request, item }) => `${request}:${item}`),
  };
}

test("a run has the chooser's dearest item, and near ones of all requests", () => {
  const { take } = waiting({ a: ["x", "xxxxx"], b: ["yyyy", "yy"] });
  expect(take(100)).toEqual(["a:xxxxx", "b:yyyy"]);
});

test("rows times the longest stay within the budget", () => {
  const { take } = waiting({ a: ["x", "xx", "xx", "xx"] });
  expect(take(4)).toEqual(["a:xx", "a:xx"]);
  expect(take(1)).toEqual(["a:xx"]);
});

test("requests take turns at choosing", () => {
  const { take } = waiting({ a: ["xxxxxxxxx", "xxxxxxxx"], b: ["y", "y"] });
  expect([take(1), take(1), take(1), take(1)]).toEqual([
    ["a:xxxxxxxxx"],
    ["b:y"],
    ["a:xxxxxxxx"],
    ["b:y"],
  ]);
});

test("a request that is removed leaves nothing behind, and one that is used up is forgotten", () => {
  const { items, take } = waiting({ a: ["xx", "xxx"], b: ["yy"], c: ["zz"] });
  items.remove("a");
  expect(items.requests).toEqual(["b", "c"]);
  expect(take(100)).toEqual(["b:yy", "c:zz"]);
  expect(items.size).toBe(0);
});
