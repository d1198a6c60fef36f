// @ts-check

const item = "kindred-api-key";

/** The API key of this visit, which the browser forgets with its tab. Dispatches "refused" when the server does not take it, or wants one. */
class VisitKey extends EventTarget {
  /** Where the browser keeps nothing. */
  #unkept = "";

  get value() {
    try {
      return sessionStorage.getItem(item) ?? this.#unkept;
    } catch {
      return this.#unkept;
    }
  }

  set value(key) {
    this.#unkept = key;
    try {
      sessionStorage.setItem(item, key);
    } catch {
      // It lasts as long as the page then.
    }
  }

  /** Headers that send it. Empty where there is none. */
  get headers() {
    const { value } = this;
    return value === "" ? {} : { authorization: `Bearer ${value}` };
  }

  refused() {
    this.dispatchEvent(new Event("refused"));
  }
}

export const visitKey = new VisitKey();
