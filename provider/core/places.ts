/** Where resources lie: what the state of each remembers of the organization and of the program's own resources above it. */
import { type Known, metaOf, type Properties, parentsOf, propertyNames, type ResourceDefinition } from "./define";
import { PartialFailure } from "./errors";

/** Output: the place of a resource, as text. */
export const placeKey = "__place";
/** Input: the engine leaves the object alone when the resource goes (`retainOnDelete`), as far as the SDK is told. */
export const retainKey = "__retain";

export interface Place {
    /** Id of the organization. */
    organization?: string | undefined;
    /** The account that made this, if it owned the organization then. */
    owner?: string | undefined;
    /**
     * What the same program has made above it, `Share 1`, nearest first: with any of these it goes. Not known of what was
     * imported or is recorded by an earlier release: what lies in that, nobody can tell from what others put there.
     */
    above?: readonly string[] | undefined;
    /** Those of them whose delete nothing refuses: `forceDestroy`, or `retainOnDelete`. */
    unguarded?: readonly string[] | undefined;
}

/** The recorded place; states of earlier releases have none. */
export function placeOf({ outputs }: Known): Place | undefined {
    const text = outputs[placeKey];
    return typeof text === "string" ? (JSON.parse(text) as Place) : undefined;
}

export function withPlace(outputs: Properties, place: Place | undefined): Properties {
    const isKnown = place !== undefined && (place.organization !== undefined || (place.above ?? []).length > 0);
    return isKnown ? { ...outputs, [placeKey]: JSON.stringify(place) } : outputs;
}

/** The outputs of the work with the place among them, also those of a failure half-way. */
export async function withPlaceOf(place: Place | undefined, work: () => Promise<Properties>): Promise<Properties> {
    try {
        return withPlace(await work(), place);
    } catch (error) {
        if (!(error instanceof PartialFailure)) throw error;
        const { id, inputs, outputs, message, cause } = error;
        throw new PartialFailure(id, inputs, withPlace(outputs, place), message, { cause });
    }
}

/** How places name an object. */
export function placeName(kind: string, id: string): string {
    return `${kind} ${id}`;
}

/** What one provider process has seen of the program's resources. */
export class Places {
    readonly #seen = new Map<string, { place: Place | undefined; isUnguarded: boolean }>();
    readonly #kept = new Set<string>();

    /** The state has this object, with these inputs from now on. */
    saw(kind: string, id: string, { inputs, outputs }: Known): void {
        this.#seen.set(placeName(kind, id), {
            place: placeOf({ inputs, outputs }),
            isUnguarded: inputs.forceDestroy === true || inputs[retainKey] === true,
        });
    }

    has(kind: string, id: string): boolean {
        return this.#seen.has(placeName(kind, id));
    }

    /** Whether the program still declares the object, so that nothing below it goes with it. */
    keep(kind: string, id: string, isKept: boolean): void {
        if (isKept) this.#kept.add(placeName(kind, id));
        else this.#kept.delete(placeName(kind, id));
    }

    isKept(name: string): boolean {
        return this.#kept.has(name);
    }

    /** Whether nothing refuses a delete of what is above a place: as this run has seen it, else as it is recorded. */
    isUnguarded(name: string, { unguarded }: Place): boolean {
        return this.#seen.get(name)?.isUnguarded ?? unguarded?.includes(name) ?? false;
    }

    /** The place of an object, where this run has seen it. */
    of(kind: string, id: string): Place | undefined {
        return this.#seen.get(placeName(kind, id))?.place;
    }

    /** What the program has made above what has these inputs. */
    above(definition: ResourceDefinition, inputs: Properties): Required<Pick<Place, "above" | "unguarded">> {
        const names = linksOf(definition, inputs).flatMap(({ kind, id }) => {
            const above = this.of(kind, id)?.above;
            return above === undefined ? [] : [placeName(kind, id), ...above];
        });
        const above = [...new Set(names)];
        return { above, unguarded: above.filter((name) => this.#seen.get(name)?.isUnguarded) };
    }

    /** The place as this run knows it now; the same object where nothing has become known. */
    renewed(definition: ResourceDefinition, place: Place, inputs: Properties): Place {
        if (place.above === undefined) return place;
        const isWhole = linksOf(definition, inputs).every(({ kind, id }) => this.has(kind, id));
        const { above = [] } = isWhole ? this.above(definition, inputs) : place;
        const unguarded = above.filter((name) => this.isUnguarded(name, place));
        const isSame = `${above}|${unguarded}` === `${place.above}|${place.unguarded}`;
        return isSame ? place : { ...place, above, unguarded };
    }
}

/** The objects that the inputs say this lies in, nearest first. */
function linksOf(definition: ResourceDefinition, inputs: Properties): { kind: string; id: string }[] {
    const links = propertyNames(definition.inputs).flatMap((input) => {
        const parent = parentsOf(definition).find((one) => one.input === input)?.kind;
        const kind = parent ?? metaOf(definition, input).reference;
        const id = inputs[input];
        return kind === undefined || typeof id !== "string" ? [] : [{ kind, id, isParent: parent !== undefined }];
    });
    return links.sort((one, other) => Number(one.isParent) - Number(other.isParent));
}
