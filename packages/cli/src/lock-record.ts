import { KernelError } from "@kindred/core";
import type { FoundModel } from "@kindred/core";
import { hubOrigin } from "@kindred/core/hub";
import type { LockedModel } from "@kindred/core/hub";
import type { SourceListener } from "./heard-source.ts";

/** Collects what is fetched while models are launched, those that a launch attaches too, as a lock has it. */
export class LockRecord implements SourceListener {
  readonly models: Map<string, LockedModel> = new Map();

  readonly fetched = (source: string, model: FoundModel, files: readonly string[]): void => {
    const origin = hubOrigin(model);
    if (!origin) return;
    if (!origin.locked) {
      throw new KernelError(
        "LOAD_FAILED",
        `${origin.repo} cannot be locked from the cache alone, which lacks hashes. Lock it where its hub answers, without HF_HUB_OFFLINE or MODELSCOPE_OFFLINE.`,
      );
    }
    const locked = origin.locked(files);
    // Two launches of one name may read different files of it.
    const before = this.models.get(source);
    const others = before?.commit === locked.commit ? before.files : [];
    this.models.set(source, { ...locked, files: new Map([...others, ...locked.files]) });
  };

  /** Refuses a name of which nothing was recorded: it is a path, or comes from elsewhere. */
  check(source: string): void {
    if (this.models.has(source)) return;
    throw new KernelError(
      "LOAD_FAILED",
      `"${source}" is no model of a hub by its name here, and only these are locked. Leave it out, or name one as OWNER/NAME.`,
    );
  }
}
