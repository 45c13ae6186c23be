/** `npm run bench -- <subcommand>`. Figures depend on the machine: nothing here is asserted in tests. */
import { benchReconcile, RECONCILE_USAGE } from './reconcile.ts';
import { benchSync, SYNC_USAGE } from './sync.ts';
import { benchStore, STORE_USAGE } from './store.ts';
import { storeStep } from './store-steps.ts';

const USAGE = `Measures Reunion and prints each figure beside its bar.

  npm run bench -- store [options]
  npm run bench -- sync [options]
  npm run bench -- reconcile

${STORE_USAGE}
${SYNC_USAGE}
${RECONCILE_USAGE}`;

/** As shells have it for a command that was called wrongly. */
const USAGE_ERROR = 2;

const SUBCOMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  store: benchStore,
  sync: benchSync,
  reconcile: benchReconcile,
  // What `store` runs in a process of its own, so that nothing it did before is in the figures.
  'store-step': storeStep,
};

const [name = '', ...args] = process.argv.slice(2);
const subcommand = Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined;
if (name === '--help') {
  process.stdout.write(USAGE);
} else if (subcommand === undefined) {
  process.stderr.write(USAGE);
  process.exitCode = USAGE_ERROR;
} else {
  try {
    await subcommand(args);
  } catch (error) {
    if (!(error instanceof TypeError && 'code' in error)) throw error;
    // What `parseArgs` says of an option that it does not know.
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    process.exitCode = USAGE_ERROR;
  }
}
