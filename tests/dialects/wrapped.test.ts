import { everyVerbIn } from "./every-verb";

everyVerbIn("wrapped");
