/** `List`: what there is of a kind, in pages. */
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import type { Connection } from "../connection";
import { ResourceError } from "../core/errors";
import type { Bounds } from "../core/lifecycle";
import { queryFailures } from "../core/listing";
import { containsUnknown } from "../core/unknown";
import { fromStruct, plainProperties } from "./values";
import { definitionOf } from "./verbs";

/** For an engine that names no size, as the CLI. */
const defaultPageSize = 500;

/** Where a page ended: pages go by the ids' order, so what comes or goes between two of them shifts none. */
interface Place {
    after: string;
    /** The limit that was asked for, and how many objects count towards it. */
    limit: number;
    given: number;
}

/** The messages of one page. */
export async function list(
    { lifecycle }: Connection,
    request: proto.ListRequest,
    bounds: Bounds,
): Promise<proto.ListResponse[]> {
    const definition = definitionOf(request.getToken());
    if (definition.list === undefined)
        throw new ResourceError(
            `the service has no list of ${definition.noun}s; each is found by ${definition.importedBy}`,
        );
    const query = plainProperties(fromStruct(request.getQuery()));
    if (containsUnknown(query)) return [new proto.ListResponse().setComputed(new proto.ListResponse.Computed())];
    const failures = queryFailures(definition, query);
    if (failures.length > 0)
        throw new ResourceError(failures.map(({ property, reason }) => `${property} ${reason}`).join("; "));
    const place = placeOf(request.getContinuationToken());
    const limit = request.getLimit() > 0 ? request.getLimit() : Number.POSITIVE_INFINITY;
    // The protocol repeats the first limit with every page; the CLI asks for what is left of it.
    const given = place !== undefined && place.limit === request.getLimit() ? place.given : 0;
    const size = request.getPageSize() > 0 ? request.getPageSize() : defaultPageSize;
    const listed = await lifecycle.list({ kind: definition.kind, bounds }, query);
    const rest = place === undefined ? listed : listed.filter(({ id }) => id > place.after);
    const page = rest.slice(0, Math.min(size, limit - given));
    const answers = page.map(({ id, name }) =>
        new proto.ListResponse().setResult(new proto.ListResponse.Result().setId(id).setName(name)),
    );
    const last = page.at(-1);
    const total = given + page.length;
    if (last === undefined || page.length === rest.length || total >= limit) return answers;
    const next = tokenOf({ after: last.id, limit: request.getLimit(), given: total });
    const continuation = new proto.ListResponse.Continuation().setContinuationToken(next);
    return [...answers, new proto.ListResponse().setContinuation(continuation)];
}

function tokenOf(place: Place): string {
    return Buffer.from(JSON.stringify(place)).toString("base64url");
}

function placeOf(token: string): Place | undefined {
    if (token === "") return undefined;
    try {
        const { after, limit, given } = JSON.parse(Buffer.from(token, "base64url").toString());
        if (typeof after === "string" && typeof limit === "number" && typeof given === "number")
            return { after, limit, given };
    } catch {
        // Said below.
    }
    throw new ResourceError("the continuation token is not one of this provider; begin the list again without it");
}
