/** How a file calls the tensors of an RRDBNet. */
interface Layout {
  /** The name of the first dense convolution's weight, and what a wrapper puts before it. */
  readonly mark: RegExp;
  /** basicsr's name of a tensor of the file's. `last` is the greatest number of a layer. */
  rename(name: string, last: number): string;
}

/** The layouts that are known, today's first. */
const layouts: readonly Layout[] = [
  // basicsr and Real-ESRGAN.
  { mark: /^(.*\.)?body\.0\.rdb1\.conv1\.weight$/, rename: (name) => name },
  // The ESRGAN repository's second network file, and BSRGAN.
  {
    mark: /^(.*\.)?RRDB_trunk\.0\.RDB1\.conv1\.weight$/,
    rename: (name) =>
      name
        .replace(/^RRDB_trunk\.(\d+)\.RDB(\d)\./, "body.$1.rdb$2.")
        .replace(/^trunk_conv\./, "conv_body.")
        .replace(/^upconv(\d)\./, "conv_up$1.")
        .replace(/^HRconv\./, "conv_hr."),
  },
  // The ESRGAN repository's first, by which most networks of the community are trained: layers by number, of which each doubling takes three.
  {
    mark: /^(.*\.)?model\.1\.sub\.0\.RDB1\.conv1\.0\.weight$/,
    rename: (name, last) =>
      name
        .replace(/^model\.1\.sub\.(\d+)\.RDB(\d)\.conv(\d)\.0\./, "body.$1.rdb$2.conv$3.")
        .replace(/^model\.1\.sub\.\d+\.(weight|bias)$/, "conv_body.$1")
        .replace(/^model\.(\d+)\.(weight|bias)$/, (_, layer, kind) =>
          [layerName(Number(layer), last), kind].join("."),
        ),
  },
];

function layerName(layer: number, last: number): string {
  if (layer === 0) return "conv_first";
  if (layer === last) return "conv_last";
  return layer === last - 2 ? "conv_hr" : `conv_up${layer / 3}`;
}

/**
 * basicsr's names of an RRDBNet's tensors, by which `rrdbNet` asks for them, from those that a file has. undefined when its tensors are
 * not an RRDBNet's.
 */
export function rrdbNetNames(names: readonly string[]): ((stored: string) => string) | undefined {
  for (const { mark, rename } of layouts) {
    const prefix = names.map((name) => mark.exec(name)).find(Boolean);
    if (!prefix) continue;
    const within = ([, before = ""]: RegExpExecArray, name: string) =>
      name.startsWith(before) ? name.slice(before.length) : name;
    const last = Math.max(
      ...names.map((name) => Number(/^model\.(\d+)\./.exec(within(prefix, name))?.[1] ?? 0)),
    );
    return (stored) => rename(within(prefix, stored), last);
  }
  return undefined;
}
