import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { setTimeout } from "node:timers/promises";

const FIRST_CHECK_MS = 100;
const LAST_CHECK_MS = 1600;
const FEW_BYTES = 256 * 1024;

const hexPort = (port = 0): string => port.toString(16).toUpperCase().padStart(4, "0");

let table: Promise<string> | undefined;
/** The system's IPv4 connections (proc(5)), read once for all that ask at about the same time: it takes 5 ms of processor. */
const connections = (): Promise<string> => {
  if (table === undefined) {
    table = readFile("/proc/net/tcp", "latin1").catch(() => "");
    void setTimeout(FIRST_CHECK_MS / 2, undefined, { ref: false }).then(() => (table = undefined));
  }
  return table;
};

/** Bytes of an IPv4 connection that lie in this system's send buffer; 0 where it does not tell. */
const unsentBytes = async ({ localPort, remotePort }: Socket): Promise<number> => {
  const line = new RegExp(
    `:${hexPort(localPort)} [0-9A-F]+:${hexPort(remotePort)} [0-9A-F]+ ([0-9A-F]+):`,
  );
  return Number.parseInt(line.exec(await connections())?.[1] ?? "0", 16);
};

/**
 * What one reader of the relay has not taken yet. Linux buffers 4 MB on the way to a process of the same machine, Node
 * cannot have it less, and a look of ffmpeg at two seconds of film leaves most of that unread.
 */
export class Backlog {
  readonly #socket: Socket;
  /** Bytes a millisecond that the reader takes; 0 while unknown. */
  #pace = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /**
   * Resolves when nearly all of what was written is taken. The reader is asked after when that should be so; whoever has
   * stopped, less and less often. It still has what its own end of the connection holds.
   */
  async nearlyTaken(): Promise<void> {
    let unsent = await unsentBytes(this.#socket);
    for (let pause = FIRST_CHECK_MS; !this.#socket.destroyed && unsent > FEW_BYTES;) {
      if (this.#pace > 0) pause = (unsent - FEW_BYTES) / this.#pace;
      pause = Math.min(Math.max(pause, FIRST_CHECK_MS), LAST_CHECK_MS);
      await setTimeout(pause);
      const left = await unsentBytes(this.#socket);
      // Who has taken everything may be faster than that.
      this.#pace = left === 0 ? 0 : (unsent - left) / pause;
      unsent = left;
      pause *= 2;
    }
  }
}
