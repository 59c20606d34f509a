import { count } from "../count.ts";

const counted = new WeakMap<object, Env>();

/** The calls of a bucket that the product makes, each of which is an operation. */
const OPERATIONS = [
  "head",
  "get",
  "put",
  "delete",
  "list",
  "createMultipartUpload",
] as const satisfies readonly (keyof R2Bucket)[];

function countedBucket(bucket: R2Bucket): R2Bucket {
  const calls = OPERATIONS.map((operation) => [
    operation,
    (...values: unknown[]) => {
      count("storage.operations", { operation });
      return Reflect.apply(bucket[operation] as (...all: unknown[]) => unknown, bucket, values);
    },
  ]);
  const resumeMultipartUpload: R2Bucket["resumeMultipartUpload"] = (key, uploadId) =>
    countedUpload(bucket.resumeMultipartUpload(key, uploadId));
  return { ...Object.fromEntries(calls), resumeMultipartUpload } as R2Bucket;
}

/** Resuming an upload takes no R2 operation; its parts and its completion are counted, and aborting it is free. */
function countedUpload(upload: R2MultipartUpload): R2MultipartUpload {
  return {
    key: upload.key,
    uploadId: upload.uploadId,
    uploadPart: (...values) => {
      count("storage.operations", { operation: "uploadPart" });
      return upload.uploadPart(...values);
    },
    complete: (parts) => {
      count("storage.operations", { operation: "completeMultipartUpload" });
      return upload.complete(parts);
    },
    abort: () => upload.abort(),
  };
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
