import type { ApiEvent } from '../../main/api/types.ts';
import type { Path } from '../../main/sync/ports.ts';
import { letIn, OwnDevice, relayHere } from '../helpers/own-devices.ts';
import { temporaryFolder } from '../helpers/processes.ts';

/** Texts that are on their way to the device at the same time while it is filled. */
const FILLING_AT_ONCE = 256;
const TEXT_BYTES = 300;

const DIRECT = { direct: true, directBindAddress: '127.0.0.1' };

export interface DirectTransfer {
  /** Messages that the receiver holds, and the sender. */
  readonly held: readonly [number, number];
  /** Messages that the receiver did not hold at first. */
  readonly missing: number;
  /** Messages that had arrived when the session moved. */
  readonly atMove: number;
  /** Payload bytes that came by the relay and by the direct path. */
  readonly bytes: { readonly relay: number; readonly direct: number };
  /** The longest time without a new message, milliseconds. */
  readonly longestPauseMs: number;
  /** How the receiver saw itself connected, one after the other. */
  readonly paths: readonly Path[];
  /** How the sender is connected in the end. */
  readonly pathHere: Path | null | undefined;
}

/** What a device shows while messages come in. */
class Watch {
  #lastAt = 0;
  #messages = 0;
  longestPauseMs = 0;
  atMove: number | undefined;
  readonly paths: Path[] = [];
  readonly bytes = { relay: 0, direct: 0 };

  see(event: ApiEvent): void {
    if (event.kind !== 'status') return;
    const { peers, storage } = event.status;
    const [peer] = peers;
    if (storage.messages > this.#messages) {
      const now = performance.now();
      // What was there at the start is no arrival.
      if (this.#messages > 0) {
        this.longestPauseMs = Math.max(this.longestPauseMs, now - this.#lastAt);
      }
      this.#lastAt = now;
      this.#messages = storage.messages;
    }
    if (peer?.path && peer.path !== this.paths.at(-1)) this.paths.push(peer.path);
    if (peer?.path === 'direct') this.atMove ??= storage.messages;
    if (peer?.path === 'relay' || peer?.path === 'direct') {
      this.bytes[peer.path] = Math.max(this.bytes[peer.path], peer.bytesReceived);
    }
  }
}

/** Moves a history from one device to another, which are connected through a relay at first and directly soon after. */
export async function transferOntoDirect(messages: number): Promise<DirectTransfer> {
  const relay = await relayHere();
  const folder = temporaryFolder();
  const from = await OwnDevice.start('from', relay, DIRECT);
  const before = await OwnDevice.start('to', relay, { folder });
  await letIn(from, before);
  await before.eventually(async () => isInStep(before), 'in step before there is anything');
  const heldBefore = (await before.commands.status({})).storage.messages;
  await before.close();
  await fill(from, messages);
  const held = (await from.commands.status({})).storage.messages;

  const to = await OwnDevice.start(undefined, relay, { folder, ...DIRECT });
  const watch = new Watch();
  to.onEvent((event) => watch.see(event));
  await to.eventually(async () => isInStep(to), 'in step, there');
  await from.eventually(async () => isInStep(from), 'in step, here');
  const [there, here] = [await to.commands.status({}), await from.commands.status({})];
  return {
    held: [there.storage.messages, held],
    missing: there.storage.messages - heldBefore,
    atMove: watch.atMove ?? there.storage.messages,
    bytes: watch.bytes,
    longestPauseMs: watch.longestPauseMs,
    paths: watch.paths,
    pathHere: here.peers[0]?.path,
  };
}

async function isInStep(device: OwnDevice): Promise<boolean> {
  const [peer] = (await device.commands.status({})).peers;
  return peer?.state === 'up-to-date';
}

async function fill(device: OwnDevice, messages: number): Promise<void> {
  let next = 0;
  const send = async (): Promise<void> => {
    while (next < messages) {
      const text = `${next} `.padEnd(TEXT_BYTES, 'some text that is long enough to count, ');
      next += 1;
      await device.send(text);
    }
  };
  await device.send('first');
  await Promise.all(Array.from({ length: FILLING_AT_ONCE }, send));
}

/** What was on its way when the session moved may come again: a window, and frames that find out what is missing. */
const IN_FLIGHT_BYTES = 1.5 * 1024 * 1024;

/** The most bytes that a transfer may take which sends nothing again but what was in flight. */
export function bytesAllowed({ bytes, atMove, missing }: DirectTransfer): number {
  return (bytes.relay / atMove) * missing * 1.05 + IN_FLIGHT_BYTES;
}
