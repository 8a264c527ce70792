// What Link's pages load: search as one types, fields checked as they are left, progress, answers posted.
import { startAccess } from "../parts/link-access";
import { startAnswer, startClosing } from "../parts/link-answer";
import { startSearch } from "../parts/link-search";
import { startFocus } from "../parts/link-focus";
import { startCopyButtons } from "../parts/copy";

startFocus();
startSearch();
startAccess();
startClosing();
startAnswer();
startCopyButtons();
