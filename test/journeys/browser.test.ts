import { newWebLink } from '../../main/headless/connect.ts';
import { startBrowser } from '../helpers/browser.ts';
import { startDevice, temporaryFolder } from '../helpers/processes.ts';
import { AppPage } from './app-page.ts';
import { journeys } from './journeys.ts';
import type { Host } from './journeys.ts';

/** `reunion device` and its page: closing the window is closing the page. */
const browserHost: Host = {
  name: 'browser',
  async start(name, options) {
    const folder = temporaryFolder();
    const device = await startDevice(folder, ['--name', name, ...options]);
    const browser = await startBrowser();
    const context = await browser.newContext({ viewport: { width: 1100, height: 720 } });
    let page = await context.newPage();
    await page.goto(await device.link());
    return {
      folder,
      page: () => new AppPage(page),
      closeWindow: () => page.close(),
      async reopen() {
        page = await context.newPage();
        await page.goto(await newWebLink(folder));
      },
    };
  },
};

journeys(browserHost);
