import { WebSocket } from 'ws';
import { createApiClient } from '../../main/api/client.ts';
import type { ApiClient } from '../../main/api/client.ts';
import { bytesOf, proveAsClient } from '../../main/api/mutual-proof.ts';
import { socketChannel } from '../../main/headless/socket-channel.ts';

/** What a page keeps of its session. */
export interface PageSession {
  readonly id: string;
  readonly secret: string;
}

/** Opens a link as the page does, without a browser; undefined where it is refused. */
export async function openLink(link: string): Promise<PageSession | undefined> {
  const { origin, hash } = new URL(link);
  const response = await fetch(`${origin}/session`, {
    ...{ method: 'POST', body: hash.replace('#token=', '') },
    headers: { origin, 'sec-fetch-site': 'same-origin' },
  });
  return response.ok ? ((await response.json()) as PageSession) : undefined;
}

/** The WebSocket of a session, proven on both sides; rejects where it is refused. */
export async function openSocket(origin: string, session: PageSession): Promise<WebSocket> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/?session=${session.id}`, {
    headers: { origin },
  });
  const came: string[] = [];
  let wake: () => void = () => undefined;
  socket.on('message', (data: Buffer) => {
    came.push(data.toString());
    wake();
  });
  socket.once('close', () => wake());
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  const secret = bytesOf(session.secret, 32);
  const isProven =
    secret &&
    (await proveAsClient(secret, {
      send: (text) => socket.send(text),
      async receive() {
        while (came.length === 0 && socket.readyState === socket.OPEN) {
          await new Promise<void>((resolve) => (wake = resolve));
        }
        return came.shift();
      },
    }));
  if (!isProven) throw new Error('the proof failed');
  return socket;
}

/** The api as a page has it. */
export async function pageClient(origin: string, session: PageSession): Promise<ApiClient> {
  return createApiClient(socketChannel(await openSocket(origin, session)));
}
