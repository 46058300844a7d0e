/** `ignoreChanges`: the engine takes what the state has for what the program declares, so a refresh must not take a declared value away. */
import { hashedAsset, textAsset } from "../../provider/core/assets";
import { check } from "../../provider/core/check";
import { metaOf, type Properties, propertyNames } from "../../provider/core/define";
import { diff } from "../../provider/core/diff";
import { asFound } from "../../provider/core/marker";
import { isAsset, isOurs, outputsOf, projectInputs } from "../../provider/core/state";
import { resources } from "../../provider/resources";
import { Process, Resource, Service } from "./fixture";
import { makeParents, sample } from "./samples";

let service: Service;
let process: Process;

beforeAll(async () => {
    service = await Service.open();
});
afterAll(() => service.close());
beforeEach(async () => {
    await service.reset();
    process = new Process(service);
});
afterEach(() => process.close());

/** What the engine hands over: of ignored properties the state's inputs, or nothing where it has none. */
function ignoring(names: readonly string[], { inputs }: Pick<Resource, "inputs">, program: Properties): Properties {
    const wanted = Object.entries(program).filter(([name]) => !names.includes(name));
    const kept = names.filter((name) => name in inputs).map((name) => [name, inputs[name]]);
    return Object.fromEntries([...wanted, ...kept]);
}

describe("a share whose door somebody closed, so that the service dropped its password", () => {
    const link = "Anyone with the link";
    const closed = "Only members of the Share or Workspace";
    const password = "correct horse battery staple";
    let share: Resource;
    let args: Properties;

    const shown = async () => (await service.api("GET", `share/${share.ownId}/details/`)).share;
    const up = (names: readonly string[], changed: Properties = {}) =>
        share.up(process, ignoring(names, share, { ...args, ...changed }));
    const writesOf = async (work: () => Promise<unknown>) =>
        (await service.requestsOf(work)).filter(({ method }) => method !== "GET").length;

    beforeEach(async () => {
        const parents = await makeParents(service, "acme");
        args = { ...sample("Share", "minimal", parents), shareType: "send", accessOptions: link, password };
        share = new Resource("Share");
        await share.up(process, args);
        await service.api("POST", `share/${share.ownId}/update/`, { access_options: closed });
        expect((await share.refresh(process)).drift.sort()).toEqual(["accessOptions", "password"]);
    });

    test("opens again with the password that was declared, and is then as declared", async () => {
        const news = ignoring(["password"], share, args);
        expect(share.preview(process, news)).toEqual({ step: "updated", properties: ["accessOptions", "password"] });
        await up(["password"]);
        expect(await shown()).toMatchObject({ access_options: link, password: true });
        expect(share.inputs).toMatchObject({ password, accessOptions: link });
        expect(await share.refresh(process)).toEqual({ exists: true, drift: [] });
        expect(share.preview(process, ignoring(["password"], share, args)).step).toBe("same");
    });

    test("opens so with other changes, after several refreshes, and when the access is not known yet", async () => {
        await share.refresh(process);
        await share.refresh(process);
        const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
        const planned = share.preview(process, ignoring(["password"], share, { ...args, accessOptions: unknown }));
        expect(planned.properties).toContain("password");
        await up(["password"], { description: "For investors." });
        expect(await shown()).toMatchObject({ access_options: link, password: true, description: "For investors." });
    });

    test.each([[["accessOptions"]], [["accessOptions", "password"]]])(
        "stays closed with %j ignored, with nothing to do",
        async (names) => {
            expect(share.preview(process, ignoring(names, share, args)).step).toBe("same");
            expect(await writesOf(() => up(names))).toBe(0);
            expect(await up(names, { description: "For investors." })).toBe("updated");
            expect(await shown()).toMatchObject({ access_options: closed, password: false });
            expect(JSON.stringify(share.outputs)).not.toContain("__declared");
            // And once nothing is ignored any more, everything is as declared.
            await share.refresh(process);
            await up([]);
            expect(await shown()).toMatchObject({ access_options: link, password: true });
        },
    );

    test("a password taken out of the program is withdrawn: nothing of it comes back", async () => {
        const { password: _, ...without } = args;
        expect(share.preview(process, without)).toEqual({ step: "updated", properties: ["accessOptions"] });
        await share.up(process, without);
        expect(await shown()).toMatchObject({ access_options: link, password: false });
        expect(share.inputs).not.toHaveProperty("password");
    });

    test("a failure half-way leaves the marker in the state", async () => {
        const answered = { status: 200, body: { result: true } };
        process.troubles.push({ method: "POST", path: /\/update\/$/, how: answered, times: 1 });
        await expect(up(["password"])).rejects.toThrow("did not make the change");
        expect(share.inputs.password).toEqual({ __declared: password });
        await up(["password"]);
        expect(await shown()).toMatchObject({ access_options: link, password: true });
    });
});

