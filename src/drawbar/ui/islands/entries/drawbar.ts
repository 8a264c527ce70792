// What every page loads: htmx with server-sent events, and the small islands.
import "htmx.org";
import "htmx.org/dist/ext/hx-sse.js";
import { startCopyButtons } from "../parts/copy";
import { startDialogs } from "../parts/dialog";
import { startKeyboard } from "../parts/keyboard";
import { startRelativeTimes } from "../parts/times";
import { startToasts } from "../parts/toast";

startCopyButtons();
startDialogs();
startKeyboard();
startRelativeTimes();
startToasts();
