// What a credential may do: scopes of the form `entity:id:mode`, and which of them cover what.
import { invalid, parseJson } from "./fields";

const modes = ["r", "rw", "rwa"] as const;
export type Mode = (typeof modes)[number];

export interface Grant {
    entity: string;
    /** `*` for all of the kind. */
    id: string;
    mode: Mode;
}

/** From an object up to what it lies in: kind and id of each. */
export type Line = readonly (readonly [entity: string, id: string])[];

/** What a key holds that was made without scopes. */
export const defaultScopes = ["user:*:rw"];
/** Everything there is: what somebody who signed in may do. */
export const allScopes = ["user:*:rwa", "userdetails:*:rw"];

const earlyPattern = /^(org|workspace|share):(\d{19}|\*):(r|rw)$/;
// Late accounts 5: an id is digits or the star.
const latePattern = /^((org|workspace|share):(\d+|\*):(r|rw|rwa)|user:\*:(r|rw|rwa)|userdetails:\*:rw)$/;

/** The JSON of a list of scopes. */
export function parseScopes(value: string, key: string, era: string): string {
    const list = parseJson(value, key);
    const pattern = era === "late" ? latePattern : earlyPattern;
    const valid = Array.isArray(list) && list.every((scope) => typeof scope === "string" && pattern.test(scope));
    if (!valid) throw invalid(key, "must be a JSON array of scopes such as org:1234567890123456789:rw");
    return JSON.stringify(list);
}

export function grantOf(scope: string): Grant {
    const [entity = "", id = "", mode = ""] = scope.split(":");
    return { entity, id, mode: modes.find((one) => one === mode) ?? "r" };
}

export function allows(grants: readonly Grant[], needed: Mode): boolean {
    return grants.some(({ mode }) => modes.indexOf(mode) >= modes.indexOf(needed));
}

/** Those that reach something: the thing itself, something above it, or all that the account has. */
export function covering(scopes: readonly string[], line: Line): Grant[] {
    return scopes
        .map(grantOf)
        .filter(
            ({ entity, id }) =>
                entity === "user" || line.some(([kind, ownId]) => kind === entity && (id === "*" || id === ownId)),
        );
}

/** Those that let a credential write to the account itself, and found organizations. */
export function accountGrants(scopes: readonly string[]): Grant[] {
    return scopes.map(grantOf).filter(({ entity }) => entity !== "userdetails");
}

/** Whether one credential may hand a scope on: it holds as much of the same thing, or of what the thing lies in. */
export function mayIssue(held: readonly string[], wanted: string, lineOf: (grant: Grant) => Line): boolean {
    const grant = grantOf(wanted);
    if (grant.entity === "userdetails") return held.includes(wanted);
    if (grant.entity === "user" || grant.id === "*") {
        const wide = held.map(grantOf).filter(({ entity, id }) => id === "*" && isAbove(entity, grant.entity));
        return allows(wide, grant.mode);
    }
    return allows(covering(held, lineOf(grant)), grant.mode);
}

const order = ["user", "org", "workspace", "share"];

function isAbove(entity: string, other: string): boolean {
    return order.includes(entity) && order.indexOf(entity) <= order.indexOf(other);
}
