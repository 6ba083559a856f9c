// The frames of a WebSocket (RFC 6455, section 5) as a client writes and reads them: bytes in, messages out.

import { IgorError } from "../error.js";

/** What a frame is. */
export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** One frame, whole. */
export interface SocketFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

const lastBit = 0x80;
const maskBit = 0x80;
const maskBytes = 4;

/**
 * Writes a frame. A client's are masked; the mask is zero, because it is there for proxies of the network, which see
 * nothing of a pipe or of the loopback.
 */
export function writeFrame(opcode: number, payload: Uint8Array): Buffer {
  const { length } = payload;
  const extra = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const header = Buffer.alloc(2 + extra + maskBytes);
  header[0] = lastBit | opcode;
  header[1] = maskBit | (extra === 0 ? length : extra === 2 ? 126 : 127);
  if (extra === 2) header.writeUInt16BE(length, 2);
  if (extra === 8) header.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([header, payload]);
}

/** Gathers bytes until they are frames. */
export class FrameReader {
  readonly #longest: number;
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** The bytes that the next frame needs, as far as that is known. */
  #wanted = 2;

  /** `longest`: the bytes of a frame at most. */
  constructor(longest: number) {
    this.#longest = longest;
  }

  /** Takes bytes; answers with the frames that are whole. Throws `bad_frame` for what a server may not send. */
  push(chunk: Buffer): SocketFrame[] {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < this.#wanted) return [];
    let rest = Buffer.concat(this.#chunks);
    const frames: SocketFrame[] = [];
    for (let frame = this.#next(rest); frame; frame = this.#next(rest)) {
      frames.push({ opcode: frame.opcode, payload: frame.payload });
      rest = rest.subarray(frame.end);
    }
    this.#chunks = [rest];
    this.#bytes = rest.length;
    return frames;
  }

  /** The first frame of these bytes, if it is whole. */
  #next(bytes: Buffer): (SocketFrame & { end: number }) | undefined {
    this.#wanted = 2;
    const [first = 0, second = 0] = bytes;
    if (bytes.length < this.#wanted) return undefined;
    const opcode = first & 0x0f;
    const isWhole = (first & 0xf0) === lastBit && opcode !== opcodes.continuation;
    if (!isWhole || second & maskBit) throw new IgorError("bad_frame", "the server sent a frame of an unknown form");
    const extra = second === 126 ? 2 : second === 127 ? 8 : 0;
    const start = 2 + extra;
    this.#wanted = start;
    if (bytes.length < start) return undefined;
    const length = extra === 0 ? second : extra === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    if (length > this.#longest) throw new IgorError("too_large", `a frame of ${length} bytes`);
    this.#wanted = start + length;
    if (bytes.length < this.#wanted) return undefined;
    return { opcode, payload: bytes.subarray(start, this.#wanted), end: this.#wanted };
  }
}
