import { createHash } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ed25519 } from '@noble/curves/ed25519.js';
import { expect, test } from 'vitest';
import { signedSource } from '../../main/desktop/signed-source.ts';
import type { FetchedUpdate } from '../../main/desktop/signed-source.ts';
import {
  isSignedUpdate,
  parsePublisherKey,
  trustedComment,
} from '../../main/desktop/update-signature.ts';
import type { UpdateEvent } from '../../main/desktop/updates.ts';
import { temporaryFolder } from '../helpers/processes.ts';

const base64 = (...parts: Uint8Array[]) => Buffer.concat(parts).toString('base64');

/** As minisign does it: its own code is not here, its format is. */
function signer(fill: number) {
  const seed = new Uint8Array(32).fill(fill);
  const id = Buffer.alloc(8, fill);
  const key = base64(Buffer.from('Ed'), id, ed25519.getPublicKey(seed));
  const sign = (content: Uint8Array, comment: string, algorithm = 'ED') => {
    const hash = createHash('blake2b512').update(content).digest();
    const signature = ed25519.sign(algorithm === 'ED' ? hash : content, seed);
    const global = ed25519.sign(Buffer.concat([signature, Buffer.from(comment)]), seed);
    return [
      'untrusted comment: signature from minisign secret key',
      base64(Buffer.from(algorithm), id, signature),
      `trusted comment: ${comment}`,
      base64(global),
      '',
    ].join('\n');
  };
  const publisher = parsePublisherKey(`untrusted comment: minisign public key\n${key}\n`);
  if (!publisher) throw new Error('no key');
  return { publisher, sign, key };
}

async function* of(content: Uint8Array) {
  yield content.subarray(0, 3);
  yield content.subarray(3);
}

const content = Buffer.from('an AppImage of a hundred megabytes');
const comment = trustedComment('2.0.0', 'Reunion-2.0.0.AppImage');

test('a signature of minisign is right for its file, its key, its version and its name alone', async () => {
  const [own, other] = [signer(1), signer(2)];
  const signature = own.sign(content, comment);
  const check = (text: string, { publisher } = own, about = comment, file: Uint8Array = content) =>
    isSignedUpdate(publisher, text, about, of(file));
  expect(await check(signature)).toBe(true);
  expect(await check(signature.replaceAll('\n', '\r\n'))).toBe(true);
  expect(await check(signature, other)).toBe(false);
  expect(await check(other.sign(content, comment))).toBe(false);
  expect(await check(signature, own, trustedComment('3.0.0', 'Reunion-2.0.0.AppImage'))).toBe(
    false,
  );
  const older = trustedComment('1.0.0', 'Reunion-2.0.0.AppImage');
  expect(await check(signature.replace(comment, older), own, older)).toBe(false);
  expect(await check(signature, own, comment, Buffer.from('something else'))).toBe(false);
  expect(await check(own.sign(content, comment, 'Ed'))).toBe(false);
  for (const garbled of [
    '',
    '\n\n\n',
    signature.slice(0, -8),
    `${signature}${'x'.repeat(5_000)}`,
  ]) {
    expect(await check(garbled), garbled).toBe(false);
  }
});

test('a signature that minisign 0.11 has made is right', async () => {
  const publisher = parsePublisherKey(`untrusted comment: minisign public key 91FE662C4EFFAE40
RWRArv9OLGb+kShQ6zVDuvZ9h9/7OBkVi0iVNdr89wLjg51q2w7jtiKs
`);
  if (!publisher) throw new Error('no key');
  const signature = `untrusted comment: signature from minisign secret key
RURArv9OLGb+kYwLj2ldib9j0uyZIVrbaTCv3XzB0C6YfKwxOIXvV51W7tqOYAwrQXzXvSC5Ra8KwFwB+pGf6tFDn+v+ReUdSAQ=
trusted comment: reunion version:2.0.0 file:Reunion-2.0.0.AppImage
HIf0CKfqqbJb8PlZA94YpAHu2z3vGcC7rl2cEpcovbsamvOJXGZoueUc9CFS5PLLqHaPp+wnZurfe0Z6xYRlAg==
`;
  const check = (file: string) =>
    isSignedUpdate(publisher, signature, comment, of(Buffer.from(file)));
  expect(await check('a file of some bytes')).toBe(true);
  expect(await check('a file of some byteS')).toBe(false);
});

test('a public key is a line of minisign, and nothing else', () => {
  const { key, publisher } = signer(1);
  expect(parsePublisherKey(key)).toEqual(publisher);
  for (const wrong of ['', 'x', key.slice(4), `${key}AA`, base64(new Uint8Array(42))]) {
    expect(parsePublisherKey(wrong), wrong).toBeUndefined();
  }
});

test('an update counts where its publisher signed it, is refused otherwise, and looked at again before it is installed', async () => {
  const { publisher, sign } = signer(1);
  const path = join(temporaryFolder(), 'update.AppImage');
  writeFileSync(path, content);
  const good = { 'Reunion-2.0.0.AppImage': sign(content, comment), 'reunion_2.0.0.deb': 'x' };
  const installed: string[] = [];
  let fetch: (update: FetchedUpdate) => void = () => undefined;
  const source = signedSource(
    {
      check: async () => undefined,
      install: () => installed.push('installed'),
      onEvent: () => undefined,
      onFetched: (listener) => (fetch = listener),
    },
    publisher,
    () => undefined,
  );
  let next = Promise.withResolvers<UpdateEvent>();
  source.onEvent((event) => next.resolve(event));
  const heard = async (signatures: unknown, version = '2.0.0') => {
    next = Promise.withResolvers();
    fetch({ version, path, signatures });
    return next.promise;
  };
  const many = Object.fromEntries(Array.from({ length: 99 }, (_, at) => [`${at}`, 'x']));
  for (const wrong of [undefined, null, [], {}, { a: 1 }, { a: 'x' }, { ...good, ...many }]) {
    expect(await heard(wrong)).toEqual({ kind: 'refused', version: '2.0.0' });
  }
  expect(await heard(good, '2.0.1')).toEqual({ kind: 'refused', version: '2.0.1' });
  source.install();
  expect(await heard(good)).toEqual({ kind: 'fetched', version: '2.0.0' });
  next = Promise.withResolvers();
  appendFileSync(path, 'and a worm');
  source.install();
  expect(await next.promise).toEqual({ kind: 'refused', version: '2.0.0' });
  expect(installed).toEqual([]);
});
