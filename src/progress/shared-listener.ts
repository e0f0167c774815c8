import type { EventEmitter } from "node:events";

/** Listens to an event once for all printers: Node takes more than ten listeners of an emitter for a leak. */
export class SharedListener {
  readonly #event: string;
  readonly #shared = new WeakMap<EventEmitter, { readonly called: Set<() => void>; listener(): void }>();

  constructor(event: string) {
    this.#event = event;
  }

  add(emitter: EventEmitter, call: () => void): void {
    let shared = this.#shared.get(emitter);
    if (!shared) {
      const called = new Set<() => void>();
      shared = {
        called,
        listener: () => {
          for (const one of [...called]) one();
        },
      };
      this.#shared.set(emitter, shared);
      emitter.on(this.#event, shared.listener);
    }
    shared.called.add(call);
  }

  remove(emitter: EventEmitter, call: () => void): void {
    const shared = this.#shared.get(emitter);
    if (!shared?.called.delete(call) || shared.called.size > 0) return;
    emitter.off(this.#event, shared.listener);
    this.#shared.delete(emitter);
  }
}
