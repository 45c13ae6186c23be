import type { CommandArguments } from '../../../../main/api/contract.ts';
import type { AppState } from '../../state/app-state.svelte.ts';
import { Attempt } from '../common/Attempt.svelte.ts';

/** Changes settings of the desktop app, one after another. */
export class HostSetting {
  readonly attempt = new Attempt();
  readonly #app: AppState;

  constructor(app: AppState) {
    this.#app = app;
  }

  set(change: CommandArguments['setHostSettings']): void {
    void this.attempt.run(async () => {
      this.#app.ui.host = await this.#app.call('setHostSettings', change);
    });
  }
}
