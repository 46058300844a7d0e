/** How a create makes its object, meets its own earlier work, or takes over what is there already. */
import { isAmbiguous, isApiError, isTaken } from "../api/errors";
import { sameValue } from "./compare";
import {
    type Found,
    type Properties,
    parentOf,
    type Remote,
    type ResourceDefinition,
    uniqueInput,
    uniqueInputs,
    type VerbContext,
} from "./define";
import { messageOf, ResourceError } from "./errors";
import { beyondPlan, hasNameOfReplaced, lostAnswer, notTakenOver, refusedByName, takenElsewhere } from "./failures";
import { type MadeName, madeNameOf, noNameFree } from "./made-name";
import { inTheWay, makeWay, mostNames, withRoom } from "./name-exchange";
import { identitiesOf, refuseSecondOwner } from "./owners";
import type { Session } from "./session";
import { resourceKey, withoutInternal } from "./state";
import { containsUnknown } from "./unknown";
import { describe } from "./wording";

interface Made {
    id: string;
    remote?: Remote | undefined;
}

export class Creation {
    constructor(private readonly session: Session) {}

    /** Looks first where the kind has a natural key, so that a repeated create meets its own work. */
    async makeOrTakeOver(definition: ResourceDefinition, context: VerbContext, inputs: Properties): Promise<Made> {
        const { session } = this;
        const resource = inputs[resourceKey];
        const unique = uniqueInput(definition);
        const made = madeNameOf(
            definition,
            inputs,
            typeof resource === "string" ? session.makerOf(resource) : undefined,
        );
        const own = made && (await this.ownWork(definition, context, inputs, made));
        if (own !== undefined) return own;
        const tried: string[] = [];
        for (let round = 1; ; round += 1) {
            const isFurther = tried.length > 0 || (made !== undefined && session.formerOf(resource) !== undefined);
            const candidate = isFurther && made?.names ? { ...inputs, [made.property]: made.names.another() } : inputs;
            const look = () => definition.find?.(context, withoutInternal(candidate));
            const unlisted =
                made?.names !== undefined || (await definition.unlisted?.(context, withoutInternal(candidate)));
            const found = unlisted ? undefined : await look();
            if (found !== undefined) {
                if (round < mostNames && (await this.madeRoom(definition, context, found, candidate, made))) continue;
                return this.takeOver(definition, context, found, candidate, made);
            }
            await this.refuseBeyondPlan(definition, context, inputs);
            try {
                const object = await withRoom(
                    definition,
                    context,
                    undefined,
                    candidate,
                    () => definition.create(context, withoutInternal(candidate)),
                    (property) => property !== unique && !this.hadName(definition, property, candidate),
                );
                refuseSecondOwner(session, definition, object, inputs);
                session.noteMade(definition.kind, object.id);
                return object;
            } catch (error) {
                if (isAmbiguous(error)) return await this.recoverCreate(definition, context, candidate, error);
                if (unique === undefined || candidate[unique] === undefined) throw error;
                if (!isNameRefusal(definition, unique, error)) throw error;
                tried.push(String(candidate[unique]));
                const holder = unlisted ? await look() : undefined;
                const isPassed = holder === undefined || holder.foreign || this.isOthers(definition, holder, inputs);
                if (made?.names !== undefined && isPassed && tried.length < mostNames) continue;
                if (holder !== undefined && !(isPassed && made)) {
                    if (round < mostNames && (await this.madeRoom(definition, context, holder, candidate, made)))
                        continue;
                    return this.takeOver(definition, context, holder, candidate, made);
                }
                throw new ResourceError(
                    made
                        ? noNameFree(definition, made, tried, messageOf(error))
                        : refusedByName(definition, unique, candidate[unique], error),
                    { cause: error },
                );
            }
        }
    }

    /** What an earlier create of this resource made, whose answer was lost or whose process was killed. */
    private async ownWork(
        definition: ResourceDefinition,
        context: VerbContext,
        inputs: Properties,
        made: MadeName,
    ): Promise<Found | undefined> {
        const beside = await definition.namesBeside?.(context, withoutInternal(inputs));
        const { property, names } = made;
        if (names === undefined) return undefined;
        for (const name of (beside ?? [names.first]).filter((one) => names.isOwn(one))) {
            const candidate = { ...inputs, [property]: name };
            const found = await definition.find?.(context, withoutInternal(candidate));
            if (found !== undefined && !found.foreign && !this.isOthers(definition, found, inputs)) {
                return this.takeOver(definition, context, found, candidate, made);
            }
        }
        return undefined;
    }

