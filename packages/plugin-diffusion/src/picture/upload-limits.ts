/** How large a picture may be that a request brings. */
export interface UploadLimits {
  /** Bytes of its file. Default 50,000,000. */
  readonly maxUploadBytes: number;
  /** Pixels of the decoded picture. Default 33,554,432, as 8192x4096 has. */
  readonly maxUploadPixels: number;
}

export const uploadDefaults: UploadLimits = {
  maxUploadBytes: 50_000_000,
  maxUploadPixels: 2 ** 25,
};
