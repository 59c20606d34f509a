/** Passes for private videos by video id, if the tab may not store anything. */
const unstored = new Map<string, string>();

const keyOf = (videoId: string): string => `kinora.pass ${videoId}`;

function tabStorage(): Storage | null {
  // A frame on another site may be denied access to it.
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}

/** This tab's pass for the private video of an API address; null without one. */
export function passFor(input: RequestInfo | URL): string | null {
  const url = input instanceof Request ? input.url : String(input);
  const id = /\/v1\/videos\/(\w{22})/.exec(url)?.[1];
  return id ? (unstored.get(id) ?? tabStorage()?.getItem(keyOf(id)) ?? null) : null;
}

export function storePass(videoId: string, pass: string): void {
  const storage = tabStorage();
  if (storage) storage.setItem(keyOf(videoId), pass);
  else unstored.set(videoId, pass);
}

export function dropPass(videoId: string): void {
  unstored.delete(videoId);
  tabStorage()?.removeItem(keyOf(videoId));
}
