/** Each space and what it is taken from, in transformers' order. */
const closed = [" .", " ?", " !", " ,", " ' ", " n't", " 'm", " 's", " 've", " 're"] as const;

/** A text of ids with transformers' `clean_up_tokenization_spaces`: no space stands before English punctuation. */
export function cleanedUp(text: string): string {
  return closed.reduce((cleaned, each) => cleaned.replaceAll(each, each.trim()), text);
}
