import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** What a server has done for some requests of one kind. */
export interface Load {
  requests: number;
  /** Seconds. */
  elapsed: number;
  /** Seconds of processor time of the server. */
  cpu: number;
  /** Seconds that each request took. */
  latencies: number[];
}

export const noLoad = (): Load => ({ requests: 0, elapsed: 0, cpu: 0, latencies: [] });

const END_OF_HEAD = "\r\n\r\n";

/** One kept connection that asks for one thing at a time and throws the bytes away. */
class Connection {
  readonly #socket: Socket;
  #head = "";
  /** Bytes of the body that are still to come; null while the head is not complete. */
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
    this.#socket.on("close", () => this.#done(new Error("The server has closed the connection.")));
  }

  async open(): Promise<this> {
    await once(this.#socket, "connect");
    return this;
  }

  /** @throws Error when the answer is not a 200 */
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

/** Some connections to one port, and the paths to ask for over them, in turn and round again. */
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
   * Asks `count` times, every connection as fast as it gets its answers, and adds what came of it to `load`.
   * @param cpuSeconds of the server until now
   */
  async ask(count: number, load: Load, cpuSeconds: () => Promise<number>): Promise<void> {
    let left = count;
    const cpu = await cpuSeconds();
    const startedAt = performance.now();
    await Promise.all(
      this.#connections.map(async (connection) => {
        while (left-- > 0) {
          const askedAt = performance.now();
          await connection.get(this.#paths[this.#next++ % this.#paths.length]!);
          load.latencies.push((performance.now() - askedAt) / 1000);
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
