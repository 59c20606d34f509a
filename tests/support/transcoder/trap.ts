import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";

/** Two places that nothing may touch, whatever a file says, and what has touched them. */
export type Trap = AsyncDisposable & {
  /** A server on this machine, without a slash at the end. */
  url: string;
  /** A named pipe: whoever opens it to read is noticed, and reads nothing. */
  file: string;
  touched: string[];
};

export const setTrap = async (folder: string): Promise<Trap> => {
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
  const watch = async (): Promise<void> => {
    for (;;) {
      // Opens when somebody opens the other end.
      const pipe = await open(file, "w");
      if (!closing) touched.push(file);
      await pipe.close();
      if (closing) return;
    }
  };
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
};
