import { flagLines } from "./configuration/usage-lines.ts";

export const usage: string = `kindred serves ONNX models from Node.

  kindred serve [options] [NAME…]                OpenAI-compatible HTTP
    NAME, --model ID=NAME  serves a model of Hugging Face, by OWNER/NAME or a name of kindred models, either with @REVISION.
                           It comes from Hugging Face's cache, and is downloaded into it first where it is not there.
    PATH, --model ID=PATH  serves the model in the folder PATH, or in the file PATH.safetensors. PATH alone takes its name as ID.
                           PATH#FAMILY names the family that serves it
    --config FILE          reads settings from FILE; default kindred.config.ts, .js, .mjs or .json in the current folder.
                           Flags come before variables, and those before the file. docs/configuration.md lists all
${flagLines()}

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
  kindred config [options] [NAME…] [--json]      the settings that kindred serve would have, and who sets each
  kindred config --schema                        the JSON Schema of a configuration file
  kindred --help | --version

Plugins: embeddings, reranking, images, and those that the package.json in the current folder depends on.
`;
