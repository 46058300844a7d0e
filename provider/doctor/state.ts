/** What a state tells: operations that were interrupted, what may have come of them, and what lies beside what it knows. */
import { type Connection, functionContext } from "../connection";
import { sameValue } from "../core/compare";
import {
    type Listed,
    metaOf,
    propertyNames,
    type ResourceDefinition,
    uniqueInput,
    type VerbContext,
} from "../core/define";
import { messageOf } from "../core/errors";
import { importCommand, quoted } from "../core/import-command";
import { requireSameService } from "../core/origin";
import { resources } from "../resources";
import { type Finding, note, ok, wrong } from "./finding";
import {
    identities,
    type Kept,
    type PendingOperation,
    parentOfKept,
    readStateFile,
    type StateFile,
} from "./state-file";

const mostShown = 5;

/** Without a credential that the service takes, only what the file itself tells. */
export async function stateFindings(connection: Connection, path: string, signedIn: boolean): Promise<Finding[]> {
    let state: StateFile;
    try {
        state = await readStateFile(path);
    } catch (error) {
        return [wrong("State", messageOf(error), `pulumi stack export --file ${quoted(path)}`)];
    }
    const { size, kept, pending } = state;
    const summary = `${size} resources, ${kept.length} of them of Fast.io; ${pending.length} pending operations`;
    const other = signedIn ? otherService(connection, kept) : "the service was not asked what else there is";
    const survey =
        other === undefined ? new Survey(functionContext(connection.client(), connection.show), kept) : undefined;
    const findings = await Promise.all(pending.map((one) => pendingFinding(one, survey)));
    const strays = await survey?.strays(pending);
    const refusal = other === undefined ? [] : [signedIn ? wrong("State", other) : note("State", other)];
    return [ok("State", summary), ...refusal, ...findings, ...(strays ?? [])];
}

function otherService(connection: Connection, kept: readonly Kept[]): string | undefined {
    try {
        for (const { definition, id, known } of kept)
            requireSameService(`${definition.noun} ${id}`, known.outputs, connection.client().origin, undefined);
        return undefined;
    } catch (error) {
        return messageOf(error);
    }
}

/** Looks at what is on the service under the parents that a state knows. */
class Survey {
    readonly #lists = new Map<string, Promise<Listed[]>>();
    /** What was already told as a candidate of a pending operation. */
    readonly #told = new Set<string>();

    constructor(
        private readonly context: VerbContext,
        private readonly kept: readonly Kept[],
    ) {}

