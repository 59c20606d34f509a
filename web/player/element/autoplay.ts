import { useEffect, useState } from "preact/hooks";

/**
 * Starts playback without a click. Browsers may refuse that with sound, so it is tried again without; if that is refused
 * too, the player stays paused and shows its large play button.
 * @returns whether it plays without sound for this reason
 */
export async function autoplayMedia(media: HTMLMediaElement): Promise<boolean> {
  try {
    await media.play();
    return false;
  } catch (error) {
    const isBlocked = error instanceof DOMException && error.name === "NotAllowedError";
    if (!isBlocked || media.muted) return false;
  }
  media.muted = true;
  try {
    await media.play();
    return true;
  } catch {
    media.muted = false;
    return false;
  }
}

/**
 * Whether a playback that had to start without sound is still muted.
 * @returns the state, and the function that a muted start calls
 */
export function useMutedStart(element: { current: HTMLMediaElement | null }) {
  const [isMuted, setMuted] = useState(false);
  useEffect(() => {
    const media = element.current;
    if (!isMuted || !media) return;
    const onVolumeChange = () => setMuted(media.muted);
    media.addEventListener("volumechange", onVolumeChange);
    return () => media.removeEventListener("volumechange", onVolumeChange);
  }, [isMuted, element]);
  return [isMuted, setMuted] as const;
}
