/**
 * The repository that a path lies in, when it is a snapshot of Hugging Face's cache, where folders are called by hashes:
 * "BAAI/bge-small-en-v1.5". undefined for any other path.
 */
export function repoOf(path: string): string | undefined {
  const [, owner, name] = /models--([^\\/]+?)--([^\\/]+)[\\/]snapshots[\\/]/.exec(path) ?? [];
  return owner && name && `${owner}/${name}`;
}
