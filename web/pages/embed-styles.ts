import "../player/stage.css";
import "./embed.css";
