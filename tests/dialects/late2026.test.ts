import { everyVerbIn } from "./every-verb";

everyVerbIn("late2026");
