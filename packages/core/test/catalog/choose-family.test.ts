import { expect, test } from "vitest";
import { chooseFamily } from "../../src/catalog/choose-family.ts";
import type { Claim, LaunchListing, ModelFamily } from "../../src/family.ts";
import type { ModelListing } from "../../src/model-source.ts";

type Match = ModelFamily["match"];

function family(name: string, match: Claim | Match, checkpoint?: string): ModelFamily {
  return {
    name,
    task: { name: "echo" },
    match: typeof match === "function" ? match : () => match,
    load: () => Promise.reject(new Error("not here")),
    ...(checkpoint && {
      checkpoints: [{ name: checkpoint, repo: `acme/${checkpoint}`, revision: "main" }],
    }),
  };
}

const model: LaunchListing = {
  id: "m",
  names: ["some-model"],
  files: [],
  json: () => undefined,
};
const launch = { id: "m", source: "/models/some-model" };

/** The name of the family that serves a folder, and of the checkpoint that it is. */
function chosen(
  families: readonly ModelFamily[],
  { names = model.names, id = "m" }: { names?: readonly string[]; id?: string } = {},
): readonly (string | undefined)[] {
  const choice = chooseFamily(families, { ...model, id, names }, { ...launch, id });
  return [choice.family.name, choice.checkpoint?.name];
}

/** Claims the folders that are called so, as far as their contents allow. */
const called =
  (pattern: RegExp, fits = true): Match =>
  ({ names }: ModelListing) =>
    fits && names.some((name) => pattern.test(name)) && "own";

test.each([
  ["able", "own"],
  ["own", "exact"],
  ["able", "exact"],
] as const)("%s yields to %s, in either order", (weak, strong) => {
  const families = [family("wide", weak), family("narrow", strong)];
  expect(chosen(families)[0]).toBe("narrow");
  expect(chosen(families.toReversed())[0]).toBe("narrow");
});

test.each(["exact", "own", "able"] as const)(
  "two that say %s are an error that names both, and says how a launch chooses",
  (claim) => {
    const families = [family("one", claim), family("two", claim)];
    expect(() => chooseFamily(families, model, launch)).toThrow(
      'Both "one" and "two" recognise "m", and neither is surer than the other. Launch it with family: "one" or family: "two".',
    );
  },
);

test("a family sees the folder's names, and not the launch's", () => {
  const seen: unknown[] = [];
  const curious = family("curious", (listing) => (seen.push(listing), "own"));
  chosen([curious], { id: "my-e5-test", names: ["acme/some-model"] });
  expect(JSON.stringify(seen)).not.toContain("my-e5-test");
  expect(seen).toMatchObject([{ names: ["acme/some-model"] }]);
});

test.each([
  ["its own name", "known"],
  ["its own name, whatever its case", "KNOWN"],
  ["the repo id, whatever its case", "Acme/Known"],
])("a folder that goes by %s is that checkpoint, before one that another recognises", (_, name) => {
  const families = [family("special", "own"), family("knowing", "able", "known")];
  expect(chosen(families, { names: [name] })).toEqual(["knowing", "known"]);
});

test("a family takes also a folder that is called as a checkpoint of another, if it says exact", () => {
  const families = [family("turbo", "own", "turbo"), family("foxes", "exact")];
  expect(chosen(families, { names: ["turbo"] })).toEqual(["foxes", undefined]);
});

test("two families of one checkpoint yield to the surer one, and are an error as sure", () => {
  const ours = family("ours", "own", "known");
  const names = ["acme/known"];
  expect(chosen([ours, family("yours", "exact", "known")], { names })[0]).toBe("yours");
  expect(() => chosen([ours, family("yours", "own", "known")], { names })).toThrow(/Both "ours"/);
});

test("an id that is a checkpoint's name makes a folder that says nothing else that checkpoint", () => {
  const families = [family("generic", "able"), family("e5", called(/e5-/), "e5-large")];
  expect(chosen(families, { id: "e5-large", names: ["5c38ec7c"] })).toEqual(["e5", "e5-large"]);
  expect(chosen(families, { id: "ACME/e5-large", names: ["5c38ec7c"] })[0]).toBe("e5");
  expect(chosen(families, { id: "my-e5-large", names: ["5c38ec7c"] })[0]).toBe("generic");
});

