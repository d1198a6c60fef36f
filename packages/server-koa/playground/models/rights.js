// @ts-check
import { ApiError } from "../api/errors.js";
import { hasLaunches, mayLaunch } from "../api/launches.js";

/** Names of this machine in the page's address. */
const here = /^(localhost|127(\.\d+){3}|\[::1\])$/;

const reasons = {
  refused:
    "Models are launched and unloaded from the server's own machine, or with an administrator's key, so this page only shows them.",
  missing:
    "The application that runs this server decides which models it has, so this page only shows them.",
};

/** Whether this page may launch, pin and unload models. Dispatches "change" when that is known or becomes otherwise. */
export class Rights extends EventTarget {
  /** @type {"unknown" | "given" | keyof typeof reasons} */
  #state = "unknown";
  #isAsking = false;

  get given() {
    return this.#state === "given";
  }

  /** Why models are only shown, as a sentence; "" while nobody knows, and where they are more than shown. */
  get reason() {
    return this.#state === "unknown" || this.#state === "given" ? "" : reasons[this.#state];
  }

  /** Asks the server, unless it is known. */
  async learn() {
    if (this.#state !== "unknown" || this.#isAsking) return;
    this.#isAsking = true;
    try {
      this.#become(await stateOf());
    } catch {
      // Whoever looks at the models is told that the server went away.
    }
    this.#isAsking = false;
  }

  /** Asks anew next time: the server may be another one then. */
  forget() {
    this.#state = "unknown";
  }

  /**
   * Whether an error takes the rights away.
   * @param {unknown} error
   */
  lost(error) {
    const isLost = error instanceof ApiError && error.status === 403;
    if (isLost) this.#become("refused");
    return isLost;
  }

  /** @param {"given" | keyof typeof reasons} state */
  #become(state) {
    this.#state = state;
    this.dispatchEvent(new Event("change"));
  }
}

/** A page at this machine's own address need not ask: it is the rule, and its first refusal says when it is not. */
async function stateOf() {
  if (!(await hasLaunches())) return "missing";
  return here.test(location.hostname) || (await mayLaunch()) ? "given" : "refused";
}
