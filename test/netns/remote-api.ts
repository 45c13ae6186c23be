/**
 * Runs inside a network namespace, beside the device whose data folder is its argument: passes on commands of the api, a
 * JSON object a line, and what the device answers and pushes.
 */
import { createInterface } from 'node:readline';
import type { Command, CommandArguments } from '../../main/api/contract.ts';
import { connect } from '../../main/headless/connect.ts';

const client = await connect(process.argv[2] ?? '');
const print = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`);
client.onEvent((event) => print({ event }));
client.onClose(() => process.exit(0));
print({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const { id, command, args } = JSON.parse(line) as {
    id: number;
    command: Command;
    args: CommandArguments[Command];
  };
  client.call(command, args).then(
    (result) => print({ id, result }),
    (error: unknown) => print({ id, error: (error as Error).message }),
  );
}
client.close();
