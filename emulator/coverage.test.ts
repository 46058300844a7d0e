import { readFileSync } from "node:fs";
import { contractRoutes } from "./contract-routes";
import { coverageTable, plain, servedRoutes, testedRoutes } from "./coverage";
import { type Aside, lateTour, type Step, tour } from "./coverage-tour";
import { Driver, type Reply } from "./driver";

describe("the contract's routes", () => {
    const listed = contractRoutes.map(({ route }) => plain(route));
    const served = servedRoutes();

    it("are listed once each", () => {
        expect(listed.filter((route, index) => listed.indexOf(route) !== index)).toEqual([]);
    });

    it("are served, or left out with a reason", () => {
        const missing = contractRoutes.filter(({ route, reason }) => !served.has(plain(route)) && !reason);
        expect(missing).toEqual([]);
        expect(contractRoutes.filter(({ route, reason }) => served.has(plain(route)) && reason)).toEqual([]);
    });

    it("are all that is served", () => {
        expect([...served].filter((route) => !listed.includes(route))).toEqual([]);
    });

    it("are each asked by the tour when they are served", () => {
        const asked = testedRoutes();
        expect([...served].filter((route) => !asked.has(route))).toEqual([]);
        expect([...asked].filter((route) => !served.has(route))).toEqual([]);
    });

    it("make up the table in docs", () => {
        // What the kinds use changes with the provider's sources, whose own generator writes the table anew.
        const routes = (table: string) => table.replace(/(?<=\|) [\w, ]*\|$/gm, "");
        expect(routes(readFileSync("docs/api-coverage.md", "utf8"))).toBe(routes(coverageTable()));
    });
});

it("the tour of the API succeeds at every step, with answers as the contract has them", async () => {
    const driver = new Driver();
    await travel(driver, tour);
    expect(await driver.census()).toMatchObject({ organizations: 0, workspaces: 0, shares: 0, assets: 0, files: 0 });
});

it("the tour of what came later succeeds at every step as well", async () => {
    await travel(new Driver({ dialect: "late2026" }), lateTour);
});

async function travel(driver: Driver, steps: readonly (Step | Aside)[]): Promise<void> {
    const kept: Record<string, string> = { agent: driver.emulator.token };
    const fill = (text: string) => text.replace(/\$(\w+)/g, (_, name: string) => kept[name] ?? "");
    for (const step of steps) {
        if ("route" in step) {
            const reply = await take(driver, step, kept, fill);
            const [route, wants] = [step.route, step.wants ?? []];
            expect({ route, status: reply.status, body: reply.body }).toMatchObject({
                route,
                status: route === "POST /oauth/register/" ? 201 : 200,
            });
            expect({ route, lacks: wants.filter((path) => reply.at(path) === undefined) }).toEqual({
                route,
                lacks: [],
            });
            for (const [name, path] of Object.entries(step.keep ?? {})) kept[name] = reply.text(path);
        } else {
            if (step.account !== undefined) {
                const secondFactor = step.passkey ? "passkey" : "none";
                const made = await driver.control("/accounts", {
                    email: step.account,
                    accountType: "human",
                    secondFactor,
                });
                kept[step.account] = made.text("token");
                kept.backup_code = String(made.at("backupCodes.0"));
            }
            if (step.signing) await driver.control("/features", { organizationId: kept.org_id, signing: true });
            if (step.mail) {
                const { kind, field, as } = step.mail;
                const mail = (await driver.control("/mail")).list("messages");
                kept[as] = String(mail.findLast((message) => message.kind === kind)?.[field]);
            }
        }
    }
}

/** Makes the request of a step. Every answer in JSON is checked for its envelope, but those of other standards. */
async function take(
    driver: Driver,
    step: Step,
    kept: Record<string, string>,
    fill: (text: string) => string,
): Promise<Reply> {
    const [method = "", template = ""] = step.route.split(" ");
    const path = template.replace(/\{(\w+)\}/g, (_, name: string) =>
        encodeURIComponent(fill(step.params?.[name] ?? `$${name}`)),
    );
    const fields = Object.entries(step.send ?? {}).map(([key, value]): [string, string] => [key, fill(value)]);
    const asQuery = method === "GET" || method === "HEAD" || method === "DELETE";
    const query = new URLSearchParams(asQuery ? fields : (step.query ?? {}));
    const headers = new Headers();
    const token = step.as === undefined ? kept.agent : kept[step.as];
    if (step.basic) headers.set("authorization", `Basic ${Buffer.from(step.basic).toString("base64")}`);
    else if (token) headers.set("authorization", `Bearer ${token}`);
    const reply = await driver.request(`${template.startsWith("/.well-known/") ? "" : "/current"}${path}?${query}`, {
        method,
        headers,
        ...(asQuery ? {} : { body: body(fields, step.file) }),
    });
    const enveloped = reply.headers.get("content-type")?.startsWith("application/json") && !/oauth/.test(template);
    if (enveloped && method !== "HEAD") expect([true, "yes"]).toContain(reply.at("result"));
    return reply;
}

function body(fields: [string, string][], file: string | undefined): URLSearchParams | FormData {
    if (file === undefined) return new URLSearchParams(fields);
    const form = new FormData();
    for (const [key, value] of fields) form.append(key, value);
    form.append(file, new Blob(["hello"], { type: "text/plain" }), "hello.txt");
    return form;
}
