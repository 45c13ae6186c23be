import type { Notification } from 'electron';
import type { DeviceService } from '../api/server.ts';
import type { ApiEvent } from '../api/types.ts';
import { coalesced } from '../helpers/coalesced.ts';
import type { Clock } from '../helpers/clock.ts';
import { decideNotifications } from './notifications.ts';
import type { NotifyEffect, NotifyEvent, NotifyState, Told } from './notifications.ts';

/** How often it is looked whether a device has become stale; a status comes by itself only when something happens. */
const LOOK_MS = 60 * 60 * 1_000;

export interface NotifierParts {
  readonly service: Pick<DeviceService, 'commands' | 'onEvent' | 'onBug'>;
  readonly clock: Clock;
  /** Makes one of Electron's notifications. */
  readonly create: (title: string, body: string) => Pick<Notification, 'show' | 'close' | 'on'>;
  readonly open: (told: Told) => void;
  readonly setBadge: (count: number) => void;
  readonly remember: (staleTold: Readonly<Record<string, number>>) => void;
}

/** Tells a person what happens while nobody looks at the window. What it tells is decided in notifications.ts. */
export class Notifier {
  readonly #parts: NotifierParts;
  readonly #shown = new Map<string, Pick<Notification, 'close'>>();
  #state: NotifyState;
  #cancel: () => void = () => undefined;
  #unsubscribe: () => void = () => undefined;

  constructor(parts: NotifierParts, state: NotifyState) {
    this.#parts = parts;
    this.#state = state;
  }

  /** Resolves once it knows how things are, which it does not tell. */
  async start(): Promise<void> {
    const { service } = this.#parts;
    this.#unsubscribe = service.onEvent((event) => this.#heard(event));
    this.tell({ kind: 'status', status: await service.commands.status({}) });
    await this.#readConversations();
    this.#wait();
  }

  stop(): void {
    this.#unsubscribe();
    this.#cancel();
    for (const shown of this.#shown.values()) shown.close();
    this.#shown.clear();
  }

  tell(event: NotifyEvent): void {
    const { state, effects } = decideNotifications(this.#state, event, this.#parts.clock.now());
    this.#state = state;
    for (const effect of effects) this.#run(effect);
  }

  #heard(event: ApiEvent): void {
    switch (event.kind) {
      case 'status':
        this.tell(event);
        break;
      case 'pairing':
        this.tell(event);
        break;
      case 'messages':
        this.#inBackground(this.#readConversations());
        break;
      case 'attachments':
      case 'import':
      case 'host':
        break;
    }
  }

  readonly #readConversations = coalesced(async () => {
    const conversations = await this.#parts.service.commands.conversations({});
    this.tell({ kind: 'conversations', conversations });
  });

  #wait(): void {
    this.#cancel = this.#parts.clock.schedule(LOOK_MS, () => {
      const { commands } = this.#parts.service;
      this.#inBackground(
        commands.status({}).then((status) => this.tell({ kind: 'status', status })),
      );
      this.#wait();
    });
  }

  #inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => this.#parts.service.onBug(error));
  }

  #run(effect: NotifyEffect): void {
    const { setBadge, remember } = this.#parts;
    switch (effect.kind) {
      case 'tell':
        this.#show(effect.told);
        break;
      case 'withdraw':
        this.#shown.get(effect.tag)?.close();
        this.#shown.delete(effect.tag);
        break;
      case 'badge':
        setBadge(effect.count);
        break;
      case 'remember':
        remember(effect.staleTold);
        break;
    }
  }

  #show(told: Told): void {
    const { create, open } = this.#parts;
    this.#shown.get(told.tag)?.close();
    const notification = create(told.title, told.body);
    // Kept here as well: Electron forgets a notification that nobody holds, and its click with it.
    this.#shown.set(told.tag, notification);
    notification.on('click', () => open(told));
    notification.show();
  }
}
