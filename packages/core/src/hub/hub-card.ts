import type { Checkpoint } from "../family.ts";
import { HubClient } from "./hub-client.ts";
import { hubName } from "./hub-name.ts";
import { hubSettings } from "./hub-settings.ts";

/** What the page of a repository says of it. */
export interface HubCard {
  /** Hugging Face's identifier, such as "apache-2.0"; for another licence the name that the page gives it. Absent when the page has none. */
  readonly license?: string;
  /** Whether it needs an accepted licence and a token to download. */
  readonly gated: boolean;
}

export interface HubCardOptions {
  /** As `HubOptions.checkpoints`. */
  readonly checkpoints?: readonly Checkpoint[];
  /** As `HubOptions.env`. */
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
}

/** Attempts: the card is told beside what else is known, and nothing waits for it. */
const attempts = 3;

/**
 * Asks Hugging Face for the card of a name, as `hubSource` takes names. Resolves to undefined for what is no such name, and offline.
 * Rejects with LOAD_FAILED as `hubSource` does.
 */
export async function hubCard(
  source: string,
  { checkpoints = [], env = process.env, signal }: HubCardOptions = {},
): Promise<HubCard | undefined> {
  const name = hubName(source, checkpoints);
  const settings = hubSettings(env);
  if (!name || settings.offline) return undefined;
  const patience = { attempts, signal: signal ?? new AbortController().signal };
  return new HubClient(settings).card(name, patience);
}
