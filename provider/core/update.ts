/** How an update makes its change: through what is archived or has a name in the way, keeping what was reached when it fails half-way. */
import { type Again, type ArchivedParents, reopened } from "./archived-parents";
import { changeOf, cleared, driftLeft } from "./change";
import type { Known, Properties, Remote, ResourceDefinition, VerbContext } from "./define";
import { diff } from "./diff";
import { messageOf, PartialFailure } from "./errors";
import { objectName, withRoom } from "./name-exchange";
import { complete, requireMade, settle } from "./settle";
import { outputsOf, withoutInternal } from "./state";

export async function advance(
    parents: ArchivedParents,
    definition: ResourceDefinition,
    context: VerbContext,
    id: string,
    known: Known,
    inputs: Properties,
): Promise<Properties> {
    // An update without a difference follows a failure half-way: it goes on from there.
    if (!diff(definition, known, inputs).changes) return settle(parents, definition, context, id, inputs, undefined);
    return context.renames.update(objectName(definition, id), () =>
        parents.withOpenParent(definition, context, inputs, (again) =>
            make(definition, context, id, known, inputs, again),
        ),
    );
}

async function make(
    definition: ResourceDefinition,
    context: VerbContext,
    id: string,
    known: Known,
    inputs: Properties,
    again: Again,
): Promise<Properties> {
    const change = changeOf(definition, known, inputs);
    const wasArchived = known.outputs.archived === true;
    const neverDeclared = inputs.archived === undefined && known.inputs.archived === undefined;
    let shallBeArchived = neverDeclared ? wasArchived : inputs.archived === true;
    let done: { inputs: Properties; remote: Remote } | undefined;
    let remote: Remote = {};
    const step = (more: Remote, reached: Properties) => {
        remote = { ...remote, ...more };
        done = { inputs: reached, remote };
    };
    /** The first request tells whether the parent is open; before a later one a neighbour may have closed it. */
    const attempt: Again = (work) => (done === undefined ? work() : again(work));
    try {
        const writes =
            Object.keys(change.set).length > 0 ||
            change.clear.length > 0 ||
            definition.demands?.(known, inputs) !== undefined;
        let archived = wasArchived;
        const open = async () => {
            await definition.archive?.(context, id, false);
            archived = false;
            if (neverDeclared) shallBeArchived = true;
            step({ archived: false }, neverDeclared ? known.inputs : { ...known.inputs, archived: false });
        };
        if (writes) {
            if (archived) await open();
            const answered = await attempt(() =>
                reopened(definition, context, id, open, () =>
                    withRoom(definition, context, objectName(definition, id), change.set, () =>
                        definition.update(context, id, change),
                    ),
                ),
            );
            const shown = (more: Remote = {}) =>
                step({ ...more, ...driftLeft(definition, change, more) }, known.inputs);
            shown(answered);
            shown(await complete(definition, context, id, inputs, answered));
            requireMade(definition, { ...change.set, ...cleared(change) }, remote);
            step({}, definition.archive && !neverDeclared ? { ...inputs, archived } : inputs);
        }
        if (definition.archive && archived !== shallBeArchived) {
            await attempt(async () => definition.archive?.(context, id, shallBeArchived));
            step({ archived: shallBeArchived }, inputs);
        }
        return outputsOf(
            definition,
            inputs,
            {
                ...withoutInternal(known.outputs),
                ...cleared(change),
                ...remote,
            },
            context.client.origin,
        );
    } catch (error) {
        if (done === undefined) throw error;
        const outputs = outputsOf(
            definition,
            done.inputs,
            {
                ...withoutInternal(known.outputs),
                ...done.remote,
            },
            context.client.origin,
        );
        throw new PartialFailure(id, done.inputs, outputs, messageOf(error), { cause: error });
    }
}
