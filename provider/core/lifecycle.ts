/** The verbs of every kind: what happens around the definition's own few lines, so that nothing is lost, doubled or deleted by mistake. */
import { type ApiClient, hiding } from "../api/client";
import { isApiError } from "../api/errors";
import { printable } from "../api/printable";
import { ArchivedParents } from "./archived-parents";
import { withdrawnOf } from "./change";
import { type Autonaming, type CheckResult, check } from "./check";
import { Collections } from "./collections";
import { Creation, group, reuseWarnings } from "./create";
import { type Known, metaOf, type Properties, type ResourceDefinition, type VerbContext } from "./define";
import { type DiffResult, diff } from "./diff";
import { pastEndFailures } from "./ends";
import { PartialFailure, ResourceError } from "./errors";
import { Evidence } from "./evidence";
import { explained } from "./failures";
import { refuseBelowGuarded, refuseGuarded } from "./guards";
import { Handover } from "./handover";
import { isNoInsight, requireInsight } from "./insight";
import { listObjects } from "./listing";
import { makerOf } from "./made-name";
import { asDeclared, asFound, stillMarked } from "./marker";
import { noteNames } from "./name-exchange";
import { requireSameService } from "./origin";
import { declaredTwice, identitiesOf } from "./owners";
import { type Place, Places, placeOf, withPlace, withPlaceOf } from "./places";
import { previewOfCreate, previewOfUpdate } from "./preview";
import { secretTexts } from "./secrecy";
import type { Session } from "./session";
import { settle } from "./settle";
import { inputsOf, outputsOf, projectInputs, resourceKey, withoutInternal } from "./state";
import { containsUnknown } from "./unknown";
import { advance } from "./update";
import { labelOf, withoutSecrets } from "./wording";

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

export class Lifecycle {
    readonly #collections = new Collections();
    readonly #evidence: Evidence;
    readonly #places = new Places();
    readonly #handover: Handover;
    readonly #parents: ArchivedParents;
    readonly #creation: Creation;

    constructor(private readonly options: LifecycleOptions) {
        this.#evidence = new Evidence(options.definitions);
        this.#handover = new Handover(options.definitions, this.#places);
        this.#parents = new ArchivedParents(options.definitions, options.session);
        this.#creation = new Creation(options.session);
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
                for (const message of reuseWarnings(session, definition, result.inputs))
                    this.options.log("warning", printable(message), subject.urn ?? resource);
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
            const { id, remote } = await this.#parents.withOpenParent(definition, context, inputs, () =>
                this.#creation.makeOrTakeOver(definition, context, inputs),
            );
            if (definition.holder !== undefined) place.organization = id;
            const outputs = await withPlaceOf(place, () =>
                settle(this.#parents, definition, context, id, inputs, remote),
            );
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
        return explained(this.options, definition, "reading", known, async () => {
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
            return {
                id,
                inputs,
                outputs: withPlace(outputsOf(definition, inputs, remote, context.client.origin), ownership),
            };
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
            const outputs = withPlace(outputsOf(definition, inputs, remote, context.client.origin), placeOf(known));
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
        return explained(this.options, definition, "listing", { inputs: query, outputs: {} }, async () => {
            const listed = await listObjects(this.options.definitions, this.context(subject), definition, query);
            return listed.map(({ id, remote }) => ({ id, name: labelOf(remote) ?? "" }));
        });
    }

    /** Writes the bytes that the service has for an asset into a file, and answers the name that it would have; undefined when there are none. */
    async saveAsset(subject: Subject, id: string, property: string, file: string): Promise<string | undefined> {
        const definition = this.definition(subject.kind);
        return explained(this.options, definition, "reading", { inputs: {}, outputs: {} }, async () =>
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
            const outputs = await withPlaceOf(place, () =>
                advance(this.#parents, definition, context, id, known, inputs),
            ).catch((error: unknown) => {
                if (!(error instanceof PartialFailure)) throw error;
                const { inputs: reached, outputs: shown, message, cause } = error;
                throw new PartialFailure(id, stillMarked(reached, recorded.inputs), shown, message, { cause });
            });
            this.options.session.touch(identitiesOf(definition, id, { inputs, outputs }), inputs);
            this.#places.saw(subject.kind, id, { inputs, outputs });
            return outputs;
        });
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
                await this.#parents.withOpenParent(definition, context, known.inputs, () =>
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
        await this.#parents.withOpenParent(definition, context, heir, () =>
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
    private async writing<T>(
        definition: ResourceDefinition,
        doing: string,
        known: Known,
        work: () => Promise<T>,
    ): Promise<T> {
        const drop = () => {
            this.#collections.drop();
            this.#evidence.drop();
        };
        drop();
        return explained(this.options, definition, doing, known, work).finally(drop);
    }
}

/** What the verbs of a kind are told of an object. */
function foundOf({ inputs, outputs }: Known): Known {
    return { inputs: asFound(inputs), outputs };
}
