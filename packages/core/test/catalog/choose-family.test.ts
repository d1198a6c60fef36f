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

test("a folder that nobody recognises is refused with what is installed", () => {
  expect(() => chooseFamily([family("one", false)], model, launch)).toThrow(/installed: one/);
});
