import type { Publication } from "../../contract/publications.ts";
import { trackTag } from "../../domain/captions/caption-tracks.ts";
import { contentType } from "../content-type.ts";
import { chaptersJson } from "./chapters-json.ts";
import { dashManifest } from "./dash.ts";
import { multivariantPlaylist } from "./multivariant.ts";
import {
  hasIframes,
  iframePlaylist,
  type PlaylistKind,
  mediaPlaylist,
  subtitlePlaylist,
} from "./media.ts";
import {
  CHAPTERS_NAME,
  iframePlaylistName,
  DASH_MANIFEST_NAME,
  MULTIVARIANT_PLAYLIST_NAME,
  mediaPlaylistName,
  subtitlePlaylistName,
} from "../storage-keys.ts";
import { isVideo, tracksOf } from "./timeline.ts";

export interface RenderedPlaylist {
  name: string;
  body: string;
  contentType: string;
}

/** A renderer for each playlist, and the list of the chapters, by name: a live request needs only one of many. */
function hlsRenderers(publication: Publication, kind: PlaylistKind): Map<string, () => string> {
  const tracks = tracksOf(publication);
  const renderers = new Map<string, () => string>();
  if (!tracks.some(isVideo)) return renderers;
  renderers.set(MULTIVARIANT_PLAYLIST_NAME, () => multivariantPlaylist(publication, tracks));
  for (const track of tracks) {
    renderers.set(mediaPlaylistName(track.rendition.id), () =>
      mediaPlaylist(publication, tracks, track, kind),
    );
    if (isVideo(track) && hasIframes(track)) {
      renderers.set(iframePlaylistName(track.rendition.id), () =>
        iframePlaylist(publication, tracks, track, kind),
      );
    }
  }
  for (const { path, ...track } of publication.captions) {
    renderers.set(subtitlePlaylistName(trackTag(track)), () =>
      subtitlePlaylist(publication, path, kind),
    );
  }
  const { chapters } = publication;
  if (chapters) renderers.set(CHAPTERS_NAME, () => chaptersJson(chapters));
  return renderers;
}

/**
 * Renders the final playlists of a publication, to be stored under `{videoId}/{version}/p{n}/`. There is no `manifest.mpd`
 * where DASH cannot describe the renditions (see dash.ts) or the video is encrypted, and nothing without a video track.
 */
export function renderPublication(publication: Publication): RenderedPlaylist[] {
  const hls = [...hlsRenderers(publication, "vod")].map(([name, render]) => ({
    name,
    body: render(),
    contentType: contentType(name),
  }));
  // METHOD=AES-128 exists in HLS only: DASH has Common Encryption.
  const mpd =
    hls.length > 0 && !publication.encrypted
      ? dashManifest(publication, tracksOf(publication))
      : null;
  return mpd === null
    ? hls
    : [
        ...hls,
        { name: DASH_MANIFEST_NAME, body: mpd, contentType: contentType(DASH_MANIFEST_NAME) },
      ];
}

/**
 * Renders one playlist of a publication that may still grow, for the virtual folder `{videoId}/{version}/event/`. Null
 * where there is no playlist of that name, or not yet.
 */
export function renderLive(publication: Publication, name: string): RenderedPlaylist | null {
  const render = hlsRenderers(publication, "event").get(name);
  return render ? { name, body: render(), contentType: contentType(name) } : null;
}
