/** The command `probe` against the emulator in all its dialects: what it finds, what it leaves, what its report tells. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../../cli/main";
import { createEmulator, type EmulatorOptions } from "../../emulator";
import { type Outcome, type ProbeOptions, probe, type Report } from "../../provider/probe";
import { questions } from "../../provider/probe/questions";
import { type Format, written } from "../../provider/probe/written";
import { Service } from "../verbs/service";

// The command waits between two requests, out of consideration; here nobody has to be considered.
jest.mock("../../provider/probe", () => {
    const actual = jest.requireActual("../../provider/probe");
    return { ...actual, probe: (options: ProbeOptions) => actual.probe({ ...options, pauseMs: 0 }) };
});

const permissions = { perm_join: "Member or above", perm_member_manage: "Member or above" };
const guest = "canary-guest@example.org";

interface World {
    service: Service;
    environment: { FASTIO_BASE_URL: string; FASTIO_TOKEN: string };
    /** What no report may show. */
    canaries: string[];
}

async function worldOf(dialect: NonNullable<EmulatorOptions["dialect"]>): Promise<World> {
    const service = await Service.open(dialect);
    const org = (await service.api("POST", "org/create/", { domain: "canary-domain", name: "Canary" })).org.id;
    const form = { folder_name: "canary-files", name: "Files", ...permissions };
    const workspace = (await service.api("POST", `org/${org}/create/workspace/`, form)).workspace.id;
    const share = (await service.api("POST", `workspace/${workspace}/create/share/`, { title: "Room" })).share.id;
    await service.api("POST", `org/${org}/members/${guest}/`, { permissions: "member" });
    const { id: user } = (await service.api("GET", "user/me/details/")) as unknown as { id: string };
    const { token } = service.emulator;
    return {
        service,
        environment: { FASTIO_BASE_URL: service.baseUrl, FASTIO_TOKEN: token },
        canaries: [org, workspace, share, user, token, guest, "agent@example.com", "canary-domain", "canary-files"],
    };
}

const ask = (world: World, options: Partial<ProbeOptions> = {}) =>
    probe({ environment: world.environment, write: true, ...options });

const ids = ({ outcomes }: Report, verdict: Outcome["verdict"]) =>
    outcomes
        .filter((one) => one.verdict === verdict)
        .map(({ id }) => id)
        .sort();

const census = ({ service }: World) => service.control<Record<string, number>>("GET", "census");

const effects = async ({ service }: World, work: () => Promise<unknown>) => {
    const entries = await service.requestsOf(work);
    return [...new Set(entries.map(({ effect }) => effect).filter((effect) => effect !== "none"))].sort();
};

/** What was otherwise in the middle of 2026. */
const sinceSummer = [
    ..."A1 A10 A14 A15 A16 A22 A24 A26".split(" "),
    ..."C3 C7 C11 C12 C18 C24 C25 C26 C28 C35 C36 C37 C40 C40b C44 C52 C52b C54".split(" "),
];
/** What was otherwise in February besides. */
const sinceFebruary = [...sinceSummer, ..."A11 A17 A31 C9 C13 C20 C29".split(" ")];

describe.each([
    ["late2026", []],
    ["mid2026", sinceSummer],
    ["seed", sinceFebruary],
    ["wrapped", [...sinceFebruary, "A2"]],
] as const)("in the dialect %s", (dialect, differing) => {
    let world: World;
    let report: Report;
    let before: Record<string, number>;
    beforeAll(async () => {
        world = await worldOf(dialect);
        before = await census(world);
        report = await ask(world);
    });
    afterAll(() => world?.service.close());

    test("exactly the answers differ that tell it from today's service", () => {
        expect(ids(report, "differs")).toEqual([...differing].sort());
        expect(ids(report, "not asked")).toEqual([]);
        expect(report.outcomes.map(({ id }) => id).sort()).toEqual(questions.map(({ id }) => id).sort());
    });

    test("a run that writes leaves nothing behind", async () => {
        expect(await census(world)).toEqual(before);
        expect(report).toMatchObject({ left: [], removed: [] });
    });

    test.each(["text", "markdown", "json"] as const)(
        "the report as %s names no id, person, domain or secret",
        (format) => {
            const text = written(report, format);
            expect(world.canaries.filter((canary) => text.includes(canary))).toEqual([]);
            expect(text).not.toMatch(/\d{15,}|[\w.+-]+@[\w-]+\.\w+|https?:\/\/127/);
        },
    );

    test("a run that only reads has no other effect", async () => {
        const read = { report: undefined as Report | undefined };
        const seen = await effects(world, async () => {
            read.report = await ask(world, { write: false });
        });
        expect(seen).toEqual(["read"]);
        const tier = questions.filter((one) => one.tier === "read").map(({ id }) => id);
        expect(read.report?.outcomes.map(({ id }) => id)).toEqual(tier);
    });
});

