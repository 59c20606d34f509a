import { AppError } from "../domain/errors.ts";

/** Milliseconds that delivery waits for D1, which in trouble may hang rather than throw. */
export const TIME_LIMIT = 2000;

/** Settles as the promise does, but fails when that takes longer than `TIME_LIMIT`. */
export async function inTime<T>(promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${TIME_LIMIT} ms.`)), TIME_LIMIT);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/**
 * What delivery reads of the catalogue beside its log, none of it for a segment of a film that is being played.
 * @throws AppError unavailable when D1 fails or hangs
 */
export async function catalogRead<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await inTime(read());
  } catch (cause) {
    console.error(
      JSON.stringify({ level: "error", event: "catalog-read", message: String(cause) }),
    );
    throw new AppError("unavailable", "The catalogue does not answer. Try again in a moment.", {
      cause,
    });
  }
}
