import type { MessageId, PeerId } from '../../../main/mvds/types.ts';
import type { Connections } from './network/connections.ts';
import type { Loss } from './network/loss.ts';

/** A message that a node has not held before. `from`: the neighbour it came from; undefined at its author. */
export interface Arrival {
  readonly id: MessageId;
  readonly at: PeerId;
  readonly from: PeerId | undefined;
}

/** What a world gives each of its nodes. */
export interface NodeParts {
  readonly peerId: PeerId;
  readonly seed: number;
  readonly connections: Connections;
  readonly loss: Loss;
  /** The node that all others know first. */
  readonly bootstrap: PeerId;
  /** All nodes that there are, up or not. */
  readonly everybody: () => readonly PeerId[];
  readonly onArrival: (arrival: Arrival) => void;
  readonly onError: (error: unknown) => void;
}

/** A node of a world, with what it keeps from one life to the next. */
export interface ScaleNode {
  readonly peerId: PeerId;
  readonly held: ReadonlySet<MessageId>;
  /** With how many others it synchronizes. */
  readonly neighbours: number;
  start(): Promise<void>;
  /** `isNoticed`: its connections are closed for it; else they fall silent. */
  kill(isNoticed: boolean): void;
  publish(body: Uint8Array): void;
  /** Once a second. */
  heartbeat(): void;
  /** Every five seconds. */
  look(): void;
  /** Who there is has changed. */
  setPeers(peers: readonly PeerId[]): void;
}
