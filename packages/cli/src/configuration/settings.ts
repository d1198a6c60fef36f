import { isHost, isOrigin } from "@kindred/server-koa";
import { z } from "zod";
import { keysSchema, writtenKeys } from "../written-key.ts";
import { parseValue } from "../value.ts";
import { launchMembers, launchSchema } from "./launch-schema.ts";
import { rateMembers, rateSchema, ratesSchema } from "./rates-schema.ts";
import { writtenAliases } from "./written-aliases.ts";
import { amount, choice, count, keepAlive, seconds, size, text, texts, toggle } from "./forms.ts";
import type { Config, Effective, Section } from "./config.ts";
import type { NamedSetting, Setting } from "./setting.ts";

/** A row for each member of `Config`. */
type Table = {
  readonly [Name in Exclude<keyof Config, "$schema">]-?: Name extends Section
    ? { readonly [Part in keyof NonNullable<Config[Name]>]-?: Setting<any> }
    : Setting<any>;
};

const path = "the path of a file, not empty";
const rate = { schema: rateSchema, form: "text" } as const;
const unlimited = { defaultText: "any", isLive: true } as const;
const perPicture = amount("a number above 0, such as 2048 or 1e9", (value) => value > 0);
const models = z.array(
  z.union([z.string().min(1, "a name, not empty"), launchSchema]),
  "a list of models",
);
const keys = {
  schema: keysSchema,
  form: "list",
  prepare: writtenKeys,
  members: ["name", "key"],
  isSecret: true,
} as const;
const written = z.array(
  z.union([z.string(), z.strictObject({ name: z.string().optional(), key: z.string() })]),
);

/** The longest that a balancer may take to look again, in seconds. */
const maxDrain = 3_600;

