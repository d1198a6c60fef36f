import { KernelError } from "../errors.ts";
import type { Provider } from "../services.ts";
import { told } from "../shared/told.ts";

/** PLUGIN_INVALID for what is no list of providers. `where` names the list. */
export function checkProviders(providers: unknown, where: string = "provides"): void {
  if (!Array.isArray(providers)) {
    throw invalid(`${where} must be a list of providers, not ${told(providers)}.`);
  }
  for (const [i, provider] of providers.entries()) {
    const { token, create } = Object(provider) as Partial<Provider>;
    if (typeof token?.key === "symbol" && typeof create === "function") continue;
    throw invalid(`${where}[${i}] must be a provider, not ${told(provider)}.`);
  }
}

function invalid(message: string): KernelError {
  const example = "Make it with provide(logger, () => myLogger).";
  return new KernelError("PLUGIN_INVALID", `${message} ${example}`);
}
