import { openModel } from "../fastembed-model.js";

/** fastembed as its README shows it: the array in one call, with default options. */
export async function open(folder) {
  const embed = await openModel(folder);
  return { embed: (texts) => embed(texts) };
}
