import { expect, test } from "vitest";
import type { ModelFamily } from "../../src/family.ts";
import { chooseFamily } from "../../src/catalog/choose-family.ts";
import type { ModelListing } from "../../src/model-source.ts";

function family(name: string, claim: "own" | "able" | false, checkpoint?: string): ModelFamily {
  return {
    name,
    task: { name: "echo" },
    match: () => claim,
    load: () => Promise.reject(new Error("not here")),
    ...(checkpoint && {
      checkpoints: [{ name: checkpoint, repo: `acme/${checkpoint}`, revision: "main" }],
    }),
  };
}

const model: ModelListing = {
  names: ["m", "/models/some-model", "some-model"],
  files: [],
  json: () => undefined,
};
const launch = { id: "m", source: "/models/some-model" };

test("own beats able", () => {
  const families = [family("generic", "able"), family("special", "own")];
  expect(chooseFamily(families, model, launch).family.name).toBe("special");
});

test("two of a kind are an error that names both", () => {
  const families = [family("one", "own"), family("two", "own")];
  expect(() => chooseFamily(families, model, launch)).toThrow(/"one" and "two".*#one/);
});

test.each([
  ["its name", "known"],
  ["its own name, whatever its case", "KNOWN"],
  ["the repo id, whatever its case", "Acme/Known"],
])("a checkpoint is known by %s", (_, name) => {
  const families = [family("special", "own"), family("knowing", false, "known")];
  const named = { ...model, names: ["m", name] };
  const { family: chosen, checkpoint } = chooseFamily(families, named, launch);
  expect([chosen.name, checkpoint?.name]).toEqual(["knowing", "known"]);
});

test("a launch may name the family", () => {
  const families = [family("one", "own"), family("two", false)];
  expect(chooseFamily(families, model, { ...launch, family: "two" }).family.name).toBe("two");
  expect(() => chooseFamily(families, model, { ...launch, family: "tow" })).toThrow(
    /Did you mean "two"/,
  );
});

test("a folder that nobody recognises is refused in the words of a family that knows what it is", () => {
  const knowing = { ...family("two", false), refuse: () => '"m" is a LoRA. Fuse it.' };
  const silent = { ...family("three", false), refuse: () => undefined };
  expect(() => chooseFamily([family("one", false), silent, knowing], model, launch)).toThrow(
    expect.objectContaining({ code: "LOAD_FAILED", message: '"m" is a LoRA. Fuse it.' }),
  );
  expect(chooseFamily([family("one", "able"), knowing], model, launch).family.name).toBe("one");
});

test.each([
  [[], "no files"],
  [["a.json", "b.txt"], "a.json, b.txt"],
  [["a", "b", "c", "d", "e", "f"], "6 files, among them a, b, c, d, e"],
])("a folder that nobody recognises is refused with its files: %j", (files, said) => {
  expect(() => chooseFamily([family("one", false)], { ...model, files }, launch)).toThrow(
    new RegExp(
      `^No family recognises /models/some-model, which holds ${said} \\(installed: one\\)`,
    ),
  );
});

test("a folder that nobody recognises is refused with what is installed", () => {
  expect(() => chooseFamily([family("one", false)], model, launch)).toThrow(/installed: one/);
});
