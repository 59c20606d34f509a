import "../player/stage/stage.css";
import "./embed.css";
