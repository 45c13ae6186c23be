/** Another in every run, printed with each result; `REUNION_SEED` repeats one. */
export const SEED = Number(process.env.REUNION_SEED ?? Date.now() % 1_000_000);
