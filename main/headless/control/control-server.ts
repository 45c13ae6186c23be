import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { isFilePath } from '../../api/file-requests.ts';
import { serveApi } from '../../api/server.ts';
import type { DeviceService } from '../../api/server.ts';
import { serveFile } from '../file-web.ts';
import { FRAME_BYTES_MAX, socketChannel } from '../socket-channel.ts';
import { serveControl } from './control-socket.ts';
import type { ControlServer } from './control-socket.ts';

/**
 * Answers the command line of a device over its control socket, by HTTP and WebSocket. To be called by who holds the lock of the
 * data folder. Rejects with Node's errors.
 */
export async function startControlServer(
  dataFolder: string,
  service: DeviceService,
): Promise<ControlServer> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: FRAME_BYTES_MAX });
  // However long a file takes to come.
  const http = createServer({ requestTimeout: 0 }, (request, response) => {
    if (isFilePath(pathOf(request.url))) void serveFile(service, request, response, true);
    else response.writeHead(404).end();
  });
  http.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    sockets.handleUpgrade(request, socket, head, (connected) =>
      serveApi(service, socketChannel(connected)),
    );
  });
  return serveControl(dataFolder, http);
}

function pathOf(url: string | undefined): string {
  return URL.parse(url ?? '/', 'http://localhost')?.pathname ?? '/';
}
