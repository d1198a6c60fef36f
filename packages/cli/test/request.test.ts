import { expect, test } from "vitest";
import { parseRequest } from "../src/request.ts";

test("the first word is a text unless it is a field", () => {
  expect(parseRequest(["a fox", "seed=7"])).toEqual({ text: "a fox", fields: { seed: 7 } });
  expect(parseRequest(["seed=7"])).toEqual({ fields: { seed: 7 } });
});

test("a text may have an equals sign: no field has capitals or spaces", () => {
  expect(parseRequest(["E=mc2"]).text).toBe("E=mc2");
  expect(parseRequest(["two + two = four"]).text).toBe("two + two = four");
});

test("a value is JSON, otherwise a string", () => {
  const { fields } = parseRequest(["n=2", 'documents=["a", "b"]', "query=a = b", "on=true", "x="]);
  expect(fields).toEqual({ n: 2, documents: ["a", "b"], query: "a = b", on: true, x: "" });
});

test("a second text and a field given twice are refused", () => {
  expect(() => parseRequest(["a", "fox"])).toThrow(/"fox" is not FIELD=VALUE/);
  expect(() => parseRequest(["n=1", "n=2"])).toThrow(/"n" is given twice/);
});

test.each(["__proto__", "constructor", "tostring"])("%s is a field like others", (name) => {
  const { fields } = parseRequest([`${name}={"a":1}`]);
  expect(Object.keys(fields)).toEqual([name]);
  expect(Object.getPrototypeOf(fields)).toBe(Object.prototype);
  expect(() => parseRequest([`${name}=1`, `${name}=2`])).toThrow(/given twice/);
});
