import { FaultTolerance } from '@libp2p/interface';

/** An address that was asked for cannot be listened on. Its message is one sentence for a person. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

const REASONS: readonly (readonly [pattern: RegExp, told: string])[] = [
  [/EADDRINUSE/u, 'it is in use by another program'],
  [/EACCES|EPERM/u, 'permission was denied'],
  [/EADDRNOTAVAIL/u, 'this computer has no such address'],
];

/**
 * How a node is to take it when it cannot listen: addresses that a person asked for must work, those that are taken by
 * default may fail (a computer without IPv6, say).
 */
export function faultTolerance(asked: boolean): { readonly faultTolerance: FaultTolerance } {
  return { faultTolerance: asked ? FaultTolerance.FATAL_ALL : FaultTolerance.NO_FATAL };
}

/** Turns libp2p's report of the addresses that it could not listen on into a `ListenError`; any other error stays. */
export function toListenError(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'UnsupportedListenAddressesError') return error;
  // The report names addresses and causes only in its text (libp2p 3.3).
  const [, address = 'The address'] = /^\s+(\/\S+): /mu.exec(error.message) ?? [];
  const reason = REASONS.find(([pattern]) => pattern.test(error.message))?.[1];
  return new ListenError(
    `${address} cannot be listened on: ${reason ?? 'it is of no known kind'}.`,
  );
}
