import { expect, test, vi } from 'vitest';
import { toPeerId } from '../../../main/mvds/ids.ts';
import { Connection } from '../../../main/store/postgres/connection.ts';
import { Elsewhere } from '../../../main/store/postgres/elsewhere.ts';
import { prepareDatabase } from '../../../main/store/postgres/schema.ts';
import { added, messageId } from '../samples.ts';
import { openTestPostgres, serverOfFile } from './open.ts';

const server = serverOfFile();

test('what a notification did not lead to is found by comparing with the server', async () => {
  const url = await server().database();
  const store = await openTestPostgres({ url, node: 'a' });
  const connection = new Connection({ url, applicationName: 'test' });
  const { node } = await prepareDatabase(connection, toPeerId('b'));
  const elsewhere = await Elsewhere.open(connection, node, (work) => work());
  const told = vi.fn();
  elsewhere.onChange(told);
  await store.sync.commit({
    addMessages: [added(1), added(2, { delivered: false })],
    deliver: [messageId(2)],
  });
  elsewhere.compare(0, 0);
  expect(told).not.toHaveBeenCalled();
  elsewhere.compare(2, 1);
  expect(told.mock.calls).toEqual([['messages']]);
  const arrived = await elsewhere.next();
  expect(arrived?.messages).toHaveLength(2);
  if (arrived) await elsewhere.taken(arrived.upTo);
  elsewhere.compare(2, 1);
  expect(told).toHaveBeenCalledOnce();
  await connection.close();
});
