import { AsyncLocalStorage } from "node:async_hooks";
import { count } from "../count.ts";
import { CountedStatement, countRows, timed } from "./row-count.ts";

/**
 * Statements of all databases that one invocation of the Worker should run at most. D1 stops an invocation at 1,000
 * (developers.cloudflare.com/d1/platform/limits); work without an end stops here and hands over the rest.
 */
const MAX_STATEMENTS_PER_INVOCATION = 300;

interface Invocation {
  statements: number;
  onExcess: () => void;
  /** The number of statements at which its current step stops. */
  stopAt: number;
}

const invocations = new AsyncLocalStorage<Invocation>();

/**
 * Runs an invocation of the Worker, whose statements are counted from now on.
 * @param onExcess called once, when it runs more than it should
 */
export function countingStatements<T>(run: () => T, onExcess: () => void): T {
  const stopAt = MAX_STATEMENTS_PER_INVOCATION;
  return invocations.run({ statements: 0, stopAt, onExcess }, run);
}

/** How many statements the invocation, or its current step, may still run. */
export function statementsLeft(): number {
  const invocation = invocations.getStore();
  return invocation ? invocation.stopAt - invocation.statements : MAX_STATEMENTS_PER_INVOCATION;
}

/** Gives the next step of an invocation a share of what is left. @param share 0 to 1; 1 for the last step */
export function allowShare(share: number, reserve = 0): void {
  const invocation = invocations.getStore();
  if (!invocation) return;
  const left = MAX_STATEMENTS_PER_INVOCATION - reserve - invocation.statements;
  invocation.stopAt = invocation.statements + Math.floor(left * share);
}

function note(): void {
  count("database.statements", {});
  const invocation = invocations.getStore();
  if (invocation && ++invocation.statements === MAX_STATEMENTS_PER_INVOCATION + 1)
    invocation.onExcess();
}

/** A database or a session of one. */
type Preparing = Pick<D1Database, "prepare" | "batch"> & Partial<Pick<D1Database, "withSession">>;

const counting = new WeakMap<object, D1Database>();

/** The same database, whose statements and their rows are counted. Every statement is prepared once, also in a batch. */
export function counted(database: Preparing): D1Database {
  let wrapper = counting.get(database);
  if (!wrapper) {
    wrapper = wrap(database);
    counting.set(database, wrapper);
    counting.set(wrapper, wrapper);
  }
  return wrapper;
}

function wrap(database: Preparing): D1Database {
  const wrapper = {
    prepare: (sql: string) => {
      note();
      return new CountedStatement(database.prepare(sql), sql);
    },
    batch: async (statements: (D1PreparedStatement | CountedStatement)[]) => {
      const real = statements.map((each) => (each instanceof CountedStatement ? each.real : each));
      const results = await timed(database.batch(real));
      for (const { meta } of results) countRows(meta);
      return results;
    },
    withSession: (constraint?: string) => {
      if (!database.withSession) throw new Error("A session has no sessions.");
      return counted(database.withSession(constraint) as unknown as Preparing);
    },
  };
  // The product does not use the missing methods (exec, dump).
  return wrapper as unknown as D1Database;
}
