import type { GroupId } from '../../mvds/types.ts';
import type { Queries } from './connection.ts';
import { groupId, idValues, number } from './values.ts';

/** The number of a group that `Groups.ensure` was called for. */
export type GroupNumbers = (group: GroupId) => number;

/** The numbers that stand for groups in all other tables. Groups are few, and never deleted. */
export class Groups {
  readonly #queries: Queries;
  readonly #numbers = new Map<GroupId, number>();

  constructor(queries: Queries) {
    this.#queries = queries;
  }

  /**
   * The numbers of the groups. Those that have none get one, in a transaction of its own: what fails later leaves an empty
   * group.
   */
  async ensure(groups: Iterable<GroupId>): Promise<GroupNumbers> {
    const all = [...new Set(groups)];
    const unknown = all.filter((group) => !this.#numbers.has(group));
    if (unknown.length > 0) await this.#add(unknown);
    // A copy: what is known may be forgotten while the numbers are in use.
    const numbers = new Map(this.#numbers);
    return (group) => {
      const found = numbers.get(group);
      if (found === undefined) throw new Error(`group ${group} has no number`);
      return found;
    };
  }

  async #add(unknown: readonly GroupId[]): Promise<void> {
    await this.#queries.rows(
      'INSERT INTO reunion.groups(id) SELECT unnest($1::bytea[]) ON CONFLICT(id) DO NOTHING',
      [idValues(unknown)],
    );
    await this.find(unknown);
  }

  /** The numbers of those that have one. */
  async find(groups: readonly GroupId[]): Promise<readonly number[]> {
    const unknown = groups.filter((group) => !this.#numbers.has(group));
    if (unknown.length > 0) {
      const sql = "SELECT encode(id, 'hex'), grp FROM reunion.groups WHERE id = ANY($1::bytea[])";
      for (const [id, group] of await this.#queries.rows(sql, [idValues(unknown)])) {
        this.#numbers.set(groupId(id), number(group));
      }
    }
    return groups.flatMap((group) => this.#numbers.get(group) ?? []);
  }

  /** The server may be another one from now on, restored from a backup. */
  forget(): void {
    this.#numbers.clear();
  }
}
