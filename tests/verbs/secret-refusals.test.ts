/** No refusal makes the engine print a secret: it prints what the program gave for the property that a failure names. */
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Connection } from "../../provider/connection";
import type { Properties } from "../../provider/core/define";
import { toStruct } from "../../provider/plugin/values";
import { check } from "../../provider/plugin/verbs";
import { resources, resourcesByKind } from "../../provider/resources";
import { frontEnds } from "../weather/front-ends";
import { refusals } from "./refusals";

const signatureKey = "4dabf18193072939515e22adb298388d";
const secret = (value: unknown) => ({ [signatureKey]: "1b47061264138c4ac30d75fd1eb44270", value });
const canary = "canary-4711";
const urnOf = (kind: string) => `urn:pulumi:dev::p::fastio:index:${kind}::design`;

/** The ways in which a program can make a value secret: as a whole, or each part of it. */
const markings: Record<string, (value: unknown) => unknown> = { whole: secret, parts: marked };

function marked(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(marked);
    if (typeof value !== "object" || value === null || signatureKey in value) return secret(value);
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, marked(part)]));
}

/** The value with a canary in each of its texts. */
function withCanary(value: unknown): unknown {
    if (typeof value === "string") return `${value}${canary}`;
    if (Array.isArray(value)) return value.map(withCanary);
    if (typeof value !== "object" || value === null || signatureKey in value) return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withCanary(part)]));
}

function stripped(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(stripped);
    if (typeof value !== "object" || value === null) return value;
    const held = value as Properties;
    if (held[signatureKey] === secret(0)[signatureKey]) return stripped(held.value);
    return Object.fromEntries(Object.entries(held).map(([name, part]) => [name, stripped(part)]));
}

/** What the engine prints of a failure. */
const printed = (inputs: Properties, failure: { property: string; reason: string }) =>
    failure.property === ""
        ? `resource 'design' has a problem: ${failure.reason}`
        : `resource 'design': property ${failure.property} value {${JSON.stringify(inputs[failure.property])}} has a problem: ${failure.reason}`;

/** Every refusal that is listed, with and without a canary, and for each property of the kind what no property takes. */
function wrongInputs(kind: string): Properties[] {
    const { samples, inputs } = resourcesByKind.get(kind) as (typeof resources)[number];
    const full = { ...samples.full, ...samples.minimal };
    const nonsense = [
        `${canary}\u0000`,
        canary.repeat(99),
        47_114_711.5,
        [canary],
        { [canary]: canary },
        { url: 1 },
        true,
    ];
    // What the protocol cannot carry comes from no program.
    const listed = (refusals[kind] ?? []).map(([, one]) => JSON.parse(JSON.stringify(one)) as Properties);
    return [
        ...listed,
        ...listed.map((one) => withCanary(one) as Properties),
        ...Object.keys(inputs.shape).flatMap((name) => nonsense.map((value) => ({ ...full, [name]: value }))),
        { ...full, nmae: canary, "odd name": canary, "links[0].url": canary },
    ];
}

type Refusals = { property: string; reason: string }[];

const config = { baseUrl: "http://127.0.0.1:9/", token: "none" };
const connection = new Connection(
    () => ({ baseUrl: config.baseUrl, credential: { token: config.token } }) as never,
    () => {},
);

/** What the front-ends say to what an engine hands over: only a plugin is told of marks. */
const checks: Record<string, (kind: string, inputs: Properties) => Promise<Refusals>> = {
    async plugin(kind, inputs) {
        const request = new proto.CheckRequest().setUrn(urnOf(kind)).setNews(toStruct(inputs));
        const answer = await check(connection, request);
        return answer.getFailuresList().map((one) => ({ property: one.getProperty(), reason: one.getReason() }));
    },
    async dynamic(kind, inputs) {
        const verbs = await (await dynamic)?.check(urnOf(kind), {}, stripped(inputs) as Properties);
        return verbs?.failures ?? [];
    },
};
const dynamic = frontEnds.find(({ name }) => name === "dynamic")?.start(config);

describe.each(Object.keys(checks))("%s", (frontEnd) => {
    test.each(resources.map(({ kind }) => kind))("%s refuses without a value that is secret", async (kind) => {
        const texts: string[] = [];
        for (const given of wrongInputs(kind)) {
            for (const mark of Object.values(markings)) {
                const inputs = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, mark(value)]));
                const failures = await checks[frontEnd]?.(kind, inputs);
                texts.push(...(failures ?? []).map((failure) => printed(inputs, failure)));
            }
        }
        expect(texts.length).toBeGreaterThan(100);
        const secrets = [signatureKey, canary, "47114711"];
        expect(texts.filter((text) => secrets.some((one) => text.includes(one)))).toEqual([]);
    });
});
