import { expect, test } from "vitest";
import { fieldPath } from "../src/schema.ts";

test.each([
  [undefined, ""],
  [[], ""],
  [["kwargs", "size"], "kwargs.size"],
  [["input", 3, "text"], "input[3].text"],
  [[0, "type"], "[0].type"],
  [[{ key: "input" }, { key: 3 }], "input[3]"],
])("%j is %j", (path, field) => {
  expect(fieldPath(path)).toBe(field);
});
