import { signatureOf } from "../checkpoint/signature.ts";
import { Flaw, unserved, unsound } from "./flaw.ts";
import type { TensorFacts } from "./pickle/values.ts";
import { maxPickleBytes, unpickle } from "./pickle/unpickle.ts";
import type { Reading } from "./reading.ts";
import { tensorsOf } from "./state-dict.ts";
import { Archive } from "./zip/archive.ts";
import type { Span } from "./zip/archive.ts";

/** The tensors of a file, where its storages are, and its first bytes as far as they say what lies where. */
export interface TensorsRead {
  readonly tensors: ReadonlyMap<string, TensorFacts>;
  readonly archive: Archive;
  /** The folder of the archive that everything lies in. */
  readonly folder: string;
  /** Through the end of its pickle, which `torch.save` writes first. undefined where much lies before it. */
  readonly head: Buffer | undefined;
}

/** The numbers that a file has at its beginning: a zip's first header, and a pickle of the format before zips. */
const zip = "PK\u0003\u0004";
const legacy = "\u0080";

/** Reads which tensors a file of `size` bytes has, and no tensor. Their places are checked by `placeTensors`. */
export function* readTensors(size: number): Reading<TensorsRead> {
  yield* checkStart(size);
  const archive = yield* Archive.open(size);
  const folder = folderOf(archive);
  yield* checkByteOrder(archive, `${folder}/byteorder`);
  const place = yield* archive.locate(`${folder}/data.pkl`);
  const { pickle, head } = yield* readPickle(place);
  const tensors = tensorsOf(yield* unpickle(pickle));
  return { tensors, archive, folder, head };
}

function* checkStart(size: number): Reading<void> {
  const start = yield { position: 0, length: Math.min(size, 16) };
  const text = start.toString("latin1");
  if (text.startsWith(zip)) return;
  if (text.startsWith(legacy)) {
    throw unserved("is a pickle as PyTorch wrote it before version 1.6, which is not read");
  }
  const known = signatureOf(start);
  throw known === undefined
    ? unsound(`has ${size} bytes, and is not a zip as torch.save writes it`)
    : new Flaw(...known);
}

/** The folder of the zip that everything lies in: "archive", or the name that the file had. */
function folderOf(archive: Archive): string {
  const pickles = [...archive.names].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  const [pickle] = pickles;
  if (pickles.length === 1) return pickle!.slice(0, pickle!.indexOf("/"));
  throw unsound(`has ${pickles.length} entries "data.pkl" in its zip, where torch.save writes one`);
}

/** Numbers are read as they lie. Files without the entry are from before version 2.1, and of machines with the same order. */
function* checkByteOrder(archive: Archive, name: string): Reading<void> {
  if (!archive.has(name)) return;
  const { start, end } = yield* archive.locate(name);
  const order = yield { position: start, length: Math.min(end - start, 16) };
  if (order.toString("latin1") === "little") return;
  throw unserved(
    `has the byte order ${JSON.stringify(order.toString("latin1"))}; "little" is read`,
  );
}

function* readPickle({ start, end }: Span): Reading<{ pickle: Buffer; head: Buffer | undefined }> {
  const length = end - start;
  if (length > maxPickleBytes) {
    throw unserved(`has a pickle of ${length} bytes; at most ${maxPickleBytes} are read`);
  }
  // Twice the bound: the pickle, and a header of its own before it.
  if (end > 2 * maxPickleBytes)
    return { pickle: yield { position: start, length }, head: undefined };
  const head = yield { position: 0, length: end };
  return { pickle: head.subarray(start), head };
}
