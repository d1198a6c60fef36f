import type { Plugin } from "../../plugin.ts";
import type { Provider } from "../../services.ts";

/** One promise that a plugin keeps. Any test runner can run it; run one at a time. */
export interface Check {
  /** The promise, as a sentence. */
  readonly name: string;
  /** Rejects when the promise is broken, saying how. */
  run(): Promise<void>;
}

export interface PluginCheckOptions {
  readonly plugin: Plugin;
  /** Path of a model's folder that one of its families recognises. Checks copy it: a small, synthesized one is best. */
  readonly model: string;
  /** An input of that family's task, best one of several items of different lengths. */
  readonly input: unknown;
  /** An input that the model can only refuse, such as a prompt that is too long. Default: refusals are not checked. */
  readonly invalidInput?: unknown;
  /** By an endpoint's path, a JSON body that it accepts for the model. Default: no endpoint's `encode` is checked. */
  readonly bodies?: Readonly<Record<string, unknown>>;
  /** Further services that the plugin needs. Default: none. */
  readonly provides?: readonly Provider[];
  /** Checks left out, by name, each with the reason. Default: none. */
  readonly skip?: Readonly<Record<string, string>>;
}

/** Checks of one kind, by name. */
export type Checks = Readonly<Record<string, () => Promise<void>>>;