    /** What may be the object of a create whose answer nobody has: not known to the state, and looking as it was declared. */
    async candidates(one: Kept): Promise<Listed[]> {
        const { definition, known } = one;
        const parent = parentOfKept(one);
        const unknown = this.#unknown(
            definition,
            parent === undefined ? await this.#byName(one) : await this.#list(definition, parent),
        );
        const names = [uniqueInput(definition), "name", "title", "email", "userId"].filter(
            (name) => name !== undefined,
        );
        const found = unknown.filter(({ remote }) => {
            const comparable = names.filter((name) => typeof known.inputs[name] === "string" && name in remote);
            if (comparable.length === 0) return true;
            return comparable.some((name) => sameValue(definition, name, known.inputs[name], remote[name]));
        });
        for (const { id } of found) this.#told.add(`${definition.kind} ${id}`);
        return found;
    }

    /** Under every parent: places and keys that no resource of the state is, and other things where the state has some of the kind. */
    async strays(pending: readonly PendingOperation[]): Promise<Finding[]> {
        const declared = [...this.kept, ...pending.flatMap(({ kept }) => kept ?? [])].map((one) => ({
            kind: one.definition.kind,
            parent: parentOfKept(one)?.id,
        }));
        const isPlace = ({ kind }: ResourceDefinition) =>
            resources.some(({ parent = [] }) => [parent].flat().some((one) => one.kind === kind));
        const isKey = (definition: ResourceDefinition) =>
            propertyNames(definition.outputs).some((name) => metaOf(definition, name).secret);
        const questions = this.kept.flatMap((above) =>
            resources
                .filter(
                    ({ list, parent = [] }) =>
                        list && [parent].flat().some(({ kind }) => kind === above.definition.kind),
                )
                .filter(
                    (definition) =>
                        isPlace(definition) ||
                        isKey(definition) ||
                        declared.some(({ kind, parent }) => kind === definition.kind && parent === above.id),
                )
                .map((definition) => ({ above, definition })),
        );
        const answers = questions.map(({ above, definition }) => this.#straysUnder(above, definition));
        return (await Promise.all(answers)).flat();
    }

    async #straysUnder(above: Kept, definition: ResourceDefinition): Promise<Finding[]> {
        const subject = "Not in the state";
        const place = `${above.definition.noun} ${JSON.stringify(above.name)}`;
        try {
            const listed = await this.#list(definition, { kind: above.definition.kind, id: above.id });
            const strays = this.#unknown(definition, listed).filter(
                ({ id }) => !this.#told.has(`${definition.kind} ${id}`),
            );
            if (strays.length === 0) return [];
            const first = strays.slice(0, mostShown);
            const more = strays.length > first.length ? `, and ${strays.length - first.length} more` : "";
            const text = `${strays.length} ${definition.noun}${strays.length === 1 ? "" : "s"} in ${place}: ${first.map(shown).join(", ")}${more}`;
            return [
                note(
                    subject,
                    text,
                    ...first.map(({ id }) => importCommand(definition.kind, id, { ofPlugin: above.ofPlugin })),
                ),
            ];
        } catch (error) {
            return [note(subject, `the ${definition.noun}s in ${place} cannot be listed: ${messageOf(error)}`)];
        }
    }

    #list(definition: ResourceDefinition, parent: { kind: string; id: string }): Promise<Listed[]> {
        const key = `${definition.kind} ${parent.id}`;
        const list = this.#lists.get(key) ?? definition.list?.(this.context, parent) ?? Promise.resolve([]);
        this.#lists.set(key, list);
        return list;
    }

    /** For kinds without a parent: what answers to the name that was declared. */
    async #byName({ definition, known }: Kept): Promise<Listed[]> {
        const name = known.inputs[uniqueInput(definition) ?? ""];
        const found = typeof name === "string" ? await definition.resolve?.(this.context, name) : undefined;
        return found === undefined ? [] : [{ id: found.id, remote: {} }];
    }

    #unknown(definition: ResourceDefinition, listed: readonly Listed[]): Listed[] {
        const known = new Set(
            this.kept
                .filter((one) => one.definition === definition)
                .flatMap(({ id, known }) => identities(definition, id, known.outputs)),
        );
        return listed.filter(({ id, remote }) => !identities(definition, id, remote).some((name) => known.has(name)));
    }
}

async function pendingFinding({ type, urn, kept }: PendingOperation, survey: Survey | undefined): Promise<Finding> {
    const subject = "Pending";
    const what = kept === undefined ? urn : `${kept.definition.noun} ${JSON.stringify(kept.name)} (${urn})`;
    const begun = `${type} ${what} was interrupted`;
    const clear = "pulumi refresh --clear-pending-creates --yes";
    if (type !== "creating")
        return wrong(subject, `${begun}; a refresh shows what came of it`, "pulumi refresh --yes", "pulumi up");
    if (kept === undefined) return wrong(subject, `${begun}; look whether it exists before this`, clear);
    if (survey === undefined)
        return wrong(
            subject,
            `${begun}; whether it exists is not known`,
            "Run the doctor with a credential that the service takes",
        );
    let candidates: Listed[];
    try {
        candidates = await survey.candidates(kept);
    } catch (error) {
        return wrong(subject, `${begun}; looking for it failed: ${messageOf(error)}`, "Run the doctor again");
    }
    const [only, ...others] = candidates;
    if (only === undefined) return wrong(subject, `${begun}; it is not there`, clear, "pulumi up");
    const { definition, name, parent, ofPlugin } = kept;
    const adopt = candidates.map(({ id }) => importCommand(definition.kind, id, { ofPlugin, name, parent }));
    const steps = ofPlugin ? adopt : [...adopt, "pulumi import --file import.json --generate-code=false"];
    return wrong(
        subject,
        others.length === 0
            ? `${begun}, and it seems to be ${shown(only)}, which the state does not know`
            : `${begun}, and it is one of these, or none: ${candidates.map(shown).join(", ")}. Of the commands that adopt, run the right one's`,
        clear,
        ...steps,
    );
}

function shown({ id, remote }: Listed): string {
    const label = remote.name ?? remote.title ?? remote.email;
    const created = typeof remote.created === "string" ? `, of ${remote.created}` : "";
    return `${id}${typeof label === "string" ? ` (${JSON.stringify(label)}${created})` : ""}`;
}
