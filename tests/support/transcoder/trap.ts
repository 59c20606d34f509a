import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";

/** A URL and a file that no source may make ffmpeg open, and a record of what was opened. */
export interface Trap extends AsyncDisposable {
  /** A local server, without a trailing slash. */
  url: string;
  /** A named pipe, so that opening it is noticed. */
  file: string;
  touched: string[];
}

export async function setTrap(folder: string): Promise<Trap> {
  const touched: string[] = [];
  const server = createServer((request, response) => {
    touched.push(request.url ?? "");
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");

  const file = join(folder, "trap.mp4");
  execFileSync("mkfifo", [file]);
  let closing = false;
  async function watch(): Promise<void> {
    for (;;) {
      // Resolves when a reader opens the pipe.
      const pipe = await open(file, "w");
      if (!closing) touched.push(file);
      await pipe.close();
      if (closing) return;
    }
  }
  const watching = watch();
  return {
    url: `http://127.0.0.1:${address.port}`,
    file,
    touched,
    [Symbol.asyncDispose]: async () => {
      closing = true;
      await using _ = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
      await watching;
      server.closeAllConnections();
      server.close();
    },
  };
}
