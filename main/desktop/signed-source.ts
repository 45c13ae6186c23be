import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { isSignedUpdate, trustedComment } from './update-signature.ts';
import type { PublisherKey } from './update-signature.ts';
import type { UpdateEvent, UpdateSource } from './updates.ts';

/** What is known of a file that was fetched. */
export interface FetchedUpdate {
  readonly version: string;
  /** Where it is. */
  readonly path: string;
  /** By the name of each file of the version, its signature as minisign writes it: put into latest-linux.yml when it is published. */
  readonly signatures: unknown;
}

/** A source of updates that says by `onFetched` alone what it has fetched, since that is yet to count. */
export interface FetchingSource extends UpdateSource {
  onFetched(listener: (update: FetchedUpdate) => void): void;
}

const FILES_MAX = 16;
const signaturesShape = z
  .record(z.string().max(255), z.string().max(4_096))
  .refine((all) => Object.keys(all).length <= FILES_MAX);

/**
 * Updates that only count where whoever publishes this build has signed them: what is fetched is told as here when its
 * signature is right, and as refused otherwise. It is looked at once more before it is installed.
 */
export function signedSource(
  source: FetchingSource,
  publisher: PublisherKey,
  onError: (error: unknown) => void,
): UpdateSource {
  let fetched: FetchedUpdate | undefined;
  let tell: (event: UpdateEvent) => void = () => undefined;
  const judge = async (update: FetchedUpdate): Promise<boolean> => {
    const isSigned = await isSignedBy(publisher, update).catch((error: unknown) => {
      onError(error);
      return false;
    });
    if (!isSigned) tell({ kind: 'refused', version: update.version });
    return isSigned;
  };
  return {
    check: () => source.check(),
    install: () => {
      const update = fetched;
      if (!update) return;
      void judge(update).then((isSigned) => {
        if (isSigned) source.install();
      });
    },
    onEvent(listener) {
      tell = listener;
      source.onEvent(listener);
      source.onFetched((update) => {
        fetched = undefined;
        void judge(update).then((isSigned) => {
          if (!isSigned) return;
          fetched = update;
          listener({ kind: 'fetched', version: update.version });
        });
      });
    },
  };
}

async function isSignedBy(
  publisher: PublisherKey,
  { version, path, signatures }: FetchedUpdate,
): Promise<boolean> {
  const all = signaturesShape.safeParse(signatures).data ?? {};
  // It may have been given another name where it is kept: which of the version's files it is, its signature says.
  const names = Object.keys(all).sort((one) => (one === basename(path) ? -1 : 1));
  for (const name of names) {
    const comment = trustedComment(version, name);
    if (await isSignedUpdate(publisher, all[name] ?? '', comment, contentOf(path))) return true;
  }
  return false;
}

/** Opened when it is read, and not before: most signatures are wrong by their form. */
async function* contentOf(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path) as AsyncIterable<Uint8Array>;
}
