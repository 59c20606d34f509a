type Statement = D1PreparedStatement;

const WRITES = /^\s*(?:insert|update|delete|with .*\b(?:insert|update|delete)\b)/is;

/** The bindings that a request writes to. */
type Written = Pick<Env, "CATALOG" | "LIBRARY" | "VIEWS">;
type Objects = Env["LIBRARY"] | Env["VIEWS"];

/**
 * Holds up the first write of a request, to the catalogue, an account's library or a counter, until it is released:
 * everything before that happens between the request's checks and its write.
 */
export class LateWrites {
  readonly #method: string | undefined;
  readonly #reached = Promise.withResolvers<void>();
  readonly #released = Promise.withResolvers<void>();
  isHeld = false;

  /** @param method of a Durable Object: only its call waits instead of the first write */
  constructor(method?: string) {
    this.#method = method;
  }

  /** Resolves when a write waits. */
  get reached(): Promise<void> {
    return this.#reached.promise;
  }

  release(): void {
    this.#released.resolve();
  }

  async #wait(): Promise<void> {
    this.isHeld = true;
    this.#reached.resolve();
    await this.#released.promise;
  }

  bindings({ CATALOG, LIBRARY, VIEWS }: Written): Written {
    return {
      CATALOG: this.#method === undefined ? this.#database(CATALOG) : CATALOG,
      LIBRARY: this.#objects(LIBRARY) as Env["LIBRARY"],
      VIEWS: this.#objects(VIEWS) as Env["VIEWS"],
    };
  }

  #objects(objects: Objects): unknown {
    const getByName = (name: string) => {
      const stub = objects.getByName(name) as unknown as Record<string, Function>;
      const get =
        (_: object, method: string) =>
        async (...args: unknown[]) => {
          if (this.#method === undefined || this.#method === method) await this.#wait();
          return stub[method]?.(...args) as unknown;
        };
      return new Proxy({}, { get });
    };
    return { getByName };
  }

  #database(database: D1Database): D1Database {
    const sqlOf = new WeakMap<object, string>();
    const real = new WeakMap<object, Statement>();
    const wrap = (statement: Statement, sql: string): Statement => {
      const call =
        (name: "run" | "all" | "raw") =>
        async (...options: unknown[]): Promise<unknown> => {
          if (WRITES.test(sql)) await this.#wait();
          return Reflect.apply(statement[name], statement, options);
        };
      const wrapper = {
        bind: (...values: unknown[]) => wrap(statement.bind(...values), sql),
        ...{ run: call("run"), all: call("all"), raw: call("raw") },
      } as unknown as Statement;
      sqlOf.set(wrapper, sql);
      real.set(wrapper, statement);
      return wrapper;
    };
    const wrapper = {
      prepare: (sql: string) => wrap(database.prepare(sql), sql),
      batch: async (statements: Statement[]) => {
        if (statements.some((statement) => WRITES.test(sqlOf.get(statement) ?? "")))
          await this.#wait();
        return database.batch(statements.map((statement) => real.get(statement) ?? statement));
      },
      withSession: () => wrapper,
    };
    return wrapper as unknown as D1Database;
  }
}
