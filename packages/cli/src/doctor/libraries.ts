import type { CudaFacts, Facts, LibraryFacts } from "./facts.ts";
import { ok, problem, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** Judges the libraries with native code, and whether onnxruntime is silenced. */
export function libraries({
  libraries: all,
  cuda,
}: Pick<Facts, "libraries" | "cuda">): readonly Finding[] {
  return all.flatMap((library) => [
    loaded(library),
    ...(library.providers ? [providers(library.providers, cuda)] : []),
    ...(library.isSilenced === undefined ? [] : [telemetry(library.name, library.isSilenced)]),
  ]);
}

function loaded({ name, version, failure }: LibraryFacts): Finding {
  if (version === undefined)
    return problem(name, `${name} is not installed.`, "Install the packages again.");
  if (failure === undefined) return ok(name, `${name} ${version} loads.`);
  return problem(
    name,
    `${name} ${version} cannot be loaded: ${failure}`,
    "Remove node_modules and install for this platform, with this Node.",
  );
}

function providers(names: readonly string[], { gpus, hasProvider }: CudaFacts): Finding {
  const runs = hasProvider && gpus.length > 0;
  const why = [
    ...(gpus.length === 0 ? ["NVIDIA's driver knows no GPU"] : [`there is ${gpus.join(", ")}`]),
    ...(hasProvider ? [] : ["its library is not installed"]),
  ].join(", and ");
  const message = `cpu runs all graphs. cuda: ${why}. onnxruntime has ${names.join(", ")}.`;
  if (runs || gpus.length === 0) return ok("providers", message);
  return warning(
    "providers",
    message,
    "Graphs run on the CPU. docs/installing.md says how the library for CUDA is installed, which is untested.",
  );
}

function telemetry(name: string, isSilenced: boolean): Finding {
  if (isSilenced) return ok("telemetry", `${name} reports nothing: ORT_DISABLE_TELEMETRY is set.`);
  return problem(
    "telemetry",
    `${name} reports each session to its makers.`,
    "Set ORT_DISABLE_TELEMETRY=1 for its processes.",
  );
}
