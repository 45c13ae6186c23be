import type { Environment } from 'vitest/runtime';

/**
 * Node with the few parts of a browser that the page's state uses. Modules are compiled as for a browser, so that runes react;
 * what is drawn is tested in a real Chromium, see test/e2e/.
 */
export default {
  name: 'page',
  viteEnvironment: 'client',
  setup(global: typeof globalThis) {
    const page = new EventTarget();
    const added = {
      addEventListener: page.addEventListener.bind(page),
      removeEventListener: page.removeEventListener.bind(page),
      dispatchEvent: page.dispatchEvent.bind(page),
      document: Object.assign(new EventTarget(), {
        hidden: false,
        hasFocus: () => true,
        documentElement: {},
      }),
      window: global,
      location: { hash: '', href: 'http://127.0.0.1/', reload: () => undefined },
    };
    for (const [name, value] of Object.entries(added)) {
      Object.defineProperty(global, name, { value, configurable: true, writable: true });
    }
    return {
      teardown() {
        for (const name of Object.keys(added)) Reflect.deleteProperty(global, name);
      },
    };
  },
} satisfies Environment;
