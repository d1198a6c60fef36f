/** The repository that a path lies in, if it is one of Hugging Face's cache, whose folders are called by hashes: "BAAI/bge-small-en-v1.5". */
export function cachedRepo(path: string): string | undefined {
  const [, owner, name] = /models--([^\\/]+?)--([^\\/]+)[\\/]snapshots[\\/]/.exec(path) ?? [];
  return owner && name && `${owner}/${name}`;
}
