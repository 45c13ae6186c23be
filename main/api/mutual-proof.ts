/*
 * Two ends that share a secret prove it to each other before either says anything else, and neither ever sends the secret. The
 * server speaks first, so that a client says nothing at all to a server that does not know the secret:
 *
 *   server → client   S, MAC("server hello", S)
 *   client → server   C, MAC("client", S, C)
 *   server → client   MAC("server", S, C)
 *
 * S and C are random, 32 bytes each, and MAC is HMAC-SHA256 (RFC 2104) under the secret. The first MAC could be replayed; the last
 * one answers C and cannot be. Runs in Node and in browsers alike, by the Web Cryptography API.
 */

const NONCE_BYTES = 32;
const MAC_BYTES = 32;

/** Carries short texts to one peer and back, in order. */
export interface ProofPipe {
  send(text: string): void;
  /** The next text; undefined once the pipe has ended. */
  receive(): Promise<string | undefined>;
}

type Bytes = Uint8Array<ArrayBuffer>;
type Role = 'server hello' | 'client' | 'server';

/** Resolves with whether the client knows the secret. It may still hold that this server does not. */
export async function proveAsServer(secret: Bytes, pipe: ProofPipe): Promise<boolean> {
  const key = await keyOf(secret);
  const own = newNonce();
  pipe.send(hexOf(own) + hexOf(await macOf(key, 'server hello', own)));
  const answer = split(await pipe.receive());
  if (!answer || !(await isMac(key, 'client', answer.mac, own, answer.nonce))) return false;
  pipe.send(hexOf(await macOf(key, 'server', own, answer.nonce)));
  return true;
}

/** Resolves with whether the server knows the secret. */
export async function proveAsClient(secret: Bytes, pipe: ProofPipe): Promise<boolean> {
  const key = await keyOf(secret);
  const hello = split(await pipe.receive());
  if (!hello || !(await isMac(key, 'server hello', hello.mac, hello.nonce))) return false;
  const own = newNonce();
  pipe.send(hexOf(own) + hexOf(await macOf(key, 'client', hello.nonce, own)));
  const last = bytesOf(await pipe.receive(), MAC_BYTES);
  return last !== undefined && isMac(key, 'server', last, hello.nonce, own);
}

/** The bytes that lower-case hexadecimal digits stand for; undefined unless they are exactly so many. */
export function bytesOf(hex: string | undefined, length: number): Bytes | undefined {
  if (hex?.length !== length * 2 || !/^[0-9a-f]*$/u.test(hex)) return undefined;
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index += 1) {
    bytes[index] = Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16);
  }
  return bytes;
}

function hexOf(bytes: Bytes): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function newNonce(): Bytes {
  return crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
}

function split(
  text: string | undefined,
): { readonly nonce: Bytes; readonly mac: Bytes } | undefined {
  const both = bytesOf(text, NONCE_BYTES + MAC_BYTES);
  return both && { nonce: both.slice(0, NONCE_BYTES), mac: both.slice(NONCE_BYTES) };
}

function keyOf(secret: Bytes): Promise<CryptoKey> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  return crypto.subtle.importKey('raw', secret, algorithm, false, ['sign', 'verify']);
}

async function macOf(key: CryptoKey, role: Role, ...nonces: readonly Bytes[]): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, input(role, nonces)));
}

/** In constant time. */
function isMac(
  key: CryptoKey,
  role: Role,
  mac: Bytes,
  ...nonces: readonly Bytes[]
): Promise<boolean> {
  return crypto.subtle.verify('HMAC', key, mac, input(role, nonces));
}

/** The role ends with a zero byte, and nonces have one length: two different inputs are never the same bytes. */
function input(role: Role, nonces: readonly Bytes[]): Bytes {
  const label = new TextEncoder().encode(`reunion ${role}\0`);
  const bytes = new Uint8Array(label.byteLength + nonces.length * NONCE_BYTES);
  bytes.set(label);
  for (const [index, nonce] of nonces.entries()) {
    bytes.set(nonce, label.byteLength + index * NONCE_BYTES);
  }
  return bytes;
}
