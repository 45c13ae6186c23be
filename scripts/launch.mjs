// How Node is started to run a device. The first line of main/headless/cli.ts says the same, for an installed `reunion`.

/** V8 lets its young generation grow to 128 MB in whatever runs for long; 4 MB cost a few per cent of speed. */
export const nodeFlags = ['--max-semi-space-size=2'];

/** The C library keeps freed memory for each of up to eight threads per core, of which Node starts a dozen. */
export const nodeEnvironment = { MALLOC_ARENA_MAX: '2' };
