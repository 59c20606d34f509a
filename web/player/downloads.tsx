import type { RefObject, TargetedMouseEvent } from "preact";
import type { Playback } from "../../workers/contract/playback.ts";
import { Icon } from "../components/icon.tsx";
import { byteSize } from "../format.ts";
import type { PlaybackTokenKeeper } from "./playback-token-keeper.ts";

interface Props {
  grant: Playback;
  keeper: RefObject<PlaybackTokenKeeper>;
}

/** The files of a film. A link that is over, since nothing has played for hours, is made anew as it is followed. */
export function Downloads({ grant, keeper }: Props) {
  const follow = async (event: TargetedMouseEvent<HTMLAnchorElement>) => {
    const link = event.currentTarget;
    if (!keeper.current?.isOver) return;
    event.preventDefault();
    link.href = await keeper.current.rewrite(link.href);
    link.click();
  };
  return (
    <ul class="downloads">
      {grant.downloads.map((download) => (
        <li key={download.format}>
          <a
            class="button button-small"
            href={download.url}
            download
            // Refused again, the click that follows says so.
            onClick={(event) => void follow(event).catch(() => undefined)}
          >
            <Icon name="download" size={16} />
            {download.format.toUpperCase()} <span>{byteSize(download.size)}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}
