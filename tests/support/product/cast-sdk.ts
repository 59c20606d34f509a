/** The calls that the stand-in received, in the page's `castLog`. */
export interface CastLog {
  options: object[];
  loads: { url: string; type: string; title: string; startAt: number; hls: string }[];
  commands: string[];
}

/**
 * A stand-in for Google's Cast framework with one device, "Living room", which accepts media and plays nothing. It
 * implements the part of the documented API that the player uses. It runs in the page in place of Google's script.
 */
function installCast(): void {
  type Listener = () => void;
  const log: CastLog = { options: [], loads: [], commands: [] };
  const listeners = new Set<Listener>();
  const tell = () => listeners.forEach((listener) => listener());
  let state = "NOT_CONNECTED";
  const device = { currentTime: 0, isPaused: false, isMediaLoaded: false, duration: 0 };
  let player: typeof device | null = null;
  const changes = new Set<Listener>();
  const change = (name: string, changed: Partial<typeof device>) => {
    log.commands.push(name);
    Object.assign(device, changed);
    if (player) Object.assign(player, device);
    changes.forEach((listener) => listener());
  };
  class MediaInfo {
    metadata: { title?: string } = {};
    hlsVideoSegmentFormat = "";
    contentId: string;
    contentType: string;
    constructor(contentId: string, contentType: string) {
      this.contentId = contentId;
      this.contentType = contentType;
    }
  }
  class LoadRequest {
    currentTime = 0;
    autoplay = true;
    media: MediaInfo;
    constructor(mediaInfo: MediaInfo) {
      this.media = mediaInfo;
    }
  }
  const session = {
    getCastDevice: () => ({ friendlyName: "Living room" }),
    loadMedia: ({ media, currentTime, autoplay }: LoadRequest) => {
      const { contentId, contentType, metadata, hlsVideoSegmentFormat } = media;
      const title = metadata.title ?? "";
      log.loads.push({
        url: contentId,
        type: contentType,
        title,
        startAt: currentTime,
        hls: hlsVideoSegmentFormat,
      });
      change("load", { currentTime, isPaused: !autoplay, isMediaLoaded: true, duration: 24 });
      return Promise.resolve();
    },
  };
  const context = {
    setOptions: (options: object) => log.options.push(options),
    getCastState: () => state,
    getCurrentSession: () => session,
    requestSession: () => {
      state = "CONNECTED";
      tell();
      return Promise.resolve();
    },
    endCurrentSession: () => {
      state = "NOT_CONNECTED";
      tell();
    },
    addEventListener: (_type: string, listener: Listener) => listeners.add(listener),
    removeEventListener: (_type: string, listener: Listener) => listeners.delete(listener),
  };
  class RemotePlayerController {
    constructor(created: typeof device) {
      player = Object.assign(created, device);
    }
    addEventListener(_type: string, listener: Listener): void {
      changes.add(listener);
    }
    removeEventListener(_type: string, listener: Listener): void {
      changes.delete(listener);
    }
    playOrPause(): void {
      change("playOrPause", { isPaused: !device.isPaused });
    }
    seek(): void {
      change("seek", { currentTime: player?.currentTime ?? 0 });
    }
  }
  const framework = {
    CastContext: { getInstance: () => context },
    CastContextEventType: { CAST_STATE_CHANGED: "caststatechanged" },
    CastState: {
      NO_DEVICES_AVAILABLE: "NO_DEVICES_AVAILABLE",
      NOT_CONNECTED: "NOT_CONNECTED",
      CONNECTING: "CONNECTING",
      CONNECTED: "CONNECTED",
    },
    RemotePlayer: class {},
    RemotePlayerController,
    RemotePlayerEventType: { ANY_CHANGE: "anyChanged" },
  };
  const media = {
    MediaInfo,
    LoadRequest,
    GenericMediaMetadata: class {},
    DEFAULT_MEDIA_RECEIVER_APP_ID: "CC1AD845",
  };
  const Image = class {};
  Object.assign(window, {
    castLog: log,
    cast: { framework },
    chrome: { cast: { media, Image, AutoJoinPolicy: { ORIGIN_SCOPED: "origin_scoped" } } },
  });
  const { __onGCastApiAvailable: onAvailable } = window as unknown as {
    __onGCastApiAvailable: (isAvailable: boolean) => void;
  };
  onAvailable(true);
}

export const CAST_SDK = `(${installCast.toString()})();`;
