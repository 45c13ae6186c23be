import type { GroupId, PeerId } from '../mvds/types.ts';
import type { Connection } from './connection.ts';
import { groupId, idBytes, number, peerId } from './values.ts';

/** Numbers that stand for peers and groups in all other tables: a peer's name in every record would double its size. */
export class Names {
  readonly #connection: Connection;
  // Peers and groups are few; both maps only ever hold what is committed or about to be.
  readonly #peerNumbers = new Map<PeerId, number>();
  readonly #peers = new Map<number, PeerId>();
  readonly #groupNumbers = new Map<GroupId, number>();
  readonly #groups = new Map<number, GroupId>();

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.onRollback(() => this.#forget());
  }

  findPeer(peer: PeerId): number | undefined {
    let found = this.#peerNumbers.get(peer);
    if (found !== undefined) return found;
    const sql = 'SELECT peer FROM peers WHERE name = ?';
    found = this.#connection.first(sql, [peer], ([value]) => number(value));
    if (found !== undefined) this.#rememberPeer(peer, found);
    return found;
  }

  /** The number of a peer, which is given one if it has none. Inside a transaction only. */
  peerNumber(peer: PeerId): number {
    const found = this.findPeer(peer);
    if (found !== undefined) return found;
    this.#connection.run('INSERT INTO peers(name) VALUES(?)', peer);
    return this.findPeer(peer) ?? fail(peer);
  }

  peer(peerNumber: number): PeerId {
    const known = this.#peers.get(peerNumber);
    if (known !== undefined) return known;
    const sql = 'SELECT name FROM peers WHERE peer = ?';
    const found = this.#connection.first(sql, [peerNumber], ([value]) => peerId(value));
    if (found === undefined) return fail(`peer ${peerNumber}`);
    this.#rememberPeer(found, peerNumber);
    return found;
  }

  findGroup(group: GroupId): number | undefined {
    let found = this.#groupNumbers.get(group);
    if (found !== undefined) return found;
    const sql = 'SELECT grp FROM groups WHERE id = ?';
    found = this.#connection.first(sql, [idBytes(group)], ([value]) => number(value));
    if (found !== undefined) this.#rememberGroup(group, found);
    return found;
  }

  /** The number of a group, which is given one if it has none. Inside a transaction only. */
  groupNumber(group: GroupId): number {
    const found = this.findGroup(group);
    if (found !== undefined) return found;
    this.#connection.run('INSERT INTO groups(id) VALUES(?)', idBytes(group));
    return this.findGroup(group) ?? fail(group);
  }

  group(groupNumber: number): GroupId {
    const known = this.#groups.get(groupNumber);
    if (known !== undefined) return known;
    const sql = 'SELECT id FROM groups WHERE grp = ?';
    const found = this.#connection.first(sql, [groupNumber], ([value]) => groupId(value));
    if (found === undefined) return fail(`group ${groupNumber}`);
    this.#rememberGroup(found, groupNumber);
    return found;
  }

  allGroups(): readonly GroupId[] {
    return this.#connection.all('SELECT id FROM groups', [], ([id]) => groupId(id));
  }

  /** What a transaction named that was undone is not there. */
  #forget(): void {
    for (const map of [this.#peerNumbers, this.#peers, this.#groupNumbers, this.#groups])
      map.clear();
  }

  #rememberPeer(peer: PeerId, peerNumber: number): void {
    this.#peerNumbers.set(peer, peerNumber);
    this.#peers.set(peerNumber, peer);
  }

  #rememberGroup(group: GroupId, groupNumber: number): void {
    this.#groupNumbers.set(group, groupNumber);
    this.#groups.set(groupNumber, group);
  }
}

function fail(what: string): never {
  throw new Error(`${what} is not in the store`);
}
