import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";

/** A stand-in for Hugging Face with one repository of as many files, of as many bytes together. */
const [, , count, total] = process.argv;
const size = Math.floor(Number(total) / Number(count));
const block = randomBytes(8 << 20);
const commit = "1".repeat(40);

const files = Array.from({ length: Number(count) }, (_, i) => {
  const head = Buffer.from(`file ${i}`.padEnd(64));
  const hash = createHash("sha256");
  for (const part of parts(head, 0)) hash.update(part);
  return { path: `part-${i}.safetensors`, head, sha256: hash.digest("hex") };
});

function* parts(head, from) {
  if (from < head.length) yield head.subarray(from);
  for (let at = Math.max(from, head.length); at < size;) {
    const start = at % block.length;
    const part = block.subarray(start, start + Math.min(block.length - start, size - at));
    yield part;
    at += part.length;
  }
}

const server = createServer(async (request, response) => {
  const path = new URL(request.url, "http://localhost").pathname;
  if (path.includes("/revision/") || path === "/api/models/birds/lark")
    return json(response, {
      id: "birds/lark",
      sha: commit,
      siblings: files.map((file) => ({ rfilename: file.path })),
    });
  if (path.includes("/tree/"))
    return json(
      response,
      files.map((file) => ({
        type: "file",
        path: file.path,
        size,
        oid: "2".repeat(40),
        lfs: { oid: file.sha256, size, pointerSize: 134 },
      })),
    );
  const file = files.find((each) => path.endsWith(`/${each.path}`));
  if (!file) return response.writeHead(404).end();
  const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
  response.writeHead(from > 0 ? 206 : 200, {
    "content-length": size - from,
    "content-range": `bytes ${from}-${size - 1}/${size}`,
    etag: `"${file.sha256}"`,
    "x-repo-commit": commit,
  });
  if (request.method === "HEAD") return response.end();
  for (const part of parts(file.head, from)) {
    if (response.destroyed) return undefined;
    if (!response.write(part)) await new Promise((drained) => response.once("drain", drained));
  }
  return response.end();
});
server.listen(0, "127.0.0.1", () =>
  console.log(`listening on http://127.0.0.1:${server.address().port}`),
);

function json(response, body) {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}
