/** The command line is not what it should be: exit status 2. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}

export const usage = `kindred serves ONNX models from Node.

  kindred serve [options]                        OpenAI-compatible HTTP
    --host HOST            default 127.0.0.1
    --port PORT            default 9997; 0 picks a free one
    --model ID=PATH        a model to serve, as often as there are models; PATH alone takes its
                           folder's name as id, and PATH#FAMILY names the family that serves it;
                           without any, two small models of our own: demo-image and demo-embedding
    --option ID.KEY=VALUE  an option of a model: its family's, or replicas, keepAlive (seconds), prefer
    --memory SIZE          memory that models may take, as 8GB; default 80 % of the machine's
    --data DIR             where files of replies are kept; default ~/.local/share/kindred
    --file-minutes N       how long they are; default 60
    --file-limit SIZE      of all of them together, beyond which the oldest goes; default 1GiB
    --public-url URL       where clients reach this server, when it is not where they asked
    --trust-proxy          believe X-Forwarded-*: behind a proxy that writes them, only
    --no-playground        leaves out the page at /

  kindred run MODEL [TEXT] [FIELD=VALUE]…        one request, without HTTP
    MODEL                  PATH or ID=PATH, as above, or a demo model's id; --option and --memory too
    TEXT                   fills the field that the model's endpoint has for it
    FIELD=VALUE            VALUE is JSON, or else a string
    --json                 the whole reply
    -o, --output FILE      the picture, or whatever the reply is, in a file

  kindred models                                 published models known by name
  kindred --help | --version

Plugins: embeddings and images, and those among the dependencies of the package.json in this folder.
`;
