import * as z from "zod";
import { type FetchPage, type Listing, list, type PageQuery } from "./paging";

const item = z.object({ id: z.string() });
const listing: Listing<{ id: string }> = {
    operation: "list the workspaces",
    items: "workspaces",
    item,
    identity: ({ id }) => id,
    pageSize: 3,
};

/** A list that answers by offset, and may change before each page. */
function service(ids: string[], before: (page: number, ids: string[]) => void = () => {}) {
    const queries: PageQuery[] = [];
    const fetch: FetchPage = async (query, answer) => {
        queries.push(query);
        before(queries.length, ids);
        const { limit, offset } = z.object({ limit: z.number(), offset: z.number() }).parse(query);
        return answer.parse({
            workspaces: ids.slice(offset, offset + limit).map((id) => ({ id })),
            pagination: { total: ids.length, limit, offset, has_more: offset + limit < ids.length },
        });
    };
    return { fetch, queries };
}

/** Answers the bodies one after the other. */
function answering(...bodies: unknown[]): FetchPage {
    return async (_query, answer) => answer.parse(bodies.shift());
}

async function ids(...listed: Parameters<typeof list<{ id: string }>>): Promise<string[]> {
    return (await list(...listed)).map(({ id }) => id);
}

const letters = (text: string) => [...text];

test.each(["", "a", "abc", "abcd", "abcde", "abcdefgh"])("every item of %p once", async (text) => {
    const { fetch } = service(letters(text));
    expect(await ids(fetch, listing)).toEqual(letters(text));
});

test("pages overlap by one item, and are 500 long unless said otherwise", async () => {
    const { fetch, queries } = service(letters("abcde"));
    await ids(fetch, listing);
    expect(queries).toEqual([
        { limit: 3, offset: 0 },
        { limit: 3, offset: 2 },
    ]);
    const { pageSize: _, ...whole } = listing;
    const other = service([]);
    await ids(other.fetch, whole);
    expect(other.queries).toEqual([{ limit: 500, offset: 0 }]);
});

test.each([
    ["an item before the seam went", (all: string[]) => all.splice(0, 1)],
    ["an item came before the seam", (all: string[]) => all.unshift("z")],
    ["one went and another came, so that the count is the same", (all: string[]) => all.splice(0, 1) && all.push("z")],
    ["the list grew at its end", (all: string[]) => all.push("z")],
    ["the rest went", (all: string[]) => all.splice(1)],
])("noticed, so that it starts again: %s", async (_what, change) => {
    const all = letters("abcdefgh");
    const { fetch, queries } = service(all, (page) => void (page === 2 && change(all)));
    expect(await ids(fetch, listing)).toEqual(all);
    expect(queries.filter(({ offset }) => offset === 0)).toHaveLength(2);
});

test("an item that comes twice is noticed, and it starts again", async () => {
    const twice = { workspaces: [{ id: "a" }, { id: "b" }, { id: "a" }] };
    expect(await ids(answering(twice, { workspaces: [{ id: "a" }] }), listing)).toEqual(["a"]);
});

test("an empty page that is said to have more after it does not loop", async () => {
    const empty = { workspaces: [], pagination: { has_more: true } };
    const always: FetchPage = async (_query, answer) => answer.parse(empty);
    await expect(list(always, listing)).rejects.toMatchObject({ code: "FASTIO_LIST_SHIFTED", attempts: 4 });
});

test("a whole list asks for all further pages when the first one tells how many there are", async () => {
    const { fetch, queries } = service(letters("abcdefgh"));
    let waiting = 0;
    const held: FetchPage = async (query, answer) => {
        waiting += 1;
        // Nothing is answered before all have asked.
        if (query.offset !== 0) while (waiting < 4) await new Promise(setImmediate);
        return fetch(query, answer);
    };
    expect(await ids(held, listing)).toEqual(letters("abcdefgh"));
    expect(queries.map(({ offset }) => offset).sort()).toEqual([0, 2, 4, 6]);
});