const table: Table = {
  host: {
    ...text("an address or a name"),
    flag: "host",
    argument: "HOST",
    default: "127.0.0.1",
    text: "The address to listen on.",
  },
  port: {
    ...amount(
      "a number from 0 to 65535",
      (value) => Number.isInteger(value) && value >= 0 && value <= 65_535,
    ),
    flag: "port",
    argument: "PORT",
    default: 9997,
    text: "The port to listen on; 0 picks a free one.",
  },
  models: {
    schema: models,
    form: "list",
    members: launchMembers,
    flag: "model",
    argument: "ID=PATH",
    defaultText: "demo-image and demo-embedding, two small models of our own",
    isLive: true,
    text: "The models to serve: each a name, a path, ID=NAME or ID=PATH, either with #FAMILY; in a file also a launch.",
  },
  options: {
    ...texts("ID.KEY=VALUE"),
    flag: "option",
    argument: "ID.KEY=VALUE",
    isLive: true,
    text: "Options of a model's family, or replicas, keepAlive, runTimeout, loadTimeout (all three in seconds), onChange (refuse or reload), prefer.",
  },
  controlNets: {
    ...texts("[ID.]NAME=PATH"),
    flag: "controlnet",
    argument: "[ID.]NAME=PATH",
    isLive: true,
    text: "ControlNets, each in the folder PATH, by which requests let a picture be followed.",
  },
  source: {
    ...choice("huggingface", "modelscope"),
    flag: "source",
    argument: "HUB",
    default: "huggingface",
    text: "The hub where names are looked up: huggingface or modelscope.",
  },
  locked: {
    ...toggle,
    flag: "locked",
    default: false,
    text: "Whether names are served at the commits and with the files of models.lock.json alone.",
  },
  keepGoing: {
    ...toggle,
    flag: "keep-going",
    default: false,
    text: "Whether the other models are served when one cannot be; otherwise the server ends with status 1.",
  },
  memory: {
    ...size,
    flag: "memory",
    argument: "SIZE",
    defaultText: "80 % of the machine's",
    text: "The memory that models may take, such as 8GB.",
  },
  keepAlive: {
    ...keepAlive,
    flag: "keep-alive",
    argument: "TIME",
    default: 300,
    text: "The time without a request after which a model's graphs are closed: seconds, 5m, 1h; -1 never.",
  },
  load: {
    ...choice("listed", "cached", "any"),
    flag: "load",
    argument: "POLICY",
    default: "listed",
    text: "The models that a request loads by naming them: listed are registered ones, cached also those in the hub's cache, any also all others, which are downloaded.",
  },
  aliases: {
    schema: z.record(
      z.string(),
      z.string("an id").min(1, "an id, not empty"),
      "an object of ids by their other names",
    ),
    form: "list",
    prepare: writtenAliases,
    flag: "alias",
    argument: "ALIAS=ID",
    default: {},
    defaultText: "none",
    text: "Other names of models, as in gpt-image-1=sd-turbo.",
  },
  state: {
    schema: z.union([z.literal(false), z.string().min(1, path)], path),
    form: "text",
    // A variable has texts alone.
    prepare: (written) => (written === "false" ? false : written),
    flag: "state",
    argument: "FILE",
    off: { flag: "no-state", value: false },
    defaultText: "state-PORT.json in the data folder; none where the port is 0",
    text: "The file that keeps what is launched and registered over HTTP; false keeps nothing.",
  },
  data: {
    ...text("the path of a folder"),
    flag: "data",
    argument: "DIR",
    defaultText: "~/.local/share/kindred",
    text: "The folder that keeps files of replies, launches and weights in eight bits.",
  },
  keys: {
    ...keys,
    input: written,
    flag: "api-key",
    argument: "[NAME=]KEY",
    isLive: true,
    defaultText: "none",
    text: "Keys that requests must have one of, in Authorization: Bearer KEY. NAME stands for one in logs. Other users of the machine see flags, and do not see variables.",
  },
  adminKeys: {
    ...keys,
    input: written,
    flag: "admin-key",
    argument: "[NAME=]KEY",
    isLive: true,
    defaultText: "none",
    text: "Keys that may also launch, change, unload and register models from other machines, and abort requests of others.",
  },
  keyFile: {
    ...text("the path of a file"),
    flag: "api-key-file",
    argument: "FILE",
    isLive: true,
    defaultText: "none",
    text: "A file of such keys, read again when it changes: KEY or NAME=KEY in each line, after the word admin for an administrator's.",
  },
  allowedHosts: {
    ...texts("a name such as gpu-box, without a port, or *", isHost),
    flag: "allowed-host",
    argument: "HOST",
    defaultText: "none",
    text: "Names that clients call this server by, beside localhost and its addresses; * allows all.",
  },
  corsOrigins: {
    ...texts("an origin such as https://app.example.org, or *", isOrigin),
    flag: "cors-origin",
    argument: "ORIGIN",
    default: [],
    defaultText: "none",
    text: "Other sites whose pages may use this server; * lets all.",
  },
  publicUrl: {
    ...text(
      "a URL such as https://example.org/ai",
      (value) => /^https?:\/\//i.test(value) && URL.canParse(value),
    ),
    flag: "public-url",
    argument: "URL",
    defaultText: "the one of each request",
    text: "The URL that clients reach this server by, in links to files too.",
  },
  trustProxy: {
    ...toggle,
    flag: "trust-proxy",
    default: false,
    text: "Whether X-Forwarded-* headers are believed; only behind a proxy that writes them.",
  },
  playground: {
    ...toggle,
    off: { flag: "no-playground", value: false },
    default: true,
    text: "Whether there are pages to try the models on, at /, and of the API, at /docs.",
  },
  metrics: {
    ...toggle,
    flag: "metrics",
    default: false,
    text: "Whether there are figures for Prometheus at /metrics, for those who have a key where there are keys.",
  },
  metricsPrefix: {
    ...text("letters, digits and _, with no digit first", (value) => /^[a-z_]\w*$/i.test(value)),
    default: "kindred",
    text: "The beginning of the figures' names; te for dashboards of text-embeddings-inference.",
  },
  ready: {
    ...choice("all", "any"),
    flag: "ready",
    argument: "all|any",
    default: "all",
    text: "The models that GET /ready waits for until it answers 200: all, or any.",
  },
  drainDelay: {
    ...amount(`a number from 0 to ${maxDrain}`, (value) => value >= 0 && value <= maxDrain),
    flag: "drain-seconds",
    argument: "N",
    default: 0.5,
    text: "Seconds for which connections are still accepted after a signal, while GET /ready answers 503. A balancer needs as long as it takes to look again.",
  },
  deadline: {
    ...seconds,
    default: 30,
    text: "Seconds that running requests have to finish after that.",
  },
  bodyTimeout: {
    ...seconds,
    default: 30,
    text: "Seconds in which a request's body must come on, by 500 bytes a second on average.",
  },
  connections: {
    max: {
      ...count,
      flag: "max-connections",
      argument: "N",
      defaultText: "2048, or half of the descriptors",
      text: "The most clients that are connected at a time.",
    },
    maxRequests: {
      ...count,
      default: 1_000,
      text: "The most requests of one connection; the last reply closes it.",
    },
    headersTimeout: {
      ...seconds,
      default: 20,
      text: "Seconds for a request's headers.",
    },
    replyTimeout: {
      ...seconds,
      default: 120,
      text: "Seconds in which the reader of a reply must take a part of it.",
    },
    keepAliveTimeout: {
      ...seconds,
      default: 75,
      text: "Seconds for which an idle connection is kept for its client's next request.",
    },
  },
  files: {
    minutes: {
      ...amount("a number above 0", (value) => value > 0),
      flag: "file-minutes",
      argument: "N",
      default: 60,
      text: "Minutes for which files of replies are kept.",
    },
    maxBytes: {
      ...size,
      flag: "file-limit",
      argument: "SIZE",
      default: 2 ** 30,
      defaultText: "1GiB",
      text: "The most bytes of all these files; beyond them the oldest are removed.",
    },
  },
  limits: {
    requestsPerMinute: {
      ...rate,
      ...unlimited,
      text: "The most requests of all callers together that endpoints take in a minute.",
    },
    tokensPerMinute: {
      ...rate,
      ...unlimited,
      text: "The most tokens of all callers together that answered requests take in a minute.",
    },
    picturesAtOnce: {
      ...rate,
      ...unlimited,
      text: "The most pictures of all callers together that are made or wait for that.",
    },
    picturesPerRequest: {
      ...rate,
      ...unlimited,
      text: "The most pictures of one request.",
    },
    perKey: {
      schema: ratesSchema,
      form: "text",
      // A variable has them as JSON.
      prepare: (written) => (typeof written === "string" ? parseValue(written) : written),
      members: rateMembers,
      ...unlimited,
      text: 'The same four of one caller, by the name of its key; "*" has those of every other.',
    },
    json: {
      ...size,
      default: 32 << 20,
      isLive: true,
      text: "The most bytes of a body of JSON, once it is inflated.",
    },
    form: {
      ...size,
      default: 64 << 20,
      isLive: true,
      text: "The most bytes of a form with its uploads.",
    },
    all: {
      ...size,
      flag: "body-memory",
      argument: "SIZE",
      defaultText: "a quarter of Node's heap",
      isLive: true,
      text: "The memory that bodies of requests may take together.",
    },
    ratio: {
      ...amount("a number, 1 or more", (value) => value >= 1),
      default: 100,
      isLive: true,
      text: "The most inflated bytes for each compressed one, beyond the first MiB.",
    },
    encodings: {
      schema: z.array(
        z.enum(["gzip", "deflate", "br"], "gzip, deflate or br"),
        "a list of gzip, deflate and br",
      ),
      form: "list",
      off: { flag: "no-compressed-bodies", value: [] },
      default: ["gzip", "deflate", "br"],
      isLive: true,
      text: "The content encodings of bodies that are inflated; an empty list refuses all.",
    },
    maxSide: {
      ...perPicture,
      flag: "max-side",
      argument: "PIXELS",
      defaultText: "by each model's own size",
      text: "The longest side of a picture.",
    },
    maxPixelSteps: {
      ...perPicture,
      flag: "max-pixel-steps",
      argument: "N",
      defaultText: "by each model's own size",
      text: "The most pixels x steps x pictures of one request.",
    },
    maxUploadPixels: {
      ...perPicture,
      flag: "max-upload-pixels",
      argument: "N",
      default: 2 ** 25,
      text: "The most pixels of a picture that a request brings.",
    },
    maxUploadBytes: {
      ...perPicture,
      flag: "max-upload-bytes",
      argument: "N",
      default: 50_000_000,
      text: "The most bytes of its file.",
    },
    maxUpscaledPixels: {
      ...perPicture,
      flag: "max-upscaled-pixels",
      argument: "N",
      default: 2 ** 26,
      text: "The most pixels of enlarged pictures of one request.",
    },
  },
  log: {
    format: {
      ...choice("pretty", "json"),
      flag: "log-format",
      argument: "pretty|json",
      default: "pretty",
      text: "Lines for people, or an object of JSON each.",
    },
    level: {
      ...choice("debug", "info", "warn", "error"),
      flag: "log-level",
      argument: "LEVEL",
      default: "info",
      isLive: true,
      text: "The least that is logged: debug, info, warn or error. Each request is an info.",
    },
    prompts: {
      ...toggle,
      flag: "log-prompts",
      default: false,
      text: "Whether a request's line has the text that it brings: a prompt, or what is embedded.",
    },
  },
};

