import { createMemorySyncStore, type MemorySyncStore } from '../../main/mvds/memory-store.ts';
import type { SyncStore } from '../../main/mvds/ports.ts';

type Moment = 'before-commit' | 'after-commit';

/** A store whose process can be made to die at its next commit: just before, or just after it became durable. */
export class CrashingStore {
  readonly store: SyncStore;
  readonly memory: MemorySyncStore;
  private armed: { readonly moment: Moment; readonly died: () => void } | undefined;

  constructor(memory: MemorySyncStore = createMemorySyncStore()) {
    this.memory = memory;
    this.store = {
      messages: memory.messages,
      records: memory.records,
      commit: async (changes) => {
        const { armed } = this;
        if (armed === undefined) return memory.commit(changes);
        if (armed.moment === 'after-commit') await memory.commit(changes);
        armed.died();
        // The process is gone: nobody hears of the outcome.
        return new Promise<never>(() => undefined);
      },
    };
  }

  /** Resolves when the process died at a commit. */
  dieAt(moment: Moment): Promise<void> {
    return new Promise((resolve) => {
      this.armed = { moment, died: resolve };
    });
  }

  /** What the next process finds. */
  recover(): CrashingStore {
    return new CrashingStore(createMemorySyncStore(this.memory.snapshot()));
  }
}
