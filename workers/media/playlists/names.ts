/** Names of the playlists of one publication, in its `p{n}` folder and in the virtual folder `event`. */
export const MASTER = "master.m3u8";
export const MANIFEST = "manifest.mpd";
export const mediaPlaylist = (rendition: string): string => `${rendition}.m3u8`;
export const iframePlaylist = (rendition: string): string => `${rendition}.iframes.m3u8`;
export const subtitlePlaylist = (language: string): string => `subs-${language}.m3u8`;
