import {
  directory,
  header,
  json,
  linkTo,
  million,
  nodes,
  nothing,
  pipe,
  socket,
  sparse,
  tensor,
  text,
} from "./hostile-files.ts";
import type { Make } from "./hostile-files.ts";

/** A folder that cannot be served: a sound one in which one file is another. */
export interface HostileFolder {
  /** The sound folder. */
  readonly of: "bert" | "diffusion";
  readonly file: string;
  readonly make: Make;
  /** Files of the sound folder that are left out. */
  readonly without?: readonly string[];
  /** The reason why it is not served. */
  readonly says: RegExp;
}

const huge = 1_000_000_000;
const config = "config.json";
const weights = "model.safetensors";
const index = "model.safetensors.index.json";

const sizes = {
  model_type: "bert",
  vocab_size: 3000,
  hidden_size: 48,
  num_hidden_layers: 2,
  num_attention_heads: 3,
  intermediate_size: 96,
  max_position_embeddings: 512,
};

function bert(file: string, make: Make, says: RegExp, without: readonly string[] = []) {
  return { of: "bert", file, make, says, without } as const;
}

const unet = "unet/config.json";
const vae = "vae/config.json";
const encoder = "text_encoder/config.json";
const scheduler = "scheduler/scheduler_config.json";

/** One member of a config of Stable Diffusion that is another. The make of the file comes from the sound one. */
export interface HostileMember {
  readonly file: string;
  readonly members: object;
  readonly says: RegExp;
}

/** By what is wrong. */
export const hostileFolders: Readonly<Record<string, HostileFolder>> = {
  "a named pipe as config": bert(config, pipe, /"config\.json" of its folder is a named pipe/),
  "a socket as config": bert(config, socket, /"config\.json" of its folder is a named/),
  "a folder as config": bert(config, directory, /without a config/),
  "a link to a device as config": bert(config, linkTo("/dev/zero"), /"config\.json" of its folder/),
  "a link to nothing as config": bert(config, linkTo("nowhere"), /link/),
  "an empty config": bert(config, text(""), /"config\.json" is not JSON/),
  "a config that is no JSON": bert(config, text("root:x:0:0"), /"config\.json" is not JSON/),
  "a config of 11 MB": bert(config, text(" ".repeat(11e6)), /"config\.json" .* at most 10000000/),
  "a config of a terabyte": bert(config, sparse(1e12), /at most 10000000 are read/),
  "a config of a million arrays": bert(config, million("[]"), /100000 arrays/),
  "a config of a million keys": bert(config, million('{"a":1}'), /100000 keys/),
  "a config of a million numbers": bert(config, million("1"), /500000 values/),
  "a config of deep arrays": bert(config, text("[".repeat(4e6)), /deeper than 100/),
  "a config that is a text": bert(config, json("a".repeat(9e6)), /neither an object nor a list/),
  "a text of millions for classes": bert(
    config,
    json({ ...sizes, auto_map: "a".repeat(9e6), hidden_size: "wide" }),
    /hidden_size/,
  ),
  "a text of millions for shards": bert(
    index,
    json({ weight_map: "a".repeat(9e6) }),
    /has no weight_map/,
    [weights],
  ),
  "a text of millions for metadata": bert(
    weights,
    header({ __metadata__: "a".repeat(9e6) }, 0),
    /needs a weight/,
  ),
  "a config that is a number": bert(config, json(7), /config\.json/),
  "a billion layers": bert(
    config,
    json({ ...sizes, num_hidden_layers: huge }),
    /layers: it is 1000/,
  ),
  "a billion numbers wide": bert(config, json({ ...sizes, hidden_size: huge }), /hidden_size: it/),
  "a billion tokens": bert(config, json({ ...sizes, vocab_size: huge }), /vocab_size: it is/),
  "heads that do not divide": bert(config, json({ ...sizes, num_attention_heads: 7 }), /heads/),
  "an unknown activation": bert(config, json({ ...sizes, hidden_act: "x" }), /hidden_act "x"/),
  "a pipe as modules": bert("modules.json", pipe, /"modules\.json" of its folder/, [weights]),
  "ten thousand modules": bert(
    "modules.json",
    json(Array.from({ length: 10_000 }, () => ({ type: "x.Transformer", path: "" }))),
    /modules\.json/,
  ),
  "ten thousand poolings": bert(
    "1_Pooling/config.json",
    json({ pooling_mode: Array.from({ length: 10_000 }, () => "mean") }),
    /1_Pooling\/config\.json is not sound/,
  ),
  "a pipe as weights": bert(weights, pipe, /"model\.safetensors" of its folder is a named/),
  "a link to a device as weights": bert(weights, linkTo("/dev/zero"), /model\.safetensors/),
  "no bytes of weights": bert(weights, text(""), /0 bytes: it is not a safetensors/),
  "weights of a web page": bert(weights, text("<!doctype html>"), /web page/),
  "a header without end": bert(weights, text(Buffer.alloc(64, 0xff)), /18446744073709551615/),
  "a header of 100 MB": bert(weights, header("[".repeat(1e8)), /100000000 bytes; at most 10000000/),
  "a header of brackets": bert(weights, header(`{"a":${"[".repeat(9e6)}`), /nests them deeper/),
  "a header of keys": bert(weights, header(`{${'"a":1,'.repeat(1.5e6)}`), /100000 keys/),
  "a name twice": bert(weights, header('{"a":1,"a":1}'), /"a" twice/),
  "tensors that overlap": bert(
    weights,
    header({
      a: { dtype: "F32", shape: [2], data_offsets: [0, 8] },
      b: { dtype: "F32", shape: [1], data_offsets: [4, 8] },
    }),
    /"b" begins at byte .* overlaps/,
  ),
  "a tensor before the data": bert(weights, tensor({ data_offsets: [-8, 0] }), /data_offsets/),
  "a tensor behind the data": bert(weights, tensor({ data_offsets: [8, 16] }), /a gap before it/),
  "a tensor of 2 to the 100": bert(weights, tensor({ shape: [2 ** 50, 2 ** 50] }), /takes 5\.07/),
  "a tensor of 65 dims": bert(weights, tensor({ shape: Array(65).fill(1) }), /sound dtype, shape/),
  "other weights": bert(weights, tensor({}), /needs a weight/),
  "shards outside": bert(
    index,
    json({ weight_map: { a: "../../etc/passwd" } }),
    /passwd, which is missing/,
    [weights],
  ),
  "fifty thousand shards": bert(
    index,
    json({
      weight_map: Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [i, `${i}.x`])),
    }),
    /0\.x, which is missing/,
    [weights],
  ),
  "an export of garbage": bert("model.onnx", text(Buffer.alloc(999, 7)), /ONNX/, [weights]),
  "an export of a million nodes": bert("model.onnx", nodes(), /ONNX/, [weights]),
  "a pipe as an export": bert("model.onnx", pipe, /"model\.onnx" of its folder/, [weights]),
  "no weights at all": bert(weights, nothing, /safetensors/),
};

