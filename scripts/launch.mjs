// How Node is started to run a device. The first line of main/headless/cli.ts says the same, for an installed `reunion`.

/**
 * V8 lets its young generation grow to 128 MB in whatever runs for long; 4 MB cost a few per cent of speed. It lets the old one
 * grow to four times what is in use before it collects, and to about half as much again where it is told of a limit: a first transfer
 * of 60,000 messages then takes 243 MB instead of 375 MB. The limit itself, in megabytes, is ten times what a device uses.
 */
export const nodeFlags = ['--max-semi-space-size=2', '--max-old-space-size=768'];

/** The C library keeps freed memory for each of up to eight threads per core, of which Node starts a dozen. */
export const nodeEnvironment = { MALLOC_ARENA_MAX: '2' };
