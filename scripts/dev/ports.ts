import { once } from "node:events";
import { createServer } from "node:net";

async function isFree(port: number, host: string): Promise<boolean> {
  const server = createServer().listen({ port, host, exclusive: true });
  try {
    await once(server, "listening");
  } catch (error) {
    // Without IPv6, nothing can listen at its address.
    return (error as NodeJS.ErrnoException).code === "EADDRNOTAVAIL";
  }
  server.close();
  await once(server, "close");
  return true;
}

/** @throws Error that names the first port in use, the process that needs it and the variable that changes it */
export async function requireFreePorts(
  wanted: { port: number; who: string; variable: string }[],
): Promise<void> {
  for (const { port, who, variable } of wanted) {
    const free = (await isFree(port, "127.0.0.1")) && (await isFree(port, "::1"));
    if (!free)
      throw new Error(
        `Port ${port} (${who}) is in use: stop what listens there, or set ${variable} to another.`,
      );
  }
}
