type Kept = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const NOTHING: Kept = { getItem: () => null, setItem: () => {}, removeItem: () => {} };

/** Where pages keep what belongs to this browser. In a frame of another site it may be denied: then nothing is kept. */
export function browserStorage(): Kept {
  try {
    return localStorage;
  } catch {
    return NOTHING;
  }
}
