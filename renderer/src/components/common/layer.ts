/**
 * Where what opens beside an element is put: into the dialog that it is in, outside of which nothing can be reached, or else into the
 * main part of the page, so that it belongs to a landmark.
 */
export function layerOf(anchor: HTMLElement | null): Element | string {
  return anchor?.closest('dialog') ?? 'main';
}
