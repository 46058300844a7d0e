/** The verbs of every kind: what happens around the definition's own few lines, so that nothing is lost, doubled or deleted by mistake. */
import { type ApiClient, hiding } from "../api/client";
import { type ApiError, isAmbiguous, isApiError, isTaken } from "../api/errors";
import { printable } from "../api/printable";
import { changeOf, cleared, driftLeft, notMade, withdrawnOf } from "./change";
import { type Autonaming, type CheckFailure, type CheckResult, check } from "./check";
import { Collections } from "./collections";
import { sameValue } from "./compare";
import {
    type Found,
    innerSchema,
    type Known,
    metaOf,
    type Properties,
    parentOf,
    type Remote,
    type ResourceDefinition,
    uniqueInput,
    uniqueInputs,
    type VerbContext,
} from "./define";
import { type DiffResult, diff } from "./diff";
import { pastEndFailures } from "./ends";
import { mayExist, messageOf, PartialFailure, ResourceError } from "./errors";
import { Evidence } from "./evidence";
import { refuseBelowGuarded, refuseGuarded } from "./guards";
import { Handover } from "./handover";
import { importCommand, importTargetOf } from "./import-command";
import { isNoInsight, requireInsight } from "./insight";
import { listObjects } from "./listing";
import { type MadeName, type Maker, madeNameOf, noNameFree } from "./made-name";
import { asDeclared, asFound, markerOf, stillMarked } from "./marker";
import { inTheWay, noteNames, objectName, refusedName, uniqueName } from "./name-exchange";
import { requireSameService } from "./origin";
import { declaredTwice, identitiesOf, refuseSecondOwner } from "./owners";
import { type Place, Places, placeOf, withPlace, withPlaceOf } from "./places";
import { previewOfCreate, previewOfUpdate } from "./preview";
import type { Way } from "./renames";
import { secretTexts } from "./secrecy";
import type { Session } from "./session";
import { inputsOf, isOurs, needsMarker, outputsOf, projectInputs, resourceKey, withoutInternal } from "./state";
import { containsUnknown } from "./unknown";
import { describe, labelOf, withoutSecrets, withProperty } from "./wording";

export interface LifecycleOptions {
    definitions: ReadonlyMap<string, ResourceDefinition>;
    /** The client of this configuration; asked for by the first verb that makes a call. */
    client(): ApiClient;
    session: Session;
    /** Shows a message, of a resource where it is about one. */
    log(severity: "info" | "warning", message: string, urn?: string): void;
    /** An origin that is the same service under an old name. */
    formerOrigin?(): string | undefined;
}

/** How the front-end names the resource that a verb works on. */
export interface Subject {
    kind: string;
    /** The URN under which the state holds it. */
    urn?: string | undefined;
    /** The URN that it had at its last update, where the front-end is not told the present one. */
    lastUrn?: string | undefined;
    /** When the verb has to end early. */
    bounds?: Bounds | undefined;
}

/** From `end` on a verb writes nothing more and waits for nothing; until `last` it may still learn what became of what it wrote. */
export interface Bounds {
    end: AbortSignal;
    last: AbortSignal;
}

export interface ReadResult {
    id: string;
    inputs: Properties;
    outputs: Properties;
}

const mostNames = 5;

export class Lifecycle {
    readonly #collections = new Collections();
    readonly #evidence: Evidence;
    readonly #places = new Places();
    readonly #handover: Handover;

    constructor(private readonly options: LifecycleOptions) {
        this.#evidence = new Evidence(options.definitions);
        this.#handover = new Handover(options.definitions, this.#places);
    }

