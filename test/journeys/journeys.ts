import { expect, test } from 'vitest';
import { startRelay } from '../helpers/processes.ts';
import { apiOf, eventually } from '../helpers/watch.ts';
import type { AppPage } from './app-page.ts';

/** One app of a person, on a computer of its own. */
interface RunningApp {
  /** Its data folder, by which the command line talks to it too. */
  readonly folder: string;
  /** The page in its window as it is now. */
  page(): AppPage;
  /** Closes the window as a person does. The device goes on. */
  closeWindow(): Promise<void>;
  /** Opens it again. */
  reopen(): Promise<void>;
}

/** What shows the page: a browser, or Electron. */
export interface Host {
  readonly name: string;
  /** Starts an app with an empty data folder; it ends with the test. */
  start(name: string, options: readonly string[]): Promise<RunningApp>;
}

const PATIENCE_MS = 120_000;

/** What a person goes through with Reunion, in whatever host. */
export function journeys(host: Host): void {
  test(
    `${host.name}: a first device, a second one that joins it, and what is written on both`,
    async () => {
      const { desk, laptop } = await two(host);
      await laptop.page().sees('written on the desk');
      await laptop.page().write('written on the laptop');
      await desk.page().sees('written on the laptop');
    },
    PATIENCE_MS,
  );

  test(
    `${host.name}: a closed window leaves the device running, and shows what came when it is opened again`,
    async () => {
      const { desk, laptop } = await two(host);
      await laptop.page().sees('written on the desk');
      await desk.closeWindow();
      await laptop.page().write('while the window was closed');

      // It has come although no window is there.
      const api = await apiOf(desk.folder);
      const has = async () => {
        const page = await api.call('messages', { conversation: 'Journal', limit: 10 });
        return page.messages.some(({ text }) => text === 'while the window was closed');
      };
      await eventually(api, has, 'the message is on the desk');
      await desk.reopen();
      await desk.page().sees('while the window was closed');
      await desk.page().write('written after that');
      await laptop.page().sees('written after that');
    },
    PATIENCE_MS,
  );

  test(
    `${host.name}: a device that is removed says so, keeps what it has and gets nothing new`,
    async () => {
      const { desk, laptop, laptopId } = await two(host);
      await laptop.page().sees('written on the desk');
      await desk.page().remove('Laptop');
      await desk.page().seesDevice(laptopId, 'Removed');
      await laptop.page().seesOwnRemoval('Desk');
      await desk.page().write('not for the laptop');
      await laptop.page().sees('written on the desk');
      const api = await apiOf(laptop.folder);
      const { messages } = await api.call('messages', { conversation: 'Journal', limit: 10 });
      expect(messages.map(({ text }) => text)).toEqual(['written on the desk']);
    },
    PATIENCE_MS,
  );
}

/** A first device that has written something, and a second that has joined it, all in the page. */
async function two(host: Host) {
  const relay = await startRelay();
  const desk = await host.start('Desk', ['--relay', relay.address]);
  const laptop = await host.start('Laptop', []);
  await desk.page().startAsFirstDevice();
  await desk.page().startConversation('Journal');
  await desk.page().write('written on the desk');
  const link = await desk.page().invite();
  const digits = await laptop.page().join(link);
  await desk.page().approve('Laptop', digits);
  const api = await apiOf(laptop.folder);
  const { device } = await api.call('status', {});
  await desk.page().seesDevice(device.id, 'Up to date');
  return { desk, laptop, laptopId: device.id };
}
