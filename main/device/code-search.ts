import { ReunionError } from '../api/errors.ts';
import type { PairingCode } from '../identity/pairing-code.ts';
import type { Network } from '../network/network.ts';
import { parseNameplate } from '../network/nameplate.ts';
import type { NameplateCandidate, TriedSource } from '../network/nameplate-search.ts';

/** A relay that is still being connected to is waited for this long, milliseconds. */
const SEARCH_MS = 12_000;
/** Once all relays have answered, devices on the local network may still announce themselves for this long. */
const LAN_MS = 3_000;

/**
 * The devices that may show a code, each as it is found. Ends once `signal` aborts, or none was found in time; then throws
 * `ReunionError`, which says what was tried.
 */
export async function* devicesShowing(
  network: Network,
  { nameplate }: PairingCode,
  signal: AbortSignal,
): AsyncGenerator<NameplateCandidate, void, undefined> {
  const parsed = parseNameplate(nameplate);
  if (!parsed) throw new RangeError('a nameplate has 4 digits');
  const late = new AbortController();
  const either = AbortSignal.any([signal, late.signal, AbortSignal.timeout(SEARCH_MS)]);
  const search = network.findNameplate(parsed, either);
  void search.asked().then(() => {
    const isWaiting = search.tried().some(({ outcome }) => outcome === 'unreachable');
    if (!isWaiting) AbortSignal.timeout(LAN_MS).addEventListener('abort', () => late.abort());
  });
  yield* search.candidates();
  if (!signal.aborted) throw notFound(nameplate, search.tried());
}

function notFound(nameplate: string, tried: readonly TriedSource[]): ReunionError {
  const relays = tried.filter(({ kind }) => kind === 'relay');
  if (relays.some(({ outcome }) => outcome === 'limited')) {
    return new ReunionError(
      'code-unknown',
      'Codes were tried too often from here; wait a minute, or use the link.',
    );
  }
  if (relays.some(({ outcome }) => outcome === 'unknown-nameplate')) {
    return new ReunionError(
      'code-unknown',
      `No device shows a code that begins with ${nameplate} at present; look at the other device again: codes change every five minutes.`,
    );
  }
  const [relay] = relays;
  if (relay) {
    const why =
      relay.outcome === 'unreachable'
        ? 'cannot be reached'
        : 'does not pass on codes; use the link';
    return new ReunionError(
      'inviter-unreachable',
      `No device on this network shows that code, and the relay ${relay.address} ${why}.`,
    );
  }
  return new ReunionError(
    'inviter-unreachable',
    'No device on this network shows that code, and this device knows no relay to look further; use the link, which names one.',
  );
}
