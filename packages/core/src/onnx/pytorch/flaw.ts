/** Why a file of PyTorch's is not read: a clause that follows the file's name, and then what to do. */
export class Flaw extends Error {
  override readonly name = "Flaw";
  readonly advice: string;

  constructor(clause: string, advice: string) {
    super(clause);
    this.advice = advice;
  }
}

/** The flaw of a file that PyTorch would not have written. */
export function unsound(clause: string): Flaw {
  return new Flaw(clause, "Fetch it again.");
}

/** The flaw of a file that PyTorch may read, and Kindred does not. */
export function unserved(clause: string): Flaw {
  const advice =
    "Save the model as safetensors: model.save_pretrained(folder) in transformers and diffusers does.";
  return new Flaw(clause, advice);
}