test("an id that is a checkpoint's name gives its defaults to a folder of its family", () => {
  const families = [family("e5", called(/e5-/), "e5-large")];
  expect(chosen(families, { id: "e5-large", names: ["my-e5-tuned"] })).toEqual(["e5", "e5-large"]);
});

test.each<[string, readonly string[], Match, string]>([
  ["recognised by another family", ["bge-small"], called(/e5-/), "bge"],
  ["of another kind by its contents", ["5c38ec7c"], called(/e5-/, false), "generic"],
])("a folder that is %s is not what its id says, and that is told", (_, names, match, served) => {
  const families = [
    family("generic", "able"),
    family("bge", called(/bge-/)),
    family("e5", match, "e5-large"),
  ];
  const listing = { ...model, id: "e5-large", names };
  const choice = chooseFamily(families, listing, { ...launch, id: "e5-large" });
  expect(choice.family.name).toBe(served);
  expect(choice.checkpoint).toBeUndefined();
  expect(choice.misnamed?.name).toBe("e5-large");
});

test("the folder's own checkpoint wins over the one that the id names, and that is told", () => {
  const small = { name: "bge-small", repo: "acme/bge-small", revision: "main" };
  const checkpoints = [{ ...small, name: "bge-zh", repo: "acme/bge-zh" }, small];
  const bge = { ...family("bge", "own"), checkpoints };
  const choice = chooseFamily(
    [bge],
    { ...model, names: ["acme/bge-small"] },
    { ...launch, id: "bge-zh" },
  );
  expect(choice.checkpoint?.name).toBe("bge-small");
  expect(choice.misnamed?.name).toBe("bge-zh");
});

test("a folder that only its name tells, and no contents, is not the checkpoint", () => {
  const families = [family("generic", "able"), family("turbo", false, "turbo")];
  expect(chosen(families, { names: ["turbo"] })).toEqual(["generic", undefined]);
});

test("a folder that nobody takes goes to the family of its name, whose load can say what is wrong", () => {
  expect(
    chosen([family("other", false), family("turbo", false, "turbo")], { id: "turbo" }),
  ).toEqual(["turbo", "turbo"]);
  const knowing = { ...family("two", false), refuse: () => '"m" is a LoRA. Fuse it.' };
  expect(() => chosen([family("turbo", false, "turbo"), knowing], { id: "turbo" })).toThrow(
    '"m" is a LoRA. Fuse it.',
  );
});

test("a launch may name the family, and its checkpoint by the id", () => {
  const families = [family("one", "exact"), family("two", false, "known")];
  const named = { ...launch, family: "two" };
  expect(chooseFamily(families, model, named).family.name).toBe("two");
  const { checkpoint, misnamed } = chooseFamily(families, model, { ...named, id: "known" });
  expect([checkpoint?.name, misnamed]).toEqual(["known", undefined]);
  expect(() => chooseFamily(families, model, { ...launch, family: "tow" })).toThrow(
    /Did you mean "two"/,
  );
});

test.each([true, "mine", { claim: "own" }])("a family that answers %j is told by name", (claim) => {
  const families = [family("one", "own"), family("wrong", claim as Claim)];
  expect(() => chooseFamily(families, model, launch)).toThrow(
    /The family "wrong" answered .* not "exact", "own", "able" or false/,
  );
});

test.each([undefined, null, "", 0])("a family that answers %j denies", (claim) => {
  const families = [family("one", "own"), family("without types", claim as unknown as Claim)];
  expect(chosen(families)[0]).toBe("one");
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
    new RegExp(`^No family recognises "m", which holds ${said} \\(installed: one\\)`),
  );
});

test("a folder that nobody recognises is refused with what is installed", () => {
  expect(() => chooseFamily([family("one", false)], model, launch)).toThrow(/installed: one/);
});
