import { ReunionError } from './errors.ts';

/** The bytes of a body. That it ends too early is no bug, and the fault of whoever sent it. */
export async function* uncut(body: AsyncIterable<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  try {
    if (body) yield* body;
  } catch {
    throw new ReunionError('invalid-arguments', 'The file did not come to its end.');
  }
}

/** Content-Disposition (RFC 6266) of a file to be saved: its name for whoever knows only ASCII, and its name. */
export function attachmentHeader(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/gu, '_') || 'file';
  const encoded = encodeURIComponent(name.toWellFormed() || 'file').replace(
    /['()*]/gu,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

/** Read as it is taken, piece by piece; whoever stops taking it ends the reading. */
export function streamOfPieces(content: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const pieces = content[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await pieces.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
      async cancel() {
        await pieces.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}
