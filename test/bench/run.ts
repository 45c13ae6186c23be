// `npm run bench -- <subcommand>`. Figures depend on the machine: nothing here is asserted in tests.
export {};

interface Subcommand {
  readonly run: (args: readonly string[]) => Promise<void>;
  /** What it does and its options; undefined for what only other subcommands run. */
  readonly usage?: string;
}

/** As shells have it for a command that was called wrongly. */
const USAGE_ERROR = 2;

/** Loaded when asked for: what the others need is not to be in the figures of one. */
const SUBCOMMANDS: Readonly<Record<string, () => Promise<Subcommand>>> = {
  store: async () => {
    const { benchStore, STORE_USAGE } = await import('./store.ts');
    return { run: benchStore, usage: STORE_USAGE };
  },
  sync: async () => {
    const { benchSync, SYNC_USAGE } = await import('./sync.ts');
    return { run: benchSync, usage: SYNC_USAGE };
  },
  peers: async () => {
    const { benchPeers, PEERS_USAGE } = await import('./peers/index.ts');
    return { run: benchPeers, usage: PEERS_USAGE };
  },
  reconcile: async () => {
    const { benchReconcile, RECONCILE_USAGE } = await import('./reconcile.ts');
    return { run: benchReconcile, usage: RECONCILE_USAGE };
  },
  network: async () => {
    const { benchNetwork, NETWORK_USAGE } = await import('./network.ts');
    return { run: benchNetwork, usage: NETWORK_USAGE };
  },
  idle: async () => {
    const { benchIdle, IDLE_USAGE } = await import('./idle.ts');
    return { run: benchIdle, usage: IDLE_USAGE };
  },
  renderer: async () => {
    const { benchRenderer, RENDERER_USAGE } = await import('./renderer.ts');
    return { run: benchRenderer, usage: RENDERER_USAGE };
  },
  // The other end of `network`.
  'network-peer': async () => ({ run: (await import('./network-peer.ts')).networkPeer }),
  // One process of another system, which `peers` measures.
  'peers-role': async () => ({ run: (await import('./peers/role.ts')).playRole }),
  // What `store` runs in a process of its own, so that nothing it did before is in the figures.
  'store-step': async () => ({ run: (await import('./store-steps.ts')).storeStep }),
};

async function usage(): Promise<string> {
  const loaded = await Promise.all(Object.values(SUBCOMMANDS).map((each) => each()));
  const listed = loaded.flatMap(({ usage: text }) => text ?? []);
  return `Measures Reunion and prints each figure beside its bar.

  npm run bench -- <subcommand> [options]

${listed.join('\n')}`;
}

const [chosen = '', ...args] = process.argv.slice(2);
const load = Object.hasOwn(SUBCOMMANDS, chosen) ? SUBCOMMANDS[chosen] : undefined;
if (chosen === '--help') {
  process.stdout.write(await usage());
} else if (load === undefined) {
  process.stderr.write(await usage());
  process.exitCode = USAGE_ERROR;
} else {
  try {
    await (await load()).run(args);
  } catch (error) {
    if (!(error instanceof TypeError && 'code' in error)) throw error;
    // What `parseArgs` says of an option that it does not know.
    process.stderr.write(`${error.message}\n\n${await usage()}`);
    process.exitCode = USAGE_ERROR;
  }
}
