/** An error in the command line itself: exit status 2. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}

export const usage = `kindred serves ONNX models from Node.

  kindred serve [options] [NAME…]                OpenAI-compatible HTTP
    --host HOST            default 127.0.0.1
    --port PORT            default 9997; 0 picks a free one
    --model ID=PATH        serves the model in the folder PATH, or in the file PATH.safetensors; may be repeated.
                           PATH alone takes its name as ID. PATH#FAMILY names the family that serves it.
    NAME, --model ID=NAME  serves a model of Hugging Face, by OWNER/NAME or a name of kindred models, either with @REVISION.
                           It comes from Hugging Face's cache, and is downloaded into it first where it is not there.
                           Default: two small models of our own, demo-image and demo-embedding
    --source HUB           where each NAME is looked up: huggingface, the default, or modelscope
    --option ID.KEY=VALUE  sets an option of a model's family, or replicas, keepAlive, runTimeout, loadTimeout (all three in
                           seconds), onChange (refuse or reload), prefer
    --controlnet [ID.]NAME=PATH
                           lets requests follow a picture by the ControlNet in the folder PATH; may be repeated
    --locked               serves names at the commits and with the files of models.lock.json alone; also with kindred run
    --memory SIZE          memory that models may take, such as 8GB; default 80 % of the machine's
    --keep-alive TIME      closes a model's graphs after TIME without a request: seconds, 5m, 1h; -1 never; default 300
    --load listed|cached|any
                           the models that a request loads by naming them: registered ones, also those in the hub's cache, or
                           also all others, which are downloaded; default listed
    --alias ALIAS=ID       another name for a model, as in gpt-image-1=sd-turbo; may be repeated
    --state FILE           keeps what is launched and registered over HTTP in FILE; default state-PORT.json in the data folder
    --no-state             keeps nothing of it
    --max-side PIXELS      the longest side of a picture; default by the model's own size
    --max-pixel-steps N    the most pixels x steps x pictures of one request; default by the model's own size
    --max-upload-pixels N  the most pixels of a picture that a request brings; default 33554432
    --max-upload-bytes N   the most bytes of its file; default 50000000
    --max-upscaled-pixels N
                           the most pixels of enlarged pictures of one request; default 67108864
    --data DIR             keeps files of replies in DIR; default ~/.local/share/kindred
    --file-minutes N       keeps them for N minutes; default 60
    --file-limit SIZE      removes the oldest when all take more than SIZE; default 1GiB
    --public-url URL       the URL that clients reach this server by, in links to files too; default: the one of each request
    --trust-proxy          believes X-Forwarded-* headers; only behind a proxy that writes them
    --api-key [NAME=]KEY   answers only requests with this key, in Authorization: Bearer KEY; may be repeated. NAME stands for it in logs.
                           Also the variable KINDRED_API_KEY, which other users of the machine do not see
    --admin-key [NAME=]KEY a key that may also launch, change, unload and register models from other machines, and abort requests of others;
                           also the variable KINDRED_ADMIN_KEY
    --api-key-file FILE    the same from a file, read again when it changes: KEY or NAME=KEY in each line, after the word admin for an
                           administrator's
    --allowed-host HOST    a name that clients call this server by, beside localhost and its addresses; may be repeated
    --cors-origin ORIGIN   lets pages of another site use this server; may be repeated; * lets all
    --body-memory SIZE     memory that bodies of requests may take; default a quarter of Node's heap
    --no-compressed-bodies refuses bodies with a content encoding
    --no-playground        leaves out the page at /
    --metrics              serves figures for Prometheus at /metrics, to those who have a key where there are keys
    --ready all|any        when GET /ready answers 200: once all models can be asked, or any; default all
    --drain-seconds N      after a signal, still accepts connections for N seconds, while GET /ready answers 503; default 0.5.
                           A balancer needs as long as it takes to look again
    --max-connections N    the most clients connected at a time; default 2048, or half of the descriptors
    --keep-going           serves the other models when one cannot be served; default: ends with status 1

  kindred run MODEL [TEXT] [FIELD=VALUE]…        one request, without HTTP
    MODEL                  PATH or NAME, as above, either after ID=, or a demo model's id; takes --source, --option, --controlnet
                           and --memory
    TEXT                   fills the endpoint's field for a bare text, such as a prompt
    FIELD=VALUE            sets a field of the request; VALUE is JSON, otherwise a string. FIELD=@PATH sends a file, as in
                           image=@in.png mask=@mask.png control_image=@lines.png
    --json                 prints the whole reply
    -o, --output FILE      writes the picture, or the reply without one, to FILE, in the format that its name says. In a
                           folder, and without -o, a picture is called MODEL-SEED.png

  kindred pull NAME…                             downloads what serving each NAME would read, a branch at its newest commit;
                                                 takes --source, --option, --controlnet and --memory
    --lock                 writes the commits and the hashes of all files to models.lock.json in the current folder
    --locked               obeys that file; without a NAME, downloads and checks all of it
  kindred models [--json]                        the models known by name and those that are cached
  kindred models NAME… [--json]                  what serving each NAME would take: files, bytes to download, licence, memory;
                                                 takes --source, --option, --controlnet and --memory
  kindred remove NAME[@REVISION]…                removes models, or one revision of each, from the hub's cache; takes --source
  kindred doctor [--json]                        whether a server can run on this machine, and what to do; takes --host, --port, --memory,
                                                 --data and --source. Ends with status 1 when there is a problem
  kindred --help | --version

Plugins: embeddings, reranking, images, and those that the package.json in the current folder depends on.
`;
