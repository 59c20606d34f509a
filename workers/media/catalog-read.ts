import { AppError } from "../domain/errors.ts";
import { log } from "../log.ts";

/** How long delivery waits for D1, which may hang instead of failing. */
export const TIMEOUT_CATALOG_MS = 2000;

/** Settles as the promise does, but rejects after `TIMEOUT_CATALOG_MS`. */
export async function withTimeout<T>(promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`No answer within ${TIMEOUT_CATALOG_MS} ms.`)),
      TIMEOUT_CATALOG_MS,
    );
  });
  return Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
}

/**
 * A read of the catalogue that one request needs. Requests for segments of a video that is being played need none.
 * @throws AppError unavailable when D1 fails or hangs
 */
export async function catalogRead<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await withTimeout(read());
  } catch (cause) {
    log("media.catalog-unavailable", { error: String(cause) });
    throw new AppError("unavailable", "The catalogue does not answer. Try again in a moment.", {
      cause,
    });
  }
}
