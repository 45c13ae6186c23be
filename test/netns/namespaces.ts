import { spawnSync } from 'node:child_process';
import { onTestFinished } from 'vitest';

/** Where the relay is: TEST-NET-2 (RFC 5737). */
export const RELAY_HOST = '198.51.100.1';

/** What a router does with the ports of what it sends out: keeps them where it can, or draws another for each target. */
export type Nat = 'cone' | 'symmetric';

/** Runs a program to its end; throws what it printed where that fails. */
function run(command: string, args: readonly string[], input = ''): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { input, encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** Why namespaces cannot be made here; undefined where they can. */
export function whyNot(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces are of Linux';
  const name = `rn${process.pid}x`;
  try {
    run('ip', ['netns', 'add', name]);
  } catch (error) {
    return `no network namespace can be made: ${(error as Error).message.trim()}`;
  }
  try {
    run('ip', ['netns', 'exec', name, 'nft', '-f', '-'], NAT_RULES('cone'));
    return undefined;
  } catch (error) {
    return `nft does not work in a namespace: ${(error as Error).message.trim()}`;
  } finally {
    run('ip', ['netns', 'del', name]);
  }
}

let count = 0;

/** A network of namespaces, which goes with the test. */
export class Network {
  readonly #prefix = `rn${process.pid}n${(count += 1)}`;
  readonly #namespaces: string[] = [];
  #links = 0;

  constructor() {
    onTestFinished(() => {
      for (const name of this.#namespaces) run('ip', ['netns', 'del', name]);
    });
  }

  /** A new namespace with its own loopback; returns its name. */
  namespace(name: string): string {
    const full = `${this.#prefix}${name}`;
    run('ip', ['netns', 'add', full]);
    this.#namespaces.push(full);
    this.ip(full, 'link set lo up');
    return full;
  }

  ip(namespace: string, command: string): void {
    run('ip', ['-n', namespace, ...command.split(' ')]);
  }

  exec(namespace: string, command: string, input = ''): string {
    return run('ip', ['netns', 'exec', namespace, ...command.split(' ')], input);
  }

  nft(namespace: string, rules: string): void {
    this.exec(namespace, 'nft -f -', rules);
  }

  /** A switch; hosts are plugged into it. */
  bridge(namespace: string, name: string, address: string): void {
    this.ip(namespace, `link add ${name} type bridge`);
    this.ip(namespace, `addr add ${address} dev ${name}`);
    this.ip(namespace, `link set ${name} up`);
  }

  /** Plugs a namespace into the switch of another one. Returns the name of the port, for pulling the cable. */
  plug(host: string, device: string, address: string, into: string, bridge: string): string {
    this.#links += 1;
    const port = `p${this.#links}`;
    this.ip(into, `link add ${port} type veth peer name ${device} netns ${host}`);
    this.ip(into, `link set ${port} master ${bridge}`);
    this.ip(into, `link set ${port} up`);
    this.ip(host, `addr add ${address} dev ${device}`);
    this.ip(host, `link set ${device} up`);
    return port;
  }
}

/** The internet, with a relay's place in it. */
export interface Internet {
  readonly network: Network;
  readonly wan: string;
}

export function internet(): Internet {
  const network = new Network();
  const wan = network.namespace('wan');
  network.bridge(wan, 'br0', `${RELAY_HOST}/24`);
  return { network, wan };
}

/** A home: a router that lets nothing in that was not asked for, and one computer behind it. */
export interface Home {
  readonly router: string;
  readonly computer: string;
  /** The router's cable to the internet, in the namespace of the internet. */
  readonly port: string;
}

export function home({ network, wan }: Internet, number: number, nat: Nat): Home {
  const router = network.namespace(`r${number}`);
  const computer = network.namespace(`c${number}`);
  const port = network.plug(router, 'wan0', `198.51.100.${10 * number}/24`, wan, 'br0');
  network.exec(router, 'sysctl -qw net.ipv4.ip_forward=1');
  network.bridge(router, 'lan0', `192.168.${number}.1/24`);
  network.plug(computer, 'eth0', `192.168.${number}.2/24`, router, 'lan0');
  network.ip(computer, `route add default via 192.168.${number}.1`);
  network.nft(router, NAT_RULES(nat));
  return { router, computer, port };
}

/**
 * The router's own input is closed, too: an unsolicited packet would otherwise get an entry in its table, and take the port
 * that hole punching is about to use.
 */
function NAT_RULES(nat: Nat): string {
  return `
table ip home {
  chain leaving {
    type nat hook postrouting priority 100
    oifname wan0 masquerade ${nat === 'symmetric' ? 'fully-random' : ''}
  }
  chain passing {
    type filter hook forward priority 0; policy accept
    iifname wan0 ct state new drop
  }
  chain entering {
    type filter hook input priority 0; policy accept
    iifname wan0 ct state new drop
  }
}
`;
}

/** Drops so many of a hundred packets that pass the router, in both directions; 100 is a link that swallows everything. */
export function lose({ network }: Internet, { router }: Home, percent: number): void {
  network.nft(
    router,
    `
table ip lossy
flush table ip lossy
table ip lossy {
  chain passing {
    type filter hook forward priority 10
    ${percent === 100 ? '' : `numgen random mod 100 < ${percent}`} drop
  }
}
`,
  );
}

/** Counts the TCP connections that are begun through the router. */
export function countDials({ network }: Internet, { router }: Home): () => number {
  network.nft(
    router,
    `
table ip counted {
  counter dials { }
  chain passing {
    type filter hook forward priority -10
    iifname lan0 tcp flags & (syn | ack) == syn counter name dials
  }
}
`,
  );
  return () => {
    const listed = network.exec(router, 'nft list counter ip counted dials');
    return Number(/packets (\d+)/u.exec(listed)?.[1]);
  };
}
