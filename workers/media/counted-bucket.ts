import { count } from "../count.ts";

const counted = new WeakMap<object, Env>();

/** The calls of a bucket that the product makes. */
const OPERATIONS = [
  "head",
  "get",
  "put",
  "delete",
  "list",
  "createMultipartUpload",
  "resumeMultipartUpload",
] as const satisfies readonly (keyof R2Bucket)[];

function countedBucket(bucket: R2Bucket): R2Bucket {
  const calls = OPERATIONS.map((operation) => [
    operation,
    (...values: unknown[]) => {
      count("storage.operations", { operation });
      return Reflect.apply(bucket[operation] as (...all: unknown[]) => unknown, bucket, values);
    },
  ]);
  return Object.fromEntries(calls) as R2Bucket;
}

/** The bindings with a bucket whose calls are counted; always the same object for the same bindings. */
export function countingStorage(env: Env): Env {
  let wrapper = counted.get(env);
  if (!wrapper) {
    wrapper = { ...env, MEDIA: countedBucket(env.MEDIA) };
    counted.set(env, wrapper);
  }
  return wrapper;
}
