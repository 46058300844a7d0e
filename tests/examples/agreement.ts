/** What every engine does with an example, held against the others: results, state with its outputs, and what the service was asked. */
import type { RunOptions } from "../engines/engine";
import { availableEngines } from "../engines/engines";
import type { Fixture, Ledgered } from "../lifecycle/fixture";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

interface Resource {
    urn: string;
    id?: string;
    parent?: string;
    dependencies?: string[];
    outputs?: Record<string, Json>;
}

interface Run {
    verb: string;
    exit: number;
    changes: Json;
    resources: Resource[];
    ledger: Ledgered[];
}

interface Result {
    changeSummary?: Json;
    summary?: { resourceChanges?: Json };
}

/** By example, the runs of each engine. */
const lives = new Map<string, Run[][]>();

/** Notes every run of an example from now on. */
export function note(example: string, fixture: Fixture): void {
    const runs: Run[] = [];
    lives.set(example, [...(lives.get(example) ?? []), runs]);
    const verbs = fixture.stack as unknown as Record<string, (options?: RunOptions) => Promise<Result | undefined>>;
    for (const verb of ["preview", "up", "refresh", "destroy"]) {
        const run = verbs[verb]?.bind(fixture.stack);
        verbs[verb] = async (options) => {
            const last = (await fixture.ledgerAfter()).at(-1)?.seq ?? 0;
            let result: Result | undefined;
            try {
                result = await run?.(options);
                return result;
            } finally {
                const { deployment } = await fixture.stack.exportStack();
                runs.push({
                    verb,
                    exit: result ? 0 : 1,
                    changes: result?.changeSummary ?? result?.summary?.resourceChanges ?? null,
                    resources: deployment.resources ?? [],
                    ledger: await fixture.ledgerAfter(last),
                });
            }
        };
    }
}

/** Where there is more than one engine, a test: the runs that were noted are the same on all. */
export function testAgreement(example: string): void {
    if (availableEngines().length < 2) return;
    test("the engines agree in results, state and requests", () => {
        const [first = [], ...others] = (lives.get(example) ?? []).map(comparable);
        expect(others).toHaveLength(availableEngines().length - 1);
        expect(first.length).toBeGreaterThan(2);
        for (const other of others) expect(other).toEqual(first);
    });
}

/** The runs of one engine without what is chance: ids and what is made of them, times, ciphertexts, the order of what is independent. */
function comparable(runs: Run[]): Json[] {
    const all = runs.flatMap(({ resources }) => resources);
    const names = namesOf(all);
    const related = relationsOf(all);
    return runs.map(({ verb, exit, changes, resources, ledger }) => {
        const requests = ledger.map(({ method, path, status, effect, kind = "" }) =>
            named(`${method} ${path} ${status} ${effect} ${kind}`, names),
        );
        const states = resources.map((resource) => plain(resource as unknown as Json, names));
        return {
            verb,
            exit,
            changes,
            resources: states.sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)),
            // How many operations share a read is chance, and so is which of several a refresh reads by itself to hold a list against.
            requests: [
                ...new Set(requests.filter((_, index) => ledger[index]?.effect === "read").map(ofAnyName)),
                ...requests.filter((_, index) => ledger[index]?.effect !== "read"),
            ].sort(),
            orders: ordersOf(ledger, requests, names, related),
        };
    });
}

/** A request for something of a kind, whatever its name in the program. */
function ofAnyName(request: string): string {
    return request.replace(/(<[^<>]*?)::[^<>]*>/g, "$1>");
}

const generated = /\b([0-9a-z]{5}(-[0-9a-z]{5}){4}-[0-9a-z]{4}|\d{19})\b/g;

/** Generated ids, each with the URN of its resource; those that belong to no resource are not among them. */
function namesOf(resources: Resource[]): Map<string, string> {
    const names = new Map<string, string>();
    for (const { urn, id = "", outputs = {} } of resources) {
        for (const value of [id.split("/").at(-1), outputs.invitationId, outputs.rootFolderId])
            if (typeof value === "string" && isGenerated(value) && !names.has(value)) names.set(value, urn);
    }
    return names;
}

function isGenerated(text: string): boolean {
    return text.replace(generated, "") === "";
}

/** Pairs of URNs that are the same or of which one depends on the other, directly or not. */
function relationsOf(resources: Resource[]): Set<string> {
    const needs = new Map(resources.map(({ urn, parent = "", dependencies = [] }) => [urn, [parent, ...dependencies]]));
    const pairs = new Set<string>();
    const visit = (from: string, urn: string): void => {
        if (pairs.has(`${from} ${urn}`)) return;
        pairs.add(`${from} ${urn}`).add(`${urn} ${from}`);
        for (const needed of needs.get(urn) ?? []) visit(from, needed);
    };
    for (const urn of needs.keys()) visit(urn, urn);
    return pairs;
}

/** Which object is made or deleted before which other one, where one depends on the other. */
function ordersOf(ledger: Ledgered[], requests: string[], names: Map<string, string>, related: Set<string>): string[] {
    const changes = ledger.flatMap(({ effect, id = "" }, index) => {
        const urn = names.get(id);
        return ["created", "deleted"].includes(effect) && urn ? [{ urn, text: `${urn}: ${requests[index]}` }] : [];
    });
    const pairs = changes.flatMap((one, index) =>
        changes
            .slice(index + 1)
            .filter((other) => related.has(`${one.urn} ${other.urn}`))
            .map((other) => `${one.text} before ${other.text}`),
    );
    return pairs.toSorted();
}

const chance = new Set(["created", "modified", "sourcePosition", "stackTrace", "ciphertext", "__service"]);

function plain(value: Json, names: Map<string, string>): Json {
    if (typeof value === "string") return named(value, names);
    // URNs stand in the order in which the program's promises resolve.
    if (Array.isArray(value) && value.every(isUrn)) return value.toSorted();
    if (Array.isArray(value)) return value.map((item) => plain(item, names));
    if (value === null || typeof value !== "object") return value;
    const entries = Object.entries(value).filter(([key]) => !chance.has(key));
    const madeUp = (key: string, inner: Json) => key === "customName" && /^\w{12}$/.test(String(inner));
    return Object.fromEntries(
        entries.map(([key, inner]) => [key, madeUp(key, inner) ? "<name>" : plain(inner, names)]),
    );
}

function isUrn(value: Json): boolean {
    return typeof value === "string" && value.startsWith("urn:pulumi:");
}

function named(text: string, names: Map<string, string>): string {
    return text
        .replace(generated, (id) => `<${names.get(id)?.split("::").slice(2).join("::") ?? "id"}>`)
        .replace(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<uuid>")
        .replace(/127\.0\.0\.1:\d+/g, "<service>")
        .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( UTC|Z)?/g, "<time>")
        .replace(/-[0-9a-f]{7}\b/g, "-<suffix>")
        .replace(/(?<=\/shared\/)\w+/, "<name>");
}
