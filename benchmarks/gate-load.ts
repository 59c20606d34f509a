import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** The work of a server for some requests of one kind. */
export interface Load {
  requests: number;
  /** Seconds. */
  elapsed: number;
  /** Seconds of processor time of the server. */
  cpu: number;
  /** Seconds of each request. */
  latencies: number[];
}

export const noLoad = (): Load => ({ requests: 0, elapsed: 0, cpu: 0, latencies: [] });

const END_OF_HEAD = "\r\n\r\n";

/** A keep-alive connection that sends one request at a time and discards the body. */
class Connection {
  readonly #socket: Socket;
  #head = "";
  /** Missing bytes of the body; null until the head is complete. */
  #remaining: number | null = null;
  #done: (error?: Error) => void = () => {};

  constructor(port: number) {
    const buffer = Buffer.alloc(256 * 1024);
    const callback = (bytes: number): boolean => this.#take(buffer.subarray(0, bytes));
    this.#socket = connect({
      host: "127.0.0.1",
      port,
      noDelay: true,
      onread: { buffer, callback },
    });
    this.#socket.on("error", (error) => this.#done(error));
    this.#socket.on("close", () => this.#done(new Error("The server closed the connection.")));
  }

  async open(): Promise<this> {
    await once(this.#socket, "connect");
    return this;
  }

  /** @throws Error when the status is not 200 */
  get(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#done = (error) => (error ? reject(error) : resolve());
      this.#head = "";
      this.#remaining = null;
      this.#socket.write(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`);
    });
  }

  close(): void {
    this.#done = () => {};
    this.#socket.destroy();
  }

  #take(chunk: Buffer): boolean {
    let body = chunk.length;
    if (this.#remaining === null) {
      const before = this.#head.length;
      this.#head += chunk.toString("latin1");
      const end = this.#head.indexOf(END_OF_HEAD);
      if (end === -1) return true;
      this.#remaining = Number(/^content-length: *(\d+)/im.exec(this.#head)?.[1]);
      body = chunk.length - (end + END_OF_HEAD.length - before);
      if (!this.#head.startsWith("HTTP/1.1 200 ")) this.#done(new Error(this.#head.slice(0, end)));
    }
    this.#remaining -= body;
    if (this.#remaining === 0) this.#done();
    return true;
  }
}

/** Connections to one port, and the paths that they request in rotation. */
export class Client {
  readonly #connections: Connection[];
  readonly #paths: string[];
  #next = 0;

  private constructor(connections: Connection[], paths: string[]) {
    this.#connections = connections;
    this.#paths = paths;
  }

  static async open(port: number, paths: string[], connections: number): Promise<Client> {
    const opened = Array.from({ length: connections }, () => new Connection(port).open());
    return new Client(await Promise.all(opened), paths);
  }

  /**
   * Sends `count` requests, each connection as fast as it gets responses, and adds the result to `load`.
   * @param cpuSeconds reads the processor time of the server
   */
  async send(count: number, load: Load, cpuSeconds: () => Promise<number>): Promise<void> {
    let left = count;
    const cpu = await cpuSeconds();
    const startedAt = performance.now();
    await Promise.all(
      this.#connections.map(async (connection) => {
        while (left-- > 0) {
          const sentAt = performance.now();
          await connection.get(this.#paths[this.#next++ % this.#paths.length]!);
          load.latencies.push((performance.now() - sentAt) / 1000);
        }
      }),
    );
    load.elapsed += (performance.now() - startedAt) / 1000;
    load.cpu += (await cpuSeconds()) - cpu;
    load.requests += count;
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }
}
