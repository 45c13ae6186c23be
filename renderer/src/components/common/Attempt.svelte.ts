import { errorText } from '../../i18n/error-text.ts';

/** One thing that a person has asked for: whether it is under way, and what went wrong. */
export class Attempt {
  busy = $state(false);
  problem = $state('');

  /** Resolves with whether it succeeded. A second one waits for nobody: the first is in the way of it. */
  async run(work: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.problem = '';
    try {
      await work();
      return true;
    } catch (error) {
      this.problem = errorText(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
