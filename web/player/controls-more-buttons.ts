import "media-chrome/media-mute-button";
import "media-chrome/media-cast-button";
import "media-chrome/media-pip-button";
import "media-chrome/media-fullscreen-button";
import "media-chrome/menu/media-captions-menu-button";
import "media-chrome/menu/media-settings-menu-button";
