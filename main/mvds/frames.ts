/** Bytes of the length in front of each frame: u32, big-endian. */
const LENGTH_BYTES = 4;

/** A payload with its length in front. */
export function toFrame(payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(LENGTH_BYTES + payload.byteLength);
  new DataView(frame.buffer).setUint32(0, payload.byteLength);
  frame.set(payload, LENGTH_BYTES);
  return frame;
}

/** A frame that announces more bytes than allowed: nothing after it can be read. */
export class FrameTooLargeError extends Error {
  override readonly name = 'FrameTooLargeError';
}

/**
 * The payloads of a stream of frames. Throws `FrameTooLargeError` at a frame of more than `maxBytes`, before reading it;
 * a last frame that is cut off is dropped.
 */
export async function* readFrames(
  input: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  let chunks: Uint8Array[] = [];
  let buffered = 0;
  let wanted = LENGTH_BYTES;
  let isLength = true;
  for await (const chunk of input) {
    chunks.push(chunk);
    buffered += chunk.byteLength;
    while (buffered >= wanted) {
      const bytes = join(chunks, buffered);
      const part = bytes.subarray(0, wanted);
      chunks = [bytes.subarray(wanted)];
      buffered -= wanted;
      if (isLength) {
        wanted = new DataView(part.buffer, part.byteOffset).getUint32(0);
        if (wanted > maxBytes) throw new FrameTooLargeError(`a frame of ${wanted} bytes`);
      } else {
        yield part;
        wanted = LENGTH_BYTES;
      }
      isLength = !isLength;
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
