import { statementsLeft } from "../../db/statement-count.ts";
import { recordedParts } from "../../db/uploads.ts";
import { AppError } from "../../domain/errors.ts";
import { rangeOfLink, validatorOfLink } from "../../domain/links.ts";
import { partLength } from "../../domain/uploads.ts";
import { sendPart } from "../../media/multipart.ts";
import { LinkInterrupted, openLink } from "../../services/link-source.ts";
import { LinkParts, type LinkReading, TIMEOUT_PART_MS } from "./link-parts.ts";

/** After this time, other messages in the queue get their turn. */
const STEP_MS = 60_000;
const RECORD_INTERVAL_MS = 3_000;
/** Each has a connection to its source and one to the storage; an invocation may have six. */
const CONCURRENT_PARTS = 2;
/** The reserve for completing the upload. */
const MIN_STATEMENTS_LEFT = 60;

const changed = () =>
  new AppError(
    "link_changed",
    "The file behind the link changed while it was read. Try again when it stays the same.",
  );

/** Reads parts of a file by ranges, for up to a minute. @returns whether all are stored @throws LinkLost */
export async function readRanges(reading: LinkReading): Promise<boolean> {
  const { db, upload, startedAt } = reading;
  const recorded = new Set((await recordedParts(db, upload.id)).map((part) => part.partNumber));
  const numbers = Array.from({ length: upload.partCount }, (_, index) => index + 1);
  const missing = numbers.filter((number) => !recorded.has(number));
  const before = [...recorded].reduce((sum, number) => sum + partLength(upload, number), 0);
  const parts = new LinkParts(reading, RECORD_INTERVAL_MS, before);
  const goesOn = () => Date.now() - startedAt < STEP_MS && statementsLeft() >= MIN_STATEMENTS_LEFT;
  const work = async () => {
    while (missing.length > 0 && goesOn()) {
      const partNumber = missing.shift() ?? 0;
      const etag = await readPart(reading, partNumber);
      await parts.add({ partNumber, etag }, partLength(upload, partNumber));
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: CONCURRENT_PARTS }, work));
  // Also done after a failure, so that nothing is read twice.
  await parts.record();
  const failed = workers.find((worker) => worker.status === "rejected");
  if (failed) throw failed.reason;
  return parts.bytes === upload.size;
}

/** Connections break. A range is left to another message only if it breaks twice. */
async function readPart(reading: LinkReading, partNumber: number): Promise<string> {
  try {
    return await copyPart(reading, partNumber);
  } catch (error) {
    if (!(error instanceof LinkInterrupted)) throw error;
    return copyPart(reading, partNumber);
  }
}

/** Streams a range from the source to the storage. @returns the ETag of the stored part */
async function copyPart({ env, upload, link }: LinkReading, partNumber: number): Promise<string> {
  const { key, multipartId } = upload;
  const length = partLength(upload, partNumber);
  const start = upload.partSize * (partNumber - 1);
  const headers = {
    range: `bytes=${start}-${start + length - 1}`,
    "if-range": link.validator ?? "",
  };
  const signal = AbortSignal.timeout(TIMEOUT_PART_MS);
  const { response } = await openLink(env, link.url, headers, signal);
  const range = rangeOfLink(response.headers.get("content-range"));
  const isSame = validatorOfLink(response.headers) === link.validator;
  const isWanted =
    response.status === 206 &&
    range?.start === start &&
    range.end === start + length - 1 &&
    range.size === upload.size;
  if (!response.body || !isSame || !isWanted) {
    await response.body?.cancel();
    // The whole file instead of the range: it is another one, or the server does not want to now.
    if (!isSame || response.status !== 200) throw changed();
    throw new LinkInterrupted("The server of this link does not send parts of the file any more.");
  }
  const exact = new FixedLengthStream(length);
  const [piped, sent] = await Promise.allSettled([
    response.body.pipeTo(exact.writable, { signal }),
    sendPart(env, { key, multipartId, partNumber, length }, exact.readable),
  ]);
  if (sent.status === "fulfilled" && piped.status === "fulfilled") return sent.value;
  // The side that failed first fails the other one, too: a source that ends early makes the part too small.
  const reason: unknown = sent.status === "rejected" ? sent.reason : null;
  if (reason instanceof AppError && reason.code !== "part_size_mismatch") throw reason;
  throw new LinkInterrupted("The server of this link broke off.", {
    cause: piped.status === "rejected" ? piped.reason : undefined,
  });
}
