import fc from 'fast-check';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { bytesOf, proveAsClient, proveAsServer } from '../../main/api/mutual-proof.ts';
import type { ProofPipe } from '../../main/api/mutual-proof.ts';
import { linePipe } from '../../main/headless/control/line-pipe.ts';

const SECRET = new Uint8Array(32).fill(7);
const OTHER = new Uint8Array(32).fill(8);

interface End extends ProofPipe {
  readonly sent: string[];
  close(): void;
}

/** Two ends in memory, each of which notes what it sent. */
function pipes(): readonly [End, End] {
  const make = (): { end: End; give: (text: string | undefined) => void } => {
    const came: (string | undefined)[] = [];
    const sent: string[] = [];
    let wake: () => void = () => undefined;
    return {
      give(text) {
        came.push(text);
        wake();
      },
      end: {
        sent,
        send: () => undefined,
        close: () => undefined,
        async receive() {
          while (came.length === 0) await new Promise<void>((resolve) => (wake = resolve));
          return came[0] === undefined ? undefined : came.shift();
        },
      },
    };
  };
  const [one, other] = [make(), make()];
  const wire = (own: typeof one, peer: typeof one): End => ({
    ...own.end,
    send(text) {
      own.end.sent.push(text);
      peer.give(text);
    },
    close: () => peer.give(undefined),
  });
  return [wire(one, other), wire(other, one)];
}

test('two ends that share a secret prove it, and never send it', async () => {
  const [server, client] = pipes();
  expect(await Promise.all([proveAsServer(SECRET, server), proveAsClient(SECRET, client)])).toEqual(
    [true, true],
  );
  const sent = [...server.sent, ...client.sent].join();
  expect(sent).not.toContain('07'.repeat(32));
  expect([server.sent.length, client.sent.length]).toEqual([2, 1]);
});

test('a client says nothing at all to a server of another secret', async () => {
  const [server, client] = pipes();
  const serving = proveAsServer(OTHER, server);
  expect(await proveAsClient(SECRET, client)).toBe(false);
  client.close();
  expect(await serving).toBe(false);
  expect(client.sent).toEqual([]);
});

test('a server lets in no client of another secret, and proves nothing more to it', async () => {
  const [server, client] = pipes();
  const serving = proveAsServer(SECRET, server);
  const [hello = ''] = await Promise.all([client.receive()]);
  // What a client of another secret would answer, had it believed the server.
  const [liar, believer] = pipes();
  const lying = proveAsServer(OTHER, liar);
  void proveAsClient(OTHER, believer);
  await lying;
  client.send(believer.sent[0] ?? '');
  expect(await serving).toBe(false);
  expect(server.sent).toEqual([hello]);
});

test('what was sent in one proof convinces nobody in another', async () => {
  const [server, client] = pipes();
  await Promise.all([proveAsServer(SECRET, server), proveAsClient(SECRET, client)]);
  const [hello = '', last = ''] = server.sent;

  // A server that replays: the client answers its greeting with a proof, and believes it no more than that.
  const [replay, victim] = pipes();
  const proving = proveAsClient(SECRET, victim);
  replay.send(hello);
  await replay.receive();
  replay.send(last);
  expect(await proving).toBe(false);

  // A client that replays, or that hands the server its own words.
  for (const text of [client.sent[0] ?? '', 'own words']) {
    const [honest, attacker] = pipes();
    const serving = proveAsServer(SECRET, honest);
    const own = (await attacker.receive()) ?? '';
    attacker.send(text === 'own words' ? own : text);
    expect(await serving).toBe(false);
  }
});

test('no text that is none of a proof is believed, or throws', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.stringMatching(/^[0-9a-f]{128}$/u),
    fc.stringMatching(/^[0-9a-fA-F]{120,140}$/u),
  );
  await fc.assert(
    fc.asyncProperty(text, text, async (first, second) => {
      const [server, client] = pipes();
      const asServer = proveAsServer(SECRET, server);
      client.send(first);
      const [foreign, victim] = pipes();
      const asClient = proveAsClient(SECRET, victim);
      foreign.send(first);
      foreign.send(second);
      expect([await asServer, await asClient]).toEqual([false, false]);
      expect(victim.sent).toEqual([]);
    }),
    { numRuns: 500 },
  );
  expect(bytesOf('0g', 1)).toBeUndefined();
});

/** The same over a real socket of any kind: on Windows it is a named pipe. */
test('over a socket, lines may come in pieces, and what follows the proof is left for others', async () => {
  const served = Promise.withResolvers<boolean>();
  const followed = Promise.withResolvers<string>();
  const server = createServer((socket) => {
    void proveAsServer(SECRET, linePipe(socket)).then((isProven) => {
      served.resolve(isProven);
      socket.once('data', (data: Buffer) => followed.resolve(data.toString()));
      socket.resume();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  const slowly: ProofPipe = { ...linePipe(socket), send: (text) => inPieces(socket, text) };
  expect(await proveAsClient(SECRET, slowly)).toBe(true);
  expect(await served.promise).toBe(true);
  socket.write('GET / HTTP/1.1');
  expect(await followed.promise).toBe('GET / HTTP/1.1');
});

function inPieces(socket: Socket, text: string): void {
  socket.setNoDelay(true);
  for (const piece of [text.slice(0, 10), text.slice(10), '\n']) socket.write(piece);
}

test('a line that never ends is not waited for', async () => {
  const served = Promise.withResolvers<boolean>();
  const server = createServer((socket) => {
    void proveAsServer(SECRET, linePipe(socket)).then(served.resolve);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.write('x'.repeat(1 << 20));
  expect(await served.promise).toBe(false);
});