/** The same of a Stable Diffusion whose configs have other members. */
export const hostileMembers: Readonly<Record<string, HostileMember>> = {
  "a billion groups": { file: unet, members: { norm_num_groups: huge }, says: /groups is 1000/ },
  "seven groups": { file: unet, members: { norm_num_groups: 7 }, says: /groups is 7/ },
  "seven heads": { file: unet, members: { attention_head_dim: 7 }, says: /head_dim is 7/ },
  "a billion pixels": { file: unet, members: { sample_size: huge }, says: /sample_size is 1000/ },
  "a billion layers of the autoencoder": {
    file: vae,
    members: { layers_per_block: huge },
    says: /layers_per_block is 1000/,
  },
  "seven groups of the autoencoder": {
    file: vae,
    members: { norm_num_groups: 7 },
    says: /groups is 7/,
  },
  "a billion positions": {
    file: encoder,
    members: { max_position_embeddings: huge },
    says: /positions?_embeddings is 1000/,
  },
  "a billion timesteps": {
    file: scheduler,
    members: { num_train_timesteps: huge },
    says: /num_train_timesteps: 1000000000/,
  },
  "ten thousand and one betas": {
    file: scheduler,
    members: { trained_betas: Array.from({ length: 10_001 }, () => 0.1) },
    says: /trained_betas/,
  },
  "betas that are no shares": { file: scheduler, members: { beta_end: 40 }, says: /from 0 to 1/ },
  "a schedule past its end": {
    file: scheduler,
    members: { prediction_type: "riddle" },
    says: /No sampler takes/,
  },
};
