import { packPositions } from '../../../../main/mvds/ids.ts';
import type { MessageId } from '../../../../main/mvds/types.ts';
import { Negentropy, OrderedIds } from '../../../../main/reconcile/index.ts';

export interface LoggedMessage {
  readonly id: MessageId;
  /** Unix milliseconds. */
  readonly timestamp: number;
  readonly bytes: number;
}

/** What a node keeps: its messages, by id and by time. */
export class MessageLog {
  readonly #byId = new Map<MessageId, LoggedMessage>();
  readonly ids = new Set<MessageId>();

  /** False where it is there. */
  add(message: LoggedMessage): boolean {
    if (this.ids.has(message.id)) return false;
    this.ids.add(message.id);
    this.#byId.set(message.id, message);
    return true;
  }

  read(ids: readonly MessageId[]): LoggedMessage[] {
    return ids.flatMap((id) => this.#byId.get(id) ?? []);
  }

  /** From `from` on and before `to`, Unix milliseconds. */
  between(from: number, to: number): LoggedMessage[] {
    return [...this.#byId.values()].filter(({ timestamp }) => timestamp >= from && timestamp < to);
  }
}

export interface Differences {
  /** Held here and not there, and the other way round. */
  readonly have: readonly MessageId[];
  readonly need: readonly MessageId[];
  readonly frames: readonly Uint8Array[];
}

/** Reconciles a window of two logs, by negentropy V1 as the reference implementation splits it. Times are Unix milliseconds. */
export function reconcileWindow(
  here: MessageLog,
  there: MessageLog,
  from: number,
  to: number,
): Differences {
  const { session, frames: first } = Negentropy.initiate(windowOf(here, from, to));
  const answering = Negentropy.respond(windowOf(there, from, to));
  const frames = [...first];
  const have: MessageId[] = [];
  const need: MessageId[] = [];
  for (let asked = first; asked.length > 0;) {
    const answers = asked.flatMap((frame) => answering.receive(frame).frames);
    const steps = answers.map((frame) => session.receive(frame));
    for (const step of steps) {
      have.push(...step.have);
      need.push(...step.need);
    }
    asked = steps.flatMap((step) => step.frames);
    frames.push(...answers, ...asked);
  }
  return { have, need, frames };
}

function windowOf(log: MessageLog, from: number, to: number): OrderedIds {
  const ids = new OrderedIds();
  const positions = log
    .between(from, to)
    .map(({ id, timestamp }) => ({ id, timestamp: BigInt(timestamp) }));
  ids.insertPacked(packPositions(positions));
  return ids;
}
