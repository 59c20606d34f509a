import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";

const FIRST_CHECK_MS = 100;
const LAST_CHECK_MS = 800;
const FEW_BYTES = 256 * 1024;

const hexPort = (port = 0): string => port.toString(16).toUpperCase().padStart(4, "0");

let table: Promise<string> | undefined;
/** The system's IPv4 connections (proc(5)), read once for all that ask at about the same time: it takes milliseconds. */
const connections = (): Promise<string> => {
  if (table === undefined) {
    table = readFile("/proc/net/tcp", "latin1").catch(() => "");
    setTimeout(() => (table = undefined), FIRST_CHECK_MS / 2).unref();
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
 * Resolves when a connection's peer has taken nearly all of what was written. Linux buffers 4 MB on the way to a process
 * of the same machine, Node cannot have it less, and a look of ffmpeg at two seconds of film leaves most of that unread.
 * Whoever takes its time is asked after less and less often: it still has what its own end of the connection holds.
 */
export const nearlyTaken = async (socket: Socket): Promise<void> => {
  for (
    let pause = FIRST_CHECK_MS;
    !socket.destroyed && (await unsentBytes(socket)) > FEW_BYTES;
    pause = Math.min(2 * pause, LAST_CHECK_MS)
  ) {
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
};
