import type { Connection, Libp2p, Stream } from '@libp2p/interface';
import { parsePeerId, peerIdToBytes } from '../helpers/peer-id.ts';
import type { Asker } from '../helpers/request-limit.ts';
import type { PeerId } from '../mvds/types.ts';
import {
  RendezvousAction,
  RendezvousOutcome,
  RendezvousReply,
  RendezvousRequest,
} from '../proto/rendezvous.ts';
import { RENDEZVOUS_FRAME_BYTES_MAX, RENDEZVOUS_PROTOCOL } from './constants.ts';
import { frameChannel } from './framing.ts';
import { nameplateOfNumber } from './nameplate.ts';
import type { Nameplate } from './nameplate.ts';
import type { ClaimOutcome, NameplateRegistry } from './nameplate-registry.ts';
import { placeOf } from './place.ts';

/** What answers the requests that come in: a relay's registry, or a device with one nameplate of its own. */
export interface RendezvousService {
  claim(asker: Asker<PeerId>, nameplate: Nameplate): ClaimOutcome;
  lookup(asker: Asker<PeerId>, nameplate: Nameplate): PeerId | 'limited' | undefined;
  release(asker: Asker<PeerId>, nameplate: Nameplate): void;
}

const outcomeToWire: Readonly<Record<ClaimOutcome, RendezvousOutcome>> = {
  ok: RendezvousOutcome.OK,
  taken: RendezvousOutcome.TAKEN,
  limited: RendezvousOutcome.LIMITED,
};

/** Serves a registry at a relay to those that may use it; a device that is gone loses its nameplates. */
export async function serveRegistry(
  node: Libp2p,
  registry: NameplateRegistry,
  mayAsk: (peer: PeerId) => boolean = () => true,
): Promise<void> {
  node.addEventListener('peer:disconnect', ({ detail }) =>
    registry.disconnected(detail.toString()),
  );
  await serveRendezvous(node, registry, mayAsk);
}

/** Not on relayed connections: whoever comes through a relay can ask that relay. */
export async function serveRendezvous(
  node: Libp2p,
  service: RendezvousService,
  mayAsk: (peer: PeerId) => boolean,
): Promise<void> {
  await node.handle(RENDEZVOUS_PROTOCOL, (stream, connection) => {
    const asker = askerOf(connection);
    if (!asker || !mayAsk(asker.peer)) {
      stream.abort(new Error('not to be answered'));
      return;
    }
    void serveOne(stream, asker, service).catch((error: unknown) =>
      stream.abort(error instanceof Error ? error : new Error('no request')),
    );
  });
}

function askerOf(connection: Connection): Asker<PeerId> | undefined {
  const peer = parsePeerId(connection.remotePeer.toString());
  return peer && { peer, address: placeOf(connection.remoteAddr) };
}

async function serveOne(
  stream: Stream,
  asker: Asker<PeerId>,
  service: RendezvousService,
): Promise<void> {
  const channel = frameChannel(stream, RENDEZVOUS_FRAME_BYTES_MAX);
  const frame = await channel.read();
  if (!frame) return;
  const { action, nameplate: number } = RendezvousRequest.decode(frame);
  const nameplate = nameplateOfNumber(number);
  if (nameplate === undefined) throw new RangeError(`${number} is no nameplate`);
  await channel.write(RendezvousReply.encode(replyTo(action, nameplate, asker, service)));
  await channel.close();
}

function replyTo(
  action: RendezvousAction,
  nameplate: Nameplate,
  asker: Asker<PeerId>,
  service: RendezvousService,
): RendezvousReply {
  switch (action) {
    case RendezvousAction.CLAIM:
      return { outcome: outcomeToWire[service.claim(asker, nameplate)] };
    case RendezvousAction.LOOKUP: {
      const found = service.lookup(asker, nameplate);
      if (found === undefined) return { outcome: RendezvousOutcome.UNKNOWN_NAMEPLATE };
      if (found === 'limited') return { outcome: RendezvousOutcome.LIMITED };
      return { outcome: RendezvousOutcome.OK, peer: peerIdToBytes(found) };
    }
    case RendezvousAction.RELEASE:
      service.release(asker, nameplate);
      return { outcome: RendezvousOutcome.OK };
    case RendezvousAction.NO_ACTION:
      throw new RangeError('a request without an action');
  }
}
