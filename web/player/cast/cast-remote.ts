import { loadCast } from "./cast-sdk.ts";

/**
 * The Cast framework as the Remote Playback API of a video element, which media-chrome's cast button shows and calls.
 * Browsers offer their own only for sources that they load by themselves, not for Media Source Extensions.
 */
export class CastRemote extends EventTarget {
  #context: cast.framework.CastContext | null = null;
  #watchers = new Set<RemotePlaybackAvailabilityCallback>();

  /** @returns whether casting is possible here at all */
  async load(): Promise<boolean> {
    const context = await loadCast().catch(() => null);
    if (!context) return false;
    this.#context = context;
    context.addEventListener(
      cast.framework.CastContextEventType.CAST_STATE_CHANGED,
      this.#onStateChanged,
    );
    this.#onStateChanged();
    return true;
  }

  destroy(): void {
    this.#watchers.clear();
    this.#context?.removeEventListener(
      cast.framework.CastContextEventType.CAST_STATE_CHANGED,
      this.#onStateChanged,
    );
  }

  get session(): cast.framework.CastSession | null {
    return this.state === "connected" ? (this.#context?.getCurrentSession() ?? null) : null;
  }

  get state(): RemotePlaybackState {
    if (!this.#context) return "disconnected";
    const state = this.#context.getCastState();
    const { CONNECTED, CONNECTING } = cast.framework.CastState;
    if (state === CONNECTED) return "connected";
    return state === CONNECTING ? "connecting" : "disconnected";
  }

  /** Opens the browser's choice of devices, or what it offers while one is connected. */
  async prompt(): Promise<void> {
    await this.#context?.requestSession();
  }

  stop(): void {
    this.#context?.endCurrentSession(true);
  }

  /**
   * The callback is first called in a separate task, as the standard requires. media-chrome relies on that: a call
   * during its own setup is overwritten with "unavailable", and the button would stay hidden.
   */
  watchAvailability(callback: RemotePlaybackAvailabilityCallback): Promise<number> {
    this.#watchers.add(callback);
    setTimeout(() => {
      if (this.#watchers.has(callback)) callback(this.#isAvailable);
    });
    return Promise.resolve(0);
  }

  /**
   * Without an id this cancels all watchers, by the standard. media-chrome calls it so for one of its two buttons, whose
   * other would never hear of a device again: all stay until `destroy`.
   */
  cancelWatchAvailability(): Promise<void> {
    return Promise.resolve();
  }

  get #isAvailable(): boolean {
    const state = this.#context?.getCastState();
    return state !== undefined && state !== cast.framework.CastState.NO_DEVICES_AVAILABLE;
  }

  #onStateChanged = (): void => {
    for (const watcher of this.#watchers) watcher(this.#isAvailable);
    const name = { connected: "connect", connecting: "connecting", disconnected: "disconnect" };
    this.dispatchEvent(new Event(name[this.state]));
  };
}