const svg = (id: string) => `<svg xmlns="http://www.w3.org/2000/svg" id="${id}"/>`;
const brandings = resources.filter(({ kind }) => kind.endsWith("Branding"));
const images = brandings.flatMap(({ kind, inputs, parent }) =>
    propertyNames(inputs)
        .filter((image) => isAsset({ inputs, outputs: inputs } as never, image))
        .map((image) => ({ kind, image, parent: [parent].flat()[0] })),
);

describe.each(images)("the $image of a $kind that somebody changed", ({ kind, image, parent }) => {
    let branding: Resource;
    let args: Properties;
    let path: string;

    beforeEach(async () => {
        args = { ...sample(kind, "minimal", await makeParents(service, "acme")), [image]: textAsset(svg("ours")) };
        branding = new Resource(kind);
        await branding.up(process, args);
        const segment = { Organization: "org", Workspace: "workspace", Share: "share" }[parent?.kind ?? ""];
        const names = (await service.requestsOf(() => branding.refresh(process))).map((one) => one.path);
        const asset = names.map((one) => /\/assets\/(\w+)\//.exec(one)?.[1]).find((name) => name !== undefined);
        path = `${segment}/${branding.ownId}/assets/${asset ?? image}`;
    });

    const headers = () => ({ Authorization: `Bearer ${service.emulator.token}` });
    async function setByHand(text: string): Promise<void> {
        const body = new FormData();
        body.append("file", new Blob([text], { type: "image/svg+xml" }), "hand.svg");
        const answer = await fetch(new URL(`${path}/`, service.baseUrl), { method: "POST", headers: headers(), body });
        expect(answer.status).toBe(200);
    }
    const shown = async () => {
        const answer = await fetch(new URL(`${path}/read/`, service.baseUrl), { headers: headers() });
        return answer.status === 404 ? undefined : answer.text();
    };
    const up = (changed: Properties = {}) => branding.up(process, ignoring([image], branding, { ...args, ...changed }));

    test("stays as it is while it is ignored, also beside other changes, and is ours again afterwards", async () => {
        await setByHand(svg("theirs"));
        expect((await branding.refresh(process)).drift).toEqual([image]);
        expect(await up()).toBe("same");
        expect(await up({ accentColor: "#102030" })).toBe("updated");
        expect(await shown()).toBe(svg("theirs"));
        expect((await branding.refresh(process)).drift).toEqual([]);
        expect(await up({ accentColor: "#102030" })).toBe("same");
        expect(branding.preview(process, args).properties).toContain(image);
        await branding.up(process, args);
        expect(await shown()).toBe(svg("ours"));
    });

    test("stays deleted while it is ignored, and stands as declared once it is back", async () => {
        await service.api("DELETE", `${path}/`);
        await branding.refresh(process);
        expect(await up({ accentColor: "#102030" })).toBe("updated");
        expect(await shown()).toBeUndefined();
        await setByHand(svg("ours"));
        await branding.refresh(process);
        expect(branding.inputs[image]).toEqual(hashedAsset(String(branding.outputs[`${image}Sha256`])));
        expect(branding.preview(process, { ...args, accentColor: "#102030" }).step).toBe("same");
    });

    test("goes once the program withdraws it", async () => {
        await setByHand(svg("theirs"));
        await branding.refresh(process);
        const { [image]: _, ...without } = args;
        expect(branding.preview(process, without)).toEqual({ step: "updated", properties: [image] });
        await branding.up(process, without);
        expect(await shown()).toBeUndefined();
    });
});

test("a file that somebody overwrote stays so while its source is ignored, and can be renamed", async () => {
    const args = { ...sample("File", "minimal", await makeParents(service, "acme")), name: "plan.txt" };
    const file = new Resource("File");
    await file.up(process, args);
    const other = new Resource("File", "other");
    other.id = file.id;
    other.known = file.known;
    // Somebody with the same rights, who knows nothing of this state.
    await process.lifecycle.update({ kind: "File", urn: other.urn }, other.ownId, other.known, {
        ...file.known.inputs,
        source: textAsset("What they do."),
    });
    expect((await file.refresh(process)).drift).toEqual(["source"]);
    const ignored = (program: Properties) => ignoring(["source"], file, program);
    expect(file.preview(process, ignored(args)).step).toBe("same");
    const renamed = { ...args, name: "plan-2.txt" };
    const requests = await service.requestsOf(() => file.up(process, ignored(renamed)));
    expect(requests.some(({ path }) => path.includes("/upload/"))).toBe(false);
    expect((await file.refresh(process)).drift).toEqual([]);
    expect(file.preview(process, renamed).properties).toEqual(["source"]);
    await file.up(process, renamed);
    expect(file.preview(process, ignored(renamed)).step).toBe("same");
    expect((await file.refresh(process)).drift).toEqual([]);
});

/** Every input of every kind, as the service may show it after somebody's hand was on it. */
const everyInput = resources.flatMap((definition) =>
    propertyNames(definition.inputs).map((name) => ({ kind: definition.kind, name, definition })),
);

describe.each(everyInput)("$kind, $name", ({ name, definition }) => {
    const { full, changed } = definition.samples;
    const { inputs: declared } = check(definition, {}, { ...full, ...(name in full ? {} : { [name]: changed[name] }) });
    const outputs = outputsOf(definition, declared, {}, "https://api.fast.io");
    const cases: [string, unknown][] = [["nothing", null]];
    if (!isOurs(definition, name)) cases.push(["something else", changed[name] ?? null]);

    test.each(cases)("that is ignored, and of which the service has %s, is left alone", (_, found) => {
        if (declared[name] === undefined || metaOf(definition, name).identity) return;
        const remote = { [name]: found };
        const inputs = projectInputs(definition, { inputs: declared, outputs }, remote);
        const known = { inputs, outputs: outputsOf(definition, inputs, remote, "https://api.fast.io") };
        const news = check(definition, inputs, ignoring([name], { inputs }, declared));
        const unfit = news.failures.filter(({ property }) => property === name);
        // What does not fit to the value that somebody set is said; that a value is missing or wrong in itself is not.
        expect(unfit.filter(({ reason }) => /is required$|Invalid|asset/.test(reason))).toEqual([]);
        expect(diff(definition, known, news.inputs).differences).toEqual([]);
        // Without the option it is drift, and never the withdrawal of something.
        const wanted = diff(definition, known, check(definition, inputs, declared).inputs);
        expect(wanted.differences.filter(({ kind }) => kind === "delete")).toEqual([]);
        if (JSON.stringify(asFound(inputs)[name]) !== JSON.stringify(declared[name]))
            expect(wanted.differences.map(({ property }) => property)).toEqual([name]);
    });
});
