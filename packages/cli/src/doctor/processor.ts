import type { Facts } from "./facts.ts";
import { ok, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";
import { counted } from "../counted.ts";

/** Instructions that graphs are faster with, by what is said of them. */
const useful: ReadonlyMap<string, readonly string[]> = new Map([
  ["AVX2", ["avx2"]],
  ["AVX-512", ["avx512f"]],
  ["VNNI", ["avx512_vnni", "avx_vnni"]],
  ["bfloat16", ["avx512_bf16", "bf16"]],
  ["AMX", ["amx_tile"]],
  ["dot products", ["asimddp"]],
  ["int8 matrices", ["i8mm"]],
]);

/** Judges the instructions of the processor. */
export function processor({ processor: facts }: Pick<Facts, "processor">): readonly Finding[] {
  const { model, instructions, threads } = facts;
  const name = `${model}, ${counted(threads, "thread")}`;
  if (!instructions) return [ok("processor", `${name}. The system does not say its instructions.`)];
  const has = (names: readonly string[]) => names.some((each) => instructions.has(each));
  const found = [...useful].flatMap(([title, names]) => (has(names) ? [title] : []));
  const message = `${name}: ${found.join(", ") || "no vector instructions of use"}`;
  const isX86 = instructions.has("sse2");
  if (isX86 && !instructions.has("avx2"))
    return [warning("processor", message, "Without AVX2 graphs run several times slower.")];
  const int8 = has([...useful.get("VNNI")!, ...useful.get("dot products")!]);
  if (int8) return [ok("processor", message)];
  return [
    warning(
      "processor",
      message,
      "Without VNNI, precision int8 is less exact and gains little: leave it out.",
    ),
  ];
}
