import { expect, it } from 'vitest';
import { commandArguments } from '../../main/api/contract.ts';
import { noHost, noWeb } from '../../main/api/no-host.ts';

it('a browser has no settings of a host, and says so', async () => {
  expect(await noHost.hostSettings({})).toBeNull();
  for (const call of [
    noHost.setHostSettings({ background: false }),
    noHost.checkForUpdates({}),
    noHost.installUpdate({}),
  ]) {
    await expect(call).rejects.toMatchObject({ code: 'not-found' });
  }
});

it('an app has no sessions of browsers, makes no links to its page, and needs no tickets', async () => {
  expect(await noWeb.webSessions({})).toBeNull();
  expect(await noWeb.contentTicket({ method: 'GET', path: '/backup' })).toEqual({ ticket: null });
  for (const call of [noWeb.createWebLink({}), noWeb.endWebSession({ session: 'all' })]) {
    await expect(call).rejects.toMatchObject({ code: 'not-found' });
  }
});

it('what is set is one of the settings, and what they may be', () => {
  const allows = (given: unknown) => commandArguments.setHostSettings.safeParse(given).success;
  expect(allows({ staleDays: 0 })).toBe(true);
  expect(allows({})).toBe(true);
  for (const wrong of [
    { staleDays: -1 },
    { staleDays: 1.5 },
    { hasTray: true },
    { background: 1 },
  ]) {
    expect(allows(wrong)).toBe(false);
  }
});
