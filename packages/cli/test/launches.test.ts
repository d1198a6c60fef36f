import { homedir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseLaunches, parseModel } from "../src/launches.ts";
import { UsageError } from "../src/usage-error.ts";

test("a path alone takes its folder's name as id", () => {
  expect(parseModel("/models/bge-small/")).toEqual({
    id: "bge-small",
    source: "/models/bge-small/",
  });
  expect(parseModel("./minilm").id).toBe("minilm");
});

test("a path of a file takes its name without the ending as id", () => {
  const source = "/models/v1-5-pruned.emaonly.safetensors";
  expect(parseModel(source)).toEqual({ id: "v1-5-pruned.emaonly", source });
  expect(parseModel("./fox.CKPT").id).toBe("fox");
  expect(parseModel("./models/fox.safetensors#sd-turbo")).toEqual({
    id: "fox",
    source: "./models/fox.safetensors",
    family: "sd-turbo",
  });
  expect(parseModel("sd=fox.safetensors")).toEqual({ id: "sd", source: "fox.safetensors" });
});

test("a file in Hugging Face's cache takes its repository's name", () => {
  const source = "/hub/models--stabilityai--sd-turbo/snapshots/5c38ec7c/sd_turbo.safetensors";
  expect(parseModel(source).id).toBe("stabilityai/sd-turbo");
});

test("a folder of Hugging Face's cache takes its repository's name", () => {
  const source = "/hub/models--BAAI--bge-small-en-v1.5/snapshots/5c38ec7c";
  expect(parseModel(source)).toEqual({ id: "BAAI/bge-small-en-v1.5", source });
});

test("a name on Hugging Face is its own id, without a revision", () => {
  expect(parseModel("BAAI/bge-small-en-v1.5").id).toBe("BAAI/bge-small-en-v1.5");
  expect(parseModel("birds/lark@a1b2#bge")).toEqual({
    id: "birds/lark",
    source: "birds/lark@a1b2",
    family: "bge",
  });
  expect(parseModel("models/bge-small").id).toBe("bge-small");
});

test("an id may have slashes, dots and a family behind its path", () => {
  expect(parseModel("BAAI/bge-v1.5=/models/a#sentence-transformers")).toEqual({
    id: "BAAI/bge-v1.5",
    source: "/models/a",
    family: "sentence-transformers",
  });
});

test("a path that begins like one may have an equals sign", () => {
  expect(parseModel("/models/size=small")).toEqual({
    id: "size=small",
    source: "/models/size=small",
  });
  expect(parseModel("a=/models/size=small").source).toBe("/models/size=small");
});

test("a Windows path is a path", () => {
  expect(parseModel("C:\\models\\a=b").source).toBe("C:\\models\\a=b");
  expect(parseModel("bge=C:\\models\\bge")).toEqual({ id: "bge", source: "C:\\models\\bge" });
});

test("a tilde is the home folder, also behind an id, where shells do not expand it", () => {
  expect(parseModel("bge=~/models/bge").source).toBe(join(homedir(), "/models/bge"));
});

test("an empty id or path is refused", () => {
  expect(() => parseModel("=/models")).toThrow(UsageError);
  expect(() => parseModel("bge=")).toThrow(UsageError);
});

test("two models of one id are refused", () => {
  expect(() => parseLaunches(["/a/bge", "/b/bge"])).toThrow(/Two models are called "bge"/);
});

test("options go to the longest id that fits, and are JSON when they can be", () => {
  const launches = parseLaunches(["bge=/a", "bge.v1.5=/b"], {
    option: ["bge.v1.5.prompt_name=query", "bge.steps=4"],
  });
  expect(launches).toEqual([
    { id: "bge", source: "/a", options: { steps: 4 } },
    { id: "bge.v1.5", source: "/b", options: { prompt_name: "query" } },
  ]);
});

test("the kernel's own options are not passed to the family", () => {
  const options = [
    "m.replicas=2",
    "m.keepAlive=Infinity",
    "m.runTimeout=1.5",
    "m.prefer=cuda:0,cpu",
    "m.loadTimeout=30",
    "m.onChange=reload",
  ];
  expect(parseLaunches(["m=/a"], { option: options })).toEqual([
    {
      id: "m",
      source: "/a",
      replicas: 2,
      keepAlive: Infinity,
      runTimeout: 1.5,
      prefer: ["cuda:0", "cpu"],
      loadTimeout: 30,
      onChange: "reload",
    },
  ]);
  expect(() => parseLaunches(["m=/a"], { option: ["m.runTimeout=0"] })).toThrow(
    /runTimeout must be a number of seconds above 0, not "0"/,
  );
  expect(() => parseLaunches(["m=/a"], { option: ["m.replicas=0"] })).toThrow(/1 or more/);
});

test("an option that names no model or no value is refused", () => {
  expect(() => parseLaunches(["m=/a"], { option: ["n.steps=4"] })).toThrow(/one of these ids: "m"/);
  expect(() => parseLaunches(["m=/a"], { option: ["m.steps"] })).toThrow(/has no value/);
});

test("ControlNets go to the launch that their id names, or to the only one", () => {
  expect(parseLaunches(["sd=/a"], { controlnet: ["canny=/c", "pose=~/pose"] })).toEqual([
    {
      id: "sd",
      source: "/a",
      options: { controlnet: { canny: "/c", pose: join(homedir(), "pose") } },
    },
  ]);
  const two = parseLaunches(["sd=/a", "sd.v1.5=/b"], {
    option: ["sd.v1.5.steps=4"],
    controlnet: ["sd.v1.5.canny=/c=d"],
  });
  expect(two).toEqual([
    { id: "sd", source: "/a" },
    { id: "sd.v1.5", source: "/b", options: { steps: 4, controlnet: { canny: "/c=d" } } },
  ]);
});

test.each([
  [["a=/a", "b=/b"], ["canny=/c"], /Write ID\.NAME=PATH with one of these ids: "a", "b"\./],
  [["a=/a"], ["canny"], /must be NAME=PATH/],
  [["a=/a"], ["=/c"], /must be NAME=PATH/],
  [["a=/a"], ["canny="], /must be NAME=PATH/],
  [["a=/a"], ["bad name=/c"], /has "bad name" for a name/],
  [["a=/a"], ["__proto__=/c"], /has "__proto__" for a name/],
  [["a=/a"], ["canny=/c", "a.canny=/d"], /canny is given twice/],
])("of %j, --controlnet %j is refused", (models, controlnet, message) => {
  expect(() => parseLaunches(models, { controlnet })).toThrow(message);
});

test("a ControlNet by name alone is not mixed with paths", () => {
  const flags = { option: ["m.controlnet=canny"], controlnet: ["pose=/p"] };
  expect(() => parseLaunches(["m=/a"], flags)).toThrow(/beside --option m\.controlnet/);
});
