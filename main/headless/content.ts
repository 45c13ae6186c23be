import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import type { ApiError } from '../api/types.ts';
import { runningApi } from './connect.ts';
import { ExpectedFailure } from './failures.ts';

/** Asks the device that runs on a data folder for what comes and goes as bytes. Throws `ExpectedFailure`. */
export async function ask(data: string, path: string, init: RequestInit): Promise<Response> {
  const { port, token } = runningApi(data);
  const headers = new Headers(init.headers);
  headers.set('Authorization', `Bearer ${token}`);
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers }).catch(
    () => {
      throw new ExpectedFailure('The device could not be reached, or has ended meanwhile.');
    },
  );
  if (response.ok) return response;
  const told = (await response.json().catch(() => undefined)) as ApiError | undefined;
  throw new ExpectedFailure(told?.message ?? `The device refused it (${response.status}).`);
}

/** Writes what was answered to a path, whole or not at all. Throws `ExpectedFailure`. */
export async function saveTo(target: string, response: Response): Promise<void> {
  const draft = `${target}.part`;
  try {
    const content = Readable.fromWeb(response.body as NodeReadableStream);
    await pipeline(content, createWriteStream(draft, { flags: 'w' }));
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw new ExpectedFailure(`The file could not be written: ${(error as Error).message}`);
  }
}
