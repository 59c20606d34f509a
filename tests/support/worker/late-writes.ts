type Statement = D1PreparedStatement;

const WRITES = /^\s*(?:insert|update|delete|with .*\b(?:insert|update|delete)\b)/is;

/**
 * Holds up the first write of a request, to the catalogue or to an account's library, until it is released: whatever happens
 * meanwhile comes between the request's checks and its write.
 */
export class LateWrites {
  readonly #reached = Promise.withResolvers<void>();
  readonly #released = Promise.withResolvers<void>();
  isHeld = false;

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

  bindings(env: Pick<Env, "CATALOG" | "LIBRARY">): Pick<Env, "CATALOG" | "LIBRARY"> {
    return { CATALOG: this.#database(env.CATALOG), LIBRARY: this.#libraries(env.LIBRARY) };
  }

  #libraries(libraries: Env["LIBRARY"]): Env["LIBRARY"] {
    const getByName = (name: string) => {
      const stub = libraries.getByName(name) as unknown as Record<string, Function>;
      const get =
        (_: object, method: string) =>
        async (...args: unknown[]) => {
          await this.#wait();
          return stub[method]?.(...args) as unknown;
        };
      return new Proxy({}, { get });
    };
    return { getByName } as unknown as Env["LIBRARY"];
  }

  #database(database: D1Database): D1Database {
    const sqlOf = new WeakMap<object, string>();
    const real = new WeakMap<object, Statement>();
    const wrap = (statement: Statement, sql: string): Statement => {
      const call = (name: "run" | "all" | "raw") => async () => {
        if (WRITES.test(sql)) await this.#wait();
        return statement[name]();
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
