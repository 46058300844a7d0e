// Lists in pages: every item once, or an error that says that the list moved while it was read.
import * as z from "zod";
import { derived } from "../derived";
import { ShiftedListError } from "./errors";

export interface Listing<T> {
    operation: string;
    /** Where the answer holds the items: "workspaces", or "nodes.items"; of several keys the first that is there. */
    items: string | readonly string[];
    item: z.ZodType<T>;
    /** What tells two items apart. */
    identity: (item: T) => string;
    /** At most 500, the default. Storage lists take 100, 250 or 500. */
    pageSize?: number;
    /** Storage lists continue from a cursor; all others, by default, from an offset. */
    paging?: "offset" | "cursor";
}

export type PageQuery = Record<string, string | number>;

/** Asks for one page and reads it with the schema. */
export type FetchPage = <P>(query: PageQuery, answer: z.ZodType<P>) => Promise<P>;

const largestPage = 500;
const maxPasses = 4;

const flag = z.union([
    z.boolean(),
    z.enum(["true", "yes", "false", "no"]).transform((text) => /^(true|yes)$/.test(text)),
]);

const paginationSchema = z
    .object({ total: z.coerce.number().optional(), has_more: flag.optional(), next_cursor: z.string().nullish() })
    .nullish();

function property(value: unknown, key: string): unknown {
    return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}

function findItems(data: unknown, keys: string | readonly string[]): unknown {
    const found = [keys, "response"]
        .flat()
        .map((path) => path.split(".").reduce(property, data))
        .find((value) => value !== undefined);
    // A list without members is null in places.
    return found === null ? [] : found;
}

interface Page<T> {
    items: T[];
    pagination?: z.infer<typeof paginationSchema>;
}

/** zod compiles a schema when it is first used. */
const pageOf = derived((item: z.ZodType) => z.object({ items: z.array(item), pagination: paginationSchema }));

function pageSchema<T>({ items, item }: Listing<T>): z.ZodType<Page<T>> {
    return z.preprocess(
        (data) => ({ items: findItems(data, items), pagination: property(data, "pagination") }),
        pageOf(item) as z.ZodType<Page<T>>,
    );
}

function shifted(operation: string, what: string, attempts = 1): ShiftedListError {
    return new ShiftedListError({
        operation,
        attempts,
        problem: `the list changed while its pages were read (${what})`,
        next: "Try again when nothing else is changing it.",
    });
}

/**
 * What each page adds. `atOnce` asks for all further pages when the first one tells how many there are. Ends with a
 * `ShiftedListError` as soon as the list is seen to have moved.
 */
async function* pagesOf<T>(
    fetch: FetchPage,
    listing: Listing<T>,
    atOnce: boolean,
): AsyncGenerator<T[], void, undefined> {
    const { operation, identity, pageSize = largestPage, paging = "offset" } = listing;
    const schema = pageSchema(listing);
    const seen = new Set<string>();
    let last: string | undefined;
    let cursor: string | undefined;
    let total: number | undefined;
    const asked = new Map<number, Promise<Page<T>>>();
    const at = (offset: number) => fetch({ limit: pageSize, offset }, schema);
    for (;;) {
        // Pages overlap by one item: where the item at the seam is another one, something before it came or went.
        const offset = Math.max(0, seen.size - 1);
        const { items, pagination } =
            paging === "offset"
                ? await (asked.get(offset) ?? at(offset))
                : await fetch({ page_size: pageSize, ...(cursor === undefined ? {} : { cursor }) }, schema);
        let fresh = items;
        if (paging === "offset" && last !== undefined) {
            const [seam, ...rest] = items;
            if (seam === undefined || identity(seam) !== last) {
                throw shifted(operation, "another item stands where the last one was");
            }
            fresh = rest;
        }
        if (total !== undefined && pagination?.total !== undefined && pagination.total !== total) {
            throw shifted(operation, `${total} items became ${pagination.total}`);
        }
        if (atOnce && paging === "offset" && offset === 0 && items.length === pageSize) {
            const end = pagination?.total ?? 0;
            for (let next = pageSize - 1; next + 1 < end; next += pageSize - 1) {
                const page = at(next);
                // Where an earlier page already ended the list, nobody takes it.
                page.catch(() => undefined);
                asked.set(next, page);
            }
        }
        total ??= pagination?.total;
        for (const item of fresh) {
            const id = identity(item);
            if (seen.has(id)) {
                throw shifted(operation, "an item came twice");
            }
            seen.add(id);
            last = id;
        }
        yield fresh;
        cursor = pagination?.next_cursor ?? undefined;
        const isFull = items.length === pageSize;
        const hasMore =
            paging === "cursor"
                ? cursor !== undefined && pagination?.has_more !== false
                : (pagination?.has_more ?? (total === undefined ? isFull : seen.size < total));
        if (!hasMore) {
            return;
        }
        if (fresh.length === 0) {
            throw shifted(operation, "an empty page is said to have more after it");
        }
    }
}

/**
 * The whole list as it was at one time: starts again when it moved, and fails when it keeps moving. `arrived` is told of
 * the items of each page before the next one is there, of some of them again after a new start.
 */
export async function list<T>(
    fetch: FetchPage,
    listing: Listing<T>,
    arrived?: (items: readonly T[]) => void,
): Promise<T[]> {
    for (let pass = 1; ; pass++) {
        try {
            const items: T[] = [];
            // What has moved once may move again: then no page is asked for that may be in vain.
            for await (const page of pagesOf(fetch, listing, pass === 1)) {
                items.push(...page);
                arrived?.(page);
            }
            return items;
        } catch (error) {
            if (!(error instanceof ShiftedListError)) {
                throw error;
            }
            if (pass === maxPasses) {
                throw shifted(listing.operation, "time and again", pass);
            }
        }
    }
}
