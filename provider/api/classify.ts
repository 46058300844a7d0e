// What an answer that is not a success means: by the reason that it gives, else by the API's own code where it is a listed one, else by the HTTP status.
import type { ApiErrorClass } from "./errors";

// HTTP statuses drifted between versions of the API (406 and 400, 401 and 403); these codes did not.
const byCode: ReadonlyMap<number, ApiErrorClass> = new Map([
    [1605, "invalid"],
    [1607, "duplicate"],
    [1609, "not-found"],
    [1650, "unauthenticated"],
    [1651, "wrong-verb"],
    [1652, "not-found"],
    [1653, "not-found"],
    [1654, "server"],
    [1656, "limit"],
    [1658, "restricted"],
    [1660, "conflict"],
    [1664, "server"],
    [1667, "limit"],
    [1669, "exists"],
    [1670, "restricted"],
    [1671, "rate-limited"],
    [1677, "locked"],
    [1680, "denied"],
    [1685, "limit"],
    [1686, "not-implemented"],
    [1688, "limit"],
    [1695, "limit"],
    [1696, "limit"],
    // An unknown route is a 404, and says nothing about the object.
    [9992, "not-implemented"],
    [10001, "unauthenticated"],
    [10008, "unauthenticated"],
    [10011, "unauthenticated"],
    [10022, "invalid"],
    [10023, "invalid"],
    [10175, "denied"],
    [10522, "invalid"],
    [10545, "denied"],
    [10560, "denied"],
    [10566, "invalid"],
    [10574, "denied"],
    [10587, "restricted"],
    [10753, "denied"],
    [10754, "denied"],
    [10756, "restricted"],
    [10757, "denied"],
    [10767, "denied"],
    [10768, "denied"],
    [10769, "denied"],
    [10770, "denied"],
    [10778, "invalid"],
    [10779, "conflict"],
    [109184, "invalid"],
    [115069, "denied"],
    [115519, "invalid"],
    [133123, "not-found"],
    [146256, "server"],
    [191878, "invalid"],
] as const);

const byStatus: ReadonlyMap<number, ApiErrorClass> = new Map([
    [400, "invalid"],
    [402, "limit"],
    [403, "denied"],
    [404, "not-found"],
    [405, "wrong-verb"],
    [406, "invalid"],
    [409, "conflict"],
    [410, "not-implemented"],
    [412, "limit"],
    [413, "limit"],
    [422, "invalid"],
    [423, "locked"],
    [429, "rate-limited"],
    [501, "not-implemented"],
] as const);

/** The class of a refusal. An unlisted 401 is "unknown": a bad token and a denial look the same, and only a token check tells. */
export function classify(status: number, codes: readonly number[]): ApiErrorClass {
    for (const code of codes) {
        const known = byCode.get(code);
        if (known !== undefined) {
            return known;
        }
    }
    // Failures of the framework carry the HTTP status as their code, and that says more than a status of 200 does.
    const effective = status >= 400 ? status : (codes.find((code) => code >= 400 && code < 600) ?? status);
    return byStatus.get(effective) ?? (effective >= 500 ? "server" : "unknown");
}
