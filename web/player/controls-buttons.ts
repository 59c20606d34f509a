import "media-chrome/media-control-bar";
import "media-chrome/media-chrome-button";
import "media-chrome/media-loading-indicator";
import "media-chrome/media-play-button";
import "media-chrome/media-seek-backward-button";
import "media-chrome/media-seek-forward-button";
import "media-chrome/media-time-display";
