/** A state whose release did not know a property yet: tried with every property of every kind that check fills in. */
import { check, filledIn } from "../../provider/core/check";
import { metaOf, type Properties, propertyNames } from "../../provider/core/define";
import { diff } from "../../provider/core/diff";
import { resources } from "../../provider/resources";
import { Process, Resource, Service } from "./fixture";
import { makeParents, sample } from "./samples";
import { dialect } from "./service";

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

const urn = (kind: string) => `urn:pulumi:dev::verbs::fastio:index:${kind}::design`;
const filled = resources.flatMap((definition) => {
    const { inputs } = check(definition, {}, { ...definition.samples.minimal, __resource: urn(definition.kind) });
    return propertyNames(definition.inputs)
        .filter((name) => definition.samples.minimal[name] === undefined)
        .filter((name) => filledIn(definition, name, inputs) !== undefined)
        .map((name) => ({ kind: definition.kind, name, definition }));
});

function forget(resource: Resource, name: string): void {
    const without = ({ [name]: _, ...rest }: Properties) => rest;
    const { inputs, outputs } = resource.known;
    resource.known = { inputs: without(inputs), outputs: without(outputs) };
}

test("there are such properties, an immutable one among them", () => {
    const names = filled.map(({ kind, name }) => `${kind}.${name}`);
    expect(names).toEqual(
        expect.arrayContaining(["Share.guestChatEnabled", "Share.intelligence", "Share.storageMode"]),
    );
});

describe.each(filled)("$kind, $name", ({ kind, name, definition }) => {
    const { accessRelevant, immutable, mayLack } = metaOf(definition, name);
    const isShown = !mayLack || dialect === "late2026";
    let resource: Resource;
    let args: Properties;

    beforeEach(async () => {
        args = sample(kind, "minimal", await makeParents(service, "parents"));
        resource = new Resource(kind);
        await resource.up(process, args);
        forget(resource, name);
    });

    test("nothing is to be done, before and after a refresh, which takes over what decides about access", async () => {
        expect(resource.preview(process, args)).toEqual({ step: "same", properties: [] });
        const { drift } = await resource.refresh(process);
        expect(drift).toEqual(accessRelevant && !immutable && isShown ? [name] : []);
        expect(resource.preview(process, args)).toEqual({ step: "same", properties: [] });
    });

    test("another value in the program is a change", () => {
        const filling = filledIn(definition, name, resource.known.inputs);
        const { full, changed } = definition.samples;
        const value = [changed[name], full[name]].find((one) => one !== undefined && one !== filling);
        const { differences } = diff(definition, resource.known, { ...resource.known.inputs, [name]: value });
        expect(differences.map(({ property }) => property)).toEqual(value === undefined ? [] : [name]);
    });

    test("the next real update takes it over, in place", async () => {
        const changeable = propertyNames(definition.inputs).find((one) => {
            const meta = metaOf(definition, one);
            const value = definition.samples.changed[one];
            return (
                one !== name &&
                one !== "archived" &&
                value !== undefined &&
                !meta.immutable &&
                !meta.identity &&
                !meta.reference &&
                ["string", "boolean"].includes(typeof value) &&
                value !== resource.known.inputs[one]
            );
        });
        // A token has nothing else that changes in place.
        if (changeable === undefined && kind === "TransferToken") return;
        if (changeable === undefined) throw new Error(`${kind} has nothing that changes`);
        const next = { ...args, [changeable]: definition.samples.changed[changeable] };
        expect(await resource.up(process, next)).toBe("updated");
        expect(resource.inputs[name]).toEqual(filledIn(definition, name, resource.known.inputs));
        expect((await resource.refresh(process)).drift).toEqual([]);
        expect(resource.preview(process, next).step).toBe("same");
    });
});

test("what somebody opened meanwhile is named by the next refresh, and put right by the next update", async () => {
    const args = sample("Share", "minimal", await makeParents(service, "parents"));
    const share = new Resource("Share");
    await share.up(process, args);
    forget(share, "guestChatEnabled");
    await service.api("POST", `share/${share.ownId}/update/`, { guest_chat_enabled: "true" });
    expect(share.preview(process, args).step).toBe("same");
    expect((await share.refresh(process)).drift).toEqual(["guestChatEnabled"]);
    expect(share.preview(process, args)).toEqual({ step: "updated", properties: ["guestChatEnabled"] });
    await share.up(process, args);
    expect((await service.api("GET", `share/${share.ownId}/details/`)).share).toMatchObject({
        guest_chat_enabled: false,
    });
});
