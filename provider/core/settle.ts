/** Brings an object to what was declared and proves it by what the service shows. */
import { isApiError } from "../api/errors";
import type { ArchivedParents } from "./archived-parents";
import { notMade } from "./change";
import { innerSchema, metaOf, type Properties, type Remote, type ResourceDefinition, type VerbContext } from "./define";
import { messageOf, PartialFailure, ResourceError } from "./errors";
import { needsOf, notMadeError } from "./failures";
import { markerOf } from "./marker";
import { isOurs, needsMarker, outputsOf } from "./state";

/** Brings a made or taken-over object to what was declared, and proves it by what the service shows. */
export async function settle(
    parents: ArchivedParents,
    definition: ResourceDefinition,
    context: VerbContext,
    id: string,
    inputs: Properties,
    answered: Remote | undefined,
): Promise<Properties> {
    let remote: Remote = answered ?? {};
    const archive = async (archived: boolean) => {
        await definition.archive?.(context, id, archived);
        remote = { ...remote, archived };
    };
    const bringAbout = async () => {
        remote = await complete(definition, context, id, inputs, answered);
        const shallBeArchived = (inputs.archived ?? remote.archived) === true;
        const missing = notMade(definition, inputs, remote).filter((name) => name !== "archived");
        if (missing.length > 0) {
            if (remote.archived === true) await archive(false);
            const set = Object.fromEntries(missing.map((name) => [name, inputs[name]]));
            const known = { inputs: {}, outputs: outputsOf(definition, inputs, remote, context.client.origin) };
            const after = await definition
                .update(context, id, { set, clear: [], inputs, known })
                .catch((error: unknown) => {
                    if (!isApiError(error, "invalid")) throw error;
                    throw notMadeError(missing, `${messageOf(error)}${needsOf(definition, missing)}`, error);
                });
            remote = await complete(definition, context, id, inputs, after);
            requireMade(definition, set, remote);
        }
        if (definition.archive && (remote.archived === true) !== shallBeArchived) await archive(shallBeArchived);
    };
    try {
        await parents.withOpenParent(definition, context, inputs, bringAbout);
        return outputsOf(definition, inputs, remote, context.client.origin);
    } catch (error) {
        const unconfirmed = new Set(notMade(definition, inputs, remote));
        const confirmed = Object.fromEntries(
            Object.entries(inputs).flatMap(([name, value]) => {
                if (!unconfirmed.has(name)) return [[name, value]];
                return needsMarker(definition, name) ? [[name, markerOf(value, remote[name])]] : [];
            }),
        );
        throw new PartialFailure(
            id,
            confirmed,
            outputsOf(definition, confirmed, remote, context.client.origin),
            `${definition.noun} ${id} exists and is saved, but ${messageOf(error)} The next \`pulumi up\` goes on from here`,
            { cause: error },
        );
    }
}

/** The answer of a write when it holds every field that was sent and every output, and a read where it does not. */
export async function complete(
    definition: ResourceDefinition,
    context: VerbContext,
    id: string,
    inputs: Properties,
    answered: Remote | undefined,
): Promise<Remote> {
    const sent = Object.keys(definition.wire).filter(
        (name) => name in inputs && !isOurs(definition, name) && !metaOf(definition, name).mayLack,
    );
    const promised = Object.entries(definition.outputs.shape)
        .filter(([, schema]) => innerSchema(schema) === schema)
        .map(([name]) => name);
    if (answered !== undefined && [...sent, ...promised].every((name) => name in answered)) return answered;
    const remote = await definition.read(context, id, {
        inputs,
        outputs: outputsOf(definition, inputs, answered ?? {}, context.client.origin),
    });
    if (remote === undefined) throw new ResourceError(`the service does not show it yet.`);
    return { ...answered, ...remote };
}

export function requireMade(definition: ResourceDefinition, inputs: Properties, remote: Remote): void {
    const missing = notMade(definition, inputs, remote);
    if (missing.length === 0) return;
    // A plan takes switches away, and no text.
    const isText = missing.every((name) => metaOf(definition, name).composed);
    const shown = missing.map((name) => `${JSON.stringify(remote[name])} for ${name}`).join(" and ");
    throw notMadeError(
        missing,
        isText
            ? `It shows ${shown}.`
            : needsOf(definition, missing).trim() || "Check whether the organization's plan includes it.",
    );
}
