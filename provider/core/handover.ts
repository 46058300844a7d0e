/** Whose an organization is: what was made in it while it was this account's, and what becomes of that when it is somebody else's. */
import { isApiError } from "../api/errors";
import {
    type Holder,
    type Known,
    type Properties,
    parentOf,
    type ResourceDefinition,
    type VerbContext,
} from "./define";
import { ResourceError } from "./errors";
import { type Place, type Places, placeOf } from "./places";

type Ownership = Pick<Place, "organization" | "owner">;

/** Whose an organization is that this account made things in as its owner. */
interface HandedOver {
    name: string;
    owner: string | undefined;
    /** Whether this account may still do something there. */
    isInside: boolean;
}

export class Handover {
    constructor(
        private readonly definitions: ReadonlyMap<string, ResourceDefinition>,
        private readonly places: Places,
    ) {}

    /** The organization of what has these inputs, and this account where it owns it; without an id, of what it makes. What cannot be found out is left out. */
    async ownership(
        context: VerbContext,
        { kind, ...definition }: ResourceDefinition,
        inputs: Properties,
        id?: string,
    ): Promise<Ownership> {
        try {
            const above = parentOf(definition, inputs);
            if (above !== undefined) return await this.#ownershipOf(context, above);
            if (definition.holder === undefined) return {};
            return id === undefined
                ? { owner: (await context.client.account()).id }
                : await this.#ownershipOf(context, { kind, id });
        } catch {
            return {};
        }
    }

    #ownershipOf(context: VerbContext, { kind, id }: { kind: string; id: string }): Promise<Ownership> {
        const { organization, owner } = this.places.of(kind, id) ?? {};
        if (organization !== undefined) return Promise.resolve({ organization, owner });
        return context.remember(`ownership of ${kind} ${id}`, async () => {
            const definition = this.definitions.get(kind);
            if (definition?.holder !== undefined) {
                const isOwner = (await this.#holder(context, id))?.role === "owner";
                return { organization: id, ...(isOwner && { owner: (await context.client.account()).id }) };
            }
            const above = await definition?.within?.(context, id);
            return above === undefined ? {} : this.#ownershipOf(context, above);
        });
    }

    /** The kind that owns all below it. */
    get #top(): ResourceDefinition | undefined {
        return [...this.definitions.values()].find((one) => one.holder !== undefined);
    }

    /** Asked once in a run. */
    #holder(context: VerbContext, organization: string): Promise<Holder | undefined> {
        return context.remember(
            `holder of ${organization}`,
            async () => await this.#top?.holder?.(context, organization),
        );
    }

    /** Whose the organization is now, where it is certain that it was this account's and is not any more. */
    #handedOver(context: VerbContext, { organization, owner }: Ownership): Promise<HandedOver | undefined> {
        if (organization === undefined || owner === undefined) return Promise.resolve(undefined);
        return context.remember(`hand-over of ${organization} by ${owner}`, async () => {
            const holder = await this.#holder(context, organization).catch((error) => {
                // Somebody who may not look does not learn whose it is.
                if (!isApiError(error, "denied", "restricted")) throw error;
                return undefined;
            });
            if (holder?.role === undefined || holder.role === "owner") return undefined;
            // Another account's credential owns nothing here, and that is no hand-over.
            if ((await context.client.account()).id !== owner) return undefined;
            const name = named(holder, organization);
            return { name, owner: await holder.owner?.().catch(() => undefined), isInside: holder.role !== null };
        });
    }

    /** Whether what lies at this place is left alone because the organization was handed over; says so once. */
    async leavesAlone(context: VerbContext, place: Place | undefined): Promise<boolean> {
        const handedOver = place && (await this.#handedOver(context, place));
        if (handedOver === undefined) return false;
        const { name, owner = "somebody else", isInside } = handedOver;
        await this.#once(context, `left alone in ${name}`, () =>
            context.warn(
                `${name} was handed over and belongs to ${owner} now${isInside ? "" : ", and this account is not in it any more"}. What this stack has in it stays there ` +
                    "with its people, invitations, folders and files: nothing there is deleted, and only the entries in the state go" +
                    (isInside ? ". What shall go all the same, its owner or an admin deletes by hand" : ""),
            ),
        );
        return true;
    }

    /** Says once whose the organization is in which something is changed. */
    async tellOwner(context: VerbContext, place: Place | undefined): Promise<void> {
        if (place?.organization === undefined || context.isNew(this.#top?.kind ?? "", place.organization)) return;
        // It only informs: what fails here, the change itself meets as well.
        const handedOver = await this.#handedOver(context, place).catch(() => undefined);
        if (handedOver === undefined) return;
        const { name, owner = "somebody else", isInside } = handedOver;
        const right = isInside ? "changes things there as far as its role there allows" : "is not in it any more";
        await this.#once(context, `changed in ${name}`, () =>
            context.warn(`${name} was handed over and belongs to ${owner} now; this account ${right}`),
        );
    }

    /** That this account is not in the organization of an object any more, as an error; undefined where that is not certain. */
    async outside(
        context: VerbContext,
        definition: ResourceDefinition,
        id: string,
        known: Known,
    ): Promise<ResourceError | undefined> {
        const organization = placeOf(known)?.organization ?? this.#organizationOf(definition, id, known);
        if (organization === undefined) return undefined;
        const holder = await this.#holder(context, organization).catch(() => undefined);
        if (holder?.role !== null) return undefined;
        const { email, id: account } = await context.client.account();
        return new ResourceError(
            `This is what ${email ?? "the account"} (account ${account}) sees on ${context.client.origin}: it is not in ${named(holder, organization)} (any more). ` +
                "All of this stack that lies in it stays in the state as it was. Have somebody there let the account in again; or, if it was handed over, take all of it out of " +
                `the stack: \`pulumi destroy\` leaves alone what this account made there as the owner, and \`pulumi state delete ${context.urn === undefined ? "<urn>" : `'${context.urn}'`} --target-dependents\` ` +
                "takes a resource out with what depends on it",
        );
    }

    #organizationOf(definition: ResourceDefinition, id: string, { inputs, outputs }: Known): string | undefined {
        if (definition.holder !== undefined) return id;
        const above = parentOf(definition, { ...outputs, ...inputs });
        if (above === undefined) return undefined;
        return this.definitions.get(above.kind)?.holder ? above.id : this.places.of(above.kind, above.id)?.organization;
    }

    /** Whether this is the first time in the run. */
    async first(context: VerbContext, question: string): Promise<boolean> {
        let isFirst = false;
        await context.remember(question, async () => {
            isFirst = true;
        });
        return isFirst;
    }

    async #once(context: VerbContext, question: string, work: () => void): Promise<void> {
        if (await this.first(context, question)) work();
    }
}

function named({ name }: Holder, id: string): string {
    return name === "" ? `organization ${id}` : `organization ${name} (${id})`;
}
