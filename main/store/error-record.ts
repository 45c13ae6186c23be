import {
  StoreClosedError,
  StoreDamagedError,
  StoreEarlierError,
  StoreError,
  StoreForeignError,
  StoreFullError,
  StoreInUseError,
  StoreKeyError,
  StoreNewerError,
  StoreReadOnlyError,
} from './errors.ts';

/** An error as it travels between threads, which keep neither its class nor what is behind it. */
export interface ErrorRecord {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

const CLASS_BY_NAME: ReadonlyMap<string, new (message: string) => Error> = new Map(
  Object.entries({
    StoreError,
    StoreInUseError,
    StoreKeyError,
    StoreDamagedError,
    StoreEarlierError,
    StoreForeignError,
    StoreNewerError,
    StoreFullError,
    StoreReadOnlyError,
    StoreClosedError,
    RangeError,
    TypeError,
  }),
);

export function toRecord(error: unknown): ErrorRecord {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: undefined };
  return { name: error.name, message: error.message, stack: error.stack };
}

export function fromRecord({ name, message, stack }: ErrorRecord): Error {
  const error = new (CLASS_BY_NAME.get(name) ?? Error)(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
