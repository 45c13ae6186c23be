import { Option } from 'commander';
import type { Command } from 'commander';
import type { DeviceRecord } from '../api/types.ts';
import { ask } from './ask.ts';
import { printable, timeText } from './output.ts';

/** Which devices stay after a backup was put back. */
export interface StayOptions {
  readonly keep?: readonly string[];
  readonly keepAll?: boolean;
}

export function addStayOptions(command: Command): Command {
  const collect = (text: string, before: string[] = []): string[] => [...before, text];
  return command
    .option('--keep <device>', 'name or id of another device that stays (repeatable)', collect)
    .addOption(new Option('--keep-all', 'all other devices stay').conflicts('keep'));
}

/**
 * The ids or names of those that stay: as the options say, else as a person at the terminal does. Undefined where nobody
 * has said anything.
 */
export async function whichStay(
  others: readonly DeviceRecord[],
  { keep, keepAll }: StayOptions,
): Promise<readonly string[] | undefined> {
  if (keepAll) return others.map(({ id }) => id);
  if (keep) return keep;
  if (!process.stdin.isTTY || others.length === 0) return undefined;
  console.error(
    'Which of your other devices do you still have? One that you do not keep is removed for good, and gets nothing new.',
  );
  const kept: string[] = [];
  for (const device of others) {
    if (await ask(`Keep ${deviceLine(device)}?`)) kept.push(device.id);
  }
  return kept;
}

export function deviceLine({ name, role, system, addedAt, id }: DeviceRecord): string {
  const kind = role === 'mailbox' ? ', a mailbox' : '';
  const about = `${printable(system ?? '')}, since ${timeText(addedAt)}`;
  return `${printable(name)}${kind} (${about})  ${id}`;
}
