import type { Interleaver } from "./interleaver.ts";

type Gate = () => Interleaver | null;

/** The parts of the R2 binding and of its S3 API that uploads and purges use, in memory, with multipart uploads. */
export class MemoryStorage {
  readonly objects = new Map<string, { size: number; etag: string }>();
  /** Size of the file that each open multipart upload holds, by its id. */
  readonly multipart = new Map<string, number>();
  readonly #gate: Gate;

  constructor(gate: Gate) {
    this.#gate = gate;
  }

  /** The R2 binding. */
  readonly bucket = {
    head: (key: string) => this.#call(`R2 head ${key}`, () => this.objects.get(key) ?? null),
    delete: (keys: string | string[]) =>
      this.#call(`R2 delete ${String(keys)}`, () => {
        for (const key of [keys].flat()) this.objects.delete(key);
      }),
    list: ({ prefix }: { prefix: string }) =>
      this.#call(`R2 list ${prefix}`, () => ({
        objects: [...this.objects.keys()]
          .filter((key) => key.startsWith(prefix))
          .map((key) => ({ key })),
        truncated: false,
      })),
  };

  /** In place of the global `fetch`: the S3 API. */
  readonly fetch = (url: string, { method }: { method: string }): Promise<Response> => {
    const { pathname, searchParams } = new URL(url);
    const key = pathname.slice("/bucket/".length);
    const uploadId = searchParams.get("uploadId") ?? "";
    return this.#call(`S3 ${method} ${key}`, () => {
      const size = this.multipart.get(uploadId);
      if (size === undefined)
        return new Response("<Error><Code>NoSuchUpload</Code></Error>", { status: 404 });
      this.multipart.delete(uploadId);
      if (method === "DELETE") return new Response(null, { status: 204 });
      this.objects.set(key, { size, etag: uploadId });
      return new Response(`<ETag>"${uploadId}"</ETag>`);
    });
  };

  #call<T>(operation: string, perform: () => T): Promise<T> {
    const act = async () => perform();
    const gate = this.#gate();
    return gate ? gate.call(operation, act) : act();
  }
}
