import { everyVerbIn } from "./every-verb";

everyVerbIn("mid2026");
