import { expect, test } from "vitest";
import type { ModelFamily, ModelFolder } from "../../src/family.ts";
import { chooseFamily } from "../../src/catalog/choose-family.ts";

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

const folder: ModelFolder = {
  id: "m",
  path: "/models/some-model",
  files: [],
  json: () => undefined,
};
const launch = { id: "m", source: "/models/some-model" };

test("own beats able", () => {
  const families = [family("generic", "able"), family("special", "own")];
  expect(chooseFamily(families, folder, launch).family.name).toBe("special");
});

test("two of a kind are an error that names both", () => {
  const families = [family("one", "own"), family("two", "own")];
  expect(() => chooseFamily(families, folder, launch)).toThrow(/"one" and "two".*#one/);
});

test.each([
  ["the id", folder, { ...launch, id: "known" }],
  ["the repo id, whatever its case", folder, { ...launch, id: "Acme/Known" }],
  ["its own name, whatever its case", folder, { ...launch, id: "KNOWN" }],
  ["the folder's name", { ...folder, path: "/models/known" }, launch],
  [
    "the Hugging Face cache",
    { ...folder, path: "/hub/models--acme--known/snapshots/abc123" },
    launch,
  ],
])("a checkpoint is known by %s", (_, model, launched) => {
  const families = [family("special", "own"), family("knowing", false, "known")];
  const { family: kin, checkpoint } = chooseFamily(families, model, launched);
  expect([kin.name, checkpoint?.name]).toEqual(["knowing", "known"]);
});

test("a launch may name the family", () => {
  const families = [family("one", "own"), family("two", false)];
  expect(chooseFamily(families, folder, { ...launch, family: "two" }).family.name).toBe("two");
  expect(() => chooseFamily(families, folder, { ...launch, family: "tow" })).toThrow(
    /Did you mean "two"/,
  );
});

test("a folder that nobody recognises is refused with what is installed", () => {
  expect(() => chooseFamily([family("one", false)], folder, launch)).toThrow(/installed: one/);
});
