/** What `kindred doctor` says of one subject. */
export interface Finding {
  /** One or two words: "node", "data folder". */
  readonly subject: string;
  /** "problem" when a server cannot run as asked, "warning" when it runs worse than it could. */
  readonly state: "ok" | "warning" | "problem";
  /** What is so, with the numbers. */
  readonly message: string;
  /** What to do. Absent where nothing is to be done. */
  readonly advice?: string;
}

export function ok(subject: string, message: string): Finding {
  return { subject, state: "ok", message };
}

export function warning(subject: string, message: string, advice: string): Finding {
  return { subject, state: "warning", message, advice };
}

export function problem(subject: string, message: string, advice: string): Finding {
  return { subject, state: "problem", message, advice };
}
