/** Folders whose tests need no build, no process, no browser and no socket, but for those in `LONG` and `PROCESSES`. */
const FOLDERS = [
  ...['api', 'bench', 'conversations', 'fuzz', 'group', 'helpers', 'identity', 'log', 'mvds'],
  ...['reconcile', 'sync'],
];

/** Random runs, and arithmetic that is slow on purpose: several seconds each where nothing else runs. */
const LONG = [
  'test/conversations/any-order.test.ts',
  ...of('identity', ['content-keyring', 'device-list-hostile', 'device-removal', 'keys']),
  ...of('mvds', ['ephemeral', 'properties']),
  'test/reconcile/plain-peers.test.ts',
];

const PROCESSES = ['test/sync/natural-end.test.ts'];

/** The tests of `npm run test:unit`. */
export const unit = {
  include: [
    ...FOLDERS.map((folder) => `test/${folder}/**/*.test.ts`),
    ...of('desktop', ['keychain', 'links', 'menus', 'notifications', 'notifier', 'tray']),
    ...of('device', [
      'admission/bodies',
      'conversation-names',
      'erasure-log',
      'exchange/formats',
      'files/fetcher',
      'files/hostile',
      'pause',
      'power',
      'projector',
    ]),
    ...of('headless', ['metrics/measured', 'metrics/readings']),
    ...of('network', [
      'ask-pace',
      'backoff',
      'heartbeat',
      'known-peers',
      'nameplate-registry',
      'nameplate-search',
      'relay-gate',
      'spare-connections',
      'stun',
    ]),
    ...of('node', [
      'chat-format',
      'chat-terminal',
      'store/keeping',
      'store/service',
      'transcript',
      'unmet-parents',
    ]),
    ...of('store', [
      'conversation-store',
      'earlier-build',
      'file-backend/file-backend',
      'idle-check',
      'idle-checkpoint',
      'ids-alike',
      'maintenance',
      'packed-messages',
      'query-plans',
      'settings',
      'turn-budget',
      'urgent',
    ]),
  ],
  exclude: [...LONG, ...PROCESSES],
};

function of(folder: string, names: readonly string[]): string[] {
  return names.map((name) => `test/${folder}/${name}.test.ts`);
}
