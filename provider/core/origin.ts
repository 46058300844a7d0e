/** The service's origin in the state: a wrong base URL must not empty a production stack. */
import { isLoopback } from "../api/base-url";
import { ResourceError } from "./errors";
import { serviceKey } from "./state";

/** Throws, naming both origins, when the object was made on another service than the one that is configured. */
export function requireSameService(
    subject: string,
    outputs: Record<string, unknown>,
    origin: string,
    formerOrigin: string | undefined,
): void {
    const recorded = outputs[serviceKey];
    if (typeof recorded !== "string" || recorded === origin) return;
    const allowed = [origin, ...(formerOrigin === undefined ? [] : [formerOrigin])];
    if (allowed.some((candidate) => comparable(candidate) === comparable(recorded))) return;
    throw new ResourceError(
        `${subject} was made on ${recorded}, and the configured service is ${origin}. Nothing was requested. ` +
            "Set fastio:baseUrl back, or, if it is the same service under a new name, set fastio:formerBaseUrl to the old one",
    );
}

/** The ports of loopback addresses change with every start of an emulator and mean nothing. */
function comparable(origin: string): string {
    const url = new URL(origin);
    return isLoopback(url.hostname) ? `${url.protocol}//loopback` : url.origin;
}
