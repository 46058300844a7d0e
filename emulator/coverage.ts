// The table of the contract's routes: which the emulator serves, which its tests ask, and which kinds use them.
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type ContractRoute, contractRoutes } from "./contract-routes";
import { lateTour, tour } from "./coverage-tour";
import { apiRoutes } from "./create-emulator";

/** Routes that differ in the names of their parameters only are one. */
export function plain(route: string): string {
    return route.replace(/:\w+|\{\w+\}/g, "{}");
}

/** The routes of the router; whatever is read with GET answers HEAD too. */
export function servedRoutes(): Set<string> {
    const { list } = apiRoutes();
    const heads = list.filter(({ method, path }) => method === "GET" && /\/assets\/.*\/read\/$/.test(path));
    return new Set([
        ...list.map(({ method, path }) => plain(`${method} ${path}`)),
        ...heads.map(({ path }) => plain(`HEAD ${path}`)),
    ]);
}

/** The routes that the tour asks; a test takes it. */
export function testedRoutes(): Set<string> {
    return new Set([...tour, ...lateTour].flatMap((step) => ("route" in step ? [plain(step.route)] : [])));
}

/** `docs/api-coverage.md`. */
export function coverageTable(): string {
    const [served, tested, kinds] = [servedRoutes(), testedRoutes(), kindsByRoute()];
    const sections = [...new Set(contractRoutes.map(({ section }) => section))];
    const count = contractRoutes.filter(({ route }) => served.has(plain(route))).length;
    const row = ({ route, reason }: ContractRoute) => {
        const key = plain(route);
        const used = [...(kinds.get(key) ?? [])].sort().join(", ");
        const state = served.has(key) ? `yes | ${tested.has(key) ? "yes" : "no"}` : `no: ${reason ?? "missing"} |`;
        return `| \`${route}\` | ${state} | ${used} |`;
    };
    const table = (section: string) => [
        `## ${section}`,
        "",
        "| route | served | tested | used by |",
        "|---|---|---|---|",
        ...contractRoutes.filter((route) => route.section === section).map(row),
        "",
    ];
    return [
        "<!-- Generated from the emulator's router, the contract's routes and the provider's sources. -->",
        "# The API contract in the emulator",
        "",
        `The emulator serves ${count} of the ${contractRoutes.length} routes of the API contract, those of all its dates.`,
        "*Tested*: the emulator's tests ask the route and check its answer. *Used by*: the kinds of resources whose",
        "own sources spell it out. What is not served says why.",
        "",
        ...sections.flatMap(table),
    ].join("\n");
}

const sources = join("provider", "resources");

/** Which kinds use which route, by the paths that their files and the ones that these share spell out. */
function kindsByRoute(): Map<string, Set<string>> {
    const names = readdirSync(sources).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
    const texts = new Map(names.map((name) => [basename(name, ".ts"), readFileSync(join(sources, name), "utf8")]));
    const uses = new Map([...texts].map(([name, text]) => [name, usesIn(text, texts)]));
    const found = new Map<string, Set<string>>();
    for (const [name, text] of texts) {
        const kind = kindOf(text);
        if (kind === undefined) continue;
        for (const file of withShared(name, texts)) {
            const own = segmentsIn(text);
            const segments = own.length > 0 ? own : segmentsIn(texts.get(file) ?? "");
            for (const { route } of contractRoutes) {
                if (!uses.get(file)?.some((use) => matches(use, route, segments))) continue;
                const key = plain(route);
                found.set(key, (found.get(key) ?? new Set()).add(kind));
            }
        }
    }
    return found;
}

function kindOf(text: string): string | undefined {
    return /^\s*kind: "([A-Z]\w+)",$/m.exec(text)?.[1];
}

/** A kind's file and what it imports, but for the files of other kinds. */
function withShared(name: string, texts: ReadonlyMap<string, string>, seen = new Set<string>()): Set<string> {
    seen.add(name);
    for (const [, imported = ""] of (texts.get(name) ?? "").matchAll(/from "\.\/([\w-]+)"/g)) {
        if (!seen.has(imported) && kindOf(texts.get(imported) ?? "") === undefined) withShared(imported, texts, seen);
    }
    return seen;
}

/** What stands for the first segment of a path where a file serves several kinds. */
function segmentsIn(text: string): string[] {
    return [...text.matchAll(/segment: ((?:"\w+"(?: \| )?)+)/g)].flatMap(([, list = ""]) => quoted(list));
}

function quoted(text: string): string[] {
    return [...text.matchAll(/"([\w-]+)"/g)].map(([, word = ""]) => word);
}

interface Use {
    methods: readonly string[];
    /** For each segment the words that it may be; none for a variable. */
    segments: readonly (readonly string[])[];
}

/** The request paths of a source: array literals, and calls of functions that put something before their arguments. */
function usesIn(source: string, texts: ReadonlyMap<string, string>): Use[] {
    const helpers = new Map<string, string>();
    for (const text of texts.values()) {
        for (const [, name = "", start = ""] of text.matchAll(
            /function (\w+Path)\([^)]*\)[^{]*\{\s*return \[([^\]]*), \.\.\.more\]/g,
        )) {
            helpers.set(name, start);
        }
    }
    const uses: Use[] = [];
    for (const match of source.matchAll(/(\w+Path)\(([^()]*)\)|\[((?:"[a-z]+"|segment)[^[\]]*)\]/g)) {
        const [, helper = "", args = "", literal] = match;
        const start = helpers.get(helper);
        if (literal === undefined && start === undefined) continue;
        const elements = literal === undefined ? withArguments(start ?? "", args) : literal;
        uses.push({
            methods: methodsAt(source, match.index),
            segments: elements
                .split(",")
                .map((element) => element.trim())
                .filter((element) => element !== "")
                .map(wordsOf),
        });
    }
    return uses;
}

/** The helper's own segments and then those of its arguments that are not already in them. */
function withArguments(start: string, args: string): string {
    const fixed = start.split(",").filter((element) => !element.includes('"')).length;
    // The first argument of a helper is what the path lies in; the others are its next segments.
    const rest = args.split(",").slice(Math.max(1, fixed - 1));
    return [start, ...rest].join(",");
}

function wordsOf(element: string): string[] {
    return quoted(element.includes("?") ? element.slice(element.indexOf("?")) : element.startsWith('"') ? element : "");
}

/** The method of the request that the path at this place belongs to. */
function methodsAt(source: string, index: number): string[] {
    const start = source.lastIndexOf("client", index);
    const end = source.indexOf("client", index);
    const request = source.slice(start, end < 0 ? undefined : end);
    if (/^client\??\s*\.list\(/.test(request)) return ["GET"];
    const [, method = ""] = /method: ([^\n]*)/.exec(request) ?? [];
    return quoted(method);
}

function matches(use: Use, route: string, firsts: readonly string[]): boolean {
    const [method = "", path = ""] = route.split(" ");
    const segments = path.split("/").filter((segment) => segment !== "");
    if (segments.length !== use.segments.length || (use.methods.length > 0 && !use.methods.includes(method)))
        return false;
    return segments.every((segment, index) => {
        const words = use.segments[index] ?? [];
        if (segment.startsWith("{")) return index > 0;
        return words.length > 0 ? words.includes(segment) : index === 0 && firsts.includes(segment);
    });
}
