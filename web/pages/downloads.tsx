import type { RefObject, TargetedMouseEvent } from "preact";
import type { Playback } from "../../workers/contract/playback.ts";
import { Icon } from "../components/icon.tsx";
import { containerName } from "../format.ts";
import { fileSize } from "../file-size.ts";
import type { PlaybackTokenKeeper } from "../player/stream/playback-token-keeper.ts";

interface Props {
  playback: Playback;
  keeper: RefObject<PlaybackTokenKeeper>;
}

/** Links to a video's downloads. A link whose token has expired is renewed when it is clicked. */
export function Downloads({ playback, keeper }: Props) {
  const openLink = async (event: TargetedMouseEvent<HTMLAnchorElement>) => {
    const link = event.currentTarget;
    if (!keeper.current?.isExpired) return;
    event.preventDefault();
    link.href = await keeper.current.rewrite(link.href);
    link.click();
  };
  return (
    <ul class="downloads">
      {playback.downloads.map((download) => (
        <li key={download.format}>
          <a
            class="button button-small"
            href={download.url}
            download
            // If the renewal fails, a second click follows the expired link, whose response shows the reason.
            onClick={(event) => void openLink(event).catch(() => undefined)}
          >
            <Icon name="download" size={16} />
            {containerName(download.format)} <span>{fileSize(download.size)}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}
