import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Passes TCP connections on to a port of loopback, and cuts one where a test wants it. */
export class CuttingProxy {
  readonly #server: Server;
  readonly #target: number;
  readonly #sockets = new Set<Socket>();
  #cut: { readonly word: string; readonly done: () => void } | undefined;

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((client) => this.#join(client));
  }

  static async open(target: number): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    onTestFinished(() => {
      for (const socket of proxy.#sockets) socket.destroy();
      proxy.#server.close();
    });
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /**
   * Passes on the next request that holds `word`, and cuts its connection in the place of the answer: the server has done it, and
   * who asked never hears of that. Resolves after it.
   */
  cutAnswerTo(word: string): Promise<void> {
    return new Promise((done) => (this.#cut = { word, done }));
  }

  #join(client: Socket): void {
    const server = connect(this.#target, '127.0.0.1');
    let cut: (() => void) | undefined;
    client.on('data', (data) => {
      if (this.#cut && data.includes(this.#cut.word)) {
        cut = this.#cut.done;
        this.#cut = undefined;
      }
      server.write(data);
    });
    server.on('data', (data) => {
      if (!cut) {
        client.write(data);
        return;
      }
      client.destroy();
      server.destroy();
      cut();
    });
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => other.destroy());
    }
  }
}
