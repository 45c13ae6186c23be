import type { Logger } from 'pino';
import type { Clock } from '../../helpers/clock.ts';
import type { UnmetParents } from '../../mvds/events.ts';

/** Told of at most this often, milliseconds: whoever writes one such message can write thousands. */
const TELL_MS = 10 * 60_000;

/** Tells a sentence for the log, and the first of the reports that it is about. */
export type TellUnmet = (text: string, first: UnmetParents) => void;

/** Tells as a warning of a log, with the ids. */
export function warning(logger: Logger): TellUnmet {
  return (text, { messageId, groupId, source }) => {
    logger.warn({ message: messageId, group: groupId, source }, text);
  };
}

/**
 * For messages that are delivered although messages they follow never came: the first is told of at once, and those within the
 * next ten minutes together at their end.
 */
export class UnmetParentsLog {
  readonly #clock: Clock;
  readonly #tell: TellUnmet;
  #waiting: UnmetParents | undefined;
  #count = 0;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, tell: TellUnmet) {
    this.#clock = clock;
    this.#tell = tell;
  }

  readonly take = (unmet: readonly UnmetParents[]): void => {
    this.#waiting ??= unmet[0];
    this.#count += unmet.length;
    if (!this.#cancel) this.#tellAll();
  };

  /** Messages that wait are told of. */
  stop(): void {
    this.#cancel?.();
    this.#tellAll();
    this.#cancel?.();
  }

  #tellAll(): void {
    const [first, count] = [this.#waiting, this.#count];
    this.#cancel = undefined;
    if (!first) return;
    this.#waiting = undefined;
    this.#count = 0;
    this.#tell(sentence(first, count), first);
    this.#cancel = this.#clock.schedule(TELL_MS, () => this.#tellAll());
  }
}

function sentence({ type }: UnmetParents, count: number): string {
  if (count > 1) {
    return `${count} messages were delivered although messages that they follow never came.`;
  }
  const reason = type === 'circle' ? 'they follow each other in a circle' : 'nobody has them';
  return `A message was delivered although messages that it follows never came: ${reason}.`;
}
