import { useRef, useState } from "preact/hooks";
import type { Video } from "../../../workers/contract/videos.ts";
import { getVideo } from "../../api.ts";
import { usePolling } from "../../use-load.ts";
import { SameFile } from "../same-file.tsx";

const POLL_INTERVAL_MS = 2_000;
/** The server hashes a file soon after its upload. A duplicate found later is shown on the page of the video. */
const MAX_LOOKS = 30;

/**
 * Lists the account's other videos made from the same file, once the server has hashed the upload. Files behind links, and
 * files with another name, are not recognised earlier.
 */
export function SameContent({ videoId }: { videoId: string }) {
  const [video, setVideo] = useState<Video | null>(null);
  const looks = useRef(0);
  const sha256 = video?.source?.sha256 ?? null;
  const look = async () => {
    looks.current += 1;
    setVideo(await getVideo(videoId));
  };
  usePolling(look, sha256 === null && looks.current < MAX_LOOKS, POLL_INTERVAL_MS);
  return video && <SameFile video={video} />;
}