    /** The answer to a create was lost: the object may exist. Where there is a natural key, one look tells. */
    private async recoverCreate(
        definition: ResourceDefinition,
        context: VerbContext,
        inputs: Properties,
        error: unknown,
    ): Promise<Found> {
        let seen = "it was not there when looked for right after";
        const found = await definition.find?.(context, withoutInternal(inputs)).catch(() => {
            seen = "looking for it failed as well";
            return undefined;
        });
        if (found !== undefined && !found.foreign && found.obstacles.length === 0) return found;
        throw lostAnswer(definition, definition.find && seen, error);
    }

    private takeOver(
        definition: ResourceDefinition,
        context: VerbContext,
        found: Found,
        inputs: Properties,
        made: MadeName | undefined,
    ): Found {
        const unique = uniqueInput(definition) ?? "";
        if (found.foreign) throw takenElsewhere(unique, inputs[unique]);
        refuseSecondOwner(this.session, definition, found, inputs);
        if (unique !== "" && this.isReplaced(definition, found.id, inputs))
            throw hasNameOfReplaced(definition, found.id, unique, inputs[unique]);
        if (found.obstacles.length > 0) throw notTakenOver(definition, context, found, made && unique);
        context.warn(`${definition.noun} ${found.id} was already there and is taken over`);
        return found;
    }

    /** Whether the object with the declared name has made room; one that another resource of this program keeps is never taken over. */
    private async madeRoom(
        definition: ResourceDefinition,
        context: VerbContext,
        found: Found,
        inputs: Properties,
        made: MadeName | undefined,
    ): Promise<boolean> {
        const unique = uniqueInput(definition);
        if (unique === undefined || made || found.foreign || this.isReplaced(definition, found.id, inputs))
            return false;
        const patient = found.obstacles.length > 0;
        const way = await makeWay(definition, context, unique, inputs[unique], undefined, patient);
        if (way.is !== "kept") return way.is === "free";
        throw new ResourceError(
            `${unique}: ${definition.noun} ${found.id} has the name ${JSON.stringify(inputs[unique])}. ${inTheWay(way)}`,
        );
    }

    /** Whether another resource of this run has the object, or this one had it before and is replaced. */
    private isOthers(definition: ResourceDefinition, { id, remote }: Found, inputs: Properties): boolean {
        const owner = this.session.ownerOf(identitiesOf(definition, id, { inputs, outputs: remote }));
        const isAnothers = owner !== undefined && owner[resourceKey] !== inputs[resourceKey];
        return isAnothers || this.isReplaced(definition, id, inputs);
    }

    /** Whether it is the object that this create replaces. A forced replacement tells no id: then it is what has the same name. */
    private isReplaced(definition: ResourceDefinition, id: string, inputs: Properties): boolean {
        const former = this.session.formerOf(inputs[resourceKey]);
        if (former === undefined) return false;
        if (former.id !== undefined) return former.id === id;
        const unique = uniqueInput(definition);
        return unique !== undefined && this.hadName(definition, unique, inputs);
    }

    /** Whether the object that this create replaces was declared with the same name. */
    private hadName(definition: ResourceDefinition, property: string, inputs: Properties): boolean {
        const former = this.session.formerOf(inputs[resourceKey]);
        return former !== undefined && sameValue(definition, property, former.inputs[property], inputs[property]);
    }

    private async refuseBeyondPlan(
        definition: ResourceDefinition,
        context: VerbContext,
        inputs: Properties,
    ): Promise<void> {
        const ceiling = await definition.ceiling?.(context, withoutInternal(inputs));
        if (ceiling === undefined || ceiling.used < ceiling.allowed) return;
        throw beyondPlan(ceiling, this.session.plannedCreates(group(definition, inputs)));
    }
}

/** A replacement that needs the declared name of the object which it replaces may not get it: the preview tells. */
export function reuseWarnings(session: Session, definition: ResourceDefinition, inputs: Properties): string[] {
    const resource = inputs[resourceKey];
    const former = session.formerOf(resource);
    if (former === undefined || session.makerOf(String(resource)) !== undefined) return [];
    return uniqueInputs(definition).flatMap((unique) => {
        const name = inputs[unique];
        if (name === undefined || containsUnknown(name)) return [];
        if (!sameValue(definition, unique, former.inputs[unique], name)) return [];
        return [
            `${describe(definition, inputs)} is replaced, and the new one needs the ${unique} ${JSON.stringify(name)} of the old one. ` +
                `The old one has it until it is deleted, and the service may keep the name of a closed ${definition.noun}: declare another ${unique}`,
        ];
    });
}

/** Resources that count together against a limit: of one kind, under one parent. */
export function group(definition: ResourceDefinition, inputs: Properties): string {
    return `${definition.kind} ${parentOf(definition, inputs)?.id ?? ""}`;
}

/** Whether the service refused the create because of the unique name. */
function isNameRefusal(definition: ResourceDefinition, unique: string, error: unknown): boolean {
    if (isTaken(error)) return true;
    return isApiError(error, "invalid") && messageOf(error).includes(definition.wire[unique] ?? unique);
}
