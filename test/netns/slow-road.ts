/** Runs inside a network namespace: passes TCP from one port on to another, every byte late. Arguments: host, from, to, ms. */
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';

const [host = '', from = '', to = '', late = ''] = process.argv.slice(2);

function carry(source: Socket, target: Socket): void {
  const later = (work: () => void) => setTimeout(work, Number(late));
  source.on('data', (data) => later(() => target.write(data)));
  source.on('close', () => later(() => target.destroy()));
  source.on('error', () => undefined);
}

createServer((near) => {
  const far = connect(Number(to), host);
  carry(near, far);
  carry(far, near);
}).listen(Number(from), host, () => console.log('open'));