/** All settings, in the order of the documentation. */
export const settings: readonly NamedSetting[] = Object.entries(table).flatMap(([name, row]) =>
  isSetting(row)
    ? named([name], row)
    : Object.entries(row as Record<string, Setting>).map(([part, each]) =>
        named([name, part], each),
      ),
);

/** The names that have names of their own below them. */
export const sections: readonly string[] = Object.entries(table).flatMap(([name, row]) =>
  isSetting(row) ? [] : name,
);

function isSetting(row: object): row is Setting {
  return "schema" in row;
}

function named(path: readonly string[], setting: Setting): NamedSetting {
  const name = path.join(".");
  return { ...setting, path, name, variable: variableOf(setting.flag ?? name) };
}

/** "max-side" and "files.maxBytes" become KINDRED_MAX_SIDE and KINDRED_FILES_MAX_BYTES. */
function variableOf(name: string): string {
  const words = name.replace(/[A-Z]/g, "_$&").replace(/[.-]/g, "_");
  return `KINDRED_${words.toUpperCase()}`;
}

/** Values by the names of their settings, in the shape of a file. */
export function inShape(values: ReadonlyMap<string, unknown>): Effective {
  const shape: Record<string, any> = Object.fromEntries(sections.map((name) => [name, {}]));
  for (const { name, path } of settings) {
    const value = values.get(name);
    if (value === undefined) continue;
    const [first, part] = path;
    if (part === undefined) shape[first!] = value;
    else shape[first!][part] = value;
  }
  return shape as Effective;
}
