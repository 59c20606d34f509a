/** Names of the playlists of one publication, in its `p{n}` folder and in the virtual folder `event`. */
export const MULTIVARIANT = "multivariant.m3u8";
export const MANIFEST = "manifest.mpd";
export const mediaPlaylistName = (rendition: string): string => `${rendition}.m3u8`;
export const iframePlaylistName = (rendition: string): string => `${rendition}.iframes.m3u8`;
export const subtitlePlaylistName = (language: string): string => `subs-${language}.m3u8`;
