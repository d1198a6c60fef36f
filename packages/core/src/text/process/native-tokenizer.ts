/**
 * The members of `Tokenizer` in the native package `tokenizers` that are used here. The package's own declarations do not compile
 * without `skipLibCheck`, so that no declaration of ours may import them.
 */
export interface NativeTokenizer {
  addAddedTokens(tokens: object[]): number;
  decodeBatch(ids: number[][], skipSpecialTokens: boolean): Promise<string[]>;
  disablePadding(): void;
  disableTruncation(): void;
  encode(text: string, pair: string | null, options: EncodeOptions): Promise<NativeEncoding>;
  encodeBatch(texts: string[], options: EncodeOptions): Promise<NativeEncoding[]>;
  getNormalizer(): NativeNormalizer | null;
  getVocabSize(withAddedTokens: boolean): number;
  idToToken(id: number): string | null;
  setNormalizer(normalizer: NativeNormalizer): void;
  tokenToId(token: string): number | null;
}

export interface NativeEncoding {
  getIds(): number[];
  /** Begin and end of each token in the text, in Unicode code points. */
  getOffsets(): number[][];
  getTypeIds(): number[];
}

export interface NativeNormalizer {
  normalizeString(text: string): string;
}

interface EncodeOptions {
  readonly addSpecialTokens: boolean;
}
