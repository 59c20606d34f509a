export type KeyValueStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const NO_STORAGE: KeyValueStorage = {
  getItem: () => null,
  setItem: () => {},
  removeItem: () => {},
};

/** The browser's local storage. A frame on another site may be denied access to it; then nothing is stored. */
export function browserStorage(): KeyValueStorage {
  try {
    return localStorage;
  } catch {
    return NO_STORAGE;
  }
}