test("pages that are shorter than asked for are gone through one by one", async () => {
    const { fetch } = service(letters("abcdefgh"));
    const offsets: unknown[] = [];
    const short: FetchPage = (query, answer) => {
        offsets.push(query.offset);
        return fetch({ ...query, limit: 2 }, answer);
    };
    expect(await ids(short, listing)).toEqual(letters("abcdefgh"));
    expect(offsets).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

test("a page that fails after the list moved is nobody's failure", async () => {
    const moved = service(letters("abcdefgh"), (page, all) => void (page === 2 && all.unshift("z")));
    let asked = 0;
    const failing: FetchPage = async (query, answer) => {
        asked += 1;
        if (asked === 3) throw new Error("503");
        return moved.fetch(query, answer);
    };
    expect(await ids(failing, listing)).toEqual(["z", ...letters("abcdefgh")]);
});

test("list starts again when the list moved, and answers it whole", async () => {
    const { fetch } = service(letters("abcdefgh"), (page, all) => void (page === 2 && all.shift()));
    expect(await ids(fetch, listing)).toEqual(letters("bcdefgh"));
});

test("list tells of each page as it comes, and of some items again after a new start", async () => {
    const { fetch } = service(letters("abcdefgh"), (page, all) => void (page === 3 && all.shift()));
    const arrived: string[] = [];
    await list(fetch, listing, (page) => arrived.push(page.map(({ id }) => id).join("")));
    expect(arrived).toEqual(["abc", "de", "bcd", "ef", "gh"]);
});

test("list gives up on a list that keeps moving", async () => {
    const { fetch, queries } = service(letters("abcdefgh"), (_page, all) => void all.unshift(`z${all.length}`));
    await expect(list(fetch, listing)).rejects.toMatchObject({ code: "FASTIO_LIST_SHIFTED", attempts: 4 });
    // The four pages that the first answer tells of, then in each of three passes those up to the one that moved.
    expect(queries).toHaveLength(4 + 3 * 2);
});

test("list passes other errors on", async () => {
    const fetch: FetchPage = () => Promise.reject(new Error("no connection"));
    await expect(list(fetch, listing)).rejects.toThrow("no connection");
});

test.each([
    ["no pagination", { workspaces: [{ id: "a" }] }],
    ["numbers and flags as text", { workspaces: [{ id: "a" }], pagination: { total: "1", has_more: "no" } }],
    ["the response itself", { response: [{ id: "a" }] }],
    ["more than was asked for, without pagination", { workspaces: letters("abcd").map((id) => ({ id })) }],
])("a list in one page: %s", async (_what, body) => {
    expect((await ids(answering(body), listing))[0]).toBe("a");
});

test("a list without members may be null, but not absent", async () => {
    expect(await ids(answering({ workspaces: null }), listing)).toEqual([]);
    await expect(ids(answering({ shares: [] }), listing)).rejects.toThrow();
});

test("one of several keys, and a key within another", async () => {
    const either = { ...listing, items: ["spaces", "nodes.items"] };
    expect(await ids(answering({ nodes: { items: [{ id: "a" }] } }), either)).toEqual(["a"]);
    expect(await ids(answering({ spaces: [{ id: "b" }] }), either)).toEqual(["b"]);
});

test("storage lists continue from the cursor", async () => {
    const queries: PageQuery[] = [];
    const bodies = [
        { nodes: { items: [{ id: "a" }, { id: "b" }] }, pagination: { has_more: true, next_cursor: "after b" } },
        { nodes: { items: [{ id: "c" }] }, pagination: { has_more: false, next_cursor: null } },
    ];
    const fetch: FetchPage = async (query, answer) => {
        queries.push(query);
        return answer.parse(bodies.shift());
    };
    const nodes = { ...listing, items: "nodes.items", paging: "cursor" as const, pageSize: 100 };
    expect(await ids(fetch, nodes)).toEqual(["a", "b", "c"]);
    expect(queries).toEqual([{ page_size: 100 }, { page_size: 100, cursor: "after b" }]);
});
