/** Bytes of the length in front of each frame: u32, big-endian. */
const LENGTH_BYTES = 4;

/** A payload with its length in front. */
export function toFrame(payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(LENGTH_BYTES + payload.byteLength);
  new DataView(frame.buffer).setUint32(0, payload.byteLength);
  frame.set(payload, LENGTH_BYTES);
  return frame;
}

/**
 * The payloads of a stream of frames. A frame of more than `maxBytes` is skipped as it comes in, without being kept, and
 * `onTooLarge` gets its length in bytes once that is read. A last frame that is cut off is dropped.
 */
export async function* readFrames(
  input: AsyncIterable<Uint8Array>,
  maxBytes: number,
  onTooLarge: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let chunks: Uint8Array[] = [];
  let buffered = 0;
  /** Of the payload that is read; undefined while its length is. */
  let payloadBytes: number | undefined;
  /** Bytes of a frame that is too large and has not all come in. */
  let skip = 0;
  for await (const chunk of input) {
    const kept = chunk.subarray(Math.min(skip, chunk.byteLength));
    skip -= chunk.byteLength - kept.byteLength;
    if (kept.byteLength === 0) continue;
    chunks.push(kept);
    buffered += kept.byteLength;
    while (buffered >= (payloadBytes ?? LENGTH_BYTES)) {
      const wanted = payloadBytes ?? LENGTH_BYTES;
      const bytes = join(chunks, buffered);
      const part = bytes.subarray(0, wanted);
      let rest = bytes.subarray(wanted);
      if (payloadBytes !== undefined) {
        payloadBytes = undefined;
        yield part;
      } else {
        const length = new DataView(part.buffer, part.byteOffset).getUint32(0);
        if (length > maxBytes) {
          onTooLarge(length);
          skip = Math.max(0, length - rest.byteLength);
          rest = rest.subarray(Math.min(length, rest.byteLength));
        } else {
          payloadBytes = length;
        }
      }
      chunks = rest.byteLength > 0 ? [rest] : [];
      buffered = rest.byteLength;
    }
  }
}

function join(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = chunks;
  if (chunks.length === 1 && first !== undefined) return first;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}
