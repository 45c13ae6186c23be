import { randomBytes } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { MeshGroup } from '../../../main/group/mesh-group.ts';
import { systemClock, systemRandom } from '../../../main/helpers/clock.ts';
import { openKeys } from '../../../main/identity/keys.ts';
import { EMPTY_PAYLOAD, encodePayload, extensionsOf } from '../../../main/mvds/codec.ts';
import type { Payload } from '../../../main/mvds/codec.ts';
import { HELLO_VERSION } from '../../../main/mvds/constants.ts';
import { messageIdOf, toMessageId } from '../../../main/mvds/ids.ts';
import type { GroupId, Message, PeerId } from '../../../main/mvds/types.ts';
import { MeshNetwork, meshService } from '../../../main/network/peers/mesh-network.ts';
import type { MeshServices } from '../../../main/network/peers/mesh-network.ts';
import type { PeerAddress } from '../../../main/network/peers/peer-address.ts';
import { PeerNetwork } from '../../../main/network/peers/peer-network.ts';
import type { Session } from '../../../main/sync/ports.ts';
import { temporaryFolder } from '../../helpers/processes.ts';

const TOPIC = 'waku/2/store-sync/proto';
const DEGREE = 8;

/** What a liar does in a session, until it has ended. `send` resolves once there is room for more. */
export type Lie = (about: {
  readonly send: (payload: Partial<Payload>) => Promise<void>;
  readonly read: () => Promise<Uint8Array | undefined>;
  readonly isOpen: () => boolean;
}) => Promise<void>;

export interface Liar {
  readonly id: PeerId;
  /** Bytes that honest nodes have taken from it. */
  bytes(): number;
  /** Sessions that it has had. */
  sessions(): number;
}

/** A node that takes its place in the mesh like any other, and lies in every session. */
export async function startLiar(bootstrap: PeerAddress, lie: Lie): Promise<Liar> {
  const keys = await openKeys(temporaryFolder(), false);
  const self = keys.peerId;
  const [clock, random] = [systemClock, systemRandom];
  let [bytes, sessions] = [0, 0];
  const network: PeerNetwork<MeshServices> = await PeerNetwork.create<MeshServices>({
    ...{ keys, listen: ['/ip4/127.0.0.1/tcp/0'], clock, random },
    admit: (peer) => group.admit(peer),
    keepsConnections: true,
    services: { pubsub: meshService(DEGREE) },
  });
  const mesh = new MeshNetwork({
    ...{ network, self, topic: TOPIC, degree: DEGREE, clock, random },
    bootstrap: [bootstrap],
  });
  const group: MeshGroup = new MeshGroup({ self, topic: mesh, degree: DEGREE, clock, random });
  group.onChange(() => network.want(new Set(group.members.keys()), new Set()));
  network.onSession((session) => {
    sessions += 1;
    void tell(session, lie, (count) => (bytes += count));
  });
  await mesh.serve();
  await network.start();
  mesh.start();
  group.start();
  onTestFinished(async () => {
    group.stop();
    mesh.stop();
    await network.stop();
  });
  return { id: self, bytes: () => bytes, sessions: () => sessions };
}

async function tell({ channel }: Session, lie: Lie, count: (bytes: number) => void): Promise<void> {
  let isOpen = true;
  const send = async (payload: Partial<Payload>): Promise<void> => {
    const frame = encodePayload({ ...EMPTY_PAYLOAD, ...payload }, 'spec');
    await channel.write(frame);
    count(frame.byteLength);
  };
  try {
    await send({
      hello: { version: HELLO_VERSION, storeId: '66'.repeat(16), maxPayloadBytes: 0, pending: 0 },
    });
    await lie({
      send,
      isOpen: () => isOpen,
      read: async () => {
        const frame = await channel.read();
        isOpen = frame !== undefined;
        return frame;
      },
    });
  } catch {
    // The honest side has ended it.
  }
  await channel.close();
}

function madeUp(groupId: GroupId, bytes: number): Message {
  const body = new Uint8Array(randomBytes(bytes));
  const timestamp = BigInt(Date.now());
  const metadata = { parents: [], ephemeral: false };
  return { id: messageIdOf(groupId, timestamp, body), groupId, timestamp, body, metadata };
}

/** Reads everything, so that the other side is never held up, while `send` goes on. */
async function whileReading(about: Parameters<Lie>[0], send: () => Promise<void>): Promise<void> {
  const reading = (async () => {
    while (await about.read());
  })();
  while (about.isOpen()) await send();
  await reading;
}

/** Offers messages that nobody has. */
export const floodOffers: Lie = (about) =>
  whileReading(about, async () => {
    const ids = Array.from({ length: 4_000 }, () => toMessageId(new Uint8Array(randomBytes(32))));
    await about.send({ offers: ids });
  });

/** Sends messages of groups that nobody shares. */
export const floodOtherGroups: Lie = (about) =>
  whileReading(about, async () => {
    const groupId = toMessageId(new Uint8Array(randomBytes(32))) as unknown as GroupId;
    const messages = Array.from({ length: 4 }, () => madeUp(groupId, 50_000));
    await about.send({ messages });
  });

/** Names groups by the thousand in the catalogue. */
export const floodGroups =
  (catalogue: GroupId): Lie =>
  (about) =>
    whileReading(about, async () => {
      const messages = Array.from({ length: 500 }, () => {
        const body = new Uint8Array(randomBytes(32));
        const metadata = { parents: [], ephemeral: false };
        return {
          id: messageIdOf(catalogue, 0n, body),
          groupId: catalogue,
          timestamp: 0n,
          body,
          metadata,
        };
      });
      await about.send({ messages });
    });

/** Answers each frame of a reconciliation with bytes that are none, and begins more. */
export const answerNonsense =
  (groupId: GroupId): Lie =>
  (about) =>
    whileReading(about, async () => {
      const frame = new Uint8Array(randomBytes(2_000));
      await about.send({ reconcile: [{ groupId, number: 1, frame }] });
    });

/** Asks for one reconciliation after another and never comes to an end. */
export const reconcileForEver = (groupId: GroupId): Lie => {
  let number = 1;
  return (about) =>
    whileReading(about, async () => {
      number += 1;
      await about.send({ reconcile: [{ groupId, number, frame: new Uint8Array(0) }] });
    });
};

/** Claims to hold the same as everybody, and gives nothing: each frame comes back as it went. */
export const withhold: Lie = async (about) => {
  for (;;) {
    const frame = await about.read();
    if (!frame) return;
    const { reconcile } = extensionsOf(frame);
    if (reconcile.length > 0) await about.send({ reconcile });
  }
};
