import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import * as nn from "@kindred/core/onnx";
import type { GraphBuilder, Value } from "@kindred/core/onnx";

const weights = { folder: "/", names: [], get: () => undefined };
const builder = (): GraphBuilder => nn.graph("test", weights);

type Call = (g: any, x: Value) => unknown;
/** Functions as callers without types see them. */
const js = nn as unknown as Record<string, (...args: readonly unknown[]) => unknown>;

const attended = (x: Value): object => ({ query: x, key: x, value: x, heads: 2 });
const without = (object: object, key: string): object => ({ ...object, [key]: undefined });

test.each<[string, Call, string]>([
  [
    "attention without heads",
    (g, x) => js.attention!(g, without(attended(x), "heads")),
    "attention needs heads: a whole number of 1 or more, not undefined.",
  ],
  [
    "attention without a value",
    (g, x) => js.attention!(g, without(attended(x), "value")),
    "attention needs value: a value of the graph, not undefined.",
  ],
  ["attention without options", (g) => js.attention!(g), "attention needs query:"],
  [
    "attention of half a head",
    (g, x) => js.attention!(g, { ...attended(x), heads: 1.5 }),
    "not 1.5.",
  ],
  [
    "causalAttention without heads of keys",
    (g, x) => js.causalAttention!(g, attended(x)),
    "causalAttention needs keyHeads: a whole number of 1 or more, not undefined.",
  ],
  [
    "paddedAttention without padding",
    (g, x) => js.paddedAttention!(g, { ...attended(x), size: 8 }),
    "paddedAttention needs padding.query: a value of the graph, not undefined.",
  ],
  [
    "windowAttention without windows",
    (g, x) => js.windowAttention!(g, { ...attended(x), width: 8 }),
    "windowAttention needs windows: a value of the graph, not undefined.",
  ],
  [
    "windows that reach nowhere",
    (g, x) => js.windows!(g, x, 0),
    "windows needs reach: a whole number of 1 or more, not 0.",
  ],
  [
    "rotation without theta",
    (g, x) => js.rotation!(g, x, { size: 8 }),
    "rotation needs theta: a number, not undefined.",
  ],
  [
    "rotation of an odd size",
    (g, x) => js.rotation!(g, x, { size: 7, theta: 1e4 }),
    "rotation needs size / 2: a whole number of 1 or more, not 3.5.",
  ],
  ["rotate without a rotation", (g, x) => js.rotate!(g, x), "rotate needs cos:"],
  [
    "layerNorm without epsilon",
    (g, x) => js.layerNorm!(g, x, 4),
    "layerNorm needs epsilon: a number, not undefined.",
  ],
  ["layerNorm without a width", (g, x) => js.layerNorm!(g, x), "layerNorm needs width:"],
  [
    "layerNorm with options for numbers",
    (g, x) => js.layerNorm!(g, x, { width: 4, epsilon: 1 }),
    'layerNorm needs width: a whole number of 1 or more, not {"width":4,"epsilon":1}.',
  ],
  [
    "skipLayerNorm without options",
    (g, x) => js.skipLayerNorm!(g, x, x),
    "skipLayerNorm needs width:",
  ],
  [
    "skipLayerNorm without what it skips",
    (g, x) => js.skipLayerNorm!(g, x, undefined, { width: 4, epsilon: 1 }),
    "skipLayerNorm needs skip:",
  ],
  [
    "groupNorm without epsilon",
    (g, x) => js.groupNorm!(g, x, { groups: 2, channels: 4 }),
    "groupNorm needs epsilon:",
  ],
  [
    "groupNorm without groups",
    (g, x) => js.groupNorm!(g, x, { channels: 4, epsilon: 1 }),
    "groupNorm needs groups:",
  ],
  ["linear without an output width", (g, x) => js.linear!(g, x, 4), "linear needs output:"],
  [
    "linear of a width as a text",
    (g, x) => js.linear!(g, x, "4", 4),
    'linear needs input: a whole number of 1 or more, not "4".',
  ],
  [
    "conv2d without a kernel",
    (g, x) => js.conv2d!(g, x, { in: 4, out: 4 }),
    "conv2d needs kernel:",
  ],
  ["conv2d without options", (g, x) => js.conv2d!(g, x), "conv2d needs in:"],
  ["embedding without a width", (g, x) => js.embedding!(g, x, 10), "embedding needs width:"],
  [
    "slice without a start",
    (g, x) => js.slice!(g, x, { end: 3 }),
    "slice needs start: a whole number, not undefined.",
  ],
  ["slice without options", (g, x) => js.slice!(g, x), "slice needs start:"],
  [
    "relativeBias of three buckets",
    (g, x) => js.relativeBias!(g, x, { heads: 1, buckets: 3, maxDistance: 8 }),
    "relativeBias needs buckets: a multiple of 4, not 3.",
  ],
  [
    "relativeBias of near buckets alone",
    (g, x) => js.relativeBias!(g, x, { heads: 1, buckets: 32, maxDistance: 8 }),
    "relativeBias needs maxDistance: a whole number above 8, not 8.",
  ],
  ["concat without an axis", (g, x) => js.concat!(g, [x, x]), "concat needs axis:"],
  ["concat of one value", (g, x) => js.concat!(g, x, 0), "concat needs values: a list"],
  ["split without a count", (g, x) => js.split!(g, x), "split needs count:"],
  ["transpose without an order", (g, x) => js.transpose!(g, x), "transpose needs order: a list"],
  [
    "unsqueeze at an axis that is no list",
    (g, x) => js.unsqueeze!(g, x, 0),
    "unsqueeze needs axes: a list",
  ],
  ["reshape without a shape", (g, x) => js.reshape!(g, x), "reshape needs shape: a list"],
  [
    "reshape to a shape with a gap",
    (g, x) => js.reshape!(g, x, [0, undefined]),
    'not [0,"undefined"].',
  ],
  ["cast without a type", (g, x) => js.cast!(g, x), "cast needs type: one of float32, uint8"],
  ["cast to constructor", (g, x) => js.cast!(g, x, "constructor"), 'not "constructor".'],
  ["cast to __proto__", (g, x) => js.cast!(g, x, "__proto__"), 'not "__proto__".'],
  ["add of one", (g, x) => js.add!(g, x), "add needs b: a value of the graph"],
  ["mul by a number", (g, x) => js.mul!(g, x, 2), "mul needs b: a value of the graph, not 2."],
  ["gelu of nothing", (g) => js.gelu!(g), "gelu needs x:"],
  ["silu without its graph", (_, x) => js.silu!(x), "silu needs x:"],
  ["upsample by a text", (g, x) => js.upsample!(g, x, "2"), "upsample needs factor:"],
  [
    "either with one branch",
    (g, x) => js.either!(g, x, { whenTrue: () => x }),
    "either needs whenFalse: a function, not undefined.",
  ],
  ["forEach of nothing", (g, x) => js.forEach!(g, x), "forEach needs make: a function"],
  [
    "a subgraph without a value",
    (g) => g.subgraph([], () => [undefined]),
    "output needs value: a value of the graph, not undefined.",
  ],
  [
    "an operator without an attribute's value",
    (g, x) => g.node("Concat", [x], { axis: undefined }),
    "Concat needs axis: a number, a text, a list of numbers or a subgraph, not undefined.",
  ],
  [
    "an operator of NaN",
    (g, x) => g.node("LeakyRelu", [x], { alpha: Number.NaN }),
    "LeakyRelu needs alpha:",
  ],
  [
    "an operator of a number",
    (g, x) => g.node("Add", [x, 3]),
    "Add needs input 1: a value of the graph, not 3.",
  ],
  [
    "an input of no type",
    (g) => g.input("y", "float64", [1]),
    'The input "y" needs type: one of float32',
  ],
  [
    "an input of the type constructor",
    (g) => g.input("y", "constructor", [1]),
    'The input "y" needs type:',
  ],
  [
    "a weight of no shape",
    (g) => g.at("a").weight("b"),
    'The weight "a.b" needs shape: a list of whole numbers, not undefined.',
  ],
  [
    "a weight of a shape with a gap",
    (g) => g.weight("b", [undefined, 4]),
    'The weight "b" needs shape:',
  ],
  ["an output without a value", (g) => g.output("y"), "output needs value:"],
])("%s is a TypeError that says what is missing", (_, call, message) => {
  const g = builder();
  const x = g.input("x", "float32", [1, 4]);
  expect(() => call(g, x)).toThrow(TypeError);
  expect(() => call(g, x)).toThrow(message);
});

test("every function of nn/ that is exported is checked", async () => {
  const index = new URL("../../src/onnx/index.ts", import.meta.url);
  const exports = (await readFile(index, "utf8")).matchAll(/export \{([^}]*)\} from "\.\/nn\//g);
  const functions = Array.from(exports, ([, names]) => names!.match(/\w+/g)!).flat();
  expect(functions.length).toBeGreaterThan(20);
  const unchecked = functions.filter((name) => {
    try {
      js[name]!(builder());
      return true;
    } catch (error) {
      return !String(error).startsWith(`TypeError: ${name} needs `);
    }
  });
  expect(unchecked).toEqual([]);
});

test("options that may be left out may be undefined or null", () => {
  const g = builder();
  const x = g.input("x", "float32", [1, 4]);
  const options = { ...attended(x), mask: undefined, bias: null, causal: undefined };
  expect(js.attention!(g, options)).toHaveProperty("name");
});
