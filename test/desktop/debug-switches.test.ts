import { expect, onTestFinished, test, vi } from 'vitest';
import { OWN_JS_FLAGS } from '../../main/desktop/debug-switches.ts';
import { temporaryFolder } from '../helpers/processes.ts';
import { createStandIn } from './electron-stand-in.ts';

/** Starts the program on the stand-in, with these switches; returns what it ended with. */
async function started(isPackaged: boolean, ...switches: string[]) {
  const standIn = createStandIn(temporaryFolder());
  Object.assign(standIn.app, { isPackaged });
  for (const each of switches) {
    const [name = '', ...value] = each.split('=');
    standIn.app.switches.add(name);
    standIn.app.switchValues.set(name, value.join('='));
  }
  const starts: string[] = [];
  vi.resetModules();
  vi.doMock('electron', () => standIn.electron);
  vi.doMock('../../main/desktop/app.ts', () => ({ startApp: () => void starts.push('app') }));
  const error = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  onTestFinished(() => {
    vi.doUnmock('electron');
    vi.doUnmock('../../main/desktop/app.ts');
    error.mockRestore();
  });
  await import('../../main/desktop/main.ts');
  return { starts, exits: standIn.app.exits, told: error.mock.calls.flat() };
}

test.each([
  'remote-debugging-port',
  'remote-debugging-pipe',
  'inspect',
  'inspect-brk',
  'js-flags',
  'load-extension',
  'renderer-cmd-prefix',
])('the packed app does not start with --%s, and says so in a sentence', async (name) => {
  const { starts, exits, told } = await started(true, 'hidden', name);
  expect(starts).toEqual([]);
  expect(exits).toEqual([1]);
  expect(told).toEqual([expect.stringMatching(`^Reunion does not start with --${name}, .*\\.\n$`)]);
});

test('the flags of V8 that the package starts it with are no reason not to start, and others with them are', async () => {
  const own = `js-flags=${OWN_JS_FLAGS}`;
  expect(await started(true, own)).toMatchObject({ starts: ['app'], exits: [] });
  expect(await started(true, `${own} --expose-gc`)).toMatchObject({ starts: [], exits: [1] });
});

test('other switches, and a debugger for who works on the source, are no reason not to start', async () => {
  expect(await started(true, 'password-store', 'no-sandbox', 'hidden')).toMatchObject({
    starts: ['app'],
    exits: [],
  });
  expect(await started(false, 'inspect', 'remote-debugging-port')).toMatchObject({
    starts: ['app'],
    exits: [],
  });
});
