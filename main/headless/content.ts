import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { ExpectedFailure } from './failures.ts';
import { requestOf } from './connect.ts';
import type { ContentRequest } from './connect.ts';
import { writeNewFile } from './new-file.ts';
import { debugLog } from '../log/debug-log.ts';

const ignored = debugLog('headless:content');

/** What a device answers to a request that it refuses; longer than any such answer, bytes. */
const REFUSAL_BYTES_MAX = 64 << 10;
const refusal = z.object({ message: z.string() });

/** Asks the device that runs on a data folder for what comes and goes as bytes. Throws `ExpectedFailure`. */
export async function ask(
  data: string,
  path: string,
  request: ContentRequest,
): Promise<IncomingMessage> {
  const response = await requestOf(data, path, request);
  const { statusCode = 0 } = response;
  if (statusCode >= 200 && statusCode < 300) return response;
  const parsed = refusal.safeParse(await jsonOf(response).catch(ignored));
  response.destroy();
  throw new ExpectedFailure(
    parsed.success ? parsed.data.message : `The device refused it (${statusCode}).`,
  );
}

/** The JSON of a short answer. Rejects where it is none. */
export async function jsonOf(response: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    bytes += piece.byteLength;
    if (bytes > REFUSAL_BYTES_MAX) throw new ExpectedFailure('The device answered too much.');
    pieces.push(piece);
  }
  return JSON.parse(Buffer.concat(pieces).toString('utf8')) as unknown;
}

/** Writes what was answered to a path, whole or not at all, for this user alone. Throws `ExpectedFailure`. */
export async function saveTo(
  target: string,
  response: IncomingMessage,
  { replace }: { readonly replace: boolean },
): Promise<void> {
  try {
    await writeNewFile(target, response, { replace });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw isThere(target);
    throw new ExpectedFailure(`The file could not be written: ${(error as Error).message}`);
  }
}

/** What to say of a path where something is, and was not to be replaced. */
export function isThere(target: string): ExpectedFailure {
  return new ExpectedFailure(`${target} is there already; add --force to replace it.`);
}
