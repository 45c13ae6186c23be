/**
 * SQL that finds rows of `messages` or `entries` by id. Their indexes hold only the first 8 of its 32 bytes, a third of the size,
 * and each new id changes a random page of them. Two ids that share 8 bytes can be made on purpose, so the whole id is compared.
 * @param value what is looked for: a numbered parameter, since it stands there twice, or a column
 * @param column with the name of its table, where another one in the statement has an `id`
 */
export function hasId(value: `?${number}` | 'message' | 'event', column = 'id'): string {
  return `(substr(${column}, 1, 8) = substr(${value}, 1, 8) AND ${column} = ${value})`;
}

/**
 * SQL for the ids that more than one row has, at most `?1` of them: the code keeps ids unique, and no index does. Reads the whole
 * index, in its order, and rows only where two share their first 8 bytes.
 */
export function repeatedIds(table: 'messages' | 'entries'): string {
  // With the limit SQLite takes the bytes from the index; without it, it reads each row for them.
  return `SELECT id FROM ${table} WHERE substr(id, 1, 8) IN (
      SELECT first FROM (
        SELECT substr(id, 1, 8) AS first FROM ${table} ORDER BY substr(id, 1, 8) LIMIT -1
      ) GROUP BY first HAVING count(*) > 1
    ) GROUP BY id HAVING count(*) > 1 LIMIT ?1`;
}
