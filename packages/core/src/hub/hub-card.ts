import type { Checkpoint } from "../family.ts";
import { HubClient } from "./hub-client.ts";
import { hubName } from "./hub-name.ts";
import type { Hub } from "./hub-name.ts";
import { speak } from "./speak.ts";

/** What a repository's page says of it. */
export interface HubCard {
  /** Hugging Face's identifier, such as "apache-2.0"; for another licence the name that the page gives it. Absent when the page has none. */
  readonly license?: string;
  /** Whether it needs an accepted licence and a token to download. */
  readonly gated: boolean;
}

export interface HubCardOptions {
  /** As `HubOptions.hub`. */
  readonly hub?: Hub;
  /** As `HubOptions.checkpoints`. */
  readonly checkpoints?: readonly Checkpoint[];
  /** As `HubOptions.env`. */
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
}

/** Attempts: the card is told beside what else is known, and nothing waits for it. */
const attempts = 3;

/**
 * Asks a hub for the card of a name, as `hubSource` takes names. Resolves to undefined for what is no such name, offline, and for
 * ModelScope. Rejects with LOAD_FAILED as `hubSource` does.
 */
export async function hubCard(
  source: string,
  { hub = "huggingface", checkpoints = [], env = process.env, signal }: HubCardOptions = {},
): Promise<HubCard | undefined> {
  const name = hubName(source, checkpoints, hub);
  const protocol = name && speak(hub, name, env);
  if (!protocol || protocol.settings.offline) return undefined;
  const patience = { attempts, signal: signal ?? new AbortController().signal };
  return new HubClient(protocol).card(patience);
}
