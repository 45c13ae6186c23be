import { parseArgs } from 'node:util';
import { isStunServer } from '../network/direct.ts';
import { HIDDEN } from './login-item.ts';

export interface StartOptions {
  /** What this device is called on the others; undefined: as before. */
  readonly name: string | undefined;
  /** Whether to find and be found by devices on the local network. */
  readonly lan: boolean;
  readonly relays: readonly string[];
  readonly stun: readonly string[];
  readonly direct: boolean;
  /** Whether to start without the window. */
  readonly hidden: boolean;
}

/** `npm start -- --relay MULTIADDR --name Desk`, as the daemon takes it; Chromium's own switches are passed over. */
export function startOptions(args: readonly string[]): StartOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      relay: { type: 'string', multiple: true },
      stun: { type: 'string', multiple: true },
      'no-direct': { type: 'boolean' },
      'no-lan': { type: 'boolean' },
      name: { type: 'string' },
    },
    strict: false,
  });
  const texts = (given: typeof values.relay) =>
    (given ?? []).filter((text) => typeof text === 'string');
  return {
    name: typeof values.name === 'string' && values.name !== '' ? values.name : undefined,
    lan: values['no-lan'] !== true,
    relays: texts(values.relay),
    stun: texts(values.stun).filter(isStunServer),
    direct: values['no-direct'] !== true,
    hidden: args.includes(HIDDEN),
  };
}
