/** A command whose program is loaded when it runs: the start of a device does not wait for that of a relay or a store node. */
export function loaded<Args extends unknown[]>(
  load: () => Promise<(...args: Args) => unknown>,
): (...args: Args) => Promise<void> {
  return async (...args) => {
    const run = await load();
    await run(...args);
  };
}
