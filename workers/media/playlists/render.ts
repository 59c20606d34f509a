import type { Publication } from "../../contract/publication.ts";
import { dashManifest } from "./dash.ts";
import { multivariantPlaylist } from "./multivariant.ts";
import {
  hasIframes,
  iframePlaylist,
  type ListKind,
  mediaPlaylist,
  subtitlePlaylist,
} from "./media.ts";
import {
  iframePlaylistName,
  MANIFEST,
  MULTIVARIANT,
  mediaPlaylistName,
  subtitlePlaylistName,
} from "./names.ts";
import { isVideo, tracksOf } from "./timeline.ts";

export interface RenderedPlaylist {
  name: string;
  body: string;
  contentType: string;
}

const HLS = "application/vnd.apple.mpegurl";
const DASH = "application/dash+xml";

/** What each list's name stands for, rendered only when asked for: a live request wants one of many. */
function hlsLists(publication: Publication, kind: ListKind): Map<string, () => string> {
  const tracks = tracksOf(publication);
  const lists = new Map<string, () => string>();
  if (!tracks.some(isVideo)) return lists;
  lists.set(MULTIVARIANT, () => multivariantPlaylist(publication, tracks));
  for (const track of tracks) {
    lists.set(mediaPlaylistName(track.rendition.id), () =>
      mediaPlaylist(publication, tracks, track, kind),
    );
    if (isVideo(track) && hasIframes(track)) {
      lists.set(iframePlaylistName(track.rendition.id), () =>
        iframePlaylist(publication, tracks, track, kind),
      );
    }
  }
  for (const { language, path } of publication.captions) {
    lists.set(subtitlePlaylistName(language), () => subtitlePlaylist(publication, path));
  }
  return lists;
}

/**
 * The final set of playlists of a finished publication, to be stored under `{videoId}/{version}/p{n}/`. Without
 * `manifest.mpd` where DASH cannot carry it (see dash.ts, and encrypted films); empty where there is no picture to play.
 */
export function renderPublication(publication: Publication): RenderedPlaylist[] {
  const hls = [...hlsLists(publication, "final")].map(([name, render]) => ({
    name,
    body: render(),
    contentType: HLS,
  }));
  // AES-128 is a thing of HLS alone: DASH knows only Common Encryption.
  const mpd =
    hls.length > 0 && !publication.encrypted
      ? dashManifest(publication, tracksOf(publication))
      : null;
  return mpd === null ? hls : [...hls, { name: MANIFEST, body: mpd, contentType: DASH }];
}

/**
 * One list of a publication that may still grow, as it stands now, for the virtual folder
 * `{videoId}/{version}/event/`; null where there is no list of that name (yet).
 */
export function renderLive(publication: Publication, name: string): RenderedPlaylist | null {
  const render = hlsLists(publication, "event").get(name);
  return render ? { name, body: render(), contentType: HLS } : null;
}
