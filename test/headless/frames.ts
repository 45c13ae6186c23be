import fc from 'fast-check';
import { commandArguments } from '../../main/api/contract.ts';
import type { DeviceFrame } from '../../main/api/frames.ts';
import type { Channel } from '../../main/api/frames.ts';
import { serveApi } from '../../main/api/server.ts';
import type { DeviceCommands, DeviceService } from '../../main/api/server.ts';

const COMMANDS = Object.keys(commandArguments) as (keyof typeof commandArguments)[];

const identifier = fc.oneof(
  fc.nat(),
  fc.constantFrom(-1, 0.5, Number.MAX_SAFE_INTEGER + 2, null, '1', true, []),
);
const command = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<unknown>(...COMMANDS) },
  fc.constantFrom<unknown>('__proto__', 'constructor', 'toString', 'hasOwnProperty', '', 7, null),
  fc.string({ maxLength: 300, unit: 'binary' }),
);

/** Whatever JSON can say, and what comes near to a request. */
export const frames: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, [], 1, 'x', true, {}, { event: null }, [[[[]]]]),
  fc.jsonValue(),
  fc.record({ id: identifier, command, arguments: fc.jsonValue() }, { requiredKeys: [] }),
  fc.record({ id: fc.nat(), command: fc.constantFrom(...COMMANDS), arguments: fc.jsonValue() }),
  fc.record({
    id: fc.nat(),
    command: fc.constantFrom(...COMMANDS),
    arguments: fc.dictionary(
      fc.constantFrom('device', 'conversation', 'text', 'messageId', 'limit', 'path', '__proto__'),
      fc.jsonValue(),
    ),
  }),
);

export interface Outcome {
  readonly frame: unknown;
  readonly answers: readonly DeviceFrame[];
  readonly isClosed: boolean;
}

/** A device whose commands do nothing, and some of which fail as a bug does. */
function idleDevice(bugs: unknown[]): DeviceService {
  const entries = COMMANDS.map((name, index) => [
    name,
    async () => {
      if (index % 7 === 0) throw new TypeError('a bug');
      return {};
    },
  ]);
  return {
    commands: Object.fromEntries(entries) as DeviceCommands,
    onEvent: () => () => undefined,
    files: {} as DeviceService['files'],
    onBug: (error) => void bugs.push(error),
  };
}

/** Hands one frame to a channel that serves a device, and waits for what comes of it. */
export async function served(frame: unknown): Promise<Outcome> {
  const answers: DeviceFrame[] = [];
  const settled = Promise.withResolvers<undefined>();
  let isClosed = false;
  let hand: (frame: unknown) => void = () => undefined;
  const channel: Channel<DeviceFrame, unknown> = {
    send(answer) {
      answers.push(answer);
      settled.resolve(undefined);
    },
    onFrame: (listener) => (hand = listener),
    onClose: () => undefined,
    close() {
      isClosed = true;
      settled.resolve(undefined);
    },
  };
  serveApi(idleDevice([]), channel);
  hand(frame);
  await settled.promise;
  return { frame, answers, isClosed };
}

/** A closed channel, or one answer that bears the id of the request: nothing else may come of a frame. */
export function isSound({ frame, answers, isClosed }: Outcome): boolean {
  if (isClosed) return answers.length === 0;
  const [answer] = answers;
  if (answers.length !== 1 || !answer || !('id' in answer)) return false;
  return answer.id === (frame as { id: unknown }).id && JSON.stringify(answer).length < 2_000;
}