    /** Completes and validates inputs; makes no call. */
    check(subject: Subject, oldInputs: Properties, newInputs: Properties, autonaming?: Autonaming): CheckResult {
        const definition = this.definition(subject.kind);
        const result = check(definition, oldInputs, newInputs, autonaming);
        const resource = result.inputs[resourceKey];
        if (typeof resource === "string" && !containsUnknown(resource)) {
            const { session } = this.options;
            session.noteCheck(resource);
            session.noteMaker(resource, makerOf(definition, newInputs, autonaming));
            const isNew = Object.keys(withoutInternal(oldInputs)).length === 0;
            // The engine checks what it replaces once more, then without what was declared before.
            const isReplacement = isNew && session.formerOf(resource) !== undefined;
            if (isNew) {
                session.planCreate(group(definition, result.inputs), resource);
                this.warnOfReuse(subject, definition, result.inputs);
            } else session.noteFormer(resource, asFound(oldInputs));
            result.failures.push(...pastEndFailures(definition, oldInputs, result.inputs, isReplacement));
            if (result.failures.length === 0)
                result.failures.push(...declaredTwice(session, definition, result.inputs, resource));
        }
        return result;
    }

    /** Compares; makes no call. */
    diff(subject: Subject, id: string, known: Known, inputs: Properties): DiffResult {
        const definition = this.definition(subject.kind);
        const result = diff(definition, known, inputs);
        const resource = inputs[resourceKey];
        const checked = typeof resource === "string" && this.options.session.wasChecked(resource);
        if (checked) {
            this.options.session.noteFormer(resource, asFound(known.inputs), { id, known });
            noteNames(this.options.session.renames, definition, id, known, resource, result);
        }
        if (checked && !result.changes) this.options.session.touch(identitiesOf(definition, id, known), inputs);
        this.#places.saw(subject.kind, id, { inputs, outputs: known.outputs });
        if (!checked) return result;
        this.#places.keep(subject.kind, id, result.replaces.length === 0);
        // A destroy asks each resource alone: what counts above it has to be recorded with it.
        const place = placeOf(known);
        const isSame = place === undefined || this.#places.renewed(definition, place, inputs) === place;
        return result.changes || isSame ? result : { ...result, changes: true };
    }

    /** The outputs that a create would have, or with a known object an update; makes no call. */
    preview(subject: Subject, known: Known | undefined, inputs: Properties): Properties {
        const definition = this.definition(subject.kind);
        return known === undefined
            ? previewOfCreate(definition, asDeclared(inputs))
            : previewOfUpdate(definition, foundOf(known), asFound(inputs));
    }

