import { isMoving, isOnline, queue, transfers } from "./queue-state.ts";
import { TransferRate } from "./transfer-rate.ts";

/** Bytes that are sent of each file, by key. They change far more often than they are shown. */
const sent = new Map<string, number>();
const rates = new Map<string, TransferRate>();

export function noteSent(key: string, bytes: number): void {
  sent.set(key, bytes);
}

/** A file without progress has no rate. */
export function restartRate(key: string): void {
  rates.get(key)?.restart();
}

export function forgetTransfer(key: string): void {
  sent.delete(key);
  rates.delete(key);
}

/** Shows the progress and rate of this tab's uploads. */
export function showTransfers(): void {
  const now = Date.now();
  transfers.value = new Map(
    queue.value.filter(isMoving).map(({ entry: { key }, state }) => {
      const bytes = sent.get(key) ?? 0;
      const rate = rates.get(key) ?? new TransferRate();
      rates.set(key, rate);
      if (!isOnline.value) rate.restart();
      else if (state === "uploading" || state === "reading") rate.add(bytes, now);
      return [key, { sent: bytes, rate: rate.bytesPerSecond(now) }];
    }),
  );
}
