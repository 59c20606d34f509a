import { expect, test } from "vitest";
import { secondsLeft, TransferRate } from "./transfer-rate.ts";

/** A rate after samples of seconds and bytes. */
function rateOf(samples: [seconds: number, bytes: number][]): TransferRate {
  const rate = new TransferRate();
  for (const [seconds, bytes] of samples) rate.add(bytes, seconds * 1000);
  return rate;
}

test("the rate is unknown at first and while nothing is transferred", () => {
  expect(new TransferRate().bytesPerSecond(0)).toBeNull();
  expect(rateOf([[0, 500]]).bytesPerSecond(0)).toBeNull();
  const samples: [number, number][] = [
    [0, 0],
    [1, 100],
    [1.9, 200],
  ];
  expect(rateOf(samples).bytesPerSecond(1900)).toBeNull();
  const known = rateOf([...samples, [4, 400]]);
  expect(known.bytesPerSecond(4000)).toBe(100);
  expect(known.bytesPerSecond(60_000)).toBeNull();
});

test("the rate follows the last few seconds and starts over after a restart or a repeated part", () => {
  const steps = Array.from({ length: 40 }, (_, second): [number, number] => [
    second,
    second < 20 ? second * 1000 : 20_000 + (second - 20) * 10,
  ]);
  expect(rateOf(steps).bytesPerSecond(39_000)).toBeLessThan(11);
  expect(rateOf([...steps, [40, 100]]).bytesPerSecond(40_000)).toBeNull();
  const restarted = rateOf(steps);
  restarted.restart();
  expect(restarted.bytesPerSecond(39_000)).toBeNull();
});

test("the remaining time is rounded up, and unknown without a rate", () => {
  expect(secondsLeft(1000, null)).toBeNull();
  expect(secondsLeft(1000, 100)).toBe(10);
  expect(secondsLeft(1, 100)).toBe(5);
  expect(secondsLeft(10_000, 100)).toBe(120);
});