    async create(subject: Subject, wanted: Properties): Promise<{ id: string; outputs: Properties }> {
        const definition = this.definition(subject.kind);
        const inputs = asDeclared(wanted);
        return this.writing(definition, "creating", { inputs, outputs: {} }, async () => {
            const resource = inputs[resourceKey];
            const former = this.options.session.formerOf(resource);
            const replaced = former?.id === undefined ? former?.inputs : undefined;
            const context = { ...this.context(subject, { inputs, outputs: {} }), replaced };
            if (typeof resource === "string") this.options.session.beginCreate(group(definition, inputs), resource);
            const ownership = await this.#handover.ownership(context, definition, inputs);
            const place: Place = { ...ownership, ...this.#places.above(definition, inputs) };
            await this.#handover.tellOwner(context, place);
            const { id, remote } = await this.withOpenParent(definition, context, inputs, () =>
                this.makeOrTakeOver(definition, context, inputs),
            );
            if (definition.holder !== undefined) place.organization = id;
            const outputs = await withPlaceOf(place, () => this.settle(definition, context, id, inputs, remote));
            this.options.session.touch(identitiesOf(definition, id, { inputs, outputs }), inputs);
            this.#places.saw(subject.kind, id, { inputs, outputs });
            this.#places.keep(subject.kind, id, true);
            return { id, outputs };
        });
    }

    /** The object as it is, or undefined when it is certainly gone. Without known inputs it is an import, by id or by name. */
    async read(subject: Subject, named: string, recorded: Known): Promise<ReadResult | undefined> {
        const definition = this.definition(subject.kind);
        // What is declared is looked for, also where it was not found before.
        const known = { ...recorded, inputs: asDeclared(recorded.inputs) };
        return this.explained(definition, "reading", known, async () => {
            const context = this.context(subject, known);
            this.requireSameService(definition, named, known);
            const isImport = Object.keys(withoutInternal(known.inputs)).length === 0;
            if (!isImport) return this.readKnown(definition, context, named, known, recorded);
            const resolved = await definition.resolve?.(context, named);
            // No state can lose what nobody has imported yet, so nothing has to confirm that it is gone.
            if (definition.resolve !== undefined && resolved === undefined) return undefined;
            const { id, inputs: own } = resolved ?? { id: named, inputs: {} };
            const remote = await definition.read(context, id, known);
            if (remote === undefined) return undefined;
            const inputs = inputsOf(definition, remote, own);
            const ownership = await this.#handover.ownership(context, definition, { ...remote, ...inputs }, id);
            return { id, inputs, outputs: withPlace(this.outputs(definition, inputs, remote), ownership) };
        });
    }

    private async readKnown(
        definition: ResourceDefinition,
        context: VerbContext,
        id: string,
        known: Known,
        recorded: Known,
    ): Promise<ReadResult | undefined> {
        this.#places.saw(definition.kind, id, known);
        try {
            const listed = await this.#collections.read(definition, context, id, known);
            const remote = listed === undefined ? await definition.read(context, id, known) : listed.remote;
            if (remote === undefined) {
                await this.#evidence.confirmGone(context, definition, id, known);
                return undefined;
            }
            requireInsight(definition, known, remote);
            const inputs = projectInputs(definition, recorded, remote);
            const outputs = withPlace(this.outputs(definition, inputs, remote), placeOf(known));
            const notice = definition.notice?.(context, id, { inputs, outputs });
            if (notice !== undefined) context.warn(notice);
            return { id, inputs, outputs };
        } catch (error) {
            if (!isNoInsight(error)) throw error;
            const outside = await this.#handover.outside(context, definition, id, known);
            if (outside === undefined) throw error;
            // One message for all that lies there; what was known of the others stays.
            if (await this.#handover.first(context, outside.message.replace(/'urn:[^']*'/g, ""))) throw outside;
            return { id, ...recorded };
        }
    }

    /** What there is of a kind, by id and the name that people know it by, "" where it has none; in the order of the ids. */
    async list(subject: Subject, query: Properties): Promise<{ id: string; name: string }[]> {
        const definition = this.definition(subject.kind);
        return this.explained(definition, "listing", { inputs: query, outputs: {} }, async () => {
            const listed = await listObjects(this.options.definitions, this.context(subject), definition, query);
            return listed.map(({ id, remote }) => ({ id, name: labelOf(remote) ?? "" }));
        });
    }

    /** Writes the bytes that the service has for an asset into a file, and answers the name that it would have; undefined when there are none. */
    async saveAsset(subject: Subject, id: string, property: string, file: string): Promise<string | undefined> {
        const definition = this.definition(subject.kind);
        return this.explained(definition, "reading", { inputs: {}, outputs: {} }, async () =>
            definition.saveAsset?.(this.context(subject), id, property, file),
        );
    }

    async update(subject: Subject, id: string, recorded: Known, wanted: Properties): Promise<Properties> {
        const definition = this.definition(subject.kind);
        const known = foundOf(recorded);
        const inputs = asFound(wanted);
        return this.writing(definition, "updating", { inputs, outputs: known.outputs }, async () => {
            const context = this.context(subject, { inputs, outputs: known.outputs });
            this.requireSameService(definition, id, known);
            const { changes, differences } = diff(definition, known, inputs);
            const former = placeOf(known);
            const place = former && this.#places.renewed(definition, former, inputs);
            const isWritten = differences.some(({ property }) => !metaOf(definition, property).providerOnly);
            if (isWritten || (changes && differences.length === 0)) await this.#handover.tellOwner(context, place);
            const outputs = await withPlaceOf(place, () => this.advance(definition, context, id, known, inputs)).catch(
                (error: unknown) => {
                    if (!(error instanceof PartialFailure)) throw error;
                    const { inputs: reached, outputs: shown, message, cause } = error;
                    throw new PartialFailure(id, stillMarked(reached, recorded.inputs), shown, message, { cause });
                },
            );
            this.options.session.touch(identitiesOf(definition, id, { inputs, outputs }), inputs);
            this.#places.saw(subject.kind, id, { inputs, outputs });
            return outputs;
        });
    }

    private async advance(
        definition: ResourceDefinition,
        context: VerbContext,
        id: string,
        known: Known,
        inputs: Properties,
    ): Promise<Properties> {
        // An update without a difference follows a failure half-way: it goes on from there.
        if (!diff(definition, known, inputs).changes) return this.settle(definition, context, id, inputs, undefined);
        return this.options.session.renames.update(objectName(definition, id), () =>
            this.withOpenParent(definition, context, inputs, (again) =>
                this.change(definition, context, id, known, inputs, again),
            ),
        );
    }

    async delete(subject: Subject, id: string, recorded: Known): Promise<void> {
        const definition = this.definition(subject.kind);
        const known = foundOf(recorded);
        await this.writing(definition, "deleting", known, async () => {
            const context = this.context(subject, known);
            this.requireSameService(definition, id, known);
            const heir = this.options.session.ownerOf(identitiesOf(definition, id, known));
            if (heir !== undefined) {
                await this.withdraw(definition, context, id, known, heir);
                context.warn(
                    `${definition.noun} ${id} belongs to another resource of this program now, so it was not deleted; only this resource's entry in the state goes`,
                );
                return;
            }
            this.#places.saw(subject.kind, id, known);
            if (definition.isOver?.(known)) return;
            const place = placeOf(known);
            if (await this.#handover.leavesAlone(context, place)) return;
            try {
                if (place !== undefined)
                    await refuseBelowGuarded(this.options.definitions, this.#places, definition, context, place, known);
                await refuseGuarded(definition, context, id, known);
                await this.withOpenParent(definition, context, known.inputs, () =>
                    definition.delete(context, id, known),
                );
            } catch (error) {
                if (isApiError(error, "not-found")) return;
                const outside = isNoInsight(error)
                    ? await this.#handover.outside(context, definition, id, known)
                    : undefined;
                throw outside ?? error;
            }
        });
    }

    /** What only the resource that goes declared of an object is withdrawn, as its own next update would have done. */
    private async withdraw(
        definition: ResourceDefinition,
        context: VerbContext,
        id: string,
        known: Known,
        heir: Properties,
    ): Promise<void> {
        const { set, clear, inputs } = withdrawnOf(definition, known, heir);
        if (Object.keys(set).length === 0 && clear.length === 0) return;
        await this.withOpenParent(definition, context, heir, () =>
            definition.update(context, id, { set, clear, inputs, known }),
        );
    }

    private definition(kind: string): ResourceDefinition {
        const definition = this.options.definitions.get(kind);
        if (definition === undefined)
            throw new ResourceError(`there is no kind ${kind} in this version of pulumi-fastio`);
        return definition;
    }

    private context({ kind, urn, lastUrn, bounds }: Subject, known: Known = { inputs: {}, outputs: {} }): VerbContext {
        const client = this.options.client();
        const definition = this.definition(kind);
        const log = (severity: "info" | "warning", message: string) =>
            this.options.log(severity, withoutSecrets(definition, known, printable(message)), urn);
        return {
            client: hiding(
                bounds === undefined ? client : client.within(bounds.end, bounds.last),
                secretTexts(definition, known),
            ),
            warn: (message) => log("warning", message),
            info: (message) => log("info", message),
            remember: (question, work) => this.options.session.remember(question, work),
            isNew: (kind, id) => this.options.session.wasMade(kind, id),
            renames: this.options.session.renames,
            urn,
            lastUrn,
        };
    }

    private requireSameService(definition: ResourceDefinition, id: string, known: Known): void {
        requireSameService(
            `${definition.noun} ${id}`,
            known.outputs,
            this.options.client().origin,
            this.options.formerOrigin?.(),
        );
    }

    /** What was listed before a write of ours, or while it was under way, answers nothing after it. */
    private async writing<T>(...explained: Parameters<typeof this.explained<T>>): Promise<T> {
        const drop = () => {
            this.#collections.drop();
            this.#evidence.drop();
        };
        drop();
        return this.explained(...explained).finally(drop);
    }

    /** Names the resource and what was being done in every failure, and lets only errors through. */
    private async explained<T>(
        definition: ResourceDefinition,
        doing: string,
        known: Known,
        work: () => Promise<T>,
    ): Promise<T> {
        try {
            return await work();
        } catch (thrown) {
            const subject = `${doing} ${describe(definition, known.inputs)} failed`;
            const message = withoutSecrets(
                definition,
                known,
                `${subject}: ${withProperty(definition, messageOf(thrown))}`,
            );
            if (thrown instanceof PartialFailure) {
                throw new PartialFailure(thrown.id, thrown.inputs, thrown.outputs, message, { cause: thrown.cause });
            }
            const isGone = doing === "updating" && isApiError(thrown, "not-found");
            const isHidden = doing === "reading" && isNoInsight(thrown);
            const next = isHidden
                ? ` ${await this.whose()} Nothing leaves the state`
                : isGone
                  ? " If it is gone, `pulumi refresh` finds that out, and the next `pulumi up` makes it again"
                  : "";
            throw new ResourceError(message + next, { cause: thrown });
        }
    }

    /** Whose view of the service a failure is about. */
    private async whose(): Promise<string> {
        const client = this.options.client();
        const known = await client.account().catch(() => undefined);
        return known === undefined
            ? `This is what the configured credential sees on ${client.origin}.`
            : `This is what ${known.email ?? "the account"} (account ${known.id}) sees on ${client.origin}.`;
    }

    private async refuseBeyondPlan(
        definition: ResourceDefinition,
        context: VerbContext,
        inputs: Properties,
    ): Promise<void> {
        const ceiling = await definition.ceiling?.(context, withoutInternal(inputs));
        if (ceiling === undefined || ceiling.used < ceiling.allowed) return;
        const further = this.options.session.plannedCreates(group(definition, inputs));
        const plural = further === 1 ? "1 further one is" : `${further} further ones are`;
        const { advice = "Remove what is not needed, or change the organization's plan" } = ceiling;
        throw new ResourceError(
            `${ceiling.advice ? "the service" : "the plan"} allows ${ceiling.allowed} ${ceiling.name} and there are ${ceiling.used}; ` +
                `nothing was requested${further > 0 ? `, and ${plural} to come in this run` : ""}. ${advice}`,
        );
    }

    /** Looks first where the kind has a natural key, so that a repeated create meets its own work. */
    private async makeOrTakeOver(
        definition: ResourceDefinition,
        context: VerbContext,
        inputs: Properties,
    ): Promise<Made> {
        const { session } = this.options;
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
                const object = await definition.create(context, withoutInternal(candidate));
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
                        : `${unique}: the service refuses ${JSON.stringify(candidate[unique])}: ${messageOf(error)}. ` +
                              `The name may be reserved, or kept by a closed ${definition.noun}; declare another`,
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

    /** Whether another resource of this run has the object, or this one had it before and is replaced. */
    private isOthers(definition: ResourceDefinition, { id, remote }: Found, inputs: Properties): boolean {
        const owner = this.options.session.ownerOf(identitiesOf(definition, id, { inputs, outputs: remote }));
        const isAnothers = owner !== undefined && owner[resourceKey] !== inputs[resourceKey];
        return isAnothers || this.isReplaced(definition, id, inputs);
    }

    /** Whether it is the object that this create replaces. A forced replacement tells no id: then it is what has the same name. */
    private isReplaced(definition: ResourceDefinition, id: string, inputs: Properties): boolean {
        const former = this.options.session.formerOf(inputs[resourceKey]);
        if (former === undefined) return false;
        if (former.id !== undefined) return former.id === id;
        const unique = uniqueInput(definition);
        return unique !== undefined && sameValue(definition, unique, former.inputs[unique], inputs[unique]);
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
        const way = await this.makeWay(definition, context, unique, inputs[unique], undefined, patient);
        if (way.is !== "kept") return way.is === "free";
        throw new ResourceError(
            `${unique}: ${definition.noun} ${found.id} has the name ${JSON.stringify(inputs[unique])}. ${inTheWay(way)}`,
        );
    }

    /** A replacement that needs the declared name of the object which it replaces may not get it: the preview tells. */
    private warnOfReuse(subject: Subject, definition: ResourceDefinition, inputs: Properties): void {
        const resource = inputs[resourceKey];
        const former = this.options.session.formerOf(resource);
        if (former === undefined || this.options.session.makerOf(String(resource)) !== undefined) return;
        for (const unique of uniqueInputs(definition)) {
            const name = inputs[unique];
            if (name === undefined || containsUnknown(name)) continue;
            if (!sameValue(definition, unique, former.inputs[unique], name)) continue;
            this.options.log(
                "warning",
                printable(
                    `${describe(definition, inputs)} is replaced, and the new one needs the ${unique} ${JSON.stringify(name)} of the old one. ` +
                        `The old one has it until it is deleted, and the service may keep the name of a closed ${definition.noun}: declare another ${unique}`,
                ),
                subject.urn ?? String(resource),
            );
        }
    }

    private takeOver(
        definition: ResourceDefinition,
        context: VerbContext,
        found: Found,
        inputs: Properties,
        made: MadeName | undefined,
    ): Found {
        const unique = uniqueInput(definition) ?? "";
        if (found.foreign) {
            throw new ResourceError(
                `${unique}: ${JSON.stringify(inputs[unique])} is taken, by somebody else or in another place; declare another`,
            );
        }
        refuseSecondOwner(this.options.session, definition, found, inputs);
        if (unique !== "" && this.isReplaced(definition, found.id, inputs)) {
            throw new ResourceError(
                `${unique}: ${JSON.stringify(inputs[unique])} is the name of ${definition.noun} ${found.id}, which this resource has and which is to be replaced: ` +
                    `the new one is made before the old one goes. Declare another ${unique}; or set the resource option deleteBeforeReplace, ` +
                    `with which the old one goes first, and the new one gets the name only where the service does not keep it for the closed ${definition.noun}`,
            );
        }
        if (found.obstacles.length > 0) {
            throw new ResourceError(
                `${definition.noun} ${found.id} already has this name and cannot be taken over, because ${found.obstacles.join(" and ")}. ` +
                    `If it shall belong to this program, import it: ${importCommand(definition.kind, found.id, importTargetOf(context.urn))}. ` +
                    "If the resource was only renamed in the program, give it an alias with its old name" +
                    (made ? `. Else declare a ${unique} of its own: the name was made here` : ""),
            );
        }
        context.warn(`${definition.noun} ${found.id} was already there and is taken over`);
        return found;
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
        const known = definition.find ? `${seen}; the next \`pulumi up\` looks again before it creates` : mayExist;
        throw new ResourceError(
            `${messageOf(error)} The ${definition.noun} was requested and the answer was lost; ${known}`,
            { cause: error },
        );
    }

    /** Brings a made or taken-over object to what was declared, and proves it by what the service shows. */
    private async settle(
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
            remote = await this.complete(definition, context, id, inputs, answered);
            const shallBeArchived = (inputs.archived ?? remote.archived) === true;
            const missing = notMade(definition, inputs, remote).filter((name) => name !== "archived");
            if (missing.length > 0) {
                if (remote.archived === true) await archive(false);
                const set = Object.fromEntries(missing.map((name) => [name, inputs[name]]));
                const known = { inputs: {}, outputs: this.outputs(definition, inputs, remote) };
                const after = await definition
                    .update(context, id, { set, clear: [], inputs, known })
                    .catch((error: unknown) => {
                        if (!isApiError(error, "invalid")) throw error;
                        throw notMadeError(missing, `${messageOf(error)}${needsOf(definition, missing)}`, error);
                    });
                remote = await this.complete(definition, context, id, inputs, after);
                this.requireMade(definition, set, remote);
            }
            if (definition.archive && (remote.archived === true) !== shallBeArchived) await archive(shallBeArchived);
        };
        try {
            await this.withOpenParent(definition, context, inputs, bringAbout);
            return this.outputs(definition, inputs, remote);
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
                this.outputs(definition, confirmed, remote),
                `${definition.noun} ${id} exists and is saved, but ${messageOf(error)} The next \`pulumi up\` goes on from here`,
                { cause: error },
            );
        }
    }

    /** The answer of a write when it holds every field that was sent and every output, and a read where it does not. */
    private async complete(
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
            outputs: this.outputs(definition, inputs, answered ?? {}),
        });
        if (remote === undefined) throw new ResourceError(`the service does not show it yet.`);
        return { ...answered, ...remote };
    }

    private requireMade(definition: ResourceDefinition, inputs: Properties, remote: Remote): void {
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

    private async change(
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
                    this.reopened(definition, context, id, open, () =>
                        this.withRoom(definition, context, id, change.set, () =>
                            definition.update(context, id, change),
                        ),
                    ),
                );
                const shown = (more: Remote = {}) =>
                    step({ ...more, ...driftLeft(definition, change, more) }, known.inputs);
                shown(answered);
                shown(await this.complete(definition, context, id, inputs, answered));
                this.requireMade(definition, { ...change.set, ...cleared(change) }, remote);
                step({}, definition.archive && !neverDeclared ? { ...inputs, archived } : inputs);
            }
            if (definition.archive && archived !== shallBeArchived) {
                await attempt(async () => definition.archive?.(context, id, shallBeArchived));
                step({ archived: shallBeArchived }, inputs);
            }
            return this.outputs(definition, inputs, {
                ...withoutInternal(known.outputs),
                ...cleared(change),
                ...remote,
            });
        } catch (error) {
            if (done === undefined) throw error;
            const outputs = this.outputs(definition, done.inputs, {
                ...withoutInternal(known.outputs),
                ...done.remote,
            });
            throw new PartialFailure(id, done.inputs, outputs, messageOf(error), { cause: error });
        }
    }

    /** A change refused because of a unique name is made once what has that name and is to get another has made room. */
    private async withRoom<T>(
        definition: ResourceDefinition,
        context: VerbContext,
        id: string,
        set: Properties,
        work: () => Promise<T>,
    ): Promise<T> {
        for (let round = 1; ; round += 1) {
            try {
                return await work();
            } catch (error) {
                const property = refusedName(definition, set, error);
                if (property === undefined) throw error;
                const way = await this.makeWay(
                    definition,
                    context,
                    property,
                    set[property],
                    objectName(definition, id),
                );
                if (way.is === "free" && round < mostNames) continue;
                if (way.is === "free") throw error;
                throw new ResourceError(`${property}: ${messageOf(error)} ${inTheWay(way)}`, { cause: error });
            }
        }
    }

    /** Has an object give up a unique name that it is to lose in this run. */
    private makeWay(
        definition: ResourceDefinition,
        context: VerbContext,
        property: string,
        value: unknown,
        own: string | undefined,
        patient = true,
    ): Promise<Way> {
        const setAside = async (object: string, temporary: string) => {
            const id = object.slice(definition.kind.length + 1);
            const nothing = { inputs: {}, outputs: {} };
            const change = { set: { [property]: temporary }, clear: [], inputs: {}, known: nothing };
            const rename = () => definition.update(context, id, change);
            context.info(
                `${definition.noun} ${id} has the ${property} ${JSON.stringify(value)}, and is to get another: a temporary one until its own update`,
            );
            try {
                await rename();
            } catch (error) {
                if (isApiError(error, "not-found")) return;
                if (definition.archive === undefined || !mayBeArchived(error)) throw error;
                if ((await readable(definition, context, id))?.archived !== true) throw error;
                await this.opened(definition, context, id, rename, (step) => step());
            }
        };
        const name = uniqueName(definition, property, value);
        const sleep = patient ? (ms: number) => context.client.sleep(ms) : undefined;
        return context.renames.makeWay(name, own, sleep, setAside);
    }

    /** A change refused because the object turns out to be archived is made after opening it. */
    private async reopened<T>(
        definition: ResourceDefinition,
        context: VerbContext,
        id: string,
        open: () => Promise<void>,
        work: () => Promise<T>,
    ): Promise<T> {
        try {
            return await work();
        } catch (error) {
            if (definition.archive === undefined || !mayBeArchived(error)) throw error;
            const remote = await readable(definition, context, id);
            if (remote?.archived !== true) throw error;
            await open();
            return work();
        }
    }

    /** A child of an archived parent can only change while all above it is open: that is opened for it and closed again, one child at a time. */
    private async withOpenParent<T>(
        definition: ResourceDefinition,
        context: VerbContext,
        inputs: Properties,
        work: (again: Again) => Promise<T>,
    ): Promise<T> {
        const { kind = "", id: parentId = "" } = parentOf(definition, inputs) ?? {};
        const parent = this.options.definitions.get(kind);
        try {
            return await work((step) => this.withOpenParent(definition, context, inputs, step));
        } catch (error) {
            if (parent?.archive === undefined || !mayBeArchived(error)) throw error;
            return this.options.session.exclusively(`open ${parentId}`, async () => {
                const remote = await readable(parent, context, parentId);
                const isArchived = remote?.archived === true;
                const above = remote && this.options.definitions.get(parentOf(parent, remote)?.kind ?? "");
                if (remote === undefined || (!isArchived && above?.archive === undefined)) throw error;
                // What is above the parent may have been open for a neighbour alone, who closes it in between.
                return this.withOpenParent(parent, context, remote, (above) =>
                    isArchived ? this.opened(parent, context, parentId, () => work(above), above) : work(above),
                );
            });
        }
    }

    /** Runs the work while an archived object is open. */
    private async opened<T>(
        definition: ResourceDefinition,
        context: VerbContext,
        id: string,
        work: () => Promise<T>,
        again: Again,
    ): Promise<T> {
        await definition.archive?.(context, id, false);
        try {
            return await work();
        } finally {
            await again(async () => definition.archive?.(context, id, true)).catch((failure) =>
                context.warn(
                    `${definition.noun} ${id} was opened for a change and could not be archived again: ${messageOf(failure)} ` +
                        "`pulumi refresh` shows it, and the next `pulumi up` archives it",
                ),
            );
        }
    }

    private outputs(definition: ResourceDefinition, inputs: Properties, remote: Remote): Properties {
        return outputsOf(definition, inputs, remote, this.options.client().origin);
    }
}