describe("a run that ends half-way", () => {
    let world: World;
    let before: Record<string, number>;
    beforeAll(async () => {
        world = await worldOf("late2026");
        before = await census(world);
    });
    afterAll(() => world?.service.close());

    test("because somebody interrupts it: what it made goes all the same", async () => {
        const interrupted = new AbortController();
        const report = await ask(world, {
            signal: interrupted.signal,
            onProgress: (asked, of) => asked === of - 5 && interrupted.abort(),
        });
        expect(ids(report, "not asked")).toHaveLength(6);
        expect(report.left).toEqual([]);
        expect(await census(world)).toEqual(before);
    });

    test("and cannot remove what it made: it names that, and the next run removes it", async () => {
        const { service } = world;
        const fault = { method: "DELETE", path: "/current/workspace/*/delete/", effect: "status", status: 403 };
        await service.control("POST", "faults", { ...fault, when: "before", times: 100 });
        const interrupted = new AbortController();
        const report = await ask(world, {
            signal: interrupted.signal,
            onProgress: (asked, of) => asked === of - 5 && interrupted.abort(),
        });
        await service.clearFaults();
        expect(report.left).toEqual([expect.stringMatching(/^the workspace pulumi-fastio-probe-[0-9a-f]{12}: /)]);
        const [left = ""] = report.left;
        const name = /pulumi-fastio-probe-[0-9a-f]{12}/.exec(left)?.[0] ?? "";
        expect(left).not.toMatch(/\d{15,}/);
        for (const format of ["text", "markdown", "json"] as const) expect(written(report, format)).toContain(name);
        expect((await census(world)).workspaces).toBe((before.workspaces ?? 0) + 1);

        const next = await ask(world);
        expect(next.removed).toHaveLength(1);
        expect(next.left).toEqual([]);
        expect(await census(world)).toEqual(before);
    });

    test("and cannot even look for what it made: it names that as well", async () => {
        const { service } = world;
        const lists = (await service.requestsOf(() => ask(world))).filter(
            ({ method, path }) => method === "GET" && /\/list\/workspaces\/$/.test(path),
        );
        const fault = { method: "GET", path: "/current/org/*/list/workspaces/", effect: "status", status: 403 };
        await service.control("POST", "faults", { ...fault, when: "before", nth: lists.length - 1, times: 2 });
        const report = await ask(world);
        await service.clearFaults();
        expect(report.left).toEqual([expect.stringMatching(/^the workspace pulumi-fastio-probe-[0-9a-f]{12}: /)]);
        expect((await ask(world)).removed).toHaveLength(1);
        expect(await census(world)).toEqual(before);
    });
});

test("where there is no organization nothing can be tried, and a run that reads says so row by row", async () => {
    const emulator = createEmulator({ seed: 2, dialect: "late2026" });
    const { baseUrl } = await emulator.listen({ port: 0 });
    const environment = { FASTIO_BASE_URL: baseUrl, FASTIO_TOKEN: emulator.token };
    try {
        await expect(probe({ environment, write: true })).rejects.toThrow("--write needs an organization");
        const { outcomes } = await probe({ environment, write: false });
        expect(outcomes.some(({ verdict }) => verdict === "differs")).toBe(false);
        expect(outcomes.find(({ id }) => id === "C13")).toMatchObject({
            verdict: "not asked",
            seen: "there is nothing to ask about",
        });
    } finally {
        await emulator.close();
    }
});

describe("on the command line", () => {
    const folder = mkdtempSync(join(tmpdir(), "pulumi-fastio-probe-"));
    const own = { ...process.env };
    afterEach(() => {
        process.env = { ...own };
        jest.restoreAllMocks();
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    async function run(world: Pick<World, "environment">, format: Format): Promise<{ code: number; text: string }> {
        Object.assign(process.env, world.environment);
        const out = join(folder, `report.${format}`);
        const code = await main(["probe", "--format", format, "--out", out]);
        return { code, text: code === 1 ? "" : readFileSync(out, "utf8") };
    }

    test("the exit code is 0 when all holds, 3 when something differs, 1 when it failed", async () => {
        const failures = jest.spyOn(console, "error").mockImplementation(() => undefined);
        const [late, mid] = await Promise.all([worldOf("late2026"), worldOf("mid2026")]);
        try {
            const holds = await run(late, "text");
            expect(holds.code).toBe(0);
            expect(holds.text).toMatch(/\d+ of \d+ assumptions hold, 0 do not, 0 could not be asked about\.\n$/);

            const differs = await run(mid, "markdown");
            expect(differs.code).toBe(3);
            expect(differs.text).toContain("### Does not hold");
            expect(JSON.parse((await run(mid, "json")).text)).toMatchObject({
                contract: expect.stringMatching(/^2026-/),
                outcomes: expect.arrayContaining([expect.objectContaining({ id: "A22", verdict: "differs" })]),
            });

            const token = "no-such-token-canary";
            const failed = await run({ environment: { ...late.environment, FASTIO_TOKEN: token } }, "text");
            expect(failed.code).toBe(1);
            expect(failures.mock.calls.flat().join("\n")).toMatch(/^pulumi-fastio: /);
            expect(failures.mock.calls.flat().join("\n")).not.toContain(token);
        } finally {
            await Promise.all([late.service.close(), mid.service.close()]);
        }
    });
});
