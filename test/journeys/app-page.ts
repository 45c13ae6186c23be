import type { Locator, Page } from 'playwright-core';

/** What a person sees and does in the page: the only place where the journeys know what it looks like. */
export class AppPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async startAsFirstDevice(): Promise<void> {
    await this.#button('This is my first device').click();
  }

  /** The first conversation of a device. */
  async startConversation(name: string): Promise<void> {
    await this.#button('Start one').click();
    await this.#page.getByLabel('Name of the conversation').fill(name);
    await this.#page.keyboard.press('Enter');
  }

  /** Writes a message, and waits until it is shown as one. */
  async write(text: string): Promise<void> {
    await this.#page.getByLabel('Write a message').fill(text);
    await this.#page.keyboard.press('Enter');
    await this.sees(text);
  }

  /** Waits until a message is shown. */
  async sees(text: string): Promise<void> {
    await this.#page.getByRole('article').getByText(text).waitFor();
  }

  /** Opens an invitation; returns its link. */
  async invite(): Promise<string> {
    await this.#button('Add a device').click();
    return this.#page.getByLabel('Link for the other device').inputValue();
  }

  /** Joins by a link; returns the digits that are to be typed on the inviting device. */
  async join(link: string): Promise<string> {
    await this.#button('I already have one').click();
    await this.#page.getByRole('tab', { name: 'Paste a link' }).click();
    await this.#page.getByPlaceholder(/reunion:/u).fill(link);
    await this.#button('Join').click();
    return this.#page.getByText(/^\d\d$/u).innerText();
  }

  /** The link that the pairing wizard of a new device holds, once it is open. */
  async linkToJoin(): Promise<string> {
    return this.#page.getByPlaceholder(/reunion:/u).inputValue();
  }

  /** Waits until a dialog or panel of that name is open. */
  async seesDialog(name: string): Promise<void> {
    await this.#page.getByRole('dialog', { name }).waitFor();
  }

  async closeDialog(): Promise<void> {
    await this.#page.keyboard.press('Escape');
    await this.#page.getByRole('dialog').waitFor({ state: 'detached' });
  }

  /** Lets the device in that asks. */
  async approve(name: string, digits: string): Promise<void> {
    await this.#page.getByText(`${name} wants to join.`).waitFor();
    await this.#page.getByLabel('The two digits that it shows').fill(digits);
    await this.#button('Approve').click();
    await this.#page.getByText(`“${name}” is one of your devices now.`).waitFor();
    await this.#button('Done').click();
  }

  /** Waits until another device is shown so. */
  async seesDevice(id: string, state: 'Up to date' | 'Removed'): Promise<void> {
    await this.#page.locator(`[data-device="${id}"]`).getByText(state).waitFor();
  }

  async remove(name: string): Promise<void> {
    await this.#button(`Details of ${name}`).click();
    const dialog = this.#page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Remove…' }).click();
    await dialog.getByRole('button', { name: 'Remove for good' }).click();
    await dialog.waitFor({ state: 'detached' });
  }

  /** Waits until it says that another device has removed this one. */
  async seesOwnRemoval(by: string): Promise<void> {
    await this.#page.getByRole('alert').getByText(`“${by}” has removed this device`).waitFor();
  }

  #button(name: string): Locator {
    return this.#page.getByRole('button', { name });
  }
}
