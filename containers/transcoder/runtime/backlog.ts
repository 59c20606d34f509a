import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { setTimeout } from "node:timers/promises";

const MIN_CHECK_INTERVAL_MS = 100;
const MAX_CHECK_INTERVAL_MS = 1600;
/** Unread bytes at which a reader is ready for more. */
const READY_BYTES = 256 * 1024;
/** proc(5) takes 5 ms of processor time to read, so checks at about the same time share one read. */
const TABLE_CACHE_TTL_MS = MIN_CHECK_INTERVAL_MS / 2;

const hexPort = (port = 0): string => port.toString(16).toUpperCase().padStart(4, "0");

let table: Promise<string> | undefined;

/** The system's table of IPv4 connections (proc(5)). */
function connections(): Promise<string> {
  if (table === undefined) {
    table = readFile("/proc/net/tcp", "latin1").catch(() => "");
    void setTimeout(TABLE_CACHE_TTL_MS, undefined, { ref: false }).then(() => (table = undefined));
  }
  return table;
}

/** Bytes in the send buffer of an IPv4 connection; 0 on a system without /proc. */
async function unsentBytes({ localPort, remotePort }: Socket): Promise<number> {
  const line = new RegExp(
    `:${hexPort(localPort)} [0-9A-F]+:${hexPort(remotePort)} [0-9A-F]+ ([0-9A-F]+):`,
  );
  return Number.parseInt(line.exec(await connections())?.[1] ?? "0", 16);
}

/**
 * Data that one reader of the relay has not read yet. Linux buffers 4 MB between two local processes, and Node cannot
 * reduce that. When ffmpeg reads only two seconds of a video, most of those 4 MB would be fetched for nothing.
 */
export class Backlog {
  readonly #socket: Socket;
  /** How fast the reader reads; 0 while unknown. */
  #bytesPerMs = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /**
   * Resolves when nearly everything written has been read, except for what the reader's own receive buffer holds. The
   * next check is at the time predicted by the reader's speed; a reader that has stopped is checked less and less
   * often.
   */
  async nearlyRead(): Promise<void> {
    let unsent = await unsentBytes(this.#socket);
    for (let pause = MIN_CHECK_INTERVAL_MS; !this.#socket.destroyed && unsent > READY_BYTES;) {
      if (this.#bytesPerMs > 0) pause = (unsent - READY_BYTES) / this.#bytesPerMs;
      pause = Math.min(Math.max(pause, MIN_CHECK_INTERVAL_MS), MAX_CHECK_INTERVAL_MS);
      await setTimeout(pause);
      const left = await unsentBytes(this.#socket);
      // A reader that has caught up may be faster than measured.
      this.#bytesPerMs = left === 0 ? 0 : (unsent - left) / pause;
      unsent = left;
      pause *= 2;
    }
  }
}
