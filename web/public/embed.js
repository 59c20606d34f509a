/* Controls a Kinora player in an iframe. See docs/embedding.md. */
window.KinoraEmbed = class KinoraEmbed extends EventTarget {
  /** @param {HTMLIFrameElement} frame */
  constructor(frame) {
    super();
    this.frame = frame;
    this.state = null;
    addEventListener("message", (event) => {
      if (event.source !== frame.contentWindow || !event.data || !event.data.kinora) return;
      const { kinora: name, ...state } = event.data;
      if (name !== "ready") this.state = state;
      this.dispatchEvent(new CustomEvent(name, { detail: state }));
    });
  }
  send(kinora, value) {
    this.frame.contentWindow.postMessage({ kinora, value }, new URL(this.frame.src).origin);
  }
  play() {
    this.send("play");
  }
  pause() {
    this.send("pause");
  }
  /** @param {number} seconds */
  seek(seconds) {
    this.send("seek", seconds);
  }
  /** @param {number} volume 0 to 1 */
  setVolume(volume) {
    this.send("volume", volume);
  }
  /** @param {boolean} muted */
  setMuted(muted) {
    this.send("muted", muted);
  }
  /** @param {{ theme?: "dark" | "light" | "auto", color?: string, background?: string }} look colours in hexadecimal */
  setLook(look) {
    this.send("look", look);
  }
};
