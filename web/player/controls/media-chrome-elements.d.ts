import type { JSX } from "preact";

type ElementProps = JSX.HTMLAttributes<HTMLElement> & Record<`${string}`, unknown>;

/** JSX types of the media-chrome elements that the player uses. */
declare module "preact" {
  namespace JSX {
    interface IntrinsicElements {
      "media-controller": ElementProps;
      "media-airplay-button": ElementProps;
      "media-cast-button": ElementProps;
      "media-chrome-button": ElementProps;
      "media-chrome-menu": ElementProps;
      "media-chrome-menu-item": ElementProps;
      "media-preview-chapter-display": ElementProps;
      "media-control-bar": ElementProps;
      "media-loading-indicator": ElementProps;
      "media-play-button": ElementProps;
      "media-seek-backward-button": ElementProps;
      "media-seek-forward-button": ElementProps;
      "media-mute-button": ElementProps;
      "media-volume-range": ElementProps;
      "media-time-range": ElementProps;
      "media-time-display": ElementProps;
      "media-preview-thumbnail": ElementProps;
      "media-preview-time-display": ElementProps;
      "media-captions-menu": ElementProps;
      "media-captions-menu-button": ElementProps;
      "media-settings-menu": ElementProps;
      "media-settings-menu-button": ElementProps;
      "media-settings-menu-item": ElementProps;
      "media-rendition-menu": ElementProps;
      "media-audio-track-menu": ElementProps;
      "media-playback-rate-menu": ElementProps;
      "media-pip-button": ElementProps;
      "media-fullscreen-button": ElementProps;
    }
  }
}