/** What the verbs of a kind are told of an object. */
function foundOf({ inputs, outputs }: Known): Known {
    return { inputs: asFound(inputs), outputs };
}

interface Made {
    id: string;
    remote?: Remote | undefined;
}

/** Does a step once more when the parent has been closed meanwhile, after opening it. */
type Again = <T>(step: () => Promise<T>) => Promise<T>;

/** Not every version of the service tells a restriction from a denial, whatever a verb made of it; whether the object is archived does. */
function mayBeArchived(error: unknown): boolean {
    return isApiError(error, "restricted", "denied") || (error instanceof Error && mayBeArchived(error.cause));
}

/** An object as the caller sees it; what stands in the way of reading it matters less than what failed before. */
async function readable(definition: ResourceDefinition, context: VerbContext, id: string): Promise<Remote | undefined> {
    return definition.read(context, id, { inputs: {}, outputs: {} }).catch(() => undefined);
}

/** What an organization must have so that the service takes these properties, in a sentence for each that says so. */
function needsOf(definition: ResourceDefinition, properties: readonly string[]): string {
    return properties
        .flatMap((name) => metaOf(definition, name).needs ?? [])
        .map((needs) => ` The organization needs ${needs} for it.`)
        .join("");
}

function notMadeError(properties: readonly string[], more: string, cause?: ApiError): ResourceError {
    const text = `the service accepted ${properties.join(", ")} and did not make the change. ${more}`;
    return new ResourceError(text, cause && { cause });
}

/** Resources that count together against a limit: of one kind, under one parent. */
function group(definition: ResourceDefinition, inputs: Properties): string {
    return `${definition.kind} ${parentOf(definition, inputs)?.id ?? ""}`;
}

/** Who makes the unique name of a resource where the program declares none. */
function makerOf(
    definition: ResourceDefinition,
    declared: Properties,
    autonaming: Autonaming | undefined,
): Maker | undefined {
    const unique = uniqueInput(definition);
    if (unique === undefined || metaOf(definition, unique).generatedWithin === undefined) return undefined;
    if ((declared[unique] ?? null) !== null || autonaming?.mode === "disable") return undefined;
    return autonaming?.mode ?? "ourselves";
}

/** Whether the service refused the create because of the unique name. */
function isNameRefusal(definition: ResourceDefinition, unique: string, error: unknown): boolean {
    if (isTaken(error)) return true;
    return isApiError(error, "invalid") && messageOf(error).includes(definition.wire[unique] ?? unique);
}

export type { CheckFailure };
