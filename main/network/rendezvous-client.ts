import type { Connection } from '@libp2p/interface';
import { peerIdOfBytes } from '../helpers/peer-id.ts';
import type { PeerId } from '../mvds/types.ts';
import {
  RendezvousAction,
  RendezvousOutcome,
  RendezvousReply,
  RendezvousRequest,
} from '../proto/rendezvous.ts';
import {
  RENDEZVOUS_FRAME_BYTES_MAX,
  RENDEZVOUS_PROTOCOL,
  RENDEZVOUS_TIMEOUT_MS,
} from './constants.ts';
import { frameChannel } from './framing.ts';
import type { Nameplate } from './nameplate.ts';
import type { ClaimOutcome } from './nameplate-registry.ts';

/** There was no answer: the other side does not speak the protocol, or is gone, silent or not to be understood. */
export type Unanswered = 'no-rendezvous' | 'unreachable';

export async function askToClaim(
  connection: Connection,
  nameplate: Nameplate,
): Promise<ClaimOutcome | Unanswered> {
  const reply = await ask(connection, RendezvousAction.CLAIM, nameplate);
  if (typeof reply === 'string') return reply;
  switch (reply.outcome) {
    case RendezvousOutcome.OK:
      return 'ok';
    case RendezvousOutcome.TAKEN:
      return 'taken';
    case RendezvousOutcome.LIMITED:
    case RendezvousOutcome.UNKNOWN_NAMEPLATE:
      return 'limited';
  }
}

/** Resolves with the device that a nameplate stands for, or with why there is none. */
export async function askWhose(
  connection: Connection,
  nameplate: Nameplate,
  signal: AbortSignal,
): Promise<{ readonly peerId: PeerId } | 'unknown-nameplate' | 'limited' | Unanswered> {
  const reply = await ask(connection, RendezvousAction.LOOKUP, nameplate, signal);
  if (typeof reply === 'string') return reply;
  if (reply.outcome === RendezvousOutcome.LIMITED) return 'limited';
  const peerId = reply.peer && peerIdOfBytes(reply.peer);
  return reply.outcome === RendezvousOutcome.OK && peerId ? { peerId } : 'unknown-nameplate';
}

/** Resolves once the other side has answered, or will not. */
export async function askToRelease(connection: Connection, nameplate: Nameplate): Promise<void> {
  await ask(connection, RendezvousAction.RELEASE, nameplate);
}

async function ask(
  connection: Connection,
  action: RendezvousAction,
  nameplate: Nameplate,
  cancelled?: AbortSignal,
): Promise<RendezvousReply | Unanswered> {
  const timeout = AbortSignal.timeout(RENDEZVOUS_TIMEOUT_MS);
  const signal = cancelled ? AbortSignal.any([timeout, cancelled]) : timeout;
  try {
    const stream = await connection.newStream(RENDEZVOUS_PROTOCOL, { signal });
    signal.addEventListener('abort', () => stream.abort(new Error('no answer in time')));
    const channel = frameChannel(stream, RENDEZVOUS_FRAME_BYTES_MAX);
    await channel.write(RendezvousRequest.encode({ action, nameplate: Number(nameplate) }));
    const frame = await channel.read();
    await channel.close();
    return frame ? RendezvousReply.decode(frame) : 'unreachable';
  } catch (error) {
    const isUnknown = error instanceof Error && error.name === 'UnsupportedProtocolError';
    return isUnknown ? 'no-rendezvous' : 'unreachable';
  }
}
