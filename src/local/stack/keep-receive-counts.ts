import { DatabaseSync } from 'node:sqlite';

/**
 * Runs what opens fauxqs's database. With a folder for its data, fauxqs 2.4 writes no receive count for a message that is given
 * back (visibility 0), which its own table refuses: the message is gone until the next start. Here the count stays as it was.
 */
export async function keepingReceiveCounts<Result>(open: () => Promise<Result>): Promise<Result> {
  const { prototype } = DatabaseSync;
  const before = Object.getOwnPropertyDescriptor(prototype, 'prepare');
  const prepare = Reflect.get(prototype, 'prepare');
  Object.defineProperty(prototype, 'prepare', {
    ...before,
    value(this: DatabaseSync, sql: string, ...more: []) {
      return prepare.call(
        this,
        sql.replace(
          'approximate_receive_count = ?',
          'approximate_receive_count = COALESCE(?, approximate_receive_count)',
        ),
        ...more,
      );
    },
  });
  try {
    return await open();
  } finally {
    if (before !== undefined) Object.defineProperty(prototype, 'prepare', before);
  }
}
