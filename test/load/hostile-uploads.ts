import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";

/** A request that must be refused: its files by the names of their fields. */
export interface HostileUpload {
  readonly kind: string;
  readonly files: readonly (readonly [field: string, file: File])[];
}

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");
const signature = latin1("\x89PNG\r\n\x1a\n");

/** A PNG that says how large it is, and has so many zeros of pixels. */
function png(width: number, height: number, zeros: number): Buffer {
  const header = Buffer.concat([u32(width), u32(height), Buffer.from([8, 2, 0, 0, 0])]);
  const data = deflateSync(Buffer.alloc(zeros));
  const chunks = [chunk("IHDR", header), chunk("IDAT", data), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([signature, ...chunks]);
}

function chunk(type: string, content: Uint8Array): Buffer {
  const checked = Buffer.concat([latin1(type), content]);
  return Buffer.concat([u32(content.length), checked, u32(crc32(checked))]);
}

/** A TIFF of so many pages of one pixel each. The last of them leads to the first when it is a `circle`. */
function tiffPages(pages: number, circle = false): Buffer {
  const entries = [
    [256, 3, 1],
    [257, 3, 1],
    [258, 3, 8],
    [259, 3, 1],
    [262, 3, 1],
    [273, 4, 8],
    [277, 3, 1],
    [278, 3, 1],
    [279, 4, 1],
  ] as const;
  const first = 16;
  const length = 2 + 12 * entries.length + 4;
  const bytes = Buffer.alloc(first + pages * length);
  bytes.write("II*\0", "latin1");
  bytes.writeUInt32LE(first, 4);
  for (let page = 0; page < pages; page++) {
    const at = first + page * length;
    bytes.writeUInt16LE(entries.length, at);
    for (const [i, [tag, type, value]] of entries.entries()) {
      const entry = at + 2 + 12 * i;
      bytes.writeUInt16LE(tag, entry);
      bytes.writeUInt16LE(type, entry + 2);
      bytes.writeUInt32LE(1, entry + 4);
      bytes.writeUInt32LE(value, entry + 8);
    }
    const next = page + 1 < pages ? at + length : circle ? first : 0;
    bytes.writeUInt32LE(next, at + length - 4);
  }
  return bytes;
}

const laughs = `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "${"&a;".repeat(99)}"><!ENTITY c "${"&b;".repeat(99)}"><!ENTITY d SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>&c;&d;</text></svg>`;

const wrong: readonly (readonly [string, string])[] = [
  ["text", "a red apple"],
  ["html", "<!DOCTYPE html><script>alert(1)</script>"],
  ["svg", '<svg width="99999" height="99999"><image href="http://127.0.0.1:9/"/></svg>'],
  ["svg with entities", laughs],
  ["svg behind spaces", `${" ".repeat(600)}${laughs}`],
  ["pdf", "%PDF-1.7\n1 0 obj"],
  ["zip", "PK\x03\x04mimetype"],
  ["elf", "\x7fELF\x02\x01\x01"],
  ["mp4", "\0\0\0\x20ftypisom\0\0\x02\0"],
  ["heic", "\0\0\0\x18ftypheic\0\0\0\0heicmif1"],
  ["jxl", "\xff\x0a\xfa\x7f\x01"],
  ["bmp", "BM\xff\xff\xff\xff"],
  ["ico", "\0\0\x01\0\x01\0\xff\xff"],
  ["vips", "\x08\xf2\xa6\xb6"],
  ["gif and script", "GIF89a/*<svg onload=alert(1)>*/=0;"],
  ["jpeg and php", "\xff\xd8\xff\xe0<?php system($_GET[0]); ?>"],
  ["png and svg", `\x89PNG\r\n\x1a\n${laughs}`],
  ["tiff and svg", `II*\0${laughs}`],
  ["webp and svg", `RIFF\xff\xff\xff\xffWEBP${laughs}`],
  ["avif and svg", `\0\0\0\x1cftypavif\0\0\0\0mif1avif${laughs}`],
];

const names = [
  "../../../../etc/passwd",
  "/dev/zero",
  "C:\\Windows\\win.ini",
  "a\0b.png",
  "..",
  "",
  `${"long".repeat(500)}.png`,
  'x"; name="mask.png',
  "\u202egnp.exe",
];

const formats = ["png", "jpeg", "webp", "gif", "tiff", "avif"] as const;

/** Hostile uploads in turn, each kind in many shapes. */
export async function* hostileUploads(count: number): AsyncGenerator<HostileUpload> {
  const noise = { type: "gaussian", mean: 128, sigma: 60 } as const;
  const create = { width: 120, height: 90, channels: 3, background: "red", noise } as const;
  const wholes = await Promise.all(formats.map((format) => sharp({ create })[format]().toBuffer()));
  const good = wholes[0]!;
  const bombs: readonly (readonly [string, Buffer])[] = [
    ["of a real bomb", png(8_000, 8_000, 8_000 * (1 + 3 * 8_000))],
    ["of a claim", png(2 ** 31 - 1, 2 ** 31 - 1, 9)],
    ["of a wide claim", png(100_000, 100_000, 9)],
    ["of many pages", tiffPages(50_000)],
    ["of pages in a circle", tiffPages(3, true)],
    ["of a gif's claim", Buffer.concat([latin1("GIF89a\xff\xff\xff\xff\x80\0\0"), good])],
  ];
  for (let i = 0; i < count; i++) {
    const turn = Math.floor(i / 6);
    const file = (bytes: Uint8Array, name = names[i % names.length]!) =>
      new File([Uint8Array.from(bytes)], name, { type: i % 2 === 0 ? "image/png" : "text/html" });
    const at = turn % formats.length;
    const whole = wholes[at]!;
    const [called, text] = wrong[turn % wrong.length]!;
    const [claimed, bomb] = bombs[turn % bombs.length]!;
    const kinds: readonly HostileUpload[] = [
      {
        kind: `${formats[at]} cut off`,
        files: [["image", file(whole.subarray(0, (whole.length * ((turn % 97) + 1)) / 100))]],
      },
      { kind: called, files: [["image", file(latin1(text))]] },
      { kind: `png ${claimed}`, files: [["image", file(bomb)]] },
      { kind: "zero bytes", files: [["image", file(Buffer.alloc(0))]] },
      { kind: "20 files", files: Array.from({ length: 20 }, () => ["image[]", file(good)]) },
      {
        kind: `mask of ${called}`,
        files: [
          ["image", file(good, "good.png")],
          ["mask", file(latin1(text))],
        ],
      },
    ];
    yield kinds[i % kinds.length]!;
  }
}
