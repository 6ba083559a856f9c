// Image files, as a user has them on the disk.

import { writeFile } from "node:fs/promises";
import { crc32, deflateSync } from "node:zlib";

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** What an image shows. */
type Pixel = (x: number, y: number) => readonly [red: number, green: number, blue: number];

/** A sunset over the sea, more or less. */
export const sunset: Pixel = (x, y) => {
  const isSun = (1.6 * (x - 0.6)) ** 2 + (y - 0.55) ** 2 < 0.025;
  if (y > 0.62) return [20 + 90 * y, 60 + 40 * (1 - y), 110];
  return isSun ? [255, 214, 120] : [230 - 60 * y, 120 + 60 * y, 110 + 30 * (1 - y)];
};

/** What no compression makes smaller. */
export const noise: Pixel = () => [Math.random() * 256, Math.random() * 256, Math.random() * 256];

/** Writes a PNG image; `pixel` is asked for its colours, at places from 0 to 1. */
export async function writeImage(path: string, width: number, height: number, pixel: Pixel): Promise<void> {
  const row = 1 + 3 * width; // Each begins with its filter, which is none.
  const pixels = Buffer.alloc(row * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (const [channel, value] of pixel(x / width, y / height).entries()) pixels[y * row + 1 + 3 * x + channel] = value;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8); // Eight bits for each of red, green and blue.
  const compressed = deflateSync(pixels, { level: 1 });
  await writeFile(path, Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", compressed), chunk("IEND", Buffer.alloc(0))]));
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
