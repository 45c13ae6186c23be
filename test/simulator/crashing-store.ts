import type { SyncStore } from '../../main/mvds/ports.ts';
import type { Disk } from './disk.ts';

type Moment = 'before-commit' | 'after-commit';

/** A store whose process can be made to die at its next commit: just before, or just after it became durable. */
export class CrashingStore {
  readonly store: SyncStore;
  private readonly disk: Disk;
  private isDead = false;
  private armed: { readonly moment: Moment; readonly died: () => void } | undefined;

  constructor(disk: Disk) {
    this.disk = disk;
    const { sync } = disk;
    this.store = {
      messages: sync.messages,
      records: sync.records,
      commit: async (changes) => {
        const { armed, isDead } = this;
        if (armed === undefined) return sync.commit(changes);
        if (armed.moment === 'after-commit' && !isDead) await sync.commit(changes);
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
  async recover(): Promise<CrashingStore> {
    this.isDead = true;
    return new CrashingStore(await this.disk.reopen());
  }

  close(): Promise<void> {
    return this.disk.close();
  }
}
