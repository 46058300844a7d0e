// The control plane's switches: policies and features of an organization, and what the service has or has no more.
import { ApiError } from "./api-error";
import type { Backend } from "./call";
import { flag, type Input, oneOf, readFields, required } from "./fields";
import { findOrganization, type Organization } from "./parents";
import { featureNames, hasFeature } from "./plans";
import { type OrganizationSwitches, policyFields } from "./policies";

export function changeSwitches(
    { store }: Backend,
    { id, switches }: Organization,
    changes: OrganizationSwitches,
): OrganizationSwitches {
    const changed = { ...switches, ...changes };
    store.update("organizations", id, { switches: JSON.stringify(changed) });
    return changed;
}

/** Changes the switches that the request names; an organization's policies are what they are in the web app. */
export function setPolicy(backend: Backend, input: Input): object {
    refuseEarly(backend, "policies");
    refuseUnknown(input, ["organizationId", ...Object.keys(policyFields)]);
    const organization = findOrganization(backend, required(input, "organizationId"));
    const policy = { ...organization.switches.policy, ...readFields(policyFields, input) };
    changeSwitches(backend, organization, { policy });
    return { organizationId: organization.id, policy };
}

const serviceFields = {
    basicSignIn: oneOf(["served", "retired", "gone"], "served", true),
    transferTokens: oneOf(["served", "retired", "gone"], "served", true),
    activation: oneOf(["atOnce", "byHand"], "atOnce", true),
    takenDomain: oneOf(["406", "409"], "406", true),
};

const featureFields = { content_ai: flag(false), ai_agent: flag(false), signing: flag(false) };

/** Of an organization the capabilities that it has or lacks; without one what the whole service has. */
export function setFeatures(backend: Backend, input: Input): object {
    refuseEarly(backend, "features");
    const { organizationId } = input;
    if (organizationId === undefined) {
        refuseUnknown(input, Object.keys(serviceFields));
        const { basicSignIn, transferTokens, activation, takenDomain } = readFields(serviceFields, input);
        const { store } = backend;
        if (basicSignIn !== undefined) store.set("basicSignIn", basicSignIn);
        if (transferTokens !== undefined) store.set("transferTokens", transferTokens);
        if (activation !== undefined) store.set("activation", activation);
        if (takenDomain !== undefined) store.set("takenDomain", takenDomain);
        const { settings: now } = store;
        return Object.fromEntries(Object.keys(serviceFields).map((name) => [name, Reflect.get(now, name)]));
    }
    refuseUnknown(input, ["organizationId", ...featureNames]);
    const organization = findOrganization(backend, organizationId);
    const features = { ...organization.switches.features, ...readFields(featureFields, input) };
    const switches = changeSwitches(backend, organization, { features });
    const shown = featureNames.map((name) => [name, hasFeature({ ...organization, switches }, name)]);
    return { organizationId: organization.id, features: Object.fromEntries(shown) };
}

function refuseEarly({ dialect: { era, name } }: Backend, what: string): void {
    if (era === "early") throw new ApiError("CONFLICT", `The dialect ${name} is of a time before ${what}.`);
}

/** A switch that nobody has would be thought thrown. */
function refuseUnknown(input: Input, known: readonly string[]): void {
    const unknown = Object.keys(input).filter((name) => !known.includes(name));
    if (unknown.length > 0) {
        throw new ApiError("INPUT_INVALID", `There is no switch ${unknown.join(", ")}; there are ${known.join(", ")}.`);
    }
}
