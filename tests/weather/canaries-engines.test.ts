/** The same on every engine, in a place of its own: nothing that a process prints, nor anything that one leaves on the disk, holds a secret. */
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { prepareProject } from "../engines/project";
import { columns, fewerColumns } from "../lifecycle/columns";
import type { Declaration } from "../lifecycle/fixture";
import { Service } from "../verbs/service";
import { filesBelow, foundIn, Parrot } from "./canaries";
import { descendants, isAlive, type KillableStack, kill, openKillable, type Running } from "./killable-engine";
import { soaking } from "./reliability";

jest.setTimeout(300_000);

const passwords = ['canary "share" pass&word', "another canary <of a share>", "canary in the open"] as const;

const declared = ([first, , open]: readonly string[]): Declaration[] => [
    { kind: "Organization", name: "company", args: { domain: "canaries", name: "Canaries" } },
    { kind: "Workspace", name: "design", args: { organizationId: "$company.id", name: "Design" } },
    {
        kind: "File",
        name: "plan",
        args: {
            workspaceId: "$design.id",
            name: "a.txt",
            source: { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", text: "A plan." },
        },
    },
    {
        kind: "WorkspaceMember",
        name: "guest",
        args: { workspaceId: "$design.id", email: "invited@example.com", role: "member" },
    },
    // The program marks the one as a secret, and forgets it of the other.
    ...[{ $secret: first }, open].map((password, index) => ({
        kind: "Share",
        name: `report-${index}`,
        args: {
            workspaceId: "$design.id",
            title: `Report ${index}`,
            customName: `canaries-${index}`,
            shareType: "send",
            accessOptions: "Anyone with the link",
            password,
        },
        // One thing at a time: what a killed process was at is a share, which the next run takes over.
        dependsOn: ["plan", "guest"],
    })),
    {
        kind: "TransferToken",
        name: "handover",
        args: { organizationId: "$company.id" },
        dependsOn: ["report-0", "report-1"],
    },
];

const victims = ["provider", "program", "engine"] as const;
const processOf = { program: /cmd[/]run[/]index|cmd[/]run /u, provider: /dynamic-provider|pulumi-resource-fastio/u };

const tried = (soaking ? columns() : fewerColumns()).map((column, turn) => ({ ...column, turn }));

describe.each(tried)("on $name", ({ engine, files, turn }) => {
    let place: string;
    let service: Service;
    let parrot: Parrot;
    let stack: KillableStack;
    let project: ReturnType<typeof prepareProject>;
    let printed = "";
    const canaries = new Map<string, string>();

    beforeAll(async () => {
        // All that is made from here on, and by whatever is started, is made below it.
        place = mkdtempSync(join(os.tmpdir(), "canaries-"));
        jest.spyOn(os, "tmpdir").mockReturnValue(place);
        service = await Service.open();
        parrot = await Parrot.open(service.baseUrl);
        const { email, password } = await service.account("owner@example.com", "agent");
        for (const [index, one] of passwords.entries()) canaries.set(`share password ${index}`, one);
        canaries.set("sign-in password", password);
        canaries.set("sign-in header", Buffer.from(`${email}:${password}`).toString("base64"));
        project = prepareProject({ files });
        stack = await openKillable(engine, project, {
            FASTIO_BASE_URL: parrot.baseUrl,
            FASTIO_EMAIL: email,
            FASTIO_PASSWORD: password,
            FASTIO_LOG_REQUESTS: "true",
            TMPDIR: place,
        });
        declare(passwords);
    });
    afterAll(async () => {
        stack.close();
        project.remove();
        parrot.close();
        await service.close();
        jest.restoreAllMocks();
        rmSync(place, { recursive: true });
    });
    afterEach(() => {
        parrot.refuses = () => undefined;
    });

    function declare(given: readonly string[]): void {
        project.write({ "declarations.json": JSON.stringify(declared(given)) });
    }

    async function run({ ended }: Running): Promise<number | null> {
        const { code, printed: text } = await ended;
        printed += text;
        return code;
    }

    async function succeeds(running: Running): Promise<void> {
        const { length } = printed;
        if ((await run(running)) !== 0) throw new Error(printed.slice(length));
    }

    /** What of the canaries is anywhere; the program itself has the passwords, as a program that names them must. */
    function leaks(): string[] {
        // With --debug Pulumi's SDK prints what the engine answers it; docs/security.md warns of that.
        const ours = printed.split("\n").filter((line) => !/RegisterResource RPC finished: /.test(line));
        const places = filesBelow(place).filter(({ path }) => !path.endsWith("/declarations.json"));
        return [
            ...foundIn(canaries, ours.join("\n")).map((name) => `${name}: printed`),
            ...places.flatMap(({ path, text }) => foundIn(canaries, text).map((name) => `${name}: ${path}`)),
        ];
    }

    /** An `up` during which a process is killed as it makes a share. */
    async function upKilling(victim: (typeof victims)[number]): Promise<void> {
        const started = Promise.withResolvers<Running>();
        const left: number[] = [];
        parrot.refuses = async (path) => {
            if (!path.includes("/create/share/") || left.length > 0) return undefined;
            const { pid } = await started.promise;
            const all = descendants(pid);
            left.push(...all.map((one) => one.pid));
            const chosen =
                victim === "engine"
                    ? [pid]
                    : all.filter(({ command }) => processOf[victim].test(command)).map((one) => one.pid);
            expect([victim, chosen.length > 0]).toEqual([victim, true]);
            for (const one of chosen) kill(one);
            return 503;
        };
        const up = stack.up();
        started.resolve(up);
        expect(await run(up)).not.toBe(0);
        for (let looks = 0; looks < 10 && left.some(isAlive); looks += 1) await sleep(100);
        for (const pid of left) kill(pid);
        parrot.refuses = () => undefined;
        expect(left.length).toBeGreaterThan(0);
    }

    test("previews of what is refused, in text and JSON: a password that lacks its access, and a number as one", async () => {
        const number = 3_141_592_653;
        canaries.set("number as a password", String(number));
        const share = { kind: "Share", args: { workspaceId: "0000000000000000001", title: "Report" } };
        const refused = [passwords[0], number].map((password, index) => ({
            ...share,
            name: `refused-${index}`,
            args: { ...share.args, password: { $secret: password } },
        }));
        project.write({ "declarations.json": JSON.stringify(refused) });
        expect(await run(stack.preview())).not.toBe(0);
        if (engine.name !== "rehearsal")
            expect(await run(stack.command("pulumi preview --json --non-interactive --stack dev"))).not.toBe(0);
        expect(printed).toMatch(/has a problem: (password: .*string|password needs the accessOptions)/);
        expect(leaks()).toEqual([]);
        declare(passwords);
    });

    test("creates that fail, and a process that is killed at it", async () => {
        parrot.refuses = (path) => (path.includes("/create/share/") ? 406 : undefined);
        expect(await run(stack.up())).not.toBe(0);
        expect(printed).toContain("[secret]");
        expect(leaks()).toEqual([]);
        await upKilling(victims[turn % victims.length] ?? "engine");
        if (engine.name !== "rehearsal") await run(stack.command("pulumi cancel --yes --stack dev"));
        expect(leaks()).toEqual([]);
    });

    test("what is made, and updates and a refresh that fail", async () => {
        await succeeds(stack.command("pulumi refresh --clear-pending-creates --yes"));
        await succeeds(stack.up());
        const [token = ""] = parrot.tokens;
        const organization = /org\/(\d{19})\//.exec(printed)?.[1];
        const { tokens } = await service.api("GET", `org/${organization}/transfer/token/list/`, undefined, token);
        const { messages } = await service.control<{ messages: { invitationKey?: string }[] }>("GET", "mail");
        const invitation = messages.find(({ invitationKey }) => invitationKey)?.invitationKey;
        for (const [index, one] of [...parrot.tokens].entries()) canaries.set(`token ${index}`, one);
        canaries.set("transfer token", tokens[0]?.token ?? "");
        canaries.set("claim URL", `https://go.fast.io/claim?token=${tokens[0]?.token}`);
        canaries.set("invitation key", invitation ?? "");
        expect([...canaries].filter(([, one]) => one.length < 10)).toEqual([]);
        expect(leaks()).toEqual([]);

        const [first, second, open] = passwords;
        declare([second, first, open]);
        parrot.refuses = (path) => (path.includes("/share/") && path.includes("/update/") ? 406 : undefined);
        expect(await run(stack.up())).not.toBe(0);
        expect(leaks()).toEqual([]);
        parrot.refuses = (path) => (path.includes("/user/auth/") ? undefined : 406);
        const heard = parrot.heard;
        expect(await run(stack.command("pulumi refresh --yes"))).not.toBe(0);
        expect(parrot.heard).toBeGreaterThan(heard);
        expect(leaks()).toEqual([]);
    });

    test("previews in text and JSON, debug lines, the doctor and the exported state", async () => {
        if (engine.name !== "rehearsal") {
            const quiet = "--non-interactive --stack dev";
            for (const options of ["--diff", "--json --debug"])
                await succeeds(stack.command(`pulumi preview ${options} ${quiet}`));
            await succeeds(stack.command(`pulumi up --yes --debug ${quiet}`));
            expect(printed).toContain("debug: Registering resource: ");
        } else {
            await run(stack.preview());
            await succeeds(stack.up());
        }
        await stack.exportStack();
        expect(filesBelow(place).filter(({ text }) => text.includes("Report 1")).length).toBeGreaterThan(2);
        await succeeds(stack.command("pulumi-fastio doctor --state state.json"));
        expect(printed).toContain("7 of them of Fast.io; 0 pending operations");
        expect(leaks()).toEqual([]);
    });
});
