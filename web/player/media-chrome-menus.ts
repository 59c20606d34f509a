import "media-chrome/menu/media-chrome-menu";
import "media-chrome/menu/media-chrome-menu-item";
import "media-chrome/menu/media-captions-menu";
import "media-chrome/menu/media-settings-menu";
import "media-chrome/menu/media-settings-menu-item";
import "media-chrome/menu/media-rendition-menu";
import "media-chrome/menu/media-audio-track-menu";
import "media-chrome/menu/media-playback-rate-menu";
